import { literal } from '../../connectors/connector.ts';
import type { Language } from '../language/wording.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Action, Milestone, TaggedLine } from './action.ts';

/** Ledger rows of an action that the documents list. */
const mostLines = 100;

type ActionRow = Omit<Action, 'dependsOn' | 'milestones' | 'ledgerLines'> & {
  readonly dependsOn: string | null;
};
type MilestoneRow = Omit<Milestone, 'dependsOn'> & { readonly dependsOn: string | null };

/**
 * The actions that the registers declare, in the order of their ids, with their milestones and what tagged
 * ledger rows say was spent. What was done after the period's end is not done yet; what is due and not done
 * is late.
 */
export async function readActions(
  warehouse: Warehouse,
  periodEnd: string,
  language: Language,
): Promise<Action[]> {
  const end = `date ${literal(periodEnd)}`;
  const name = language === 'fr' ? 'name_fr' : 'coalesce(name_en, name_fr)';
  const milestones = await warehouse.rows<MilestoneRow>(`select action, milestone as id, ${name} as name,
      due_date::varchar as due, case when done_date <= ${end} then done_date::varchar end as "doneOn",
      case when done_date <= ${end} then 'done' when due_date < ${end} then 'late' else 'planned' end as status,
      depends_on as "dependsOn", extract_id as "extractId", row_number as "rowNumber"
    from model.milestone order by action, due_date, milestone`);
  const lines = await warehouse.rows<
    TaggedLine & { readonly action: string }
  >(`select action, entity, date::varchar as date,
      account, label, amount_eur::decimal(18,2)::varchar as amount, extract_id as "extractId", row_number as "rowNumber"
    from model.tagged_spend where action is not null and date <= ${end}
    qualify row_number() over (partition by action order by abs(amount_eur) desc, extract_id, row_number) <= ${mostLines}
    order by action, abs(amount_eur) desc, extract_id, row_number`);
  const rows = await warehouse.rows<ActionRow>(`with spend as (
      select action, sum(amount_eur)::decimal(18,2)::varchar as spent, count(*) as rows
      from model.tagged_spend where date <= ${end} group by action),
    latest as (select *, done_date is not null and done_date > ${end} as done_later from model.action)
    select a.action as id, objective, ${name} as name, department, owner, entity, site, project,
      start_date::varchar as start, due_date::varchar as due,
      case when status = 'done' and not done_later then done_date::varchar end as "doneOn",
      case when due_date < ${end} and (status in ('planned', 'running') or (status = 'done' and done_later)) then 'late'
        when status = 'done' and done_later then 'running' else status end as status,
      budget_eur::varchar as budget, spent_eur::varchar as spent, s.spent as "ledgerSpent", coalesce(s.rows, 0) as "ledgerRows",
      expected_effect::varchar as "expectedEffect", expected_unit as "expectedUnit", effect_from::varchar as "effectFrom",
      abatement::varchar as abatement, annual_cost_eur::varchar as "annualCost", lifetime_years::varchar as lifetime,
      claimed_saving_eur::varchar as "claimedSaving", evidence, evidence_file as "evidenceFile", evidence_sha256 as "evidenceSha256",
      depends_on as "dependsOn", extract_id as "extractId", row_number as "rowNumber"
    from latest as a left join spend as s on s.action = a.action
    where start_date is null or start_date <= ${end}
    order by a.action`);
  return rows.map((row) => ({
    ...row,
    dependsOn: codes(row.dependsOn),
    ledgerLines: lines.filter((one) => one.action === row.id).map(({ action: _action, ...one }) => one),
    milestones: milestones
      .filter((one) => one.action === row.id)
      .map((one) => ({
        ...one,
        dependsOn: codes(one.dependsOn).map((code) => (code.includes(':') ? code : `${row.id}:${code}`)),
      })),
  }));
}

/** `A-1 | A-2, A-3` as codes. */
export function codes(text: string | null): string[] {
  return (text ?? '')
    .split(/[|,;]/)
    .map((code) => code.trim())
    .filter(Boolean);
}

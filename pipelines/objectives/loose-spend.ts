import { literal } from '../../connectors/connector.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

/** Money that the ledger ties to a code which no action has. Euros. */
export interface LooseSpend {
  readonly code: string;
  /** `unknown`: no register has the code; `project`: a project said to serve sustainability, under no action */
  readonly kind: 'unknown' | 'project';
  readonly name: string | null;
  readonly entities: readonly string[];
  readonly amount: string;
  readonly rows: number;
}

/**
 * What was spent under no action within the twelve months to a day: ledger lines tagged with a code that neither the
 * actions nor the projects have, and tagged lines of projects that their register flags as sustainable.
 */
export async function looseSpend(warehouse: Warehouse, from: string, to: string): Promise<LooseSpend[]> {
  return warehouse.rows<LooseSpend>(`with sustainable as (
      select project, max(name) as name from model.project where sustainable group by project)
    select t.code, case when t.project is null then 'unknown' else 'project' end as kind, max(s.name) as name,
      list(distinct t.entity order by t.entity) as entities, sum(t.amount_eur)::decimal(18,2)::varchar as amount, count(*) as rows
    from model.tagged_spend as t left join sustainable as s on s.project = t.project
    where t.action is null and t.date between date ${literal(from)} and date ${literal(to)}
      and (t.project is null or s.project is not null)
    group by t.code, t.project having sum(t.amount_eur) <> 0
    order by kind desc, t.code`);
}

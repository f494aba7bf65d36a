import type { Priorities } from '../../pipelines/alignment/contradictions.ts';
import { quartersBetween } from '../../pipelines/configuration/period.ts';
import { Indicator } from '../../pipelines/indicators/catalogue.ts';
import type { Figure } from '../../pipelines/indicators/figure.ts';
import { wording } from '../../pipelines/language/wording.ts';
import type { Action } from '../../pipelines/objectives/action.ts';
import { Objective, type Standing } from '../../pipelines/objectives/objective.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';
import { actionOf } from '../objectives/action-of.ts';

const label = (text: string) => ({ fr: text, en: text });

export const indicator = (id: string, unit: string, rest: object = {}): Indicator =>
  Indicator.parse({
    id,
    label: label(id),
    definition: label(id),
    pillar: 'environment',
    topic: 'E1',
    unit,
    numerator: 'electricity_bought',
    bases: ['quarter', 'ttm'],
    direction: 'down',
    decimals: 0,
    standards: [],
    ...rest,
  });

/** An objective that went from `from` to `value` on its way to `target`. */
export const standing = (
  id: string,
  of: string | null,
  [from, value, target]: readonly [number, number, number],
  rest: object = {},
): Standing => ({
  objective: Objective.parse({
    id,
    label: label(id),
    why: label(id),
    department: 'operations',
    owner: 'Owner',
    indicator: of,
    baseline: of === null ? null : { period: '2024-Q3', value: from },
    target: of === null ? null : { period: '2027-Q4', value: target },
    ...rest,
  }),
  status: 'on_track',
  value: of === null ? null : String(value),
  expected: null,
  targetInSeason: null,
  lead: null,
  progress: of === null || target === from ? null : (value - from) / (target - from),
  points: [],
  forecast: null,
  seasonality: 'none',
  pace: null,
  change: null,
  cascade: null,
  actions: [],
  sentence: '',
});

/** What an action has that nobody has spent on yet. */
export const unspent: Partial<Action> = {
  owner: null,
  entity: null,
  start: null,
  budget: '100000',
  spent: '0',
  ledgerSpent: null,
  ledgerRows: 0,
  extractId: 'a',
  rowNumber: 1,
};

export const action = (id: string, objective: string | null, rest: Partial<Action> = {}): Action =>
  actionOf({ ...unspent, id, name: id, objective, due: '2027-03-31', ...rest });

export const milestone = (
  of: string,
  id: string,
  due: string,
  status: 'planned' | 'done' | 'late',
  dependsOn: readonly string[] = [],
): Action['milestones'][number] => ({
  action: of,
  id,
  name: id,
  due,
  doneOn: status === 'done' ? due : null,
  status,
  dependsOn,
  extractId: 'm',
  rowNumber: 1,
});

/** Quarterly figures of the group, the last of 2026-Q3. */
export const series = (of: string, values: readonly number[]): Figure[] =>
  quartersBetween('2023-Q3', '2026-Q3')
    .slice(-values.length)
    .map((period, i) => ({
      indicator: of,
      entity: 'GROUP',
      period,
      basis: 'quarter',
      value: String(values[i]),
      unit: '',
      numerator: null,
      denominator: null,
      coverage: 1,
      estimatedShare: 0,
      status: 'complete',
    }));

export async function priorities(
  standings: readonly Standing[],
  actions: readonly Action[],
  indicators: readonly Indicator[],
  figures: readonly Figure[] = [],
): Promise<Priorities> {
  return {
    standings: standings.map((one) => ({
      ...one,
      actions: actions.filter((a) => a.objective === one.objective.id),
    })),
    actions,
    indicators,
    figures,
    period: '2026-Q3',
    currency: 'EUR',
    language: 'en',
    nameOf: (place) => place,
    say: await wording('en', 'findings'),
  };
}

/** Registers of projects and use cases: `id|name|department|entity|purpose`, a use case where a purpose is given. */
export async function registers(rows: readonly string[] = []): Promise<Warehouse> {
  const warehouse = await Warehouse.open(':memory:', { memory: '300MB', threads: 1 });
  for (const sql of [
    'create schema model; create schema staged; create schema reference',
    "create table reference.site as select 'ANG' as site, 'Usine d''Angers' as name, 'Angers' as city",
    "create table reference.entity as select 'A' as entity, 'Orvanne SA' as name",
    `create table model.project (project varchar, name varchar, department varchar, entity varchar, budget_eur decimal(18,2), status varchar, date date, extract_id varchar, row_number bigint)`,
    `create table model.ai_use_case (use_case varchar, name varchar, department varchar, entity varchar, annual_value_eur decimal(18,2), status varchar, date date, extract_id varchar, row_number bigint)`,
    `create table staged.ai_use_cases (use_case varchar, name varchar, department varchar, entity varchar, purpose varchar, annual_value decimal(18,2), value_evidence varchar, status varchar, as_of date, extract_id varchar, row_number bigint)`,
  ])
    await warehouse.run(sql);
  for (const [i, row] of rows.entries()) {
    const [id, name, department, entity, purpose] = row
      .split('|')
      .map((cell) => `'${cell.trim().replaceAll("'", "''")}'`);
    if (purpose === undefined) {
      await warehouse.run(
        `insert into model.project values (${id}, ${name}, ${department}, ${entity}, 1000, 'running', date '2026-09-30', 'p', ${i + 1})`,
      );
      continue;
    }
    await warehouse.run(
      `insert into model.ai_use_case values (${id}, ${name}, ${department}, ${entity}, 1000, 'pilot', date '2026-09-30', 'u', ${i + 1})`,
    );
    await warehouse.run(
      `insert into staged.ai_use_cases values (${id}, ${name}, ${department}, ${entity}, ${purpose}, null, null, 'pilot', date '2026-09-30', 'u', ${i + 1})`,
    );
  }
  return warehouse;
}

import { createHash } from 'node:crypto';
import { literal } from '../../connectors/connector.ts';
import { Fault } from '../fault.ts';
import type { Measure } from '../indicators/catalogue.ts';
import type { Window } from '../indicators/measure-rows.ts';
import { shownColumns } from '../indicators/people-lines.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Shown } from './trace.ts';

/** How rows to vouch are chosen. The same seed over the same rows chooses the same. */
export interface SamplingPlan {
  /** `mus`: monetary-unit sampling over absolute contributions; `random`: each row as likely as another */
  readonly method: 'mus' | 'random';
  readonly seed: string;
  /** selections; or else `confidence` gives it, with `materiality` for `mus`, with `rate` for `random` */
  readonly size?: number | undefined;
  /** 0 to 1, exclusive */
  readonly confidence?: number | undefined;
  /** tolerable misstatement, decimal text in the measure's unit */
  readonly materiality?: string | undefined;
  /** tolerable share of rows that are wrong, 0 to 1, exclusive */
  readonly rate?: number | undefined;
}

export interface SampledRow {
  readonly measure: string;
  /** number of a line of people, which the group looks up; null elsewhere */
  readonly line: number | null;
  readonly entity: string;
  readonly site: string | null;
  readonly date: string;
  readonly contribution: string;
  /** units of the interval that fell on the row: more than one for a row larger than it */
  readonly hits: number;
  /** null for people, as the row */
  readonly extract: string | null;
  readonly row: number | null;
  /** of a row that adds up several of the extract: the last of them; null elsewhere */
  readonly last_row: number | null;
}

export interface Sample {
  readonly measure: string;
  /** rows of the population, and the sum of their absolute contributions */
  readonly rows: number;
  readonly total: string;
  readonly selections: number;
  /** decimal text; null for `random` */
  readonly interval: string | null;
  readonly sampled: readonly SampledRow[];
}

/**
 * Selections of a monetary-unit sample that expects no misstatement: total x R / materiality, rounded up,
 * where R = -ln(1 - confidence) is the Poisson mean at which no misstatement is found with probability
 * 1 - confidence (2.996 at 95 %). ISA 530 leaves the size to the auditor's judgement; tables round R up, such as
 * the confidence factors of the AICPA's guide "Audit Sampling" for no misstatement (3.00 at 95 %, 2.31 at 90 %).
 *
 * @example selectionsFor('1000', 0.95, '100') // 30: 1000 x 2.9957 / 100 = 29.957
 */
export function selectionsFor(total: string, confidence: number, materiality: string): number {
  return Math.ceil((Number(total) * -Math.log(1 - confidence)) / Number(materiality));
}

/**
 * Rows of a random sample that expects no wrong row: the smallest n for which (1 - rate)^n is at most
 * 1 - confidence, as in tables A-1 and A-2 of the AICPA's guide "Audit Sampling" (no deviation expected, large
 * population).
 *
 * @example rowsFor(0.95, 0.05) // 59
 */
export function rowsFor(confidence: number, rate: number): number {
  return Math.ceil(Math.log(1 - confidence) / Math.log(1 - rate));
}

/** Contributions have ten decimals: as whole numbers of that unit, nothing is rounded. */
const unit = 10_000_000_000n;

/**
 * Chooses rows of a measure, each with its address.
 *
 * @param opened SELECT of the contributing rows, its window, and what may be seen of it (see `contributionsOf`)
 * @throws {Fault} SMP-001 for a plan without a size, SMP-002 for rows that are not open
 */
export async function sampleRows(
  warehouse: Warehouse,
  measure: Measure,
  {
    contributions,
    window,
    shown,
  }: { readonly contributions: string; readonly window: Window; readonly shown: Shown },
  plan: SamplingPlan,
): Promise<Sample> {
  if (shown !== 'rows') {
    throw new Fault(
      'SMP-002',
      `${measure.id} opens to totals only: its rows are pay or health, or would tell of a small group.`,
      'Vouch its extracts by their totals, with the payroll department.',
    );
  }
  const columns = `${literal(measure.id)} as measure, ${shownColumns(measure, window)}`;
  const ordered = `select *, row_number() over (order by extract_id, row_number, date, entity, contribution) as place,
      (abs(coalesce(contribution, 0))::decimal(38,10) * ${unit})::hugeint as size from (${contributions})`;
  const [population] = await warehouse.rows<{ rows: number; total: string }>(
    `select count(*) as rows, coalesce(sum(size), 0)::varchar as total from (${ordered})`,
  );
  const rows = population?.rows ?? 0;
  const total = BigInt(population?.total ?? '0');
  const selections = Math.min(
    sizeOf(plan, decimal(total)),
    plan.method === 'random' ? rows : Number.MAX_SAFE_INTEGER,
  );
  const facts = { measure: measure.id, rows, total: decimal(total), selections };
  if (plan.method === 'random') {
    const sampled = await warehouse.rows<SampledRow>(
      `select ${columns}, contribution, 1 as hits
       from (select * from (${ordered}) order by sha256(${literal(`${plan.seed}\n`)} || place), place limit ${selections}) order by place`,
    );
    return { ...facts, interval: null, sampled };
  }
  if (total === 0n || selections === 0) return { ...facts, interval: null, sampled: [] };
  const interval = max(total / BigInt(selections), 1n);
  const start = 1n + (BigInt(`0x${createHash('sha256').update(plan.seed).digest('hex')}`) % interval);
  // hits of start, start + interval, start + 2 intervals... in (before, upto]
  const hitsUpTo = (upto: string) =>
    `case when ${upto} < ${start}::hugeint then 0 else (${upto} - ${start}::hugeint) // ${interval}::hugeint + 1 end`;
  const sampled = await warehouse.rows<SampledRow>(
    `with cumulated as (select *, sum(size) over (order by place)::hugeint as upto from (${ordered})),
       hit as (select *, (${hitsUpTo('upto')} - ${hitsUpTo('(upto - size)')})::bigint as hits from cumulated)
     select ${columns}, contribution, hits
     from hit where hits > 0 order by place`,
  );
  return { ...facts, interval: decimal(interval), sampled };
}

function sizeOf(plan: SamplingPlan, total: string): number {
  if (plan.size !== undefined) return plan.size;
  if (plan.method === 'mus' && plan.confidence !== undefined && plan.materiality !== undefined)
    return selectionsFor(total, plan.confidence, plan.materiality);
  if (plan.method === 'random' && plan.confidence !== undefined && plan.rate !== undefined)
    return rowsFor(plan.confidence, plan.rate);
  throw new Fault(
    'SMP-001',
    'The size of the sample is not said.',
    'Give --size N; or --confidence 95 with --materiality X in the unit of the measure (mus), or with --rate 5 in percent of the rows (random).',
    { exitStatus: 2 },
  );
}

const max = (a: bigint, b: bigint) => (a > b ? a : b);

function decimal(value: bigint): string {
  const digits = value.toString().padStart(11, '0');
  return `${digits.slice(0, -10)}.${digits.slice(-10)}`;
}

import { createHash } from 'node:crypto';
import { literal } from '../../connectors/connector.ts';
import { Fault } from '../fault.ts';
import type { Measure } from '../indicators/catalogue.ts';
import { tellsOfOnePerson } from '../indicators/population.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

/** How rows to vouch are chosen. The same seed over the same rows chooses the same. */
export interface SamplingPlan {
  /** `mus`: monetary-unit sampling over absolute contributions; `random`: each row as likely as another */
  readonly method: 'mus' | 'random';
  readonly seed: string;
  /** selections; or else `confidence` and `materiality` give it, for `mus` */
  readonly size?: number | undefined;
  /** 0 to 1, exclusive */
  readonly confidence?: number | undefined;
  /** tolerable misstatement, decimal text in the measure's unit */
  readonly materiality?: string | undefined;
}

export interface SampledRow {
  readonly measure: string;
  readonly entity: string;
  readonly site: string | null;
  readonly date: string;
  readonly contribution: string;
  /** units of the interval that fell on the row: more than one for a row larger than it */
  readonly hits: number;
  readonly extract: string;
  readonly row: number;
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
 * 1 - confidence (2.996 at 95 %). ISA 530 leaves the size to the auditor's judgement; the tables in use
 * round R (3.0 at 95 %).
 *
 * @example selectionsFor('1000', 0.95, '100') // 30: 1000 x 2.9957 / 100 = 29.957
 */
export function selectionsFor(total: string, confidence: number, materiality: string): number {
  return Math.ceil((Number(total) * -Math.log(1 - confidence)) / Number(materiality));
}

/** Contributions have ten decimals: as whole numbers of that unit, nothing is rounded. */
const unit = 10_000_000_000n;

/**
 * Chooses rows of a measure, each with its address.
 *
 * @param contributions SELECT of the contributing rows (see `contributionRows`)
 * @throws {Fault} SMP-001 for a plan without a size, SMP-002 for rows that are not open
 */
export async function sampleRows(
  warehouse: Warehouse,
  measure: Measure,
  contributions: string,
  plan: SamplingPlan,
): Promise<Sample> {
  if (measure.opens !== 'rows' || tellsOfOnePerson(measure)) {
    throw new Fault(
      'SMP-002',
      `${measure.id} opens to totals only: its rows are pay or health.`,
      'Vouch its extracts by their totals, with the payroll department.',
    );
  }
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
      `select ${literal(measure.id)} as measure, entity, site, date::varchar as date, contribution, 1 as hits, extract_id as extract, row_number as row
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
     select ${literal(measure.id)} as measure, entity, site, date::varchar as date, contribution, hits, extract_id as extract, row_number as row
     from hit where hits > 0 order by place`,
  );
  return { ...facts, interval: decimal(interval), sampled };
}

function sizeOf(plan: SamplingPlan, total: string): number {
  if (plan.size !== undefined) return plan.size;
  if (plan.method === 'mus' && plan.confidence !== undefined && plan.materiality !== undefined)
    return selectionsFor(total, plan.confidence, plan.materiality);
  throw new Fault(
    'SMP-001',
    'The size of the sample is not said.',
    'Give --size N, or for monetary-unit sampling --confidence 95 --materiality X in the unit of the measure.',
    { exitStatus: 2 },
  );
}

const max = (a: bigint, b: bigint) => (a > b ? a : b);

function decimal(value: bigint): string {
  const digits = value.toString().padStart(11, '0');
  return `${digits.slice(0, -10)}.${digits.slice(-10)}`;
}

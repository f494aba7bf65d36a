import { identifier, literal } from '../../../connectors/connector.ts';
import type { Model } from '../../harmonise/harmonise.ts';
import type { Measure } from '../../indicators/catalogue.ts';
import { contributionRows, divisorOf, measureRows, type Window } from '../../indicators/measure-rows.ts';
import { ofSites, peopleContributions, shownColumns } from '../../indicators/people-lines.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import { type ColumnsOf, readColumns } from './columns.ts';
import { type Rules, readRules, stepsOf } from './steps.ts';

/** One contributing row as a tool reads it: what was received, what turned it into its value, and what it makes. */
export interface PassageRow {
  readonly measure: string;
  /** number of a line of people within this measure alone; null elsewhere */
  readonly line: number | null;
  readonly entity: string;
  /** null for people, as the extract and the row: with them, what two measures say of one person could be put together */
  readonly site: string | null;
  /** for people the last day of the month of a stock, or of the window of a flow */
  readonly date: string;
  readonly quality: string | null;
  /** how an estimated row was estimated, or how an emission was worked out */
  readonly method: string | null;
  /** quantity and unit of the staged row, or of those from `row` to `last_row` together; null for a row that we estimated */
  readonly received: string | null;
  readonly received_unit: string | null;
  /** conversions between what was received and the value, or the activity that a factor multiplies: unit, calorific value, currency */
  readonly conversion: string | null;
  readonly activity: string | null;
  readonly activity_unit: string | null;
  readonly factor_id: string | null;
  readonly factor_version: string | null;
  /** kgCO2e per unit of the activity */
  readonly factor_value: string | null;
  readonly value: string | null;
  readonly unit: string;
  /** consolidated share that the value counts with */
  readonly share: string;
  /** the sum of the contributions, divided by `divisor`, is the value of the measure exactly */
  readonly contribution: string;
  readonly divisor: number;
  readonly extract: string | null;
  readonly row: number | null;
  /** of a line that adds up several rows of the extract: the last of them; null elsewhere */
  readonly last_row: number | null;
}

export const passageColumns = [
  'measure',
  'line',
  'entity',
  'site',
  'date',
  'quality',
  'method',
  'received',
  'received_unit',
  'conversion',
  'activity',
  'activity_unit',
  'factor_id',
  'factor_version',
  'factor_value',
  'value',
  'unit',
  'share',
  'contribution',
  'divisor',
  'extract',
  'row',
  'last_row',
] as const satisfies readonly (keyof PassageRow)[];

/** Columns of a harmonised row that say how it came about. */
const told = [
  'method',
  'energy_mwh',
  'volume_m3',
  'fuel_unit',
  'amount_eur',
  'quantity',
  'unit',
  'factor_id',
  'factor_version',
  'factor_kgco2e',
  'tco2e',
];
/** Columns of a staged row that conversions start from. */
const staged = [
  'quantity',
  'unit',
  'weight',
  'weight_unit',
  'weight_t',
  'distance',
  'distance_unit',
  'energy_kwh',
  'energy_kwh_pcs',
  'amount_excl_vat',
  'currency',
  'carrier',
  'product',
];

/**
 * Every contributing row of a measure that opens to its rows, as a stream, with what was received and what
 * turned it into its value: in the order of extracts and rows, some extracts at a time.
 */
export async function* passageRows(
  warehouse: Warehouse,
  models: readonly Model[],
  measure: Measure,
  {
    entity,
    sites,
    window,
  }: {
    readonly entity: string;
    /** only the rows of these sites */
    readonly sites: readonly string[] | null;
    readonly window: Window;
  },
  /** rows that one query sorts and joins at most, so that memory does not grow with the figure */
  atOnce = 500_000,
): AsyncGenerator<PassageRow[]> {
  const columns = await readColumns(warehouse);
  const rules = await readRules(warehouse);
  const own = columns(`model.${measure.table}`);
  const carried = told.filter((name) => own.has(name)).map((name) => `told_${name}`);
  const all = measureRows(
    measure,
    own,
    Object.fromEntries(carried.map((name) => [name, `t.${name.slice('told_'.length)}::varchar`])),
  );
  const contributions = contributionRows(measure, own, entity, window, ofSites(`(${all})`, sites), carried);
  // one row received may make several on a day, told apart by what they are
  const selectOf = ({ lines, received: reach }: Stretch) => {
    const received = stagedRows(models, measure, columns, reach);
    return measure.people
      ? `select ${shownColumns(measure, window)}, value, share, contribution, quality
         from (${peopleContributions(measure, own, entity, window, sites)}) order by line`
      : `select null::bigint as line, c.entity, c.site, c.date::varchar as date, c.value, c.share, c.contribution, c.quality, c.extract_id as extract, c.row_number as row, c.last_row,
         ${[...carried.map((name) => `c.${name}`), 'e.method as energy_method', ...staged.map((name) => `s.${name} as staged_${name}`)].join(', ')}
       from (select * from (${contributions}) where ${lines}) as c
       left join (${energyMethods(measure, columns, lines)}) as e on c.quality = 'estimated' and e.extract_id = c.extract_id and e.row_number = c.row_number and e.date = c.date and e.entity = c.entity
       left join (${own.has('last_row') ? addedUp(received, contributions, lines) : received}) as s on s.extract_id = c.extract_id and s.row_number = c.row_number
       order by c.extract_id, c.row_number, c.date, ${['entity', 'site', 'value', 'contribution', 'quality', ...carried].map((name) => `c.${name}`).join(', ')}`;
  };
  const divisor = divisorOf(measure, window);
  // people are numbered over the whole measure
  const stretches = measure.people
    ? [{ lines: 'true', received: 'true' }]
    : await stretchesOf(warehouse, contributions, atOnce);
  for (const stretch of stretches)
    for await (const chunk of warehouse.chunks<Read>(selectOf(stretch)))
      yield chunk.map((read) => passageOf(measure, divisor, read, rules));
}

/** Lines and the staged rows that they may rest on, as predicates over addresses. */
interface Stretch {
  readonly lines: string;
  readonly received: string;
}

/** What takes rows in their order: some extracts, or a stretch of one that is long. */
async function stretchesOf(warehouse: Warehouse, contributions: string, atOnce: number): Promise<Stretch[]> {
  const extracts = await warehouse.rows<{
    extract: string | null;
    rows: number;
    first: number;
    last: number;
    longest: number;
  }>(
    `select extract_id as extract, sum(coalesce(last_row - row_number, 0) + 1)::bigint as rows, min(row_number)::bigint as first, max(row_number)::bigint as last,
       max(coalesce(last_row - row_number, 0))::bigint as longest
     from (${contributions}) group by extract_id order by extract_id`,
  );
  const stretches: Stretch[] = [];
  const add = (lines: string, received = lines) => stretches.push({ lines, received });
  let names: string[] = [];
  let together = 0;
  const end = () => {
    if (names.length > 0) add(`extract_id in (${names.join(', ')})`);
    names = [];
    together = 0;
  };
  for (const { extract, rows, first, last, longest } of extracts) {
    // rows that no extract holds stand last
    if (extract === null || together + rows > atOnce) end();
    if (extract === null) {
      add('extract_id is null');
    } else if (rows <= atOnce) {
      names.push(literal(extract));
      together += rows;
    } else {
      const step = Math.max(1, Math.floor(((last - first + 1) * atOnce) / rows));
      for (let from = first; from <= last; from += step) {
        const upto = from + step - 1;
        const within = (end: number) =>
          `extract_id = ${literal(extract)} and row_number between ${from} and ${end}`;
        // a line that begins in the stretch may end beyond it
        add(within(upto), within(upto + longest));
      }
    }
  }
  end();
  return stretches;
}

type Read = Pick<
  PassageRow,
  | 'line'
  | 'entity'
  | 'site'
  | 'date'
  | 'quality'
  | 'value'
  | 'share'
  | 'contribution'
  | 'extract'
  | 'row'
  | 'last_row'
> &
  Readonly<Record<string, string | null>>;

/** An emission is estimated as the energy that made it was. */
function energyMethods(measure: Measure, columns: ColumnsOf, stretch: string): string {
  return ['emission', 'energy_origin'].includes(measure.table) && columns('model.energy').has('method')
    ? `select extract_id, row_number, date, entity, min(method) as method from model.energy where quality = 'estimated' and ${stretch} group by all`
    : 'select null::varchar as extract_id, null::bigint as row_number, null::date as date, null::varchar as entity, null::varchar as method where false';
}

/** Staged rows with those that one harmonised row adds up as one, under the number of the first. */
function addedUp(received: string, contributions: string, lines: string): string {
  const values = staged.map((name) =>
    name === 'energy_kwh'
      ? `case when count(*) > 1 then sum(energy_kwh::decimal(28,6))::varchar else min(energy_kwh) end as energy_kwh`
      : `min(${name}) as ${name}`,
  );
  return `with stretches as (select distinct extract_id, row_number, last_row from (${contributions}) where last_row is not null and ${lines})
    select s.extract_id, coalesce(case when s.row_number <= a.last_row then a.row_number end, s.row_number) as row_number, ${values.join(', ')}
    from (${received}) as s
    asof left join stretches as a on a.extract_id = s.extract_id and s.row_number >= a.row_number
    group by 1, 2`;
}

/** The staged rows that the measure's table is made from, whatever the models between, one row an address. */
function stagedRows(models: readonly Model[], measure: Measure, columns: ColumnsOf, stretch: string): string {
  const tables = new Set<string>();
  const seen = new Set<string>();
  const visit = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const input of models.find((model) => model.name === name)?.inputs ?? []) {
      if (input.startsWith('model.')) visit(input.slice('model.'.length));
      if (input.startsWith('staged.')) tables.add(input);
    }
  };
  visit(measure.table);
  const parts = [...tables]
    .filter((table) => staged.some((name) => columns(table).has(name)))
    .sort()
    .map((table) => {
      const values = staged.map(
        (name) => `${columns(table).has(name) ? `${identifier(name)}::varchar` : 'null::varchar'} as ${name}`,
      );
      const [schema, name] = table.split('.') as [string, string];
      return `select extract_id, row_number, ${values.join(', ')} from ${schema}.${identifier(name)} where ${stretch}`;
    });
  if (parts.length === 0)
    return `select null::varchar as extract_id, null::bigint as row_number, ${staged.map((name) => `null::varchar as ${name}`).join(', ')} where false`;
  // an address holds one row; were it told twice, the row that is traced must not count twice
  return `select extract_id, row_number, ${staged.map((name) => `min(${name}) as ${name}`).join(', ')} from (${parts.join(' union all ')}) group by extract_id, row_number`;
}

function passageOf(measure: Measure, divisor: number, read: Read, rules: Rules): PassageRow {
  const of = (prefix: string): Record<string, string> =>
    Object.fromEntries(
      Object.entries(read)
        .filter(([name, value]) => name.startsWith(prefix) && value !== null)
        .map(([name, value]) => [name.slice(prefix.length), String(value)]),
    );
  const values: Record<string, unknown> = { ...of('told_'), date: read.date, quality: read.quality };
  const received = of('staged_');
  const steps = measure.people
    ? []
    : stepsOf(
        measure.table,
        values,
        [{ extract: read.extract ?? '', row: read.row ?? 0, contract: '', values: received }],
        rules,
      );
  const method = (read.told_method ?? read.energy_method ?? null) as string | null;
  // what we estimated was not received: the row of its address is one of those that it rests on
  const estimated = read.quality === 'estimated' && method !== null && method !== 'estimated_by_source';
  const quantity = estimated ? undefined : quantityOf(received, values, measure);
  const conversions = steps
    .filter(({ kind }) => kind === 'unit' || kind === 'gross_to_net' || kind === 'currency')
    .filter(({ kind }) => quantity && (kind === 'currency') === quantity.money);
  const emission: Readonly<Record<string, string>> = measure.table === 'emission' ? of('told_') : {};
  return {
    measure: measure.id,
    line: read.line,
    entity: read.entity,
    site: read.site,
    date: read.date,
    quality: read.quality,
    method,
    received: quantity?.amount ?? null,
    received_unit: quantity?.unit ?? null,
    conversion: conversions.length === 0 ? null : conversions.map(({ by }) => by).join('; '),
    activity: emission.quantity ?? null,
    activity_unit: emission.unit ?? null,
    factor_id: emission.factor_id ?? null,
    factor_version: emission.factor_version ?? null,
    factor_value: emission.factor_kgco2e ?? null,
    value: read.value,
    unit: measure.unit,
    share: read.share,
    contribution: read.contribution,
    divisor,
    extract: read.extract,
    row: read.row,
    last_row: read.last_row ?? null,
  };
}

/** The quantity that the row stated: money where the value is made from money, else what was weighed, metered or driven. */
function quantityOf(
  received: Readonly<Record<string, string>>,
  values: Readonly<Record<string, unknown>>,
  measure: Measure,
): { amount: string; unit: string; money: boolean } | undefined {
  const money = /^k?EUR$/.test(measure.unit) || values.unit === 'kEUR';
  const candidates: readonly [string | undefined, string | undefined, boolean][] = [
    [received.amount_excl_vat, received.currency, true],
    [received.quantity, received.unit, false],
    [received.weight, received.weight_unit, false],
    [received.distance, received.distance_unit, false],
    [received.weight_t, 't', false],
    [received.energy_kwh_pcs, 'kWh PCS', false],
    [received.energy_kwh, 'kWh', false],
  ];
  const found =
    candidates.find(([amount, unit, isMoney]) => isMoney === money && amount !== undefined && unit) ??
    candidates.find(([amount, unit]) => amount !== undefined && unit);
  return found && { amount: found[0] as string, unit: found[1] as string, money: found[2] };
}

import { identifier, literal } from '../../../connectors/connector.ts';
import { groupedBy } from '../../grouped-by.ts';
import { loadModels, type Model } from '../../harmonise/harmonise.ts';
import type { Measure } from '../../indicators/catalogue.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import type { Address, StagedRow } from './staged-row.ts';
import { type Rules, readRules, type Step, stepsOf } from './steps.ts';

export type { Address, StagedRow };

/** A row of the common model, with what it was made from and how. */
export interface HarmonisedRow {
  readonly table: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** conversions, factors and estimates between what it was made from and its value */
  readonly steps: readonly Step[];
  /** rows of other models that it was made from: an emission, from the energy that made it */
  readonly from: readonly HarmonisedRow[];
  /** staged rows that it rests on: of a day, those that it adds up; of an estimate, those of its neighbours */
  readonly staged: readonly StagedRow[];
  /** addresses that it rests on, where not all are listed */
  readonly rests: number;
}

/** Addresses of one harmonised row that are opened: a day has 288 intervals of five minutes, an estimate may rest on more. */
const openedAddresses = 300;
/** Models between a measure's and the staged rows. */
const deepest = 4;

export interface Contribution extends Address {
  readonly entity: string;
  readonly date: string;
  readonly value: string | null;
  /** where the row is in the measure's table; null where that is to be found by its address */
  readonly modelRow: number | null;
}

/** Contributing rows of a measure, opened down to the staged ones. */
export type Lineage = (measure: Measure, rows: readonly Contribution[]) => Promise<(HarmonisedRow | null)[]>;

/**
 * What opens contributing rows, set-wise: one query a table and a level, whatever the number of rows. Models and
 * conversions are read once for all measures of a figure, where there is a row at all.
 */
export function lineageIn(warehouse: Warehouse): Lineage {
  let read: Promise<[readonly Model[], Rules]> | undefined;
  return async (measure, rows) => {
    if (rows.length === 0) return [];
    const harmonised = await harmonisedRows(warehouse, measure, rows);
    read ??= Promise.all([loadModels(), readRules(warehouse)]);
    const [models, rules] = await read;
    return open(warehouse, models, rules, measure.table, harmonised, deepest);
  };
}

type Values = Record<string, unknown>;

/**
 * SELECT of the rows of a table at some addresses, with `_rowid`. Asked for by address, the scan reads every column of all
 * rows, of a ledger of millions for five lines: where they are is asked first, and of a day of a load curve only where
 * it begins and ends.
 */
async function rowsAt(warehouse: Warehouse, table: string, addresses: readonly Address[]): Promise<string> {
  const runs = runsOf(addresses);
  const ends = await placesOf(
    warehouse,
    table,
    runs.flatMap(({ extract, from, to }) => [
      { extract, row: from },
      { extract, row: to },
    ]),
  );
  const ranges: Range[] = [];
  const apart: Address[] = [];
  for (const { extract, from, to } of runs) {
    const [first, last] = [from, to].map((row) => ends.get(keyOf({ extract, row })) ?? []) as [
      number[],
      number[],
    ];
    if (from === to) ranges.push(...first.map((at): Range => [at, at]));
    else if (first.length === 1 && last.length === 1 && Number(last[0]) - Number(first[0]) === to - from)
      ranges.push([first[0] as number, last[0] as number]);
    else for (let row = from; row <= to; row += 1) apart.push({ extract, row });
  }
  for (const places of (await placesOf(warehouse, table, apart)).values())
    ranges.push(...places.map((at): Range => [at, at]));
  return rowsIn(table, ranges);
}

/** Places of a table, the first and the last. */
type Range = readonly [first: number, last: number];

/** SELECT of the rows of a table at some places, with `_rowid`; constants would be compared with each row's place. */
function rowsIn(table: string, ranges: readonly Range[]): string {
  const list = ranges.map(([first, last]) => `(${first}, ${last})`).join(', ');
  const places = `rowid in (select unnest(range(low, high + 1)) from (values ${list}) as r(low, high))`;
  return `select *, rowid as _rowid from ${table} where ${ranges.length > 0 ? places : 'false'}`;
}

/** Addresses that follow one another in an extract, as one. */
function runsOf(addresses: readonly Address[]): { extract: string; from: number; to: number }[] {
  const inOrder = [...new Map(addresses.map((at) => [keyOf(at), at])).values()].sort((a, b) =>
    a.extract === b.extract ? a.row - b.row : a.extract < b.extract ? -1 : 1,
  );
  const runs: { extract: string; from: number; to: number }[] = [];
  for (const { extract, row } of inOrder) {
    const last = runs.at(-1);
    if (last?.extract === extract && last.to + 1 === row) last.to = row;
    else runs.push({ extract, from: row, to: row });
  }
  return runs;
}

/** Where the rows at some addresses are in a table. A part of it tells which numbers of rows it may hold, not which extracts. */
async function placesOf(
  warehouse: Warehouse,
  table: string,
  addresses: readonly Address[],
): Promise<Map<string, number[]>> {
  if (addresses.length === 0) return new Map();
  const list = addresses.map(({ extract, row }) => `(${literal(extract)}, ${row})`).join(', ');
  const rows = await warehouse.rows<{ place: number; extract: string; row: number }>(
    `with wanted as materialized (select distinct * from (values ${list}) as a(extract_id, row_number))
     select t.rowid as place, t.extract_id as extract, t.row_number as row from ${table} as t
     where t.row_number in (select row_number from wanted) and (t.extract_id, t.row_number) in (select (extract_id, row_number) from wanted)
     order by place`,
  );
  return new Map([...groupedBy(rows, keyOf)].map(([key, own]) => [key, own.map(({ place }) => place)]));
}

/** SELECT of the rows of the measure's table that may be behind the contributions, with `_rowid`. */
async function modelRows(
  warehouse: Warehouse,
  measure: Measure,
  rows: readonly Contribution[],
): Promise<string> {
  const table = `model.${identifier(measure.table)}`;
  const places = rows.flatMap(({ modelRow }) => (modelRow === null ? [] : [modelRow]));
  return places.length < rows.length
    ? rowsAt(warehouse, table, rows)
    : rowsIn(
        table,
        places.map((at) => [at, at]),
      );
}

/** The row of the model behind each contribution; rows alike in everything are told apart by their order. */
async function harmonisedRows(
  warehouse: Warehouse,
  measure: Measure,
  rows: readonly Contribution[],
): Promise<(Values | null)[]> {
  const places = rows.map(
    ({ extract, row, entity, date, value }, place) =>
      `(${place}, ${literal(extract)}, ${row}, ${literal(entity)}, date '${date}', ${value === null ? 'null' : value}::decimal(28,10))`,
  );
  const found = await warehouse.rows<Values & { _place: number }>(
    `with wanted(_place, _extract, _row, _entity, _date, _value) as (values ${places.join(', ')}),
       model as (select *, (${measure.value})::decimal(28,10) as _own from (${await modelRows(warehouse, measure, rows)}) where (${measure.filter}))
     select w._place, m.* from wanted as w
     join model as m on m.extract_id = w._extract and m.row_number = w._row and m.entity = w._entity
       and m.${identifier(measure.date)}::date = w._date and m._own is not distinct from w._value
     order by w._place, m._rowid`,
  );
  const candidates = groupedBy(found, ({ _place }) => _place);
  const used = new Map<string, number>();
  return rows.map((row, place) => {
    const key = JSON.stringify([row.extract, row.row, row.entity, row.date, row.value]);
    const nth = used.get(key) ?? 0;
    used.set(key, nth + 1);
    const values = candidates.get(place)?.[nth];
    if (!values) return null;
    const { _place, _own, _rowid, ...own } = values;
    return own;
  });
}

async function open(
  warehouse: Warehouse,
  models: readonly Model[],
  rules: Rules,
  table: string,
  rows: readonly (Values | null)[],
  depth: number,
): Promise<(HarmonisedRow | null)[]> {
  const present = rows.filter((one) => one !== null);
  const from = new Map<Values, HarmonisedRow[]>();
  if (depth > 1 && present.length > 0) {
    for (const parent of parentsOf(models, table)) {
      const found = await parentRows(warehouse, parent, present);
      const opened = await open(warehouse, models, rules, parent, found, depth - 1);
      for (const row of present) {
        const own = found.flatMap((values, i) =>
          isParent(table, parent, row, values) ? (opened[i] ?? []) : [],
        );
        if (own.length > 0) from.set(row, [...(from.get(row) ?? []), ...own]);
      }
    }
  }
  // where another model lies between, the staged rows are under it
  const leaves = present.filter((row) => !from.has(row));
  const staged = await stagedRows(
    warehouse,
    leaves.flatMap((row) => addressesOf(row).slice(0, openedAddresses)),
  );
  return rows.map((row) => {
    if (row === null) return null;
    const own = from.get(row) ?? [];
    const addresses = addressesOf(row);
    const mine = own.length > 0 ? [] : addresses.flatMap((at) => staged.get(keyOf(at)) ?? []);
    const { extract_id: _e, row_number: _r, last_row: _l, also_from: _a, ...values } = row;
    const shown = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
    return {
      table,
      values: shown,
      steps: stepsOf(table, shown, mine, rules, addresses.length),
      from: own,
      staged: mine,
      rests: addresses.length,
    };
  });
}

function parentsOf(models: readonly Model[], table: string): string[] {
  const inputs = models.find((model) => model.name === table)?.inputs ?? [];
  return inputs.filter((input) => input.startsWith('model.')).map((input) => input.slice('model.'.length));
}

async function parentRows(warehouse: Warehouse, parent: string, rows: readonly Values[]): Promise<Values[]> {
  const addresses = new Map(rows.flatMap(namedBy).map((at) => [keyOf(at), at]));
  if (addresses.size === 0) return [];
  return warehouse.rows<Values>(
    `select * exclude (_rowid) from (${await rowsAt(warehouse, `model.${identifier(parent)}`, [...addresses.values()])})
     order by _rowid limit 5000`,
  );
}

/** A model's row is made from another's where they share an address and a day, place and meter where both have them. */
function isParent(table: string, parent: string, row: Values, values: Values): boolean {
  // what a contract covers matters for the market-based part of scope 2 only, and that part rests on it
  if (table === 'emission' && parent === 'energy_origin' && row.basis !== 'market') return false;
  if (table === 'emission' && parent === 'energy' && row.basis === 'market') return false;
  const shared = namedBy(values).some((at) => namedBy(row).some((own) => keyOf(own) === keyOf(at)));
  const same = ['entity', 'site', 'date', 'meter', 'carrier'].every(
    (column) => row[column] == null || values[column] == null || row[column] === values[column],
  );
  return shared && same;
}

/** Every address that a row rests on. */
function addressesOf(row: Values): Address[] {
  const named = namedBy(row);
  const [own, ...also] = named;
  if (own === undefined || row.last_row == null) return named;
  const rows = Array.from({ length: Number(row.last_row) - own.row + 1 }, (_, n) => own.row + n);
  return [...rows.map((n) => ({ extract: own.extract, row: n })), ...also];
}

/** The addresses that stand in a row: of a day that rows from one to another make, the first. */
function namedBy(row: Values): Address[] {
  const own =
    typeof row.extract_id === 'string' ? [{ extract: row.extract_id, row: Number(row.row_number) }] : [];
  const also = (row.also_from as { extract_id: string; row_number: number }[] | null | undefined) ?? [];
  return [...own, ...also.map((one) => ({ extract: one.extract_id, row: Number(one.row_number) }))];
}

const keyOf = ({ extract, row }: Address) => `${extract}\0${row}`;

/** Staged rows by address, from whichever of the extracts' contracts hold them. */
async function stagedRows(
  warehouse: Warehouse,
  addresses: readonly Address[],
): Promise<Map<string, StagedRow[]>> {
  const found: StagedRow[] = [];
  if (addresses.length === 0) return new Map();
  const extracts = [...new Set(addresses.map((at) => at.extract))].map(literal);
  const contracts = await warehouse.rows<{ contract: string }>(
    `select distinct contract from result.extract where extract_id in (${extracts.join(', ')}) order by contract`,
  );
  for (const { contract } of contracts) {
    const rows = await warehouse.rows<Values>(
      `select * exclude (source_id, _rowid) from (${await rowsAt(warehouse, `staged.${identifier(contract)}`, addresses)}) order by _rowid`,
    );
    for (const { extract_id, row_number, ...values } of rows) {
      const at = { extract: extract_id as string, row: Number(row_number) };
      const present = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
      found.push({ ...at, contract, values: present });
    }
  }
  return groupedBy(found, keyOf);
}

/** Addresses of the staged rows under a harmonised one, at any depth. */
export function addressesBelow(row: HarmonisedRow | null): Address[] {
  if (row === null) return [];
  return [...row.staged, ...row.from.flatMap(addressesBelow)];
}

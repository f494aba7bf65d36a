import { identifier, literal, type TextsAbout } from '../../connectors/connector.ts';
import type { CollectedExtract } from '../collect/collect.ts';
import { coverageOf } from '../collect/covers.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { disagreements, valuesOf } from './agreement.ts';
import { type Cell, cell, fault, type Rule, readOf, textOf } from './cell.ts';
import { type Contract, sqlType } from './contract.ts';
import { type Matched, matchHeadings } from './heading.ts';
import type { KnownValues } from './known-values.ts';
import type { InHand, Part, Writing } from './read-batch.ts';

/** Records that one statement types: of one contract, with the same headings and the same ways of writing. */
export interface RecordsAlike {
  readonly contract: Contract;
  readonly columns: readonly string[];
  readonly reading: Writing;
  /** they come as {@link keptOf} keeps them */
  readonly kept?: boolean | undefined;
  readonly parts: readonly Part[];
}

/** Records and what is typed of them, as SQL. Nothing is typed before it is asked for. */
export interface Typed {
  /** the records as received, with `_place` and `row_number` */
  readonly texts: { readonly name: string; readonly kind: 'view' | 'table' };
  /** SELECT of every row: `_place`, `row_number`, the contract's columns, `_broken` where it breaks a rule */
  readonly judged: string;
  /** they come in the order of the texts */
  readonly keepsOrder: boolean;
  /** SELECT of what is wrong with the rows that {@link brokenTable} holds: `_place`, `row_number`, `fault`, one row a fault */
  readonly faults: string;
}

/** Temporary table of the rows that break a rule: `_place`, `row_number`. */
export const brokenTable = 'raw_broken';

export interface Typing {
  readonly warehouse: Warehouse;
  readonly hands: readonly InHand[];
  readonly twins: ReadonlyMap<string, string>;
  readonly fiscalYearStartMonth: number;
  readonly known: KnownValues;
}

type NamedCell = Cell & { readonly name: string };

/** What the stage knows of each row's extract, beside its number. */
const ofExtract = '_from, _to, _twin';
const known = `_place, ${ofExtract}, row_number`;

/**
 * Gathers records under the name `texts` and says how each row is read and judged. What is wrong with a row is
 * told for the few that break a rule, by reading their texts once more.
 */
export async function typeRecords(typing: Typing, texts: string, alike: RecordsAlike): Promise<Typed> {
  const { hands } = typing;
  const { contract, columns, reading, kept, parts } = alike;
  const matched = matchHeadings(contract, columns);
  for (const hand of handsOf(parts, hands)) remarkHeadings(hand, contract, columns, matched);
  const cells = cellsOf(contract, matched, reading);
  const { entities } = (hands[0] as InHand).extract.source;
  const ofRow = rulesOf(contract, entities);
  const ofCells = rulesByCell(cells);
  await typing.known.declare(valuesOf(contract, entities));
  const kind = await gather(typing, texts, contract, parts);
  const told = `${texts} semi join ${brokenTable} using (_place, row_number)`;
  return {
    texts: { name: texts, kind },
    judged: kept
      ? `select _place, row_number, ${cells.map((one) => `${identifier(one.name)}::${one.type} as ${identifier(one.name)}`).join(', ')}, _broken from ${texts}`
      : judged(cells, ofRow, '_place, row_number', `select ${known}, ${textsIn(cells)} from ${texts}`),
    keepsOrder: !ofRow.some(({ joins }) => joins),
    faults: `select _place, row_number, unnest(${faultList([
      ...ofCells.map((_, at) => `_fault_${at}`),
      ...ofRow.map((rule) => faultOf([rule])),
    ])}) as fault
      from (
        select ${known}, ${values(cells)}${ofCells.map((rules, at) => `, ${faultOf(rules)} as _fault_${at}`).join('')}
        from (${read(cells, `select ${known}, ${kept ? textsKept(cells) : textsIn(cells)} from ${told}`)})
      ) as typed`,
  };
}

/**
 * What is kept of records whose texts need no trimming, before they are numbered: the contract's columns, texts of a
 * list as codes; `_broken` where the row breaks a rule, and then `_texts`, those of the columns in their order.
 *
 * @param texts SELECT of the texts
 * @returns SELECT of as many rows in the same order; undefined where their judging would change it
 */
export async function keptOf(
  typing: Omit<Typing, 'hands'>,
  extract: CollectedExtract,
  contract: Contract,
  { columns, ...reading }: TextsAbout,
  texts: string,
): Promise<string | undefined> {
  const { entities } = extract.source;
  const ofRow = rulesOf(contract, entities);
  if (ofRow.some(({ joins }) => joins)) return undefined;
  const cells = cellsOf(contract, matchHeadings(contract, columns), { ...reading, trimmed: true }, true);
  await typing.known.declare(valuesOf(contract, entities));
  const [from, to, twin] = knownOf(typing, extract, contract);
  const all = cells.map(({ name }) => textOf(name)).join(', ');
  const rows = `select ${from} as _from, ${to} as _to, ${twin} as _twin, ${textsIn(cells)} from (${texts})`;
  return `select ${cells.map(({ name }) => identifier(name)).join(', ')}, _broken, case when _broken then [${all}] end as _texts
    from (${judged(cells, ofRow, all, rows)})`;
}

function cellsOf(contract: Contract, matched: Matched, reading: Writing, asCodes = false) {
  return Object.entries(contract.columns).map(([column, one]) => ({
    name: column,
    type: sqlType(one),
    ...cell(column, one, matched.sources.get(column) ?? null, reading, asCodes),
  }));
}

const rulesOf = (contract: Contract, entities: readonly string[]): Rule[] => [
  duplicate,
  ...outsidePeriod(contract),
  ...disagreements(contract, entities),
];

const rulesByCell = (cells: readonly NamedCell[]) =>
  cells.map(({ rules }) => rules).filter((rules) => rules.length > 0);

/** SELECT of some columns of rows, the contract's, and `_broken`. */
function judged(cells: readonly NamedCell[], ofRow: readonly Rule[], columns: string, texts: string): string {
  const names = cells.map(({ name }) => name);
  return `select ${columns}, ${names.map(identifier).join(', ')}, ${broken([...ofRow, { broken: '_own' }])} as _broken
      from (
        select *, ${values(cells)}, ${broken(rulesByCell(cells).flat())} as _own
        from (${read(cells, texts)})
      ) as typed`;
}

const textsIn = (cells: readonly NamedCell[]) =>
  cells.map((one) => `${one.text} as ${textOf(one.name)}`).join(', ');

/** The texts of a broken row that was kept, see {@link keptOf}. */
const textsKept = (cells: readonly NamedCell[]) =>
  cells.map((one, at) => `_texts[${at + 1}] as ${textOf(one.name)}`).join(', ');

const read = (cells: readonly NamedCell[], texts: string) =>
  `select *, ${cells.map((one) => `${one.read} as ${readOf(one.name)}`).join(', ')} from (${texts})`;

const values = (cells: readonly NamedCell[]) =>
  cells.map((one) => `${one.value} as ${identifier(one.name)}`).join(', ');

/** TRUE where one of the rules is broken, else FALSE. */
function broken(rules: readonly Omit<Rule, 'fault'>[]): string {
  const asked = rules.map((rule) => `(${rule.suspect ?? rule.broken})`);
  return asked.length === 0 ? 'false' : `(${asked.join(' or ')}) is true`;
}

function faultOf(rules: readonly Rule[]): string {
  return `case ${rules.map((rule) => `when ${rule.broken} then ${rule.fault}`).join(' ')} end`;
}

function faultList(faults: readonly string[]): string {
  return `list_filter([${faults.join(', ')}]::struct(column_name varchar, "value" varchar, rule varchar, facts varchar)[], lambda one: one is not null)`;
}

const duplicate: Rule = {
  broken: '_twin is not null',
  fault: fault('', `''`, 'duplicate_extract', { twin: '_twin' }),
};

/** A row dated outside what its extract covers; a day's tolerance for instants, which are in UTC. */
function outsidePeriod(contract: Contract): Rule[] {
  const name = contract.period_column;
  if (!name) return [];
  const column = identifier(name);
  const isInstant = contract.columns[name]?.type === 'timestamp';
  const [first, last] = isInstant ? ['_from - interval 1 day', '_to + interval 2 day'] : ['_from', '_to'];
  return [
    {
      broken: `${column} < ${first} or ${column} > ${last}`,
      fault: fault(name, `${column}::varchar`, 'outside_period', { from: '_from', to: '_to' }),
    },
  ];
}

function handsOf(parts: readonly Part[], hands: readonly InHand[]): readonly InHand[] {
  return parts.flatMap(({ place }) => (place === undefined ? hands : [hands[place] as InHand]));
}

/**
 * The records of every part under one name, with what the stage knows of each extract. Mere scans are read
 * through a view; others are kept in a table, since they are read twice and a union of many costs much.
 */
async function gather(
  typing: Typing,
  name: string,
  contract: Contract,
  parts: readonly Part[],
): Promise<'view' | 'table'> {
  const { warehouse, hands } = typing;
  const known = hands.map(({ extract }, place) => [String(place), ...knownOf(typing, extract, contract)]);
  const head = ['_place', ...ofExtract.split(', ')];
  const selects = parts.map(({ place, query }) =>
    place === undefined
      ? `select known.*, records.* exclude (extract) from (${query}) as records
         join (values ${known.map((one) => `(${one.join(', ')})`).join(', ')}) as known(${head.join(', ')}) on known._place = records.extract`
      : `select ${head.map((column, i) => `${known[place]?.[i]} as ${column}`).join(', ')}, * from (${query})`,
  );
  if (parts.every(({ isScan }) => isScan)) {
    await warehouse.run(`create or replace temp view ${name} as ${selects.join(' union all ')}`);
    return 'view';
  }
  const [first, ...others] = selects;
  await warehouse.run(`create or replace temp table ${name} as ${first}`);
  for (const select of others) await warehouse.run(`insert into ${name} ${select}`);
  return 'table';
}

/** SQL of the first and the last day that an extract covers, and of the one before it that has the same bytes. */
function knownOf(
  { twins, fiscalYearStartMonth }: Pick<Typing, 'twins' | 'fiscalYearStartMonth'>,
  extract: CollectedExtract,
  contract: Contract,
): [from: string, to: string, twin: string] {
  const covers = contract.period_column
    ? coverageOf(extract.source, extract.name, fiscalYearStartMonth)
    : null;
  const day = (text: string | undefined) => (text ? `date '${text}'` : 'null::date');
  const twin = twins.get(extract.extractId);
  return [day(covers?.from), day(covers?.to), twin === undefined ? 'null::varchar' : literal(twin)];
}

function remarkHeadings(
  hand: InHand,
  contract: Contract,
  columns: readonly string[],
  matched: Matched,
): void {
  const { extractId } = hand.extract;
  // nothing was read as a record: the rejects say it already
  if (matched.absent.length > 0 && columns.length > 0) {
    hand.remarks.push({
      code: 'STG-010',
      severity: 'error',
      values: {
        extract: extractId,
        absent: matched.absent.join(', '),
        headings: columns.join(', '),
        contract: contract.id,
      },
    });
  }
  if (matched.unknown.length > 0) {
    hand.remarks.push({
      code: 'STG-011',
      severity: 'information',
      values: { extract: extractId, columns: matched.unknown.join(', '), contract: contract.id },
    });
  }
}

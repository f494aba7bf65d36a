import { literal } from '../connector.ts';
import { FAMILIES } from './dictionary.ts';
import {
  COMPANY,
  CONTRACT,
  DECLARATION,
  type DsnRecord,
  ESTABLISHMENT,
  type Holds,
  INDIVIDUAL,
  PAYMENT,
  READ,
  RECORDS,
  REMUNERATION,
  SENDING,
} from './rubrics.ts';

/**
 * The SQL that turns lines into block occurrences. A DSN has no nesting marks: a block begins where the
 * block code changes or the rubric number does not grow, and belongs to the last block of each kind above it.
 */

/**
 * Tables of one reading, of one extract or of several together. `line` counts through all of them, so that it
 * alone tells a line; `line - base` is the physical line of the extract, `extract` its place in the list.
 */
export interface DsnTables {
  /** one row an extract: `extract`, `base` */
  readonly extracts: string;
  /** every rubric line: block, rubric, the value if it is one that is read, line of its block's beginning */
  readonly rubrics: string;
  /** lines that are no rubric, their contents masked */
  readonly malformed: string;
  /** one row a block occurrence, with the line of each block above it in its extract */
  readonly blocks: string;
  /** values of one kind of block, one column a rubric */
  values(block: string): string;
}

/** `S21.G00.40.007,'01'`: quotes inside the value are the value's own. */
const RUBRIC = `S[0-9]{2}[.]G[0-9]{2}[.][0-9]{2}[.][0-9]{3},''.*''`;

/**
 * Lines of the files, in their order, straight from DuckDB's reader: only the values of {@link READ} get past this statement.
 * A line that is no rubric keeps its rubric number, if it shows one, and its length.
 *
 * `rowid` is the line number only as long as this plan is a mere scan: a WITH may be materialised and a long IN
 * list becomes a hash join, and neither keeps the order of lines.
 */
export function linesTable(table: string, paths: readonly string[]): string {
  const wanted = [...READ].flatMap(([block, numbers]) =>
    numbers.map((number) => literal(rubric(block, number))),
  );
  // hardly a line needs it, and to trim costs more than to see that a line is a rubric
  const trimmed = `nullif(trim(text, ' \t\ufeff'), '')`;
  return `create temp table ${table} as
select
  extract,
  case when matches then text[1:10] end as block,
  case when matches then text[12:14]::smallint end as rubric,
  case when matches and list_contains([${wanted.join(', ')}], text[1:14]) then nullif(trim(text[17:-2]), '') end as value,
  case when not matches then
    case when regexp_matches(text, '^S[0-9]{2}[.]G[0-9]{2}[.][0-9]{2}[.][0-9]{3}') then text[1:14] || ' ' else '' end
      || '(' || len(text) || ' characters, not shown)'
  end as masked
from (
  select extract, case when as_it_stands then text else ${trimmed} end as text,
    case when as_it_stands then true else regexp_full_match(${trimmed}, '${RUBRIC}') end as matches
  from (
    select file_index::integer as extract, text, regexp_full_match(text, '${RUBRIC}') as as_it_stands
    from read_csv([${paths.map(literal).join(', ')}], auto_detect = false, header = false, columns = {'text': 'VARCHAR'}, delim = chr(31),
      quote = '', escape = '', comment = '', new_line = '\\n', compression = 'none', encoding = 'utf-8',
      max_line_size = 1048576, strict_mode = false)
  )
)`;
}

export function extractsTable(tables: DsnTables, lines: string): string {
  return `create temp table ${tables.extracts} as
select extract, min(rowid) as base from ${lines} group by extract`;
}

/**
 * Rubric lines with `start`, the line on which their block occurrence begins. The windows have no order of their own:
 * lines come in that of the table, and to sort them by it costs more than all the rest.
 */
export function rubricsTable(tables: DsnTables, lines: string): string {
  return `create temp table ${tables.rubrics} as
with marked as (
  select extract, rowid + 1 as line, block, rubric, value,
    extract is distinct from lag(extract) over ()
      or block is distinct from lag(block) over ()
      or rubric <= lag(rubric) over () as begins
  from ${lines}
  where block is not null
)
select extract, line, block, rubric, value,
  max(case when begins then line end) over (rows unbounded preceding) as start
from marked`;
}

export function malformedTable(tables: DsnTables, lines: string): string {
  return `create temp table ${tables.malformed} as
select extract, rowid + 1 as line, masked from ${lines} where masked is not null`;
}

/**
 * One row a block occurrence. `declaration`, `individual`, `contract`... are the lines of the last such
 * blocks, forgotten as soon as a block above them begins (0 marks that, and is read as NULL).
 */
export function blocksTable(tables: DsnTables): string {
  // a block of no known family is rejected alone: the declaration goes on below it
  const envelope = `left(block, 3) in (${FAMILIES.filter((family) => !['S20', 'S21', 'S89'].includes(family))
    .map(literal)
    .join(', ')})`;
  const inside = (block: string, ends: readonly string[]) =>
    `nullif(last_value(case when block = '${block}' then line when ${envelope}${ends
      .map((end) => ` or block = '${end}'`)
      .join('')} then 0 end ignore nulls) over above, 0)`;
  const person = [DECLARATION, COMPANY, ESTABLISHMENT, 'S21.G00.85', 'S89.G00.32', 'S89.G00.91'];
  return `create temp table ${tables.blocks} as
with starts as (
  select extract, start as line, block from ${tables.rubrics} where line = start
)
select extract, base, line, block, left(block, 3) in (${FAMILIES.map(literal).join(', ')}) as known,
  nullif(last_value(case when block = '${SENDING}' then line when left(block, 3) in ('S05', 'S06', 'S95', 'S96') then 0 end
    ignore nulls) over above, 0) as sending,
  ${inside(DECLARATION, [SENDING])} as declaration,
  ${inside(ESTABLISHMENT, [DECLARATION])} as establishment,
  ${inside(INDIVIDUAL, person)} as individual,
  ${inside(CONTRACT, [...person, INDIVIDUAL, PAYMENT])} as contract,
  ${inside(PAYMENT, [...person, INDIVIDUAL, CONTRACT])} as payment,
  ${inside(REMUNERATION, [...person, INDIVIDUAL, CONTRACT, PAYMENT])} as remuneration
from starts join ${tables.extracts} using (extract)
window above as (partition by extract order by line rows unbounded preceding)`;
}

/** The values of one kind of block, pivoted: `line`, `r001`, `r002`... */
export function valuesTable(tables: DsnTables, block: string, numbers: readonly number[]): string {
  const columns = numbers.map((number) => `max(value) filter (where rubric = ${number}) as ${field(number)}`);
  return `create temp table ${tables.values(block)} as
select start as line, ${columns.join(', ')}
from ${tables.rubrics}
where block = '${block}'
group by start`;
}

/** What each declaration states, for the columns that every record has. One row a S20.G00.05 block. */
export function declarationsTable(tables: DsnTables, table: string): string {
  const first = (block: string, number: number) =>
    `(select arg_min(${field(number)}, own.line) from ${tables.values(block)} as own
    join ${tables.blocks} as place on place.line = own.line where place.declaration = declared.line)`;
  return `create temp table ${table} as
select declared.extract, declared.base, declared.line, head.r001 as nature, head.r002 as declaration_type, head.r003 as fraction,
  head.r004 as declaration_order, sending.r006 as norm,
  case
    when head.r005 is not null then ${isoDate('head.r005')}
    else left(${isoDate('head.r007')}, 8) || '01'
  end as month,
  ${first(COMPANY, 1)} as siren, ${first(ESTABLISHMENT, 1)} as nic,
  ${first(ESTABLISHMENT, 2)} as apet, ${first(ESTABLISHMENT, 22)} as idcc
from ${tables.blocks} as declared
join ${tables.values(DECLARATION)} as head on head.line = declared.line
left join ${tables.values(SENDING)} as sending on sending.line = declared.sending
where declared.block = '${DECLARATION}'`;
}

/** Columns that every record has, in the contracts' order. */
export const COMMON = [
  'declaration',
  'siret',
  'month',
  'nature',
  'declaration_type',
  'declaration_order',
  'fraction',
  'norm',
] as const;

const PEOPLE = ['declarations', 'other_blocks'];

/** `individual` is a column of every record about a person. */
export function columnsOf(record: DsnRecord): string[] {
  const own = record.columns.map(({ column }) => column);
  return [...COMMON, ...(PEOPLE.includes(record.set) ? [] : ['individual']), ...own];
}

/** One row an occurrence of the record's block, joined with the values of the blocks above it. */
export function recordQuery(tables: DsnTables, declarations: string, record: DsnRecord): string {
  const above: Readonly<Record<string, string>> = {
    [INDIVIDUAL]: 'individual',
    [CONTRACT]: 'contract',
    [PAYMENT]: 'payment',
    [REMUNERATION]: 'remuneration',
  };
  const joined = [...new Set(record.columns.map(({ block }) => block))].filter(
    (block) => block !== COMPANY && block !== ESTABLISHMENT,
  );
  const joins = joined.map((block) => {
    const line = block === record.block ? 'line' : (above[block] as string);
    return `left join ${tables.values(block)} as ${alias(block)} on ${alias(block)}.line = place.${line}`;
  });
  const own = record.columns.map(({ column, block, rubric: number, holds }) => {
    if (block === COMPANY || block === ESTABLISHMENT) return `  declared.${column} as ${column}`;
    return `  ${column === 'person' || column === 'sex' ? identity(column) : text(`${alias(block)}.${field(number)}`, holds)} as ${column}`;
  });
  const individual = PEOPLE.includes(record.set) ? '' : `\n  ${local('individual')} as individual,`;
  return `select place.extract, place.line - place.base as row_number,
  ${COMMON_VALUES},${individual}
${own.join(',\n')}
from ${tables.blocks} as place
${[declaredJoin(tables, declarations), ...joins].join('\n')}
where place.block = '${record.block}'`;
}

/** Every block without a record set of its own, so that none is unaccounted for. */
export function otherBlocksQuery(tables: DsnTables, declarations: string): string {
  return `select place.extract, place.line - place.base as row_number,
  ${COMMON_VALUES},
  place.block
from ${tables.blocks} as place
${declaredJoin(tables, declarations)}
where place.known and place.block not in (${RECORDS.map(({ block }) => literal(block)).join(', ')})`;
}

export function rejectsQuery(tables: DsnTables): string {
  return `select extract, line - base as row_number, null::varchar as column_name, masked as value, 'malformed_line' as rule,
  null::varchar as facts
from ${tables.malformed} join ${tables.extracts} using (extract)
union all
select extract, line - base, null, block, 'unknown_block',
  to_json({known: '${FAMILIES.join(', ')}'})::varchar
from ${tables.blocks}
where not known`;
}

/** Blocks are told by the physical line that they begin on. */
function local(block: 'declaration' | 'individual'): string {
  return `(place.${block} - place.base)::varchar`;
}

const COMMON_VALUES = `${local('declaration')} as declaration, declared.siren || coalesce(local.r001, declared.nic) as siret,
  declared.month, declared.nature, declared.declaration_type, declared.declaration_order, declared.fraction,
  coalesce(declared.norm, sent.r006) as norm`;

function declaredJoin(tables: DsnTables, declarations: string): string {
  return `left join ${declarations} as declared on declared.line = place.declaration
left join ${tables.values(ESTABLISHMENT)} as local on local.line = place.establishment
left join ${tables.values(SENDING)} as sent on sent.line = place.sending`;
}

/**
 * The NIR, or else the NTT. Sex is to be declared only where it differs from the NIR's first digit or the NIR
 * is absent (S21.G00.30.005); NIR and NTT both begin with it (1 male, 2 female).
 */
function identity(column: 'person' | 'sex'): string {
  const person = `coalesce(${alias(INDIVIDUAL)}.r001, ${alias(INDIVIDUAL)}.r020)`;
  if (column === 'person') return person;
  return `coalesce(${alias(INDIVIDUAL)}.r005, case left(${person}, 1) when '1' then '01' when '2' then '02' end)`;
}

function text(value: string, holds: Holds): string {
  if (holds === 'birth') return isoDate(birthDate(value));
  return holds === 'text' ? value : isoDate(value);
}

/** Day and month 99 are unknown: the first of the month or year stands for them, only the year is kept. */
function birthDate(value: string): string {
  return `case when regexp_full_match(${value}, '[0-9]{8}')
    then replace(${value}[1:2], '99', '01') || replace(${value}[3:4], '99', '01') || ${value}[5:8] else ${value} end`;
}

/** JJMMAAAA to ISO; any other text stays, for the contract to refuse. */
function isoDate(value: string): string {
  return `case when regexp_full_match(${value}, '[0-9]{8}')
    then coalesce(strftime(try_strptime(${value}, '%d%m%Y'), '%Y-%m-%d'), ${value}) else ${value} end`;
}

export function field(number: number): string {
  return `r${String(number).padStart(3, '0')}`;
}

function rubric(block: string, number: number): string {
  return `${block}.${String(number).padStart(3, '0')}`;
}

function alias(block: string): string {
  return `b${block.slice(8)}_${block.slice(1, 3)}`;
}

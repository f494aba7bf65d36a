import { literal } from '../connector.ts';
import type { Heading } from './heading.ts';

/**
 * The SQL that makes ledger entries of the lines of a FEC. Everything is text in, text out: DuckDB reads
 * lines, this file says how a line is split, mended where only one mending is possible, and written in
 * canonical form (ISO dates, decimal point). Nothing here looks at more than one line.
 */

/** The columns of `entries` apart from `siren` and `closing_date`, which come from the name. */
export const COLUMNS = [
  'journal_code',
  'journal_label',
  'entry_number',
  'entry_date',
  'account',
  'account_label',
  'auxiliary',
  'auxiliary_label',
  'document_ref',
  'document_date',
  'label',
  'debit',
  'credit',
  'lettering',
  'lettering_date',
  'validation_date',
  'currency_amount',
  'currency',
] as const;

/** Tables of one reading: physical lines, records cut into fields, those with another number of fields, entries. */
export interface LedgerTables {
  readonly lines: string;
  readonly records: string;
  readonly doubtful: string;
  readonly mended: string;
  readonly entries: string;
}

/**
 * Physical lines: `rowid + 1` is the line number, a blank line is NULL. Quotes and backslashes are data.
 * It must stay a mere scan: a join or a materialised WITH does not keep the order of lines.
 */
export function linesTable(tables: LedgerTables, path: string): string {
  return `create temp table ${tables.lines} as
select text
from read_csv(${literal(path)}, auto_detect = false, header = false, columns = {'text': 'VARCHAR'}, delim = chr(31),
  quote = '', escape = '', comment = '', new_line = '\\n', compression = 'none', encoding = 'utf-8',
  max_line_size = 4194304, strict_mode = false)`;
}

/** A record is any line after the header that holds more than separators and blanks. */
export function isRecord(heading: Heading): string {
  const blanks = heading.separator === '\t' ? '' : ` || ${literal(heading.separator)}`;
  return `trim(text, ' \t\u00a0"'${blanks}) <> ''`;
}

/** Lines that are records, cut once: `fields` is NULL where their number is not the header's, and `text` is kept. */
export function recordsTable(tables: LedgerTables, heading: Heading, header: Header): string {
  return `create temp table ${tables.records} as
select line, fields, case when fields is null then text end as text from (${splitLines(tables, heading, header)})`;
}

/** Lines that have neither the header's number of fields nor, after sound ones, only blank fields. */
export function doubtfulTable(tables: LedgerTables, heading: Heading): string {
  // The field that a trailing separator opens is taken off first, where the header has one.
  const surplus = heading.width - heading.fields.length;
  const parts =
    surplus === 0
      ? 'split'
      : `case when trim(array_to_string(split[len(split) - ${surplus - 1}:], '')) = '' then split[1:len(split) - ${surplus}] else split end`;
  return `create temp table ${tables.doubtful} as
select line, text, ${parts} as parts
from (select line, text, string_split(text, ${literal(heading.separator)}) as split
  from ${tables.records}
  where fields is null)`;
}

/** No line is doubtful: nothing is mended, and the records need not be joined with what was. */
export function noneMended(tables: LedgerTables): string {
  return `create temp table ${tables.mended} (line bigint, fields varchar[])`;
}

/**
 * The doubtful lines that can be read in exactly one way: quoted separators, blank fields left out at the
 * end, or one text field cut by a separator of its own, where the dates, account and amounts around it
 * leave a single place for the cut.
 */
export function mendedTable(tables: LedgerTables, heading: Heading): string {
  const separator = literal(heading.separator);
  const width = heading.fields.length;
  const cuts = heading.fields.flatMap((field, index) =>
    field === undefined || (field.holds === 'text' && /Lib$|Ref$|Let$/.test(field.heading))
      ? [index + 1]
      : [],
  );
  const joined = cuts.map(
    (at) => `select line, 2 as kind, list_concat(parts[1:${at - 1}],
    [array_to_string(parts[${at}:${at} + len(parts) - ${width}], ${separator})],
    parts[${at + 1} + len(parts) - ${width}:]) as fields
  from ${tables.doubtful}
  where len(parts) > ${width}`,
  );
  return `create temp table ${tables.mended} as
with readings as (
  select line, 1 as kind, list_transform(quoted, lambda field: ${unquoted('field')}) as fields
  from (select line, text, ${quoteAware('text', heading.separator)} as quoted
    from ${tables.doubtful} where contains(text, '"'))
  where len(quoted) = ${width} and array_to_string(quoted, ${separator}) = text
  union all
  ${joined.join('\n  union all\n  ')}
  union all
  select line, 3 as kind, list_resize(parts, ${width}, '') as fields
  from ${tables.doubtful}
  where len(parts) between ${lastNeeded(heading)} and ${width - 1}
),
sound as (
  select line, kind, fields
  from readings
  where len(fields) = ${width} and ${sound(heading, 'fields')}
)
select line, any_value(fields) as fields
from sound
where kind = (select min(other.kind) from sound as other where other.line = sound.line)
group by line
having count(*) = 1`;
}

/** Entries in canonical text; `fault` names what keeps a line from being an entry. */
export function entriesTable(tables: LedgerTables, heading: Heading, anyDoubtful: boolean): string {
  const select = COLUMNS.map((column) => `    ${rawField(heading, column)} as ${column}`).join(',\n');
  return `create temp table ${tables.entries} as
with split as (
  select line, fields from ${tables.records} where fields is not null
  ${anyDoubtful ? `union all\n  select line, fields from ${tables.mended}` : ''}
),
raw as (
  select line,
${select},
    ${rawField(heading, 'amount')} as amount,
    upper(${rawField(heading, 'sense')}) as sense
  from split
),
signed as (
  select * replace (${bothSides(heading)}) from raw
)
select
  line,
  ${COLUMNS.map((column) => `${canonical(column)} as ${column}`).join(',\n  ')},
  case
    ${heading.layout === 'amount-sense' ? `when ${sideOf('sense')} is null then 'sense'` : ''}
    when ${ambiguous('debit')} or ${ambiguous('credit')} then 'ambiguous_amount'
  end as fault,
  case when ${ambiguous('debit')} then debit when ${ambiguous('credit')} then credit else sense end as fault_value
from signed`;
}

/** First line that is not blank. */
export interface Header {
  readonly line: number;
  readonly text: string;
}

function splitLines(tables: LedgerTables, heading: Heading, header: Header): string {
  const separator = literal(heading.separator);
  const width = heading.fields.length;
  const split = `string_split(text, ${separator})`;
  const parts = heading.quoted
    ? `case when array_to_string(${quoteAware('text', heading.separator)}, ${separator}) = text
      then list_transform(${quoteAware('text', heading.separator)}, lambda field: ${unquoted('field')})
      else ${split} end`
    : split;
  return `select line, text,
    case
      when len(parts) = ${width} then parts
      when len(parts) > ${width} and trim(array_to_string(parts[${width + 1}:], '')) = ''
        and (len(parts) = ${heading.width} or (${sound(heading, 'parts')})) then parts[1:${width}]
    end as fields
  from (select rowid + 1 as line, text, ${parts} as parts
    from ${tables.lines}
    where rowid + 1 > ${header.line} and ${isRecord(heading)} and text <> ${literal(header.text)})`;
}

/** Fields of a line where a separator between quotes is text. A leading separator makes the match exact. */
function quoteAware(text: string, separator: string): string {
  const sign = separator === '\t' ? '\\t' : `[${separator}]`;
  const other = separator === '\t' ? '\\t' : separator;
  return `regexp_extract_all(${literal(separator)} || ${text}, ${literal(`${sign}("(?:[^"]|"")*"|[^${other}]*)`)}, 1)`;
}

function unquoted(field: string): string {
  return `case when regexp_full_match(trim(${field}), '"(?s:.*)"') and len(trim(${field})) >= 2
    then replace(trim(${field})[2:-2], '""', '"') else ${field} end`;
}

function position(heading: Heading, column: string): number {
  return heading.fields.findIndex((field) => field?.column === column) + 1;
}

/** The last field that a line cannot do without. */
function lastNeeded(heading: Heading): number {
  const needed = [
    'journal_code',
    'entry_number',
    'entry_date',
    'account',
    'debit',
    'credit',
    'amount',
    'sense',
  ];
  return Math.max(...needed.map((column) => position(heading, column)));
}

/** Trimmed of padding (spaces, tabs, no-break spaces); empty is NULL, an absent field too. */
function rawField(heading: Heading, column: string): string {
  const at = position(heading, column);
  return at === 0 ? 'null::varchar' : `nullif(trim(fields[${at}], ' \t\u00a0\u202f'), '')`;
}

/** `debit` and `credit` out of either layout. A side left blank beside a filled one is zero. */
function bothSides(heading: Heading): string {
  if (heading.layout === 'debit-credit') {
    return `coalesce(debit, case when credit is not null then '0.00' end) as debit,
    coalesce(credit, case when debit is not null then '0.00' end) as credit`;
  }
  return `case ${sideOf('sense')} when 'D' then amount when 'C' then '0.00' end as debit,
    case ${sideOf('sense')} when 'C' then amount when 'D' then '0.00' end as credit`;
}

function sideOf(sense: string): string {
  return `case
      when ${sense} in ('D', 'DEBIT', 'DÉBIT', '+1', '1', '+') then 'D'
      when ${sense} in ('C', 'CREDIT', 'CRÉDIT', '-1', '-') then 'C'
    end`;
}

const DATES = ['entry_date', 'document_date', 'lettering_date', 'validation_date'];
const AMOUNTS = ['debit', 'credit', 'currency_amount'];

function canonical(column: string): string {
  if (DATES.includes(column)) return isoDate(column);
  if (AMOUNTS.includes(column)) return pointAmount(column);
  return column;
}

/** AAAAMMJJ, JJ/MM/AAAA or ISO to ISO; eight zeros are no date; any other text stays, for the contract to refuse. */
function isoDate(value: string): string {
  const dayFirst = `try_strptime(translate(${value}, '.-', '//'), '%d/%m/%Y')`;
  const yearFirst = `try_strptime(translate(${value}[:10], './', '--'), '%Y-%m-%d')`;
  return `case
    when ${value} in ('0', '00000000') then null
    when regexp_full_match(${value}, '[0-9]{8}')
      then coalesce(strftime(try_strptime(${value}, '%Y%m%d'), '%Y-%m-%d'), ${value})
    when regexp_full_match(${value}, '[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}')
      then coalesce(strftime(${dayFirst}, '%Y-%m-%d'), ${value})
    when regexp_full_match(${value}, '[0-9]{4}[/.-][0-9]{2}[/.-][0-9]{2}([T ][0-9:.Z+-]*)?')
      then coalesce(strftime(${yearFirst}, '%Y-%m-%d'), ${value})
    else ${value}
  end`;
}

/** Spaces of thousands out, a minus sign behind the number to the front. */
function bare(value: string): string {
  return `regexp_replace(regexp_replace(${value}, '[\\s\u00a0\u202f\u2009'']', '', 'g'), '^([0-9.,]+)-$', '-\\1')`;
}

/** Decimal comma or point to point; any other text stays, for the contract to refuse. */
function pointAmount(value: string): string {
  const text = bare(value);
  return `case
    when regexp_full_match(${value}, '-?[0-9]+[.,][0-9]{1,2}') then replace(${value}, ',', '.')
    when regexp_full_match(${text}, '[+-]?[0-9]{1,3}([.][0-9]{3})+,[0-9]{0,2}')
      then replace(replace(ltrim(${text}, '+'), '.', ''), ',', '.')
    when regexp_full_match(${text}, '[+-]?[0-9]{1,3}(,[0-9]{3})+[.][0-9]{0,2}') then replace(ltrim(${text}, '+'), ',', '')
    when regexp_full_match(${text}, '[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)')
      then regexp_replace(regexp_replace(replace(ltrim(${text}, '+'), ',', '.'), '^(-?)[.]', '\\10.'), '[.]$', '')
    else ${value}
  end`;
}

/** `1.234` is 1 234 or 1,234; more than two decimals that are not zeros are no ledger amount. */
function ambiguous(value: string): string {
  const text = bare(value);
  return `coalesce(regexp_full_match(${text}, '[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}')
      or regexp_full_match(${text}, '[+-]?[0-9]+[.,][0-9]{2}[0-9]*[1-9][0-9]*'), false)`;
}

/** Whether fields around the text ones look like what their headings say. */
function sound(heading: Heading, fields: string): string {
  const date =
    '([0-9]{8}|[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}|[0-9]{4}[/.-][0-9]{2}[/.-][0-9]{2}([T ].*)?)';
  const patterns: Record<string, string> = {
    date: `${date}?`,
    amount: '[-+]?[0-9  \u00a0\u202f.,]*-?',
    account: '[0-9]{3}[0-9A-Za-z]*',
    sense: '[-+]?1?|[DCdc]',
    text: '(?s:.*)',
  };
  const tests = heading.fields.flatMap((field, index) => {
    if (field === undefined || field.holds === 'text') return [];
    const pattern = field.column === 'entry_date' ? date : (patterns[field.holds] as string);
    return [`regexp_full_match(trim(${fields}[${index + 1}], ' \t\u00a0'), ${literal(pattern)})`];
  });
  const amounts = ['debit', 'credit', 'amount'].flatMap((column) => position(heading, column) || []);
  const one = amounts.map((at) => `trim(${fields}[${at}]) <> ''`).join(' or ');
  return `${tests.join('\n    and ')}\n    and (${one})`;
}

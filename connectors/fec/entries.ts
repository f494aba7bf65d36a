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

/**
 * Tables of one reading, of one extract or of several together. `extract` is the place in the list, `line` the
 * physical line of the extract.
 */
export interface LedgerTables {
  /** `extract`, `text`; `rowid` counts through all extracts */
  readonly lines: string;
  /** one row a record, those with another number of fields marked `field_count` */
  readonly entries: string;
  /** of the records with another number of fields: what they are cut into, and `wanted`, how many it should be */
  readonly doubtful: string;
  /** those of the doubtful that can be read in one way */
  readonly mended: string;
  /** one row an entry (journal and number): its sums and lines */
  readonly totals: string;
}

/** Where an extract stands in the lines: `rowid` of its first line and of its header, the first that is not blank. */
export interface Header {
  readonly base: number;
  readonly at: number;
  readonly text: string;
}

/** Ledgers that have one header text, hence one layout. */
export interface Alike {
  readonly heading: Heading;
  /** the text of the header */
  readonly header: string;
  /** places in the list */
  readonly extracts: readonly number[];
}

/** Ledgers that are read together: their headers, in the order of the extracts, and who has which layout. */
export interface Ledgers {
  readonly tables: LedgerTables;
  readonly headers: readonly Header[];
  readonly alike: readonly Alike[];
}

/**
 * Physical lines of the files, in their order; a blank line is NULL. Quotes and backslashes are data.
 * It must stay a mere scan: a join or a materialised WITH does not keep the order of lines.
 */
export function linesTable(tables: LedgerTables, paths: readonly string[]): string {
  return `create temp table ${tables.lines} as
select file_index::integer as extract, text
from read_csv([${paths.map(literal).join(', ')}], auto_detect = false, header = false, columns = {'text': 'VARCHAR'}, delim = chr(31),
  quote = '', escape = '', comment = '', new_line = '\\n', compression = 'none', encoding = 'utf-8',
  max_line_size = 4194304, strict_mode = false)`;
}

/** First line of each extract, and the first that is not blank. */
export function headersQuery(tables: LedgerTables): string {
  return `select extract, min(rowid) as base, min(rowid) filter (where ${isShown}) as at,
  arg_min(text, rowid) filter (where ${isShown}) as text
from ${tables.lines} group by extract`;
}

/** A line that begins with a letter or a digit is not blank: to trim each one costs more than to read it. */
const unlessWritten = (test: string) =>
  `case when text >= '0' and text < ':' or text >= 'A' and text < '[' then true else ${test} end`;

/** Not a blank line. */
export const isShown = unlessWritten(`trim(text) <> ''`);

/** A record is any line after the header that holds more than separators and blanks. */
function isRecord(heading: Heading): string {
  const blanks = heading.separator === '\t' ? '' : ` || ${literal(heading.separator)}`;
  return unlessWritten(`trim(text, ' \t\u00a0"'${blanks}) <> ''`);
}

/** SQL: the value of the row's extract. A constant where they are all the same. */
export function ofExtract(values: readonly string[]): string {
  return new Set(values).size === 1 ? (values[0] as string) : `([${values.join(', ')}])[extract + 1]`;
}

/** Lines after the header, with `line`, the physical line of the extract. */
export function linesBelow({ tables, headers }: Ledgers): string {
  const base = ofExtract(headers.map((header) => String(header.base)));
  return `select extract, rowid - ${base} + 1 as line, text from ${tables.lines}
where rowid > ${ofExtract(headers.map(({ at }) => String(at)))}`;
}

/** Whether a row is of these ledgers. A long IN list would become a join. */
function among({ alike }: Ledgers, { extracts }: Alike): string {
  return alike.length === 1 ? 'true' : `list_contains([${extracts.join(', ')}], extract)`;
}

/** Records of each extract, by their lines alone. */
export function recordsQuery(ledgers: Ledgers): string {
  const records = ledgers.alike.map(
    (alike) =>
      `select extract from (${linesBelow(ledgers)}) where ${among(ledgers, alike)} and ${isRecord(alike.heading)}`,
  );
  return `select extract, count(*) as records from (${records.join('\nunion all\n')}) group by extract`;
}

/** Headers that stand again below. */
export function repeatedHeadersQuery(ledgers: Ledgers): string {
  return `select extract, line, text from (${linesBelow(ledgers)}) where text = ${headerOf(ledgers)}`;
}

/** SQL: the header text of the row's extract. */
export function headerOf({ headers }: Ledgers): string {
  return ofExtract(headers.map(({ text }) => literal(text)));
}

/** Every line is cut once, and the fields of the sound ones become an entry in the same pass. */
export function entriesTable(ledgers: Ledgers): string {
  const entries = ledgers.alike.map((alike) => entriesQuery(alike.heading, splitLines(ledgers, alike)));
  return `create temp table ${ledgers.tables.entries} as
${entries.join('\nunion all\n')}`;
}

/** Extracts with records that are not cut into as many fields as their header. */
export function doubtfulExtracts({ tables }: Ledgers): string {
  return `select distinct extract from ${tables.entries} where fault = '${DOUBTFUL}'`;
}

export function mendedEntries(ledgers: Ledgers, alike: Alike): string {
  const { entries, mended } = ledgers.tables;
  const cut = `select extract, line, fields, null::varchar as text, true as padded from ${mended} where ${among(ledgers, alike)}`;
  return `insert into ${entries}
${entriesQuery(alike.heading, cut)}`;
}

export function doubtfulTable({ tables }: Ledgers): string {
  return `create temp table ${tables.doubtful} (extract integer, line bigint, text varchar, parts varchar[], wanted integer)`;
}

export function mendedTable({ tables }: Ledgers): string {
  return `create temp table ${tables.mended} (extract integer, line bigint, fields varchar[])`;
}

/** Lines that have neither the header's number of fields nor, after sound ones, only blank fields. */
export function doubtfulLines(ledgers: Ledgers, alike: Alike): string {
  const { tables } = ledgers;
  const { heading } = alike;
  // The field that a trailing separator opens is taken off first, where the header has one.
  const surplus = heading.width - heading.fields.length;
  const parts =
    surplus === 0
      ? 'split'
      : `case when trim(array_to_string(split[len(split) - ${surplus - 1}:], '')) = '' then split[1:len(split) - ${surplus}] else split end`;
  return `insert into ${tables.doubtful}
select extract, line, text, ${parts} as parts, ${heading.fields.length} as wanted
from (select extract, line, fault_value as text, string_split(fault_value, ${literal(heading.separator)}) as split
  from ${tables.entries}
  where fault = '${DOUBTFUL}' and ${among(ledgers, alike)})`;
}

/**
 * The doubtful lines that can be read in exactly one way: quoted separators, blank fields left out at the
 * end, or one text field cut by a separator of its own, where the dates, account and amounts around it
 * leave a single place for the cut.
 */
export function mendedLines(ledgers: Ledgers, alike: Alike): string {
  const { heading } = alike;
  const separator = literal(heading.separator);
  const width = heading.fields.length;
  const cuts = heading.fields.flatMap((field, index) =>
    field === undefined || (field.holds === 'text' && /Lib$|Ref$|Let$/.test(field.heading))
      ? [index + 1]
      : [],
  );
  const joined = cuts.map(
    (at) => `select extract, line, 2 as kind, list_concat(parts[1:${at - 1}],
    [array_to_string(parts[${at}:${at} + len(parts) - ${width}], ${separator})],
    parts[${at + 1} + len(parts) - ${width}:]) as fields
  from own
  where len(parts) > ${width}`,
  );
  return `insert into ${ledgers.tables.mended}
with own as (
  select * from ${ledgers.tables.doubtful} where ${among(ledgers, alike)}
),
readings as (
  select extract, line, 1 as kind, list_transform(quoted, lambda field: ${unquoted('field')}) as fields
  from (select extract, line, text, ${quoteAware('text', heading.separator)} as quoted
    from own where contains(text, '"'))
  where len(quoted) = ${width} and array_to_string(quoted, ${separator}) = text
  union all
  ${joined.join('\n  union all\n  ')}
  union all
  select extract, line, 3 as kind, list_resize(parts, ${width}, '') as fields
  from own
  where len(parts) between ${lastNeeded(heading)} and ${width - 1}
),
sound as (
  select extract, line, kind, fields
  from readings
  where len(fields) = ${width} and ${sound(heading, 'fields')}
)
select extract, line, any_value(fields) as fields
from sound
where kind = (select min(other.kind) from sound as other where other.extract = sound.extract and other.line = sound.line)
group by extract, line
having count(*) = 1`;
}

/** What {@link entriesTable} marks a record with that is not cut into as many fields as its header. */
export const DOUBTFUL = 'field_count';

/**
 * Entries in canonical text; `fault` names what keeps a line from being an entry, `fault_value` is the value
 * or, of a doubtful line, its text.
 *
 * @param cut SELECT of `extract`, `line`, `fields` (NULL where doubtful), `text`, and `padded`: whether a field may
 *   begin or end with a blank
 */
function entriesQuery(heading: Heading, cut: string): string {
  const select = COLUMNS.map((column) => `    ${rawField(heading, column)} as ${column}`).join(',\n');
  return `select
  extract,
  line,
  ${COLUMNS.map((column) => `${canonical(column)} as ${column}`).join(',\n  ')},
  case
    when doubtful is not null then '${DOUBTFUL}'
    ${heading.layout === 'amount-sense' ? `when ${sideOf('sense')} is null then 'sense'` : ''}
    when ${ambiguous('debit')} or ${ambiguous('credit')} then 'ambiguous_amount'
  end as fault,
  case
    when doubtful is not null then doubtful
    when ${ambiguous('debit')} then debit
    when ${ambiguous('credit')} then credit
    else sense
  end as fault_value
from (
  select * replace (${bothSides(heading)})
  from (
    select extract, line, case when fields is null then text end as doubtful,
${select},
    ${rawField(heading, 'amount')} as amount,
    upper(${rawField(heading, 'sense')}) as sense
    from (${cut})
  )
)`;
}

function splitLines(ledgers: Ledgers, alike: Alike): string {
  const { heading, header } = alike;
  const separator = literal(heading.separator);
  const width = heading.fields.length;
  const split = `string_split(text, ${separator})`;
  const parts = heading.quoted
    ? `case when array_to_string(${quoteAware('text', heading.separator)}, ${separator}) = text
      then list_transform(${quoteAware('text', heading.separator)}, lambda field: ${unquoted('field')})
      else ${split} end`
    : split;
  return `select extract, line, text, ${padded('text', heading)} as padded,
    case
      when len(parts) = ${width} then parts
      when len(parts) > ${width} and trim(array_to_string(parts[${width + 1}:], '')) = ''
        and (len(parts) = ${heading.width} or (${sound(heading, 'parts')})) then parts[1:${width}]
    end as fields
  from (select extract, line, text, ${parts} as parts
    from (${linesBelow(ledgers)})
    where ${among(ledgers, alike)} and ${isRecord(heading)} and text <> ${literal(header)})`;
}

/** Whether a field of the line may begin or end with a blank: one look at the line instead of one at each field. */
function padded(text: string, { separator, quoted }: Heading): string {
  if (quoted) return 'true';
  const inside = [
    `\u00a0`,
    `\u202f`,
    ` ${separator}`,
    `${separator} `,
    ...(separator === '\t' ? [] : ['\t']),
  ];
  const within = inside.map((blank) => `contains(${text}, ${literal(blank)})`);
  return `(starts_with(${text}, ' ') or ends_with(${text}, ' ') or ${within.join(' or ')})`;
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
  if (at === 0) return 'null::varchar';
  return `nullif(case when padded then trim(fields[${at}], ' \t\u00a0\u202f') else fields[${at}] end, '')`;
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
    when ${value} is null or ${value} in ('0', '00000000') then null
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

/** As nearly all are written: no other test is made of these, since a pattern costs more than the rest of the row. */
function plainAmount(value: string): string {
  return `regexp_full_match(${value}, '-?[0-9]+[.,][0-9]{1,2}')`;
}

/** Decimal comma or point to point; any other text stays, for the contract to refuse. */
function pointAmount(value: string): string {
  const text = bare(value);
  return `case
    when ${plainAmount(value)} then replace(${value}, ',', '.')
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
  return `case when ${value} is null or ${plainAmount(value)} then false
      else regexp_full_match(${text}, '[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}')
      or regexp_full_match(${text}, '[+-]?[0-9]+[.,][0-9]{2}[0-9]*[1-9][0-9]*') end`;
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

import type { ReadingSession, Remark } from '../connector.ts';
import type { LedgerTables } from './entries.ts';
import { isSiren } from './name.ts';

/** What a ledger is judged on, and how its remarks call it. */
export interface LedgerCheck {
  readonly tables: LedgerTables;
  readonly headerLine: number;
  /** file name, without folders, for messages */
  readonly file: string;
  readonly siren: string;
  /** `start` only when declared: otherwise twelve months before the closing date */
  readonly year: { readonly start?: string | undefined; readonly closing: string };
  readonly session: Pick<ReadingSession, 'rows'>;
}

/** Remarks of one code are shown this many times; one more says how many are not shown. */
const SHOWN = 20;

/**
 * Judges the ledger as a whole, in SQL: balance of each entry and in total, dates and fiscal year, numbering,
 * validation, doubles, SIREN. Amounts are DECIMAL throughout.
 */
export async function ledgerRemarks(ledger: LedgerCheck): Promise<Remark[]> {
  const check = { ...ledger, session: counting(ledger.session) };
  return [
    ...sirenRemark(check),
    ...(await mendedLines(check)),
    ...(await emptyLedger(check)),
    ...(await unreadableAmounts(check)),
    ...(await unbalancedEntries(check)),
    ...(await totalBalance(check)),
    ...(await datesOutsideYear(check)),
    ...(await numberGaps(check)),
    ...(await drafts(check)),
    ...(await doubles(check)),
  ];
}

/** The session with counts as numbers: BIGINT comes as bigint or as number, by the session. */
function counting(session: Pick<ReadingSession, 'rows'>): Pick<ReadingSession, 'rows'> {
  return {
    rows: async <Row>(sql: string) => {
      const rows = await session.rows<Record<string, unknown>>(sql);
      const plain = (value: unknown) => (typeof value === 'bigint' ? Number(value) : value);
      return rows.map(
        (row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])) as Row,
      );
    },
  };
}

/** Entries that count in the checks, amounts as DECIMAL(18,2) or NULL where they are no number. */
function amounts({ tables }: LedgerCheck): string {
  return `amounts as (
  select line, journal_code, entry_number, try_cast(debit as decimal(18, 2)) as debit, try_cast(credit as decimal(18, 2)) as credit
  from ${tables.entries}
  where fault is null
)`;
}

function sirenRemark({ siren, file }: LedgerCheck): Remark[] {
  if (isSiren(siren)) return [];
  return [
    {
      code: 'FEC-011',
      severity: 'warning',
      message: `${siren} is not a valid SIREN: its key (Luhn) is wrong (${file}). Correct the file's name, or the option siren.`,
    },
  ];
}

async function mendedLines({ tables, session, file }: LedgerCheck): Promise<Remark[]> {
  const [found] = await session.rows<{ lines: number; first: string }>(`select count(*) as lines,
  array_to_string(list(line order by line)[1:${SHOWN}], ', ') as first from ${tables.mended}`);
  if (!found || found.lines === 0) return [];
  return [
    {
      code: 'FEC-012',
      severity: 'warning',
      message: `${lines(found.lines)} with another number of fields than the header could be read in one way only (separator inside a label, or blank fields left out at the end) and ${found.lines === 1 ? 'is' : 'are'} kept (${file}, ${enumerated('line', found.first, found.lines)}). Check them; export without the separator in labels.`,
      row: Number(found.first.split(', ')[0]),
    },
  ];
}

async function emptyLedger({ tables, session, file }: LedgerCheck): Promise<Remark[]> {
  const [found] = await session.rows<{ entries: number }>(
    `select count(*) as entries from ${tables.entries}`,
  );
  if (found && found.entries > 0) return [];
  return [
    {
      code: 'FEC-016',
      severity: 'error',
      message: `The ledger holds no entry that can be read (${file}). Check the period of the export, and the rejected lines.`,
    },
  ];
}

async function unreadableAmounts(check: LedgerCheck): Promise<Remark[]> {
  const [found] = await check.session.rows<{ lines: number; first: string }>(`with ${amounts(check)}
select count(*) as lines, array_to_string(list(line order by line)[1:${SHOWN}], ', ') as first
from amounts
where debit is null or credit is null`);
  if (!found || found.lines === 0) return [];
  return [
    {
      code: 'FEC-015',
      severity: 'error',
      message: `${lines(found.lines)} without a readable debit and credit (${check.file}, ${enumerated('line', found.first, found.lines)}): left out of the balances. Correct the amounts in the export.`,
      row: Number(found.first.split(', ')[0]),
    },
  ];
}

async function unbalancedEntries(check: LedgerCheck): Promise<Remark[]> {
  interface Unbalanced {
    journal: string | null;
    entry: string | null;
    debit: string;
    credit: string;
    first: number;
    last: number;
    lines: number;
    entries: number;
  }
  const found = await check.session.rows<Unbalanced>(`with ${amounts(check)}
select journal_code as journal, entry_number as entry,
  coalesce(sum(debit), 0)::decimal(38, 2)::varchar as debit, coalesce(sum(credit), 0)::decimal(38, 2)::varchar as credit,
  min(line) as first, max(line) as last, count(*) as lines, count(*) over () as entries
from amounts
group by journal_code, entry_number
having coalesce(sum(debit), 0) <> coalesce(sum(credit), 0)
order by first
limit ${SHOWN}`);
  const remarks = found.map(
    (entry): Remark => ({
      code: 'FEC-004',
      severity: 'error',
      message: `Entry ${entry.journal ?? '(no journal)'}-${entry.entry ?? '(no number)'} does not balance: debit ${money(entry.debit)}, credit ${money(entry.credit)} (${check.file}, ${span(entry)}). Correct the export, or give the lines of one entry one number.`,
      row: Number(entry.first),
    }),
  );
  const all = found[0] === undefined ? 0 : Number(found[0].entries);
  if (all > SHOWN) {
    remarks.push({
      code: 'FEC-004',
      severity: 'error',
      message: `${all - SHOWN} more entries do not balance (${check.file}), ${all} in all. Correct the export.`,
    });
  }
  return remarks;
}

async function totalBalance(check: LedgerCheck): Promise<Remark[]> {
  const [total] = await check.session.rows<{ debit: string; credit: string }>(`with ${amounts(check)}
select coalesce(sum(debit), 0)::decimal(38, 2)::varchar as debit, coalesce(sum(credit), 0)::decimal(38, 2)::varchar as credit
from amounts`);
  if (!total || total.debit === total.credit) return [];
  return [
    {
      code: 'FEC-005',
      severity: 'error',
      message: `The ledger does not balance: debit ${money(total.debit)}, credit ${money(total.credit)} (${check.file}). See the entries that do not balance and the rejected lines; the file may be truncated.`,
    },
  ];
}

async function datesOutsideYear(check: LedgerCheck): Promise<Remark[]> {
  const { closing, start } = check.year;
  const from =
    start === undefined
      ? `(date '${closing}' + interval 1 day - interval 12 month)::date`
      : `date '${start}'`;
  interface Outside {
    opening: string;
    dated: number;
    before: number;
    after: number;
    earliest: string;
    latest: string;
    firstbefore: number | null;
    firstafter: number | null;
  }
  const [found] = await check.session.rows<Outside>(`with dates as (
  select line, try_cast(entry_date as date) as day, ${from} as opening, date '${closing}' as closing
  from ${check.tables.entries}
  where fault is null
)
select (${from})::varchar as opening, count(day) as dated,
  count(*) filter (where day < opening) as before, count(*) filter (where day > closing) as after,
  min(day)::varchar as earliest, max(day)::varchar as latest,
  min(line) filter (where day < opening) as firstbefore, min(line) filter (where day > closing) as firstafter
from dates`);
  if (!found || found.before + found.after === 0) return [];
  const year = `the fiscal year ${found.opening} to ${closing}`;
  if (found.before + found.after === found.dated) {
    return [
      {
        code: 'FEC-007',
        severity: 'error',
        message: `No entry is dated in ${year} that the name states: they run from ${found.earliest} to ${found.latest} (${check.file}, ${lines(found.dated)}). Correct the closing date in the name, or deliver the right ledger.`,
      },
    ];
  }
  const remarks: Remark[] = [];
  if (found.after > 0) {
    remarks.push({
      code: 'FEC-006',
      severity: 'error',
      message: `${lines(found.after)} dated after ${year}, up to ${found.latest} (${check.file}, first line ${found.firstafter}). Correct the dates, or the closing date in the name.`,
      row: Number(found.firstafter),
    });
  }
  if (found.before > 0) {
    remarks.push({
      code: 'FEC-006',
      severity: start === undefined ? 'warning' : 'error',
      message: `${lines(found.before)} dated before ${year}, from ${found.earliest} (${check.file}, first line ${found.firstbefore}). If the year is longer than twelve months, give its first day in fiscal_year_start.`,
      row: Number(found.firstbefore),
    });
  }
  return remarks;
}

/**
 * Numbers missing in the sequence, by journal, or over the whole ledger where no number is used by two
 * journals and that reading leaves fewer holes.
 */
async function numberGaps(check: LedgerCheck): Promise<Remark[]> {
  interface Gap {
    scope: string;
    numbers: number;
    missing: string;
    after: string;
    following: string;
    line: number;
    scopes: number;
  }
  const found = await check.session.rows<Gap>(`with numbered as (
  select journal_code as journal, regexp_extract(entry_number, '^(.*?)([0-9]+)$', 1) as prefix,
    try_cast(regexp_extract(entry_number, '([0-9]{1,18})$', 1) as bigint) as number,
    min(entry_number) as written, min(line) as line
  from ${check.tables.entries}
  where fault is null and regexp_matches(entry_number, '[0-9]$')
  group by all
),
by_journal as (
  select 'journal ' || coalesce(journal, '?') as scope, prefix, number, written, line,
    lead(number) over following as next_number, lead(written) over following as next_written
  from numbered
  window following as (partition by journal, prefix order by number)
),
overall as (
  select 'all journals' as scope, prefix, number, written, line,
    lead(number) over following as next_number, lead(written) over following as next_written
  from numbered
  window following as (partition by prefix order by number)
),
shared as (
  select count(*) as numbers
  from (select 1 from numbered group by prefix, number having count(*) > 1)
),
chosen as (
  select * from by_journal
  where (select numbers from shared) > 0
    or (select coalesce(sum(next_number - number - 1), 0) from by_journal)
      <= (select coalesce(sum(next_number - number - 1), 0) from overall)
  union all
  select * from overall
  where (select numbers from shared) = 0
    and (select coalesce(sum(next_number - number - 1), 0) from by_journal)
      > (select coalesce(sum(next_number - number - 1), 0) from overall)
)
select scope, count(*) as numbers,
  coalesce(sum(next_number - number - 1), 0)::varchar as missing,
  arg_min(written, line) filter (where next_number > number + 1) as after,
  arg_min(next_written, line) filter (where next_number > number + 1) as following,
  min(line) filter (where next_number > number + 1) as line,
  count(*) over () as scopes
from chosen
group by scope
having sum(next_number - number - 1) > 0
order by scope
limit ${SHOWN}`);
  const remarks = found.map(
    (gap): Remark => ({
      code: 'FEC-008',
      severity: 'warning',
      message: `The entry numbers of ${gap.scope} are not continuous: ${gap.missing} missing beside ${gap.numbers} used, the first between ${gap.after} and ${gap.following} (${check.file}, line ${gap.line}). Check that no entry was left out or deleted.`,
      row: Number(gap.line),
    }),
  );
  const scopes = found[0] === undefined ? 0 : Number(found[0].scopes);
  if (scopes > SHOWN) {
    remarks.push({
      code: 'FEC-008',
      severity: 'warning',
      message: `${scopes - SHOWN} more journals have gaps in their entry numbers (${check.file}), ${scopes} in all.`,
    });
  }
  return remarks;
}

async function drafts({ tables, session, file }: LedgerCheck): Promise<Remark[]> {
  const [found] = await session.rows<{
    all: number;
    drafts: number;
    first: number | null;
  }>(`select count(*) as all,
  count(*) filter (where validation_date is null) as drafts, min(line) filter (where validation_date is null) as first
from ${tables.entries}
where fault is null`);
  if (!found || found.drafts === 0) return [];
  const share =
    found.drafts === found.all
      ? 'No line has a validation date'
      : `${lines(found.drafts)} of ${found.all} without a validation date`;
  return [
    {
      code: 'FEC-009',
      severity: 'warning',
      message: `${share}: draft entries may still change (${file}, first line ${found.first}). Validate the period in the ledger, then export again.`,
      row: Number(found.first),
    },
  ];
}

async function doubles({ tables, headerLine, session, file }: LedgerCheck): Promise<Remark[]> {
  const [found] = await session.rows<{ lines: number; places: string; row: number }>(`with records as (
  select rowid + 1 as line, text from ${tables.lines} where rowid + 1 > ${headerLine} and trim(text) <> ''
    and text <> (select text from ${tables.lines} where rowid + 1 = ${headerLine})
),
repeated as (
  select hash(text) as mark from records group by mark having count(*) > 1
),
groups as (
  select list(line order by line) as places from records where hash(text) in (select mark from repeated)
  group by text having count(*) > 1
)
select coalesce(sum(len(places) - 1), 0)::bigint as lines, min(places[2]) as row,
  array_to_string(list(places[2] || ' as ' || places[1] order by places[2])[1:${SHOWN}], ', ') as places
from groups`);
  if (!found || found.lines === 0) return [];
  return [
    {
      code: 'FEC-010',
      severity: 'warning',
      message: `${lines(found.lines)} repeating another one word for word (${file}, ${enumerated('line', found.places, found.lines)}). They are kept; check that nothing was exported twice.`,
      row: Number(found.row),
    },
  ];
}

function lines(count: number): string {
  return count === 1 ? '1 line' : `${count} lines`;
}

function enumerated(noun: string, list: string, count: number): string {
  const shown = list.split(', ').length;
  return `${noun}${shown > 1 ? 's' : ''} ${list}${count > shown ? '…' : ''}`;
}

function span(entry: { first: number; last: number; lines: number }): string {
  if (entry.first === entry.last) return `line ${entry.first}`;
  const together = entry.last - entry.first + 1 === entry.lines;
  return `lines ${entry.first}-${entry.last}${together ? '' : `, ${entry.lines} of them`}`;
}

/** `1200.00` -> `1 200,00`, narrow no-break spaces between thousands. */
function money(point: string): string {
  const [whole = '0', decimals = '00'] = point.split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, '\u202f')},${decimals}`;
}

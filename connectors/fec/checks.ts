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
      values: { siren, file },
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
      values: { lines: Number(found.lines), file, ...listed(found.first, found.lines) },
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
      values: { file },
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
      values: { lines: Number(found.lines), file: check.file, ...listed(found.first, found.lines) },
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
      case: spanOf(entry),
      values: {
        journal: entry.journal ?? '?',
        entry: entry.entry ?? '?',
        debit: money(entry.debit),
        credit: money(entry.credit),
        file: check.file,
        first: Number(entry.first),
        last: Number(entry.last),
        lines: Number(entry.lines),
      },
      row: Number(entry.first),
    }),
  );
  const all = found[0] === undefined ? 0 : Number(found[0].entries);
  if (all > SHOWN) {
    remarks.push({
      code: 'FEC-004',
      severity: 'error',
      case: 'more',
      values: { more: all - SHOWN, all, file: check.file },
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
      values: { debit: money(total.debit), credit: money(total.credit), file: check.file },
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
  const year = { opening: found.opening, closing };
  if (found.before + found.after === found.dated) {
    return [
      {
        code: 'FEC-007',
        severity: 'error',
        values: {
          ...year,
          earliest: found.earliest,
          latest: found.latest,
          file: check.file,
          lines: Number(found.dated),
        },
      },
    ];
  }
  const remarks: Remark[] = [];
  if (found.after > 0) {
    remarks.push({
      code: 'FEC-006',
      severity: 'error',
      case: 'after',
      values: {
        ...year,
        lines: Number(found.after),
        latest: found.latest,
        file: check.file,
        first: Number(found.firstafter),
      },
      row: Number(found.firstafter),
    });
  }
  if (found.before > 0) {
    remarks.push({
      code: 'FEC-006',
      severity: start === undefined ? 'warning' : 'error',
      case: 'before',
      values: {
        ...year,
        lines: Number(found.before),
        earliest: found.earliest,
        file: check.file,
        first: Number(found.firstbefore),
      },
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
    /** NULL where all journals are told together */
    journal: string | null;
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
  select coalesce(journal, '?') as scope, prefix, number, written, line,
    lead(number) over following as next_number, lead(written) over following as next_written
  from numbered
  window following as (partition by journal, prefix order by number)
),
overall as (
  select null::varchar as scope, prefix, number, written, line,
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
select scope as journal, count(*) as numbers,
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
      case: gap.journal === null ? 'all' : 'journal',
      values: {
        journal: gap.journal ?? '',
        missing: gap.missing,
        numbers: Number(gap.numbers),
        after: gap.after,
        following: gap.following,
        file: check.file,
        line: Number(gap.line),
      },
      row: Number(gap.line),
    }),
  );
  const scopes = found[0] === undefined ? 0 : Number(found[0].scopes);
  if (scopes > SHOWN) {
    remarks.push({
      code: 'FEC-008',
      severity: 'warning',
      case: 'more',
      values: { more: scopes - SHOWN, all: scopes, file: check.file },
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
  return [
    {
      code: 'FEC-009',
      severity: 'warning',
      case: found.drafts === found.all ? 'all' : 'some',
      values: {
        lines: Number(found.drafts),
        all: Number(found.all),
        file,
        first: Number(found.first),
      },
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
      values: { lines: Number(found.lines), file, ...listed(found.places, found.lines) },
      row: Number(found.row),
    },
  ];
}

/** The first lines of many. */
function listed(list: string, count: number): { shown: number; list: string } {
  const shown = list.split(', ').length;
  return { shown, list: `${list}${count > shown ? '…' : ''}` };
}

/** Whether an entry is one line, lines that follow each other, or some among others. */
function spanOf(entry: { first: number; last: number; lines: number }): 'line' | 'lines' | 'among' {
  if (entry.first === entry.last) return 'line';
  return Number(entry.last) - Number(entry.first) + 1 === Number(entry.lines) ? 'lines' : 'among';
}

/** `1200.00` -> `1 200,00`, narrow no-break spaces between thousands. */
function money(point: string): string {
  const [whole = '0', decimals = '00'] = point.split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, '\u202f')},${decimals}`;
}

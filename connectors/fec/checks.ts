import { literal, type ReadingSession, type Remark } from '../connector.ts';
import { DOUBTFUL, headerOf, isShown, type Ledgers, linesBelow, ofExtract } from './entries.ts';
import { isSiren } from './name.ts';

/** What the ledgers of some extracts are judged on, and how their remarks call them. */
export interface LedgerCheck {
  readonly ledgers: Ledgers;
  /** one for each extract, in the order in which the tables number them */
  readonly names: readonly LedgerName[];
  /** first day of the year, only when declared: otherwise twelve months before the closing date */
  readonly start: string | undefined;
  /** some lines were mended */
  readonly anyMended: boolean;
  readonly session: ReadingSession;
}

export interface LedgerName {
  /** file name, without folders, for messages */
  readonly file: string;
  readonly siren: string;
  /** closing date, ISO */
  readonly closing: string;
}

/** Remarks of one code are shown this many times; one more says how many are not shown. */
const SHOWN = 20;

/**
 * Judges each ledger as a whole, in SQL: balance of each entry and in total, dates and fiscal year, numbering,
 * validation, doubles, SIREN. Amounts are DECIMAL throughout. One element an extract; the statements are as
 * many for a hundred ledgers as for one.
 */
export async function ledgerRemarks(ledgers: LedgerCheck): Promise<Remark[][]> {
  const check = { ...ledgers, session: counting(ledgers.session) };
  await check.session.run(totalsTable(check));
  const mended = await mendedLines(check);
  const sums = await summaries(check);
  const unbalanced = await unbalancedEntries(check);
  const gaps = await numberGaps(check);
  const repeated = await doubles(check);
  return check.names.map((name, place) => {
    const sum = sums[place]?.[0];
    return [
      ...sirenRemark(name),
      ...(mended[place] as Remark[]),
      ...emptyLedger(name, sum),
      ...unreadableAmounts(name, sum),
      ...(unbalanced[place] as Remark[]),
      ...totalBalance(name, sum),
      ...datesOutsideYear(name, sum, check.start),
      ...(gaps[place] as Remark[]),
      ...drafts(name, sum),
      ...(repeated[place] as Remark[]),
    ];
  });
}

/** Rows of a query, extract by extract; they say their `extract`. */
async function byExtract<Row>({ names, session }: LedgerCheck, sql: string): Promise<Row[][]> {
  const apart: Row[][] = names.map(() => []);
  for (const row of await session.rows<Row & { extract: number }>(sql)) apart[row.extract]?.push(row);
  return apart;
}

/** The session with counts as numbers: BIGINT comes as bigint or as number, by the session. */
function counting(session: ReadingSession): ReadingSession {
  return {
    ...session,
    rows: async <Row>(sql: string) => {
      const rows = await session.rows<Record<string, unknown>>(sql);
      const plain = (value: unknown) => (typeof value === 'bigint' ? Number(value) : value);
      return rows.map(
        (row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])) as Row,
      );
    },
  };
}

/** Amounts as DECIMAL(18,2), NULL where they are no number. */
const amount = (side: 'debit' | 'credit') => `try_cast(${side} as decimal(18, 2))`;

/** One row an entry. Balance and numbering both ask for it, and there are far fewer entries than lines. */
function totalsTable({ ledgers: { tables } }: LedgerCheck): string {
  return `create temp table ${tables.totals} as
select extract, journal_code as journal, entry_number as entry, coalesce(sum(${amount('debit')}), 0) as debit,
  coalesce(sum(${amount('credit')}), 0) as credit, min(line) as first, max(line) as last, count(*) as lines
from ${tables.entries}
where fault is null
group by extract, journal_code, entry_number`;
}

/** What one pass over the entries tells of a ledger. */
interface Summary {
  readonly entries: number;
  readonly all: number;
  readonly unreadable: number;
  readonly firstunreadable: string;
  readonly debit: string;
  readonly credit: string;
  readonly opening: string;
  readonly dated: number;
  readonly before: number;
  readonly after: number;
  readonly earliest: string;
  readonly latest: string;
  readonly firstbefore: number | null;
  readonly firstafter: number | null;
  readonly drafts: number;
  readonly firstdraft: number | null;
}

function summaries(check: LedgerCheck): Promise<Summary[][]> {
  const { ledgers, names, start } = check;
  const closing = ofExtract(names.map((name) => `date ${literal(name.closing)}`));
  const opening =
    start === undefined
      ? `(${closing} + interval 1 day - interval 12 month)::date`
      : `date ${literal(start)}`;
  return byExtract<Summary>(
    check,
    `with judged as (
  select extract, case when fault is null then line end as line,
    case when fault is null then ${amount('debit')} end as debit,
    case when fault is null then ${amount('credit')} end as credit,
    case when fault is null then try_cast(entry_date as date) end as day,
    validation_date, ${opening} as opening, ${closing} as closing
  from ${ledgers.tables.entries}
  where fault is distinct from '${DOUBTFUL}'
)
select extract, count(*) as entries, count(line) as all,
  count(line) filter (where debit is null or credit is null) as unreadable,
  array_to_string(min(line, ${SHOWN}) filter (where debit is null or credit is null), ', ') as firstunreadable,
  coalesce(sum(debit), 0)::decimal(38, 2)::varchar as debit, coalesce(sum(credit), 0)::decimal(38, 2)::varchar as credit,
  any_value(opening)::varchar as opening, count(day) as dated,
  count(line) filter (where day < opening) as before, count(line) filter (where day > closing) as after,
  min(day)::varchar as earliest, max(day)::varchar as latest,
  min(line) filter (where day < opening) as firstbefore, min(line) filter (where day > closing) as firstafter,
  count(line) filter (where validation_date is null) as drafts, min(line) filter (where validation_date is null) as firstdraft
from judged
group by extract`,
  );
}

function sirenRemark({ siren, file }: LedgerName): Remark[] {
  if (isSiren(siren)) return [];
  return [
    {
      code: 'FEC-011',
      severity: 'warning',
      values: { siren, file },
    },
  ];
}

async function mendedLines(check: LedgerCheck): Promise<Remark[][]> {
  const { names, anyMended } = check;
  // Hardly any ledger has such lines: without one, nothing is asked.
  if (!anyMended) return names.map(() => []);
  const found = await byExtract<{ lines: number; first: string }>(
    check,
    `select extract, count(*) as lines, array_to_string(min(line, ${SHOWN}), ', ') as first
from ${check.ledgers.tables.mended} group by extract`,
  );
  return names.map(({ file }, place) =>
    (found[place] ?? []).map(({ lines, first }) => ({
      code: 'FEC-012',
      severity: 'warning',
      values: { lines: Number(lines), file, ...listed(first, lines) },
      row: Number(first.split(', ')[0]),
    })),
  );
}

function emptyLedger({ file }: LedgerName, sum: Summary | undefined): Remark[] {
  if (sum !== undefined) return [];
  return [
    {
      code: 'FEC-016',
      severity: 'error',
      values: { file },
    },
  ];
}

function unreadableAmounts({ file }: LedgerName, sum: Summary | undefined): Remark[] {
  if (!sum || sum.unreadable === 0) return [];
  return [
    {
      code: 'FEC-015',
      severity: 'error',
      values: { lines: Number(sum.unreadable), file, ...listed(sum.firstunreadable, sum.unreadable) },
      row: Number(sum.firstunreadable.split(', ')[0]),
    },
  ];
}

async function unbalancedEntries(check: LedgerCheck): Promise<Remark[][]> {
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
  const found = await byExtract<Unbalanced>(
    check,
    `select extract, journal, entry, debit::decimal(38, 2)::varchar as debit, credit::decimal(38, 2)::varchar as credit,
  first, last, lines, count(*) over (partition by extract) as entries
from ${check.ledgers.tables.totals}
where debit <> credit
qualify row_number() over (partition by extract order by first) <= ${SHOWN}
order by extract, first`,
  );
  return check.names.map(({ file }, place) => unbalancedIn(file, found[place] as Unbalanced[]));

  function unbalancedIn(file: string, entries: readonly Unbalanced[]): Remark[] {
    const remarks = entries.map(
      (entry): Remark => ({
        code: 'FEC-004',
        severity: 'error',
        case: spanOf(entry),
        values: {
          journal: entry.journal ?? '?',
          entry: entry.entry ?? '?',
          debit: money(entry.debit),
          credit: money(entry.credit),
          file,
          first: Number(entry.first),
          last: Number(entry.last),
          lines: Number(entry.lines),
        },
        row: Number(entry.first),
      }),
    );
    const all = Number(entries[0]?.entries ?? 0);
    if (all > SHOWN) {
      remarks.push({
        code: 'FEC-004',
        severity: 'error',
        case: 'more',
        values: { more: all - SHOWN, all, file },
      });
    }
    return remarks;
  }
}

function totalBalance({ file }: LedgerName, sum: Summary | undefined): Remark[] {
  if (!sum || sum.debit === sum.credit) return [];
  return [
    {
      code: 'FEC-005',
      severity: 'error',
      values: { debit: money(sum.debit), credit: money(sum.credit), file },
    },
  ];
}

function datesOutsideYear(
  { file, closing }: LedgerName,
  found: Summary | undefined,
  start: string | undefined,
): Remark[] {
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
          file,
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
        file,
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
        file,
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
async function numberGaps(check: LedgerCheck): Promise<Remark[][]> {
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
  const found = await byExtract<Gap>(
    check,
    `with numbered as (
  select extract, journal, regexp_extract(entry, '^(.*?)([0-9]+)$', 1) as prefix,
    try_cast(regexp_extract(entry, '([0-9]{1,18})$', 1) as bigint) as number,
    min(entry) as written, min(first) as line
  from ${check.ledgers.tables.totals}
  where regexp_matches(entry, '[0-9]$')
  group by all
),
by_journal as (
  select extract, coalesce(journal, '?') as scope, prefix, number, written, line,
    lead(number) over following as next_number, lead(written) over following as next_written
  from numbered
  window following as (partition by extract, journal, prefix order by number)
),
overall as (
  select extract, null::varchar as scope, prefix, number, written, line,
    lead(number) over following as next_number, lead(written) over following as next_written
  from numbered
  window following as (partition by extract, prefix order by number)
),
shared as (
  select distinct extract
  from (select extract from numbered group by extract, prefix, number having count(*) > 1)
),
in_one as (
  select extract
  from (select extract, coalesce(sum(next_number - number - 1), 0) as holes from by_journal group by extract) as apart
  join (select extract, coalesce(sum(next_number - number - 1), 0) as holes from overall group by extract) as together
    using (extract)
  where apart.holes > together.holes and extract not in (select extract from shared)
),
chosen as (
  select * from by_journal where extract not in (select extract from in_one)
  union all
  select * from overall where extract in (select extract from in_one)
)
select extract, scope as journal, count(*) as numbers,
  coalesce(sum(next_number - number - 1), 0)::varchar as missing,
  arg_min(written, line) filter (where next_number > number + 1) as after,
  arg_min(next_written, line) filter (where next_number > number + 1) as following,
  min(line) filter (where next_number > number + 1) as line,
  count(*) over (partition by extract) as scopes
from chosen
group by extract, scope
having sum(next_number - number - 1) > 0
qualify row_number() over (partition by extract order by scope) <= ${SHOWN}
order by extract, scope`,
  );
  return check.names.map(({ file }, place) => gapsIn(file, found[place] as Gap[]));

  function gapsIn(file: string, gaps: readonly Gap[]): Remark[] {
    const remarks = gaps.map(
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
          file,
          line: Number(gap.line),
        },
        row: Number(gap.line),
      }),
    );
    const scopes = Number(gaps[0]?.scopes ?? 0);
    if (scopes > SHOWN) {
      remarks.push({
        code: 'FEC-008',
        severity: 'warning',
        case: 'more',
        values: { more: scopes - SHOWN, all: scopes, file },
      });
    }
    return remarks;
  }
}

function drafts({ file }: LedgerName, sum: Summary | undefined): Remark[] {
  if (!sum || sum.drafts === 0) return [];
  return [
    {
      code: 'FEC-009',
      severity: 'warning',
      case: sum.drafts === sum.all ? 'all' : 'some',
      values: {
        lines: Number(sum.drafts),
        all: Number(sum.all),
        file,
        first: Number(sum.firstdraft),
      },
      row: Number(sum.firstdraft),
    },
  ];
}

async function doubles(check: LedgerCheck): Promise<Remark[][]> {
  const { ledgers, names } = check;
  const found = await byExtract<{ lines: number; places: string; row: number }>(
    check,
    `with records as (
  select extract, line, text, hash(text, extract) as mark
  from (${linesBelow(ledgers)})
  where ${isShown} and text <> ${headerOf(ledgers)}
),
repeated as (
  select mark from records group by mark having count(*) > 1
),
groups as (
  select extract, list(line order by line) as places from records where mark in (select mark from repeated)
  group by extract, text having count(*) > 1
)
select extract, sum(len(places) - 1)::bigint as lines, min(places[2]) as row,
  array_to_string(list(places[2] || ' as ' || places[1] order by places[2])[1:${SHOWN}], ', ') as places
from groups
group by extract`,
  );
  return names.map(({ file }, place) =>
    (found[place] ?? []).map(({ lines, places, row }) => ({
      code: 'FEC-010',
      severity: 'warning',
      values: { lines: Number(lines), file, ...listed(places, lines) },
      row: Number(row),
    })),
  );
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

import { type Diagnostic, literal, type ReadingSession, type Remark } from '../connector.ts';
import type { DsnTables } from './blocks.ts';
import { DICTIONARY, DICTIONARY_NORM, EXCHANGE_BLOCKS, EXCHANGE_RUBRICS, KNOWN_NORMS } from './dictionary.ts';
import { COMPANY, DECLARATION, ESTABLISHMENT, INDIVIDUAL, RECORDS, SENDING, TOTAL } from './rubrics.ts';

/** What the sendings of some files are judged on. */
export interface SendingsCheck {
  readonly tables: DsnTables;
  readonly declarations: string;
  /** names of the extracts, in the order in which the tables number them */
  readonly files: readonly string[];
  readonly session: Pick<ReadingSession, 'rows'>;
}

/** Blocks that tell of the person above them. */
const ofPeople = RECORDS.map(({ block }) => block).filter(
  (block) => block !== DECLARATION && block !== INDIVIDUAL,
);

/** Remarks of one code are shown this many times; one more says how many are not shown. */
const SHOWN = 20;

interface Sending {
  line: number;
  test: string | null;
  norm: string | null;
  rubrics: number;
  declared: number;
  stated_rubrics: string | null;
  stated_declared: string | null;
  closed: boolean;
}

/**
 * Judges the envelopes: test flag, norm, control totals, mandatory blocks, rubrics that the norm does not know.
 * One element a file; the statements are as many for a hundred files as for one.
 */
export async function sendingRemarks(
  files: SendingsCheck,
): Promise<{ remarks: Remark[]; facts: Record<string, string> }[]> {
  const check = { ...files, session: counting(files.session) };
  const sendings = await sendingsOf(check);
  const malformed = await malformedLines(check);
  const missing = await missingBlocks(check, sendings);
  const foreign = await foreignCurrency(check);
  const unknown = await unknownRubrics(check);
  const facts = await factsOf(check, sendings);
  return check.files.map((file, place) => {
    const own = sendings[place] as Sending[];
    return {
      remarks: [
        ...(malformed[place] as Remark[]),
        ...limited(own.flatMap((sending) => testSending(file, sending))),
        ...limited(own.flatMap((sending) => norm(file, sending))),
        ...limited(own.flatMap((sending) => truncation(file, sending))),
        ...limited(own.flatMap((sending) => totals(file, sending))),
        ...(missing[place] as Remark[]),
        ...(foreign[place] as Remark[]),
        ...(unknown[place] as Remark[]),
      ],
      facts: facts[place] as Record<string, string>,
    };
  });
}

/** Rows of a query, file by file; they say their `extract`. */
async function byFile<Row>({ files, session }: SendingsCheck, sql: string): Promise<Row[][]> {
  const apart: Row[][] = files.map(() => []);
  for (const row of await session.rows<Row & { extract: number }>(sql)) apart[row.extract]?.push(row);
  return apart;
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

async function sendingsOf(check: SendingsCheck): Promise<Sending[][]> {
  const { tables } = check;
  return byFile<Sending>(
    check,
    `with sized as (
  select place.sending as line, count(*) as rubrics
  from ${tables.rubrics} as rubric
  join ${tables.blocks} as place on place.line = rubric.start
  where place.sending is not null
  group by place.sending
),
declared as (
  select sending as line, count(*) as declared from ${tables.blocks} where block = '${DECLARATION}' group by sending
),
total as (
  select place.sending as line, any_value(own.r001) as r001, any_value(own.r002) as r002
  from ${tables.values(TOTAL)} as own join ${tables.blocks} as place on place.line = own.line
  group by place.sending
)
select place.extract, head.line - place.base as line, head.r005 as test, head.r006 as norm, sized.rubrics, coalesce(declared.declared, 0) as declared,
  total.r001 as stated_rubrics, total.r002 as stated_declared, total.line is not null as closed
from ${tables.values(SENDING)} as head
join ${tables.blocks} as place on place.line = head.line
join sized on sized.line = head.line
left join declared on declared.line = head.line
left join total on total.line = head.line
order by head.line`,
  );
}

function testSending(file: string, { test, line }: Sending): Remark[] {
  if (test !== '01') return [];
  return [
    {
      code: 'DSN-002',
      severity: 'error',
      values: { file, line: Number(line) },
      row: Number(line),
    },
  ];
}

function norm(file: string, { norm: version, line }: Sending): Remark[] {
  if (version !== null && KNOWN_NORMS.includes(version)) return [];
  return [
    {
      code: 'DSN-005',
      severity: 'warning',
      case: version === null ? 'unstated' : 'unknown',
      values: {
        norm: version ?? '',
        known: KNOWN_NORMS.join(', '),
        file,
        line: Number(line),
        dictionary: DICTIONARY_NORM,
      },
      row: Number(line),
    },
  ];
}

function truncation(file: string, { closed, line }: Sending): Remark[] {
  if (closed) return [];
  return [
    {
      code: 'DSN-007',
      severity: 'warning',
      values: { file, line: Number(line) },
      row: Number(line),
    },
  ];
}

/** S90.G00.90.001 counts every rubric of the sending, its own included; .002 counts the S20.G00.05 blocks. */
function totals(file: string, sending: Sending): Remark[] {
  if (!sending.closed) return [];
  const remarks: Remark[] = [];
  const differs = (stated: string | null, found: number) =>
    stated === null || !/^[0-9]{1,15}$/.test(stated) || Number(stated) !== found;
  if (differs(sending.stated_rubrics, sending.rubrics)) {
    remarks.push({
      code: 'DSN-003',
      severity: 'error',
      case: sending.stated_rubrics === null ? 'unstated' : 'differs',
      values: {
        stated: sending.stated_rubrics ?? '',
        read: Number(sending.rubrics),
        file,
        line: Number(sending.line),
      },
      row: Number(sending.line),
    });
  }
  if (differs(sending.stated_declared, sending.declared)) {
    remarks.push({
      code: 'DSN-004',
      severity: 'error',
      case: sending.stated_declared === null ? 'unstated' : 'differs',
      values: {
        stated: sending.stated_declared ?? '',
        read: Number(sending.declared),
        file,
        line: Number(sending.line),
      },
      row: Number(sending.line),
    });
  }
  return remarks;
}

async function malformedLines(check: SendingsCheck): Promise<Remark[][]> {
  const { tables, files } = check;
  const found = await byFile<{ lines: number; first: number }>(
    check,
    `select extract, count(*) as lines, min(line - base) as first
from ${tables.malformed} join ${tables.extracts} using (extract) group by extract`,
  );
  return files.map((file, place) =>
    (found[place] ?? []).map(({ lines, first }) => ({
      code: 'DSN-009',
      severity: 'warning',
      values: { lines: Number(lines), file, first: Number(first) },
      row: Number(first),
    })),
  );
}

async function missingBlocks(
  check: SendingsCheck,
  sendings: readonly (readonly Sending[])[],
): Promise<Remark[][]> {
  const { tables, files, declarations } = check;
  const firsts = await byFile<{ line: number; declared: number }>(
    check,
    `select extract, min(line - base) as line, count(*) filter (where block = '${DECLARATION}') as declared
from ${tables.blocks} group by extract`,
  );
  const incomplete = await byFile<{
    line: number;
    siren: string | null;
    nic: string | null;
    month: string | null;
  }>(
    check,
    `select extract, line - base as line, siren, nic, month from ${declarations}
where siren is null or nic is null or month is null order by line`,
  );
  const establishments = await byFile<{ line: number; places: number }>(
    check,
    `select extract, declaration - base as line, count(*) as places
from ${tables.blocks}
where block = '${ESTABLISHMENT}' and declaration is not null
group by extract, base, declaration
having count(*) > 1
order by declaration`,
  );
  const loose = await byFile<{ line: number }>(
    check,
    `select extract, line - base as line from ${tables.blocks} where block = '${INDIVIDUAL}' and declaration is null order by line`,
  );
  const orphans = await byFile<{ line: number; block: string; blocks: number }>(
    check,
    `select extract, min(line - base) as line, block, count(*) as blocks from ${tables.blocks}
where declaration is not null and individual is null and block in (${ofPeople.map(literal).join(', ')})
group by extract, block order by min(line)`,
  );
  return files.map((file, place) => {
    const remarks: Remark[] = [];
    const missing = (row: number, what: string, values: Diagnostic['values']): Remark => ({
      code: 'DSN-006',
      case: what,
      severity: 'error',
      values: { ...values, file, line: Number(row) },
      row: Number(row),
    });
    const [first] = firsts[place] ?? [];
    if (first && sendings[place]?.length === 0) {
      remarks.push(missing(first.line, 'sending', { block: SENDING }));
    }
    if (first?.declared === 0) {
      remarks.push(missing(first.line, 'declaration', { block: DECLARATION }));
    }
    const found = [
      ...(orphans[place] ?? []).map(({ line, block, blocks }) =>
        missing(line, 'orphans', { blocks: Number(blocks), block, individual: INDIVIDUAL }),
      ),
      ...(incomplete[place] ?? []).flatMap(({ line, siren, nic, month }) => [
        ...(siren === null ? [missing(line, 'company', { block: COMPANY })] : []),
        ...(nic === null ? [missing(line, 'establishment', { block: ESTABLISHMENT })] : []),
        ...(month === null ? [missing(line, 'month', { block: DECLARATION })] : []),
      ]),
      ...(establishments[place] ?? []).map(({ line, places }) =>
        missing(line, 'establishments', { places: Number(places), block: ESTABLISHMENT }),
      ),
      ...(loose[place] ?? []).map(({ line }) => missing(line, 'outside', { block: INDIVIDUAL })),
    ];
    return [...remarks, ...limited(found)];
  });
}

/** S20.G00.05.010: 02 is the Pacific franc. */
async function foreignCurrency(check: SendingsCheck): Promise<Remark[][]> {
  const { tables, files } = check;
  const found = await byFile<{ declared: number; first: number }>(
    check,
    `select place.extract, count(*) as declared, min(own.line - place.base) as first
from ${tables.values(DECLARATION)} as own join ${tables.blocks} as place on place.line = own.line
where own.r010 <> '01' group by place.extract`,
  );
  return files.map((file, place) =>
    (found[place] ?? []).map(({ declared, first }) => ({
      code: 'DSN-012',
      severity: 'error',
      values: { declarations: Number(declared), file, first: Number(first) },
      row: Number(first),
    })),
  );
}

async function unknownRubrics(check: SendingsCheck): Promise<Remark[][]> {
  const { tables, files } = check;
  const ranges = Object.entries(DICTIONARY).flatMap(([block, numbers]) =>
    numbers.split(' ').map((range) => {
      const [from = '', to = from] = range.split('-');
      return `(${literal(block)}, ${from}, ${to})`;
    }),
  );
  const found = await byFile<{
    rubric: string;
    times: number;
    first: number;
    number: number;
  }>(
    check,
    `with known(block, low, high) as (
  values ${ranges.join(', ')}
),
used as (
  select extract, block, rubric, count(*) as times, min(line) as first
  from ${tables.rubrics}
  where left(block, 3) in ('S10', 'S20', 'S21', 'S89', 'S90')
  group by extract, block, rubric
)
select extract, block || '.' || lpad(rubric::varchar, 3, '0') as rubric, rubric::integer as number, times, first - base as first
from used join ${tables.extracts} using (extract)
where block not in (${EXCHANGE_BLOCKS.map(literal).join(', ')})
  and not exists (select 1 from known where known.block = used.block and used.rubric between known.low and known.high)
order by used.first`,
  );
  return files.map((file, place) => unknownIn(file, found[place] ?? []));
}

function unknownIn(
  file: string,
  found: readonly { rubric: string; times: number; first: number; number: number }[],
): Remark[] {
  const added = found.filter(({ number }) => number >= EXCHANGE_RUBRICS);
  const unknown = found.filter(({ number }) => number < EXCHANGE_RUBRICS);
  const remarks = limited(
    unknown.map(
      ({ rubric, times, first }): Remark => ({
        code: 'DSN-008',
        severity: 'warning',
        case: 'unknown',
        values: {
          rubric,
          dictionary: DICTIONARY_NORM,
          file,
          times: Number(times),
          line: Number(first),
        },
        row: Number(first),
      }),
    ),
  );
  if (added.length > 0) {
    remarks.push({
      code: 'DSN-011',
      severity: 'information',
      values: {
        rubrics: added
          .map(({ rubric }) => rubric)
          .slice(0, SHOWN)
          .join(', '),
        file,
        line: Number(added[0]?.first),
      },
      row: Number(added[0]?.first),
    });
  }
  return remarks;
}

async function factsOf(
  check: SendingsCheck,
  sendings: readonly (readonly Sending[])[],
): Promise<Record<string, string>[]> {
  const found = await byFile<{ declared: number; months: string | null; sirens: string | null }>(
    check,
    `select extract, count(*) as declared, string_agg(distinct left(month, 7), ', ' order by left(month, 7)) as months,
      string_agg(distinct siren, ', ' order by siren) as sirens from ${check.declarations} group by extract`,
  );
  return check.files.map((_, place) => {
    const own = sendings[place] ?? [];
    const [declared] = found[place] ?? [];
    return {
      sendings: String(own.length),
      declarations: String(declared?.declared ?? 0),
      norm: [...new Set(own.map(({ norm: version }) => version ?? '?'))].sort().join(', '),
      months: declared?.months ?? '',
      siren: declared?.sirens ?? '',
    };
  });
}

/** The first remarks of a list, and one that counts the rest. */
function limited(remarks: Remark[]): Remark[] {
  const [first] = remarks;
  if (first === undefined || remarks.length <= SHOWN) return remarks;
  return [
    ...remarks.slice(0, SHOWN),
    {
      code: first.code,
      severity: first.severity,
      case: 'more',
      values: { more: remarks.length - SHOWN, all: remarks.length },
    },
  ];
}

import { literal, type ReadingSession, type Remark } from '../connector.ts';
import type { DsnTables } from './blocks.ts';
import { DICTIONARY, DICTIONARY_NORM, EXCHANGE_BLOCKS, EXCHANGE_RUBRICS, KNOWN_NORMS } from './dictionary.ts';
import { COMPANY, DECLARATION, ESTABLISHMENT, INDIVIDUAL, RECORDS, SENDING, TOTAL } from './rubrics.ts';

/** What the sendings of a file are judged on. */
export interface SendingCheck {
  readonly tables: DsnTables;
  readonly declarations: string;
  readonly file: string;
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

/** Judges the envelopes: test flag, norm, control totals, mandatory blocks, rubrics that the norm does not know. */
export async function sendingRemarks(
  file: SendingCheck,
): Promise<{ remarks: Remark[]; facts: Record<string, string> }> {
  const check = { ...file, session: counting(file.session) };
  const sendings = await sendingsOf(check);
  const remarks = [
    ...(await malformedLines(check)),
    ...limited(sendings.flatMap((sending) => testSending(check, sending))),
    ...limited(sendings.flatMap((sending) => norm(check, sending))),
    ...limited(sendings.flatMap((sending) => truncation(check, sending))),
    ...limited(sendings.flatMap((sending) => totals(check, sending))),
    ...(await missingBlocks(check, sendings.length)),
    ...(await foreignCurrency(check)),
    ...(await unknownRubrics(check)),
  ];
  return { remarks, facts: await factsOf(check, sendings) };
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

async function sendingsOf({ tables, session }: SendingCheck): Promise<Sending[]> {
  return session.rows<Sending>(`with sized as (
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
select head.line, head.r005 as test, head.r006 as norm, sized.rubrics, coalesce(declared.declared, 0) as declared,
  total.r001 as stated_rubrics, total.r002 as stated_declared, total.line is not null as closed
from ${tables.values(SENDING)} as head
join sized on sized.line = head.line
left join declared on declared.line = head.line
left join total on total.line = head.line
order by head.line`);
}

function testSending({ file }: SendingCheck, { test, line }: Sending): Remark[] {
  if (test !== '01') return [];
  return [
    {
      code: 'DSN-002',
      severity: 'error',
      message: `The sending is a test (S10.G00.00.005 is 01), not a declaration (${file}, line ${line}). Deliver the real sending.`,
      row: Number(line),
    },
  ];
}

function norm({ file }: SendingCheck, { norm: version, line }: Sending): Remark[] {
  if (version !== null && KNOWN_NORMS.includes(version)) return [];
  return [
    {
      code: 'DSN-005',
      severity: 'warning',
      message: `The norm ${version ?? 'of the sending is not stated (S10.G00.00.006)'}${version === null ? '' : ` is not one of ${KNOWN_NORMS.join(', ')}`} (${file}, line ${line}): rubrics are read with their ${DICTIONARY_NORM} numbers. Check the figures, or update the connector.`,
      row: Number(line),
    },
  ];
}

function truncation({ file }: SendingCheck, { closed, line }: Sending): Remark[] {
  if (closed) return [];
  return [
    {
      code: 'DSN-007',
      severity: 'warning',
      message: `The sending has no total (S90.G00.90): it is truncated (${file}, sending of line ${line}). Transfer the file again.`,
      row: Number(line),
    },
  ];
}

/** S90.G00.90.001 counts every rubric of the sending, its own included; .002 counts the S20.G00.05 blocks. */
function totals({ file }: SendingCheck, sending: Sending): Remark[] {
  if (!sending.closed) return [];
  const remarks: Remark[] = [];
  const differs = (stated: string | null, found: number) =>
    stated === null || !/^[0-9]{1,15}$/.test(stated) || Number(stated) !== found;
  if (differs(sending.stated_rubrics, sending.rubrics)) {
    remarks.push({
      code: 'DSN-003',
      severity: 'error',
      message: `The sending states ${sending.stated_rubrics ?? 'no number of'} rubrics (S90.G00.90.001), ${sending.rubrics} are read (${file}, sending of line ${sending.line}). Lines were lost, added or damaged: transfer the file again.`,
      row: Number(sending.line),
    });
  }
  if (differs(sending.stated_declared, sending.declared)) {
    remarks.push({
      code: 'DSN-004',
      severity: 'error',
      message: `The sending states ${sending.stated_declared ?? 'no number of'} declarations (S90.G00.90.002), ${sending.declared} are read (${file}, sending of line ${sending.line}). Transfer the file again.`,
      row: Number(sending.line),
    });
  }
  return remarks;
}

async function malformedLines({ tables, session, file }: SendingCheck): Promise<Remark[]> {
  const [found] = await session.rows<{ lines: number; first: number }>(
    `select count(*) as lines, min(line) as first from ${tables.malformed}`,
  );
  if (!found || found.lines === 0) return [];
  return [
    {
      code: 'DSN-009',
      severity: 'warning',
      message: `${plural(found.lines, 'line')} not written as rubrics (${file}, first line ${found.first}): quarantined. Check the export for line breaks inside values.`,
      row: Number(found.first),
    },
  ];
}

async function missingBlocks(check: SendingCheck, sendings: number): Promise<Remark[]> {
  const { tables, session, file, declarations } = check;
  const remarks: Remark[] = [];
  const missing = (row: number, what: string, remedy: string): Remark => ({
    code: 'DSN-006',
    severity: 'error',
    message: `${what} (${file}, line ${row}). ${remedy}`,
    row: Number(row),
  });
  const [first] = await session.rows<{ line: number; declared: number }>(
    `select min(line) as line, count(*) filter (where block = '${DECLARATION}') as declared from ${tables.blocks}`,
  );
  if (first && sendings === 0) {
    remarks.push(
      missing(first.line, `The file has no sending block (${SENDING})`, 'Check that it is whole.'),
    );
  }
  if (first?.declared === 0) {
    remarks.push(
      missing(
        first.line,
        `The file has no declaration (${DECLARATION})`,
        'Check that it is whole, or a mere return.',
      ),
    );
  }
  const incomplete = await session.rows<{
    line: number;
    siren: string | null;
    nic: string | null;
    month: string | null;
  }>(
    `select line, siren, nic, month from ${declarations} where siren is null or nic is null or month is null order by line`,
  );
  const establishments = await session.rows<{
    line: number;
    places: number;
  }>(`select declaration as line, count(*) as places
from ${tables.blocks}
where block = '${ESTABLISHMENT}' and declaration is not null
group by declaration
having count(*) > 1
order by declaration`);
  const loose = await session.rows<{ line: number }>(
    `select line from ${tables.blocks} where block = '${INDIVIDUAL}' and declaration is null order by line`,
  );
  const orphans = await session.rows<{ line: number; block: string; blocks: number }>(
    `select min(line) as line, block, count(*) as blocks from ${tables.blocks}
where declaration is not null and individual is null and block in (${ofPeople.map(literal).join(', ')})
group by block order by line`,
  );
  const found = [
    ...orphans.map(({ line, block, blocks }) =>
      missing(
        line,
        `${plural(blocks, 'block')} ${block} under no individual (${INDIVIDUAL}), the first here`,
        'Whose they are is not known: export the declaration again.',
      ),
    ),
    ...incomplete.flatMap(({ line, siren, nic, month }) => [
      ...(siren === null
        ? [
            missing(
              line,
              `The declaration has no company (${COMPANY}.001)`,
              'Its rows cannot be attributed: export it again.',
            ),
          ]
        : []),
      ...(nic === null
        ? [
            missing(
              line,
              `The declaration has no establishment (${ESTABLISHMENT}.001)`,
              'Its rows cannot be attributed: export it again.',
            ),
          ]
        : []),
      ...(month === null
        ? [
            missing(
              line,
              `The declaration states no month (${DECLARATION}.005, or else the file's date .007)`,
              'Export it again.',
            ),
          ]
        : []),
    ]),
    ...establishments.map(({ line, places }) =>
      missing(
        line,
        `The declaration has ${places} establishments (${ESTABLISHMENT}) where the norm allows one`,
        'Rows go to the last one above them: check the SIRET.',
      ),
    ),
    ...loose.map(({ line }) =>
      missing(
        line,
        `An individual (${INDIVIDUAL}) stands outside any declaration`,
        'Its rows are quarantined: the file lacks a S20.G00.05 block.',
      ),
    ),
  ];
  return [...remarks, ...limited(found)];
}

/** S20.G00.05.010: 02 is the Pacific franc. */
async function foreignCurrency({ tables, session, file }: SendingCheck): Promise<Remark[]> {
  const [found] = await session.rows<{ declared: number; first: number }>(
    `select count(*) as declared, min(line) as first from ${tables.values(DECLARATION)} where r010 <> '01'`,
  );
  if (!found || found.declared === 0) return [];
  return [
    {
      code: 'DSN-012',
      severity: 'error',
      message: `${plural(found.declared, 'declaration')} in another currency than the euro (S20.G00.05.010; ${file}, first line ${found.first}). Amounts are not converted: leave the file out or convert it.`,
      row: Number(found.first),
    },
  ];
}

async function unknownRubrics({ tables, session, file }: SendingCheck): Promise<Remark[]> {
  const ranges = Object.entries(DICTIONARY).flatMap(([block, numbers]) =>
    numbers.split(' ').map((range) => {
      const [from = '', to = from] = range.split('-');
      return `(${literal(block)}, ${from}, ${to})`;
    }),
  );
  const found = await session.rows<{
    rubric: string;
    times: number;
    first: number;
    number: number;
  }>(`with known(block, low, high) as (
  values ${ranges.join(', ')}
),
used as (
  select block, rubric, count(*) as times, min(line) as first
  from ${tables.rubrics}
  where left(block, 3) in ('S10', 'S20', 'S21', 'S89', 'S90')
  group by block, rubric
)
select block || '.' || lpad(rubric::varchar, 3, '0') as rubric, rubric::integer as number, times, first
from used
where block not in (${EXCHANGE_BLOCKS.map(literal).join(', ')})
  and not exists (select 1 from known where known.block = used.block and used.rubric between known.low and known.high)
order by first`);
  const added = found.filter(({ number }) => number >= EXCHANGE_RUBRICS);
  const unknown = found.filter(({ number }) => number < EXCHANGE_RUBRICS);
  const remarks = limited(
    unknown.map(
      ({ rubric, times, first }): Remark => ({
        code: 'DSN-008',
        severity: 'warning',
        message: `The rubric ${rubric} is not in the dictionary ${DICTIONARY_NORM} (${file}, ${plural(times, 'time')}, first line ${first}): it is not read. Later norms add rubrics; otherwise check the payroll software.`,
        row: Number(first),
      }),
    ),
  );
  if (added.length > 0) {
    remarks.push({
      code: 'DSN-011',
      severity: 'information',
      message: `Rubrics added by the exchange are not read: ${added
        .map(({ rubric }) => rubric)
        .slice(0, SHOWN)
        .join(', ')} (${file}, first line ${added[0]?.first}).`,
      row: Number(added[0]?.first),
    });
  }
  return remarks;
}

async function factsOf(
  { declarations, session }: SendingCheck,
  sendings: Sending[],
): Promise<Record<string, string>> {
  const [found] = await session.rows<{ declared: number; months: string | null; sirens: string | null }>(
    `select count(*) as declared, string_agg(distinct left(month, 7), ', ' order by left(month, 7)) as months,
      string_agg(distinct siren, ', ' order by siren) as sirens from ${declarations}`,
  );
  const norms = [...new Set(sendings.map(({ norm: version }) => version ?? '?'))].sort();
  return {
    sendings: String(sendings.length),
    declarations: String(found?.declared ?? 0),
    norm: norms.join(', '),
    months: found?.months ?? '',
    siren: found?.sirens ?? '',
  };
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
      message: `${remarks.length - SHOWN} more remarks of this kind, ${remarks.length} in all.`,
    },
  ];
}

function plural(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

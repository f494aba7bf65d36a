import { ExtractError, type ExtractFile, literal, type ReadingSession } from '../connector.ts';
import { loadLines, utf8Text } from '../utf8-text.ts';
import { type Delivered, meterIn, rawTable } from './readings.ts';

/** Field names of GRDF's ADICT interface, letters and digits only, as headings of a CSV. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  meter: ['pce', 'idpce', 'npce', 'nopce', 'numeropce', 'numpce', 'identifiantpce', 'pceid'],
  begin: ['datedebutreleve', 'datedebut'],
  end: ['datefinreleve', 'datefin'],
  gasDay: ['journeegaziere'],
  volume: ['volumebrutconsomme', 'volumebrut'],
  coefficient: ['coeffconversion', 'coefficientconversion', 'coefficientdeconversion'],
  energy: ['energieconsomme', 'energieconsommee'],
  nature: ['naturereleve'],
  qualification: ['qualificationreleve'],
  status: ['status', 'statut', 'statutreleve'],
};
type Field =
  | 'meter'
  | 'begin'
  | 'end'
  | 'gasDay'
  | 'volume'
  | 'coefficient'
  | 'energy'
  | 'nature'
  | 'qualification'
  | 'status';

/**
 * Reads a CSV with ADICT's field names. A gas day (06:00 to 06:00) is the day that it starts on, as GRDF and
 * the carriers count it. `dateFinReleve` is exclusive unless the option says otherwise: the reading of the
 * 1st ends what the 31st consumed.
 */
export async function readAdict(
  extract: ExtractFile,
  session: ReadingSession,
  options: { meter?: string | undefined; end: 'exclusive' | 'inclusive' },
): Promise<Delivered> {
  const text = await utf8Text(extract, session, 'GRD');
  const lines = session.temporary('grdf_lines');
  await loadLines(session, lines, text.path, extract, 'GRD');
  const { line, cells, separator } = await headingOf(lines, extract, session);
  const positions = new Map<Field, number>();
  for (const [index, cell] of cells.entries()) {
    const heading = plain(cell);
    for (const [field, names] of Object.entries(FIELDS)) {
      if (names.includes(heading) && !positions.has(field as Field)) positions.set(field as Field, index + 1);
    }
  }
  if (
    !positions.has('energy') ||
    !(positions.has('gasDay') || (positions.has('begin') && positions.has('end')))
  ) {
    const place = { extract: extract.name, row: line, value: cells.join(separator) };
    throw new ExtractError('GRD-003', place, { case: 'adict' });
  }
  const meter = options.meter ?? meterIn(extract.name);
  if (!positions.has('meter') && meter === undefined) {
    throw new ExtractError('GRD-004', { extract: extract.name, row: line }, { case: 'column' });
  }
  const cell = (field: Field) => {
    const at = positions.get(field);
    return at === undefined ? 'null::varchar' : `nullif(trim(parts[${at}], ' "\t\r\u00a0'), '')`;
  };
  const last = options.end === 'inclusive' ? day('ended') : `(${day('ended')} - 1)`;
  const table = session.temporary('grdf_raw');
  const needed = Math.max(
    ...(['energy', 'gasDay', 'begin', 'end'] as const).map((field) => positions.get(field) ?? 0),
  );
  const holds = `trim(text, ' "\t\r\u00a0\ufeff' || ${literal(separator)}) <> ''`;
  await session.run(rawTable(table));
  await session.run(`insert into ${table}
with cells as (
  select rowid + 1 as row, text, string_split(text, ${literal(separator)}) as parts
  from ${lines}
  where rowid >= ${line} and ${holds}
), named as (
  select row, text, len(parts) as fields,
    ${positions.has('meter') ? `coalesce(${cell('meter')}, ${meter === undefined ? 'null' : literal(meter)})` : literal(meter ?? '')} as meter,
    ${cell('begin')} as begun, ${cell('end')} as ended, ${cell('gasDay')} as gas_day,
    ${cell('volume')} as volume, ${cell('coefficient')} as coefficient, ${cell('energy')} as energy,
    ${cell('nature')} as nature, ${cell('qualification')} as qualification, ${cell('status')} as status
  from cells
)
select row, meter, coalesce(gas_day, concat_ws(' - ', begun, ended)),
  strftime(coalesce(${day('gas_day')}, ${day('begun')}), '%Y-%m-%d'),
  strftime(coalesce(${day('gas_day')}, ${last}), '%Y-%m-%d'),
  volume, coefficient, energy, nature, qualification, status,
  case when fields < ${needed} then 'field_count' end, null, case when fields < ${needed} then left(text, 500) end
from named
order by row`);
  const [counted] = await session.rows<{ many: number | bigint }>(
    `select count(*) as many from ${lines} where rowid >= ${line} and ${holds}`,
  );
  return {
    table,
    addressing: 'line',
    rows: Number(counted?.many ?? 0),
    remarks: [],
    facts: { layout: 'ADICT fields', encoding: text.encoding },
  };
}

/** SQL: the civil day of `2021-11-01`, `2021-11-01T06:00:00+01:00` or `01/11/2021`. */
function day(text: string): string {
  return `coalesce(
    try_strptime(regexp_extract(${text}, '^([0-9]{4}-[0-9]{2}-[0-9]{2})([T ].*)?$', 1), '%Y-%m-%d')::date,
    try_strptime(regexp_extract(${text}, '^([0-9]{2}/[0-9]{2}/[0-9]{4})( .*)?$', 1), '%d/%m/%Y')::date
  )`;
}

async function headingOf(
  lines: string,
  extract: ExtractFile,
  session: ReadingSession,
): Promise<{ line: number; cells: string[]; separator: string }> {
  const [first] = await session.rows<{ line: number | bigint; text: string }>(
    `select rowid + 1 as line, text from ${lines} where trim(text) <> '' order by rowid limit 1`,
  );
  if (!first) throw new ExtractError('GRD-001', { extract: extract.name }, { case: 'blank' });
  const separators = [';', '\t', ','].sort((a, b) => first.text.split(b).length - first.text.split(a).length);
  const separator = separators[0] ?? ';';
  return { line: Number(first.line), cells: first.text.split(separator), separator };
}

function plain(heading: string): string {
  return heading
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

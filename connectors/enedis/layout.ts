import { ExtractError, literal, type ReadingSession } from '../connector.ts';

export type Direction = 'consumption' | 'production';

/** One cell of a row: position in the row, from 1; absent columns are left out. */
export type Positions = Readonly<Record<string, number>>;

/** Lines of one shape in the file, with what the lines above them say about them all. */
export interface Section {
  /**
   * `table`: every row says its own meter, unit and step. `curve`: `Horodate;Valeur`. `days`: energy of a
   * civil day or month. `index`: meter indexes, to be subtracted.
   */
  readonly kind: 'table' | 'curve' | 'days' | 'index';
  /** first and last physical line of the rows */
  readonly from: number;
  readonly to: number;
  readonly positions: Positions;
  readonly separator: string;
  readonly meter?: string;
  readonly direction?: Direction;
  readonly quantity?: string;
  readonly stage?: string;
  readonly unit?: string;
  readonly step?: string;
  /** which end of the interval the heading says that the timestamp marks */
  readonly marks?: 'start' | 'end';
  /** headings of the indexes: distributor's total, supplier's classes, distributor's classes */
  readonly indexes?: {
    readonly total?: number;
    readonly supplier: number[];
    readonly distributor: number[];
    /** a second series over the same lines: a line that says nothing of it is no reading of it */
    readonly secondary: boolean;
  };
}

interface Line {
  readonly line: number;
  readonly text: string;
}

/** The table form has one row an interval; all of these must be headed. */
const TABLE_COLUMNS = {
  meter: 'identifiant prm',
  quantity: 'grandeur physique',
  direction: 'grandeur metier',
  stage: 'etape metier',
  unit: 'unite',
  stamp: 'horodate',
  value: 'valeur',
  nature: 'nature',
  step: 'pas',
} as const;
const TABLE_NEEDS = ['meter', 'direction', 'unit', 'stamp', 'value', 'step'] as const;

const MOST_SECTIONS = 2000;

/**
 * Finds the sections of an Enedis text by its headings.
 *
 * @param table holds the lines of the file, `text`, in order
 * @throws {ExtractError} ENE-003 when no heading of a known export is found
 */
export async function findSections(table: string, name: string, session: ReadingSession): Promise<Section[]> {
  const headings = await session.rows<{ line: number | bigint; text: string }>(
    `select rowid + 1 as line, text from ${table}
where regexp_matches(strip_accents(lower(left(text, 60))), '^[\\x{FEFF}\\s"]*(identifiant prm|horodate|periode|date"? *[;,\t])')
order by rowid limit ${MOST_SECTIONS + 1}`,
  );
  if (headings.length > MOST_SECTIONS) {
    const values = { most: MOST_SECTIONS };
    throw new ExtractError('ENE-003', { extract: name }, { case: 'many', values });
  }
  const lines = headings.map(({ line, text }) => ({ line: Number(line), text }));
  const [last] = await session.rows<{ many: number | bigint }>(`select count(*) as many from ${table}`);
  const end = Number(last?.many ?? 0);
  const sections: Section[] = [];
  let block: Partial<Section> = {};
  for (const [index, heading] of lines.entries()) {
    const to = (lines[index + 1]?.line ?? end + 1) - 1;
    const separator = separatorOf(heading.text);
    const cells = split(heading.text, separator);
    const first = plain(cells[0] ?? '');
    if (first === 'identifiant prm' && !cells.some((cell) => plain(cell) === 'horodate')) {
      block = await readBlock(table, heading, cells, separator, session);
    } else if (first === 'identifiant prm') {
      sections.push(tableSection(cells, separator, heading.line + 1, to, name));
    } else if (first.startsWith('horodate') && cells.some((cell) => INDEX.test(cell.trim()))) {
      sections.push(...indexSections(cells, separator, heading.line + 1, to, block));
    } else if (first.startsWith('horodate') || first === 'date') {
      sections.push(valueSection(cells, separator, heading.line + 1, to, block));
    }
  }
  if (sections.length === 0) {
    const [first] = await session.rows<{ text: string }>(
      `select left(text, 200) as text from ${table} where trim(text) <> '' limit 1`,
    );
    const place = { extract: name, row: 1, value: first?.text ?? '' };
    throw new ExtractError('ENE-003', place, { case: 'none' });
  }
  return sections;
}

/** The headings and the positions of a text whose first line heads a load curve; undefined for any other. */
export function tableHeading(
  firstLine: string,
): { headings: number; separator: string; positions: Positions } | undefined {
  const separator = separatorOf(firstLine);
  const cells = split(firstLine, separator);
  const heads = cells.map(plain);
  const positions = tablePositions(heads);
  const whole = TABLE_NEEDS.every((column) => positions[column] !== undefined);
  return whole && heads[0] === TABLE_COLUMNS.meter
    ? { headings: cells.length, separator, positions }
    : undefined;
}

function tablePositions(heads: readonly string[]): Positions {
  const positions: Record<string, number> = {};
  for (const [column, heading] of Object.entries(TABLE_COLUMNS)) {
    const at = heads.indexOf(heading);
    if (at >= 0) positions[column] = at + 1;
  }
  return positions;
}

function tableSection(cells: string[], separator: string, from: number, to: number, name: string): Section {
  const positions = tablePositions(cells.map(plain));
  const absent = TABLE_NEEDS.filter((column) => positions[column] === undefined);
  if (absent.length > 0) {
    throw new ExtractError(
      'ENE-004',
      { extract: name, row: from - 1, value: cells.join(separator) },
      {
        case: absent.includes('step') ? 'index' : 'columns',
        values: { columns: absent.map((column) => TABLE_COLUMNS[column]).join(', ') },
      },
    );
  }
  return { kind: 'table', from, to, positions, separator };
}

/** `Horodate;Valeur`, `horodate ISO fin de pas;puissance moyenne (W)`, `Date;Valeur (en kWh)` */
function valueSection(
  cells: string[],
  separator: string,
  from: number,
  to: number,
  block: Partial<Section>,
): Section {
  const head = plain(cells[0] ?? '');
  const unit = /\((?:en )?([a-z]+)\)/i.exec(cells[1] ?? '')?.[1];
  const nature = cells.findIndex((cell) => plain(cell) === 'nature');
  return {
    ...block,
    kind: head === 'date' ? 'days' : 'curve',
    from,
    to,
    separator,
    positions: { stamp: 1, value: 2, ...(nature > 1 ? { nature: nature + 1 } : {}) },
    ...(unit ? { unit } : {}),
    ...(/fin de pas/.test(head) ? { marks: 'end' as const } : {}),
    ...(/debut de pas/.test(head) ? { marks: 'start' as const } : {}),
  };
}

const INDEX = /^EA[SI] (F[0-9]+|D[0-9]+|T)$/;

/** Energy drawn (EAS) and energy fed in (EAI) are two series over the same lines. */
function indexSections(
  cells: string[],
  separator: string,
  from: number,
  to: number,
  block: Partial<Section>,
): Section[] {
  const prefixes = ['EAS', 'EAI'].filter((prefix) => cells.some((cell) => cell.startsWith(`${prefix} `)));
  return prefixes.map((prefix, order) => {
    const positionsOf = (letter: string) =>
      cells.flatMap((cell, index) =>
        INDEX.test(cell) && cell.startsWith(`${prefix} ${letter}`) ? [index + 1] : [],
      );
    return {
      ...block,
      kind: 'index',
      from,
      to,
      separator,
      positions: { stamp: 1 },
      // an EAS beside an EAI is drawn, whatever the block says of the export
      direction: prefix === 'EAI' ? 'production' : prefixes.length > 1 ? 'consumption' : block.direction,
      indexes: {
        total: positionsOf('T')[0],
        supplier: positionsOf('F'),
        distributor: positionsOf('D'),
        secondary: order > 0,
      },
    };
  });
}

/** The lines above the rows: names and values on two lines, or `name;value;name;value` on one. */
async function readBlock(
  table: string,
  heading: Line,
  cells: string[],
  separator: string,
  session: ReadingSession,
): Promise<Partial<Section>> {
  const said = new Map<string, string>();
  if (/^[0-9]{5,}$/.test(cells[1]?.trim() ?? '')) {
    for (let at = 0; at + 1 < cells.length; at += 2)
      said.set(plain(cells[at] ?? ''), (cells[at + 1] ?? '').trim());
  } else {
    const [next] = await session.rows<{ text: string }>(
      `select text from ${table} where rowid + 1 > ${heading.line} and trim(text) <> '' order by rowid limit 1`,
    );
    const values = split(next?.text ?? '', separator);
    for (const [index, cell] of cells.entries()) said.set(plain(cell), (values[index] ?? '').trim());
  }
  return {
    meter: said.get('identifiant prm') || undefined,
    direction: directionOf(`${said.get('grandeur metier') ?? ''} ${said.get('type de donnees') ?? ''}`),
    quantity: said.get('grandeur physique') || undefined,
    stage: said.get('etape metier') || undefined,
    unit: said.get('unite') || undefined,
    step: said.get('pas en minutes') || said.get('pas') || undefined,
  };
}

/** A block that names no direction is the customer's consumption: the customer space has no other default. */
function directionOf(text: string): Direction {
  return /prod|injection/i.test(text) ? 'production' : 'consumption';
}

function separatorOf(text: string): string {
  const counted = [';', '\t', ','].map((separator) => [separator, text.split(separator).length] as const);
  counted.sort((a, b) => b[1] - a[1]);
  return counted[0]?.[0] ?? ';';
}

export function split(text: string, separator: string): string[] {
  return text
    .replace(/^\ufeff/, '')
    .replace(/\r$/, '')
    .split(separator)
    .map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}

/** Heading as it is compared: no accent, no capital, single spaces. */
function plain(heading: string): string {
  return heading
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[\s\u00a0]+/g, ' ')
    .trim()
    .toLowerCase();
}

/** SQL of the cell at a position (from 1) of `parts`: no quotes, no blanks, NULL when empty. */
export function cellAt(position: number | undefined, otherwise?: string): string {
  if (position === undefined) return otherwise === undefined ? 'null::varchar' : literal(otherwise);
  const part = `parts[${position}]`;
  return `nullif(case when bare then ${part} else ${trimmed(part)} end, '')`;
}

/** SQL: a cell without the quotes and blanks around it. */
export function trimmed(cell: string): string {
  return `trim(${cell}, ' "\t\r\u00a0')`;
}

/**
 * SQL of the lines of a section that hold anything, as `line`, `text`, `parts` and `bare`: nothing is to be
 * trimmed from any of the parts, which is dear and seldom needed.
 */
export function sectionLines(table: string, { separator, from, to }: Section): string {
  const strange = ['"', '\t', '\r', '\u00a0'].filter((one) => one !== separator);
  const marks = [...strange, ` ${separator}`, `${separator} `].map(
    (mark) => `contains(text, ${literal(mark)})`,
  );
  return `select rowid + 1 as line, text, string_split(text, ${literal(separator)}) as parts,
  not (${marks.join(' or ')} or starts_with(text, ' ') or ends_with(text, ' ')) as bare
from ${table}
where rowid >= ${from - 1} and rowid < ${to} and ${holdsAnything(separator)}`;
}

export function holdsAnything(separator: string): string {
  return `regexp_matches(text, ${literal(`[^ "\\t\\r\\x{00A0}\\x{FEFF}${separator}]`)})`;
}

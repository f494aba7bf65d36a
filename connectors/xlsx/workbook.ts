import { ExtractError } from '../connector.ts';
import { builtInFormat, type NumberFormat, numberFormat } from './number-format.ts';
import { damaged, type Package } from './package.ts';
import { attribute, parseWhole, unescaped } from './xml.ts';

export interface Sheet {
  readonly name: string;
  readonly visible: boolean;
  /** the part that holds its cells */
  readonly part: string;
}

/** What cells need in order to be understood. */
export interface Workbook {
  readonly sheets: readonly Sheet[];
  readonly epoch1904: boolean;
  readonly strings: readonly string[];
  /** number format of each cell style */
  readonly formats: readonly NumberFormat[];
}

interface Relation {
  readonly type: string;
  readonly target: string;
}

/**
 * Reads the list of sheets, the shared texts and the number formats. Relations that point outside the package
 * are not followed.
 *
 * @throws {ExtractError} XLSX-001 when the zip is not a workbook, XLSX-004 when it is damaged
 */
export async function readWorkbook(from: Package): Promise<Workbook> {
  if (!from.has('_rels/.rels')) throw notWorkbook(from, from.has('mimetype') ? 'opendocument' : 'zip');
  const root = [...(await relations(from, '')).values()].find((one) => one.type === 'officeDocument');
  if (!root) throw notWorkbook(from, 'zip');
  if (/\.bin$/i.test(root.target)) throw notWorkbook(from, 'xlsb');
  if (!from.has(root.target)) throw damaged(from.name, 'no_part', { part: root.target });
  const related = await relations(from, root.target);
  const sheets: Sheet[] = [];
  let epoch1904 = false;
  let isWorkbook = false;
  await parseWhole(from, root.target, {
    open(name, attributes) {
      if (name === 'workbook') isWorkbook = true;
      if (name === 'workbookPr') epoch1904 = ['1', 'true'].includes(attributes.date1904 ?? '');
      if (name === 'sheet') {
        const relation = related.get(attribute(attributes, 'id') ?? '');
        if (relation?.type !== 'worksheet') return;
        const visible = (attributes.state ?? 'visible') === 'visible';
        sheets.push({ name: unescaped(attributes.name ?? ''), visible, part: relation.target });
      }
    },
  });
  if (!isWorkbook) throw notWorkbook(from, 'office');
  if (sheets.length === 0) throw damaged(from.name, 'no_sheet');
  const partOf = (type: string) =>
    [...related.values()].find((one) => one.type === type && from.has(one.target))?.target;
  const strings = partOf('sharedStrings');
  const styles = partOf('styles');
  return {
    sheets,
    epoch1904,
    strings: strings ? await sharedStrings(from, strings) : [],
    formats: styles ? await cellFormats(from, styles) : [],
  };
}

/** @param is the case of XLSX-001 */
function notWorkbook(from: Package, is: string): ExtractError {
  return new ExtractError('XLSX-001', { extract: from.name }, { case: is });
}

/** Relations of a part by id; `''` is the package itself. Types without their namespace. */
async function relations(from: Package, part: string): Promise<Map<string, Relation>> {
  const slash = part.lastIndexOf('/');
  const folder = part.slice(0, slash + 1);
  const found = new Map<string, Relation>();
  const file = `${folder}_rels/${part.slice(slash + 1)}.rels`;
  if (!from.has(file)) return found;
  await parseWhole(from, file, {
    open(name, attributes) {
      if (name !== 'Relationship' || attributes.TargetMode === 'External') return;
      const type = (attributes.Type ?? '').replace(/^.*\//, '');
      found.set(attributes.Id ?? '', { type, target: resolved(folder, attributes.Target ?? '') });
    },
  });
  return found;
}

/** A target is a path inside the package, relative to the part's folder or absolute. */
function resolved(folder: string, target: string): string {
  const parts: string[] = [];
  for (const step of (target.startsWith('/') ? target : `${folder}${target}`).split('/')) {
    if (step === '..') parts.pop();
    else if (step !== '' && step !== '.') parts.push(step);
  }
  return parts.join('/');
}

async function sharedStrings(from: Package, part: string): Promise<string[]> {
  const strings: string[] = [];
  let text = '';
  let inText = false;
  let inPhonetic = false;
  await parseWhole(from, part, {
    open(name) {
      if (name === 'si') text = '';
      else if (name === 't') inText = true;
      else if (name === 'rPh') inPhonetic = true;
    },
    text(piece) {
      if (inText && !inPhonetic) text += piece;
    },
    close(name) {
      if (name === 'si') strings.push(unescaped(text));
      else if (name === 't') inText = false;
      else if (name === 'rPh') inPhonetic = false;
    },
  });
  return strings;
}

async function cellFormats(from: Package, part: string): Promise<NumberFormat[]> {
  const own = new Map<number, NumberFormat>();
  const ids: number[] = [];
  let inCells = false;
  await parseWhole(from, part, {
    open(name, attributes) {
      if (name === 'numFmt') own.set(Number(attributes.numFmtId), numberFormat(attributes.formatCode ?? ''));
      else if (name === 'cellXfs') inCells = true;
      else if (name === 'xf' && inCells) ids.push(Number(attributes.numFmtId ?? 0));
    },
    close(name) {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return ids.map((id) => own.get(id) ?? builtInFormat(id));
}

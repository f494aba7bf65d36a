import ExcelJS from 'exceljs';
import { strFromU8, unzipSync } from 'fflate';
import { Fault } from '../../fault.ts';
import { cellText } from './cell-text.ts';
import { packWorkbook, type SheetBody } from './pack.ts';
import { type Content, cellXml, linkXml, rowXml } from './sheet-xml.ts';
import { Spool } from './spool.ts';

/**
 * The only door to the spreadsheet library: everything that the sheets ask of it, in their words. The library makes
 * styles, views, conditions, validations, drawings, all but the rows: it would hold them all in memory, so they go to
 * disk as they are settled, and into the file when it is packed.
 */

/** How a cell looks. Colours are hexadecimal without `#`. */
export interface Look {
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly size?: number;
  readonly font?: string;
  readonly ink?: string;
  readonly fill?: string;
  readonly wrap?: boolean;
  readonly across?: 'left' | 'right' | 'center';
  readonly down?: 'top' | 'middle' | 'bottom';
  readonly indent?: number;
  readonly format?: string;
  readonly rule?: 'thin' | 'hair' | 'box' | 'none';
  /** the reader may write here though the sheet is protected */
  readonly unlocked?: boolean;
}

export interface Condition {
  readonly formula: string;
  readonly ink: string;
  readonly fill?: string;
  readonly bold?: boolean;
}

export interface Validation {
  readonly type: 'list' | 'decimal' | 'date' | 'textLength' | 'custom';
  readonly operator?: 'greaterThan' | 'greaterThanOrEqual' | 'between';
  readonly formulae: readonly string[];
  readonly promptTitle: string;
  readonly prompt: string;
  readonly errorTitle: string;
  readonly error: string;
}

export interface SheetOptions {
  readonly name: string;
  readonly tab: string;
  readonly frozen: { readonly rows: number; readonly columns: number };
  readonly widths: readonly number[];
  /** rows repeated on each printed page, from 1 */
  readonly headRows: { readonly first: number; readonly last: number };
  readonly footer: { readonly left: string; readonly right: string };
  readonly portrait?: boolean;
  /** A4 by default */
  readonly paper?: 'A3' | 'A4';
}

export interface Properties {
  readonly title: string;
  readonly subject: string;
  readonly author: string;
  /** ISO day given as the date of creation and of modification */
  readonly day: string;
}

const lastRow = 1_048_576;
/** Excel calls a file with more of them in one sheet damaged. */
const mostLinks = 65_530;
const body = { name: 'Arial', size: 9 };

export class WorkbookFile {
  readonly #book = new ExcelJS.Workbook();
  readonly #day: string;
  /** what each image says to who does not see it, in the order in which they were placed */
  readonly #alternatives: string[] = [];
  readonly #names: { readonly name: string; readonly ranges: readonly string[] }[] = [];
  readonly #styles = new StyleList();
  readonly #sheets: SheetFile[] = [];
  readonly #rows: Spool;
  readonly #links: Spool;

  /** @param path of the file to write; rows wait in files beside it */
  constructor(
    properties: Properties,
    private readonly path: string,
  ) {
    const moment = new Date(`${properties.day}T00:00:00Z`);
    this.#day = properties.day;
    this.#rows = new Spool(`${path}.rows`);
    this.#links = new Spool(`${path}.links`);
    // the library would keep a named range as so many cells: more than all the rest of the workbook takes
    Object.defineProperty(this.#book.definedNames, 'model', { value: this.#names });
    Object.assign(this.#book, {
      creator: cellText(properties.author),
      lastModifiedBy: cellText(properties.author),
      created: moment,
      modified: moment,
      title: cellText(properties.title),
      subject: cellText(properties.subject),
      company: '',
      views: [
        { x: 0, y: 0, width: 24000, height: 14000, firstSheet: 0, activeTab: 0, visibility: 'visible' },
      ],
    });
  }

  /** Begins the next sheet: the one before is complete. */
  sheet(options: SheetOptions): SheetFile {
    this.#sheets.at(-1)?.finish();
    const sheet = this.#book.addWorksheet(options.name, {
      properties: { tabColor: { argb: `FF${options.tab}` } },
      views: [
        {
          state: 'frozen',
          xSplit: options.frozen.columns,
          ySplit: options.frozen.rows,
          topLeftCell: `${columnLetter(options.frozen.columns + 1)}${options.frozen.rows + 1}`,
          showGridLines: false,
          zoomScale: 90,
        },
      ],
      pageSetup: {
        // 8 is A3 (ECMA-376, 18.3.1.63), which the list of exceljs lacks
        paperSize: (options.paper === 'A3' ? 8 : 9) as ExcelJS.PaperSize,
        orientation: options.portrait ? 'portrait' : 'landscape',
        fitToPage: true,
        fitToWidth: 1,
        fitToHeight: 0,
        horizontalCentered: true,
        margins: { left: 0.4, right: 0.4, top: 0.5, bottom: 0.6, header: 0.25, footer: 0.3 },
        printTitlesRow: `${options.headRows.first}:${options.headRows.last}`,
      },
      headerFooter: {
        oddFooter: `&L&8${footerText(options.footer.left)}&C&8&A&R&8${footerText(options.footer.right)} &P / &N`,
      },
    });
    options.widths.forEach((width, i) => {
      sheet.getColumn(i + 1).width = width;
    });
    const opened = new SheetFile(sheet, {
      name: options.name,
      styles: this.#styles,
      rows: this.#rows,
      links: this.#links,
      image: (png, alternative) => {
        this.#alternatives.push(alternative);
        // the library's types know an older Buffer than Node's
        return this.#book.addImage({
          buffer: Buffer.from(png) as unknown as ExcelJS.Buffer,
          extension: 'png',
        });
      },
    });
    this.#sheets.push(opened);
    return opened;
  }

  /** Names a range of the workbook: `fig_energy.total_GROUP_quarter`. */
  name(name: string, sheet: string, range: string): void {
    const absolute = range.replace(/([A-Z]+)(\d+)/g, '$$$1$$$2');
    const reference = /^[A-Za-z0-9]+$/.test(sheet) ? sheet : sheetReference(sheet);
    this.#names.push({ name, ranges: [`${reference}!${absolute}`] });
  }

  /** Writes the file: the same content gives the same bytes. */
  async write(): Promise<void> {
    try {
      const bodies = this.#sheets.map((sheet) => sheet.finish());
      this.#showStyles();
      const frame = new Uint8Array(
        (await this.#book.xlsx.writeBuffer({ useStyles: true })) as unknown as ArrayBuffer,
      );
      this.#checkStyles(frame);
      await packWorkbook(frame, this.path, { day: this.#day, alternatives: this.#alternatives, bodies });
    } finally {
      this.close();
    }
  }

  /** Lets go of what waits on disk. */
  close(): void {
    this.#rows.close();
    this.#links.close();
  }

  /** One cell a style, so that the library lists them in our order; the packing puts the rows in their place. */
  #showStyles(): void {
    const first = this.#book.worksheets[0] as ExcelJS.Worksheet;
    this.#styles.all.forEach((style, index) => {
      first.getCell(1, index + 1).style = style;
    });
  }

  #checkStyles(frame: Uint8Array): void {
    const name = 'xl/worksheets/sheet1.xml';
    const sheet = unzipSync(frame, { filter: (part) => part.name === name })[name] as Uint8Array;
    const numbers = [...strFromU8(sheet).matchAll(/<c r="[A-Z]+1" s="(\d+)"/g)].map((found) =>
      Number(found[1]),
    );
    const expected = this.#styles.all.map((_, index) => index + 1);
    if (numbers.join() !== expected.join())
      throw new Error('the spreadsheet library numbers the styles in another order than ours');
  }
}

/** The looks of a workbook as the library's styles, each once; they are numbered from 1. */
class StyleList {
  readonly all: Partial<ExcelJS.Style>[] = [];
  readonly #byObject = new WeakMap<Look, number>();
  readonly #byLook = new Map<string, number>();
  readonly #byStyle = new Map<string, number>();

  numberOf(look: Look): number {
    const known = this.#byObject.get(look) ?? this.#numberOf(look);
    this.#byObject.set(look, known);
    return known;
  }

  #numberOf(look: Look): number {
    const key = keyOf(look);
    const known = this.#byLook.get(key);
    if (known !== undefined) return known;
    const style = styleOf(look);
    const text = JSON.stringify(style);
    const number = this.#byStyle.get(text) ?? this.all.push(style);
    this.#byStyle.set(text, number);
    this.#byLook.set(key, number);
    return number;
  }
}

/** The same for looks that are alike, however they were put together. */
function keyOf(look: Look): string {
  const { bold, italic, underline, size, font, ink, fill, wrap, across, down, indent, format, rule } = look;
  return `${bold}|${italic}|${underline}|${size}|${font}|${ink}|${fill}|${wrap}|${across}|${down}|${indent}|${rule}|${look.unlocked}|${format}`;
}

interface SheetGround {
  readonly name: string;
  readonly styles: StyleList;
  readonly rows: Spool;
  readonly links: Spool;
  /** registers an image, and gives the number by which the library knows it */
  readonly image: (png: Uint8Array, alternative: string) => number;
}

interface PendingRow {
  readonly cells: string[];
  height: number | undefined;
}

export class SheetFile {
  readonly name: string;
  readonly #sheet: ExcelJS.Worksheet;
  readonly #ground: SheetGround;
  readonly #from: { readonly rows: number; readonly links: number };
  readonly #pending = new Map<number, PendingRow>();
  /** written, and good for another row: V8 takes new ones for long-lived, and keeps the texts of their cells with them */
  #written: PendingRow | undefined;
  #settled = 0;
  #widest = 1;
  #links = 0;
  #nextPriority = 1;
  #body: SheetBody | undefined;

  constructor(sheet: ExcelJS.Worksheet, ground: SheetGround) {
    this.#sheet = sheet;
    this.#ground = ground;
    this.name = ground.name;
    this.#from = { rows: ground.rows.length, links: ground.links.length };
  }

  put(row: number, column: number, content: Content, look: Look = {}): void {
    if (row > lastRow) {
      throw new Fault(
        'XLS-002',
        `Sheet ${this.name} would need more than ${lastRow} rows.`,
        'Lower the number of rows shown; figures.csv and quarantine.csv hold them all.',
      );
    }
    const address = `${columnLetter(column)}${row}`;
    this.#row(row).cells[column - 1] = cellXml(address, content, this.#ground.styles.numberOf(look));
    if (column > this.#widest) this.#widest = column;
    if (content.kind !== 'link' || this.#links >= mostLinks) return;
    this.#links += 1;
    this.#ground.links.write(linkXml(address, content.to));
  }

  /** The rows up to this one are complete: they go to disk. */
  settle(last: number): void {
    for (const row of [...this.#pending.keys()].filter((one) => one <= last).sort((a, b) => a - b)) {
      const pending = this.#pending.get(row) as PendingRow;
      this.#ground.rows.write(rowXml(row, pending.cells, pending.height));
      this.#pending.delete(row);
      this.#settled = row;
      pending.cells.fill('');
      pending.height = undefined;
      this.#written = pending;
    }
  }

  /** Settles what is left; nothing is put after it. */
  finish(): SheetBody {
    if (this.#body) return this.#body;
    this.settle(lastRow);
    const { rows, links } = this.#ground;
    const from = this.#from;
    const to = { rows: rows.length, links: links.length };
    this.#body = {
      range: `A1:${columnLetter(this.#widest)}${Math.max(1, this.#settled)}`,
      rows: () => rows.read(from.rows, to.rows),
      links: () => links.read(from.links, to.links),
    };
    this.#settled = lastRow;
    return this.#body;
  }

  #row(row: number): PendingRow {
    const known = this.#pending.get(row);
    if (known) return known;
    if (row <= this.#settled) throw new Error(`row ${row} of ${this.name} is settled`);
    const pending: PendingRow = this.#written ?? { cells: [], height: undefined };
    this.#written = undefined;
    this.#pending.set(row, pending);
    return pending;
  }

  /** An image at its size in pixels, from the corner of a cell. The images of a book stand on one sheet. */
  picture(
    row: number,
    column: number,
    { png, width, height }: { readonly png: Uint8Array; readonly width: number; readonly height: number },
    alternative: string,
  ): void {
    this.#sheet.addImage(this.#ground.image(png, alternative), {
      tl: { col: column - 1, row: row - 1 },
      ext: { width, height },
    });
  }

  merge(row: number, from: number, to: number): void {
    if (to > from) this.#sheet.mergeCells(row, from, row, to);
  }

  height(row: number, points: number): void {
    this.#row(row).height = points;
  }

  hideColumn(column: number): void {
    this.#sheet.getColumn(column).hidden = true;
  }

  filter(range: string): void {
    this.#sheet.autoFilter = range;
  }

  printArea(range: string): void {
    // the library adds a dollar before the column only
    this.#sheet.pageSetup.printArea = range.replace(/([A-Z]+)(\d+)/g, '$1$$$2');
  }

  conditions(range: string, conditions: readonly Condition[]): void {
    this.#sheet.addConditionalFormatting({
      ref: range,
      rules: conditions.map((condition) => ({
        type: 'expression',
        priority: this.#nextPriority++,
        formulae: [condition.formula],
        style: {
          font: { color: { argb: `FF${condition.ink}` }, ...(condition.bold ? { bold: true } : {}) },
          ...(condition.fill
            ? { fill: { type: 'pattern', pattern: 'solid', bgColor: { argb: `FF${condition.fill}` } } }
            : {}),
        },
      })),
    });
  }

  validate(range: string, rule: Validation): void {
    // Excel declares the whole file damaged when one of these is longer
    const tooLong =
      [rule.promptTitle, rule.errorTitle].some((t) => t.length > 32) ||
      [rule.prompt, rule.error, ...rule.formulae].some((t) => t.length > 255);
    if (tooLong) {
      throw new Fault(
        'XLS-003',
        `Sheet ${this.name}: a message of the validation of ${range} is too long for Excel.`,
        'Keep titles within 32 characters, messages and lists within 255, in templates/language.',
      );
    }
    // the library keeps validations by range, though its types do not say so
    const { dataValidations } = this.#sheet as unknown as {
      dataValidations: { add(range: string, rule: object): void };
    };
    dataValidations.add(range, {
      ...rule,
      formulae: [...rule.formulae],
      allowBlank: true,
      showInputMessage: true,
      showErrorMessage: true,
      errorStyle: 'stop',
    });
  }

  /** Locks all but unlocked cells. No password: it guards against slips, the seal against the rest. */
  protect(): void {
    const sheet = this.#sheet as unknown as { sheetProtection: object };
    sheet.sheetProtection = {
      sheet: true,
      objects: false,
      scenarios: false,
      formatColumns: true,
      formatRows: true,
      autoFilter: true,
      sort: true,
    };
  }
}

function styleOf(look: Look): Partial<ExcelJS.Style> {
  return {
    font: {
      name: look.font ?? body.name,
      size: look.size ?? body.size,
      bold: look.bold ?? false,
      italic: look.italic ?? false,
      underline: look.underline ?? false,
      color: { argb: `FF${look.ink ?? '1F2933'}` },
    },
    alignment: {
      vertical: look.down ?? 'top',
      wrapText: look.wrap ?? false,
      ...(look.across ? { horizontal: look.across } : {}),
      ...(look.indent ? { indent: look.indent } : {}),
    },
    protection: { locked: !look.unlocked },
    ...(look.format ? { numFmt: look.format } : {}),
    ...(look.fill
      ? { fill: { type: 'pattern', pattern: 'solid', fgColor: { argb: `FF${look.fill}` } } }
      : {}),
    ...borderOf(look.rule),
  };
}

function borderOf(rule: Look['rule']): Partial<ExcelJS.Style> {
  if (!rule || rule === 'none') return {};
  const line = (style: ExcelJS.BorderStyle, argb: string) => ({ style, color: { argb } });
  if (rule === 'box') {
    const side = line('thin', 'FFB9A95A');
    return { border: { top: side, left: side, bottom: side, right: side } };
  }
  return { border: { bottom: rule === 'thin' ? line('thin', 'FF1F3A4D') : line('thin', 'FFDDE3E8') } };
}

/** `&` has a meaning in a footer; so has a number straight after a size. */
function footerText(text: string): string {
  return ` ${cellText(text).replaceAll('&', '&&')}`;
}

/** `'Données'` as a formula names a sheet. */
export function sheetReference(name: string): string {
  return `'${name.replaceAll("'", "''")}'`;
}

/** Letters of the columns asked for so far, by number: each cell of a sheet asks. */
const letters: string[] = [];

/** 1 is A, 27 is AA. */
export function columnLetter(column: number): string {
  const known = letters[column];
  if (known !== undefined) return known;
  let found = '';
  for (let n = column; n > 0; n = Math.floor((n - 1) / 26))
    found = String.fromCharCode(65 + ((n - 1) % 26)) + found;
  letters[column] = found;
  return found;
}

import { Decimal } from 'decimal.js';
import ExcelJS from 'exceljs';
import { Fault } from '../../fault.ts';
import { cellText } from './cell-text.ts';
import { packWorkbook } from './pack.ts';

/**
 * The only door to the spreadsheet library: everything that the sheets ask of it, in their words.
 * Another writer can replace it without touching a sheet.
 */

/** What a cell holds. Decimal text becomes a number here and nowhere else, at 15 significant digits. */
export type Content =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly value: string | number }
  /** `result` is what a reader sees before any recalculation; a Decimal text when `numeric` */
  | { readonly kind: 'formula'; readonly formula: string; readonly result: string; readonly numeric: boolean }
  /** `to` is a place of this workbook: `'Mesures'!A12` */
  | { readonly kind: 'link'; readonly text: string; readonly to: string }
  /** an ISO day */
  | { readonly kind: 'day'; readonly day: string }
  | { readonly kind: 'empty' };

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
}

export interface Properties {
  readonly title: string;
  readonly subject: string;
  readonly author: string;
  /** ISO day given as the date of creation and of modification */
  readonly day: string;
}

const lastRow = 1_048_576;
const body = { name: 'Arial', size: 9 };

export class WorkbookFile {
  readonly #book = new ExcelJS.Workbook();
  readonly #day: string;
  /** what each image says to who does not see it, in the order in which they were placed */
  readonly #alternatives: string[] = [];

  constructor(properties: Properties) {
    const moment = new Date(`${properties.day}T00:00:00Z`);
    this.#day = properties.day;
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

  sheet(options: SheetOptions): SheetFile {
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
        paperSize: 9,
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
    return new SheetFile(sheet, options.name, (png, alternative) => {
      this.#alternatives.push(alternative);
      // the library's types know an older Buffer than Node's
      return this.#book.addImage({ buffer: Buffer.from(png) as unknown as ExcelJS.Buffer, extension: 'png' });
    });
  }

  /** Names a range of the workbook: `fig_energy.total_GROUP_quarter`. */
  name(name: string, sheet: string, range: string): void {
    const absolute = range.replace(/([A-Z]+)(\d+)/g, '$$$1$$$2');
    this.#book.definedNames.add(`${sheetReference(sheet)}!${absolute}`, name);
  }

  /** The bytes of the file: the same content gives the same bytes. */
  async bytes(): Promise<Uint8Array> {
    const written = await this.#book.xlsx.writeBuffer({ useStyles: true, useSharedStrings: true });
    return packWorkbook(new Uint8Array(written as ArrayBuffer), this.#day, this.#alternatives);
  }
}

export class SheetFile {
  readonly #sheet: ExcelJS.Worksheet;
  readonly #styles = new Map<string, Partial<ExcelJS.Style>>();
  #nextPriority = 1;

  constructor(
    sheet: ExcelJS.Worksheet,
    readonly name: string,
    /** registers an image, and gives the number by which the library knows it */
    private readonly image: (png: Uint8Array, alternative: string) => number,
  ) {
    this.#sheet = sheet;
  }

  put(row: number, column: number, content: Content, look: Look = {}): void {
    if (row > lastRow) {
      throw new Fault(
        'XLS-002',
        `Sheet ${this.name} would need more than ${lastRow} rows.`,
        'Lower the number of rows shown; figures.csv and quarantine.csv hold them all.',
      );
    }
    const cell = this.#sheet.getCell(row, column);
    const value = cellValue(content);
    if (value !== null) cell.value = value;
    cell.style = this.#style(look);
  }

  /** An image at its size in pixels, from the corner of a cell. The images of a book stand on one sheet. */
  picture(
    row: number,
    column: number,
    { png, width, height }: { readonly png: Uint8Array; readonly width: number; readonly height: number },
    alternative: string,
  ): void {
    this.#sheet.addImage(this.image(png, alternative), {
      tl: { col: column - 1, row: row - 1 },
      ext: { width, height },
    });
  }

  merge(row: number, from: number, to: number): void {
    if (to > from) this.#sheet.mergeCells(row, from, row, to);
  }

  height(row: number, points: number): void {
    this.#sheet.getRow(row).height = points;
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

  #style(look: Look): Partial<ExcelJS.Style> {
    const key = JSON.stringify(look);
    const known = this.#styles.get(key);
    if (known) return known;
    const style: Partial<ExcelJS.Style> = {
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
    this.#styles.set(key, style);
    return style;
  }
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

function cellValue(content: Content): ExcelJS.CellValue {
  switch (content.kind) {
    case 'text':
      return content.text === '' ? null : cellText(content.text);
    case 'number':
      return numberOf(content.value);
    case 'formula':
      return {
        formula: content.formula,
        result: content.numeric ? numberOf(content.result) : cellText(content.result),
      };
    case 'link':
      return { text: cellText(content.text), hyperlink: content.to };
    case 'day':
      return dayOf(content.day) ?? cellText(content.day);
    case 'empty':
      return null;
  }
}

/** The double nearest to a decimal text, at the 15 digits that a spreadsheet keeps. */
export function numberOf(value: string | number): number {
  return new Decimal(String(value)).toSignificantDigits(15).toNumber();
}

/** A day that both calendars of Excel count alike; others stay text. */
function dayOf(day: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || day < '1904-01-02') return null;
  const moment = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(moment.getTime()) ? null : moment;
}

/** `&` has a meaning in a footer; so has a number straight after a size. */
function footerText(text: string): string {
  return ` ${cellText(text).replaceAll('&', '&&')}`;
}

/** `'Données'` as a formula names a sheet. */
export function sheetReference(name: string): string {
  return `'${name.replaceAll("'", "''")}'`;
}

/** 1 is A, 27 is AA. */
export function columnLetter(column: number): string {
  let letters = '';
  for (let n = column; n > 0; n = Math.floor((n - 1) / 26))
    letters = String.fromCharCode(65 + ((n - 1) % 26)) + letters;
  return letters;
}

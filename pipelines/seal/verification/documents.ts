import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure, MeasureValue } from '../../indicators/figure.ts';
import type { FigureMethods } from '../../indicators/figure-methods.ts';
import { templatesFolder } from '../../places.ts';
import { printable } from '../../report/board/board.ts';
import { pagesOfPdf } from '../../report/board/pdf-text.ts';
import { bareText, printedPieces } from '../../report/board/printed-text.ts';
import type { ReportContent } from '../../report/content.ts';
import { gatherContributions, gatherFactors, gatherQuarantine, methodsOf } from '../../report/gather.ts';
import { type Presentation, readPresentation } from '../../report/presentation.ts';
import { columnLetter } from '../../report/workbook/excel.ts';
import { writeWorkbook } from '../../report/workbook/workbook.ts';
import { readSheets, type Sheets } from '../../review/read-sheets.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import type { RunRecord } from '../record-run.ts';
import type { Defined } from './definition.ts';
import type { Findings } from './report.ts';

/**
 * What the documents were made from, as the database holds it, against what was computed again: figures,
 * measures, contributing rows, factors, quarantine and both sides of every reconciliation.
 */
export async function checkContent(
  again: Warehouse,
  content: ReportContent,
  record: RunRecord,
  computed: {
    readonly figures: readonly Figure[];
    readonly methods: FigureMethods;
    readonly measures: readonly MeasureValue[];
  },
  findings: Findings,
): Promise<void> {
  const differ = (what: string) => findings.differs('figures', 'result.content', 'content', { what });
  const figureKey = (one: Figure) => `${one.indicator}:${one.entity}:${one.period}:${one.basis}`;
  const measureKey = (one: MeasureValue) => `${one.measure}:${one.entity}:${one.period}:${one.basis}`;
  for (const one of unlike(content.figures, computed.figures, figureKey)) differ(one);
  const methods = methodsOf(computed.figures, computed.methods, record.period);
  for (const one of unlike(
    Object.entries(content.methods),
    Object.entries(methods),
    ([key]) => `method ${key}`,
  ))
    differ(one);
  for (const one of unlike(content.measures, computed.measures, measureKey)) differ(one);
  for (const kind of ['measures', 'indicators', 'reconciliations'] as const) {
    const declared: readonly { readonly id: string }[] = record.catalogue[kind];
    for (const one of unlike(content.catalogue[kind], declared, ({ id }) => id)) differ(one);
  }
  const contributions = await gatherContributions(
    again,
    record.catalogue,
    record.windows,
    record.period,
    `out/${record.period}/${record.run}`,
  );
  for (const one of unlike(content.contributions, contributions, ({ measure }) => measure))
    differ(`contributions ${one}`);
  for (const one of unlike(content.factors, await gatherFactors(again, record.language), ({ id }) => id))
    differ(`factor ${one}`);
  const rowKey = (one: { extract: string; row: number; column: string; rule: string }) =>
    `${one.extract}, ${one.row}, ${one.column}, ${one.rule}`;
  for (const one of unlike(content.quarantine, await gatherQuarantine(again), rowKey))
    differ(`quarantine ${one}`);
}

/** `findings.json` says what the documents show; a published one says what the review decided too. */
export async function checkFindings(
  folder: string,
  content: ReportContent,
  findings: Findings,
): Promise<void> {
  const told = await readFile(join(folder, 'findings.json'), 'utf8').catch(() => undefined);
  if (told !== undefined && told !== `${JSON.stringify(content.findings, null, 2)}\n`)
    findings.differs('figures', 'findings.json', 'findings');
}

/** Keys of what only one list has, or that the two lists do not tell alike. */
function unlike<Item>(a: readonly Item[], b: readonly Item[], key: (item: Item) => string): string[] {
  const left = new Map(a.map((item) => [key(item), JSON.stringify(item)]));
  const right = new Map(b.map((item) => [key(item), JSON.stringify(item)]));
  return [...new Set([...left.keys(), ...right.keys()])].filter((one) => left.get(one) !== right.get(one));
}

/** Writes the review workbook again and compares it with the sealed one: every cell, every formula. */
export async function checkWorkbook(
  folder: string,
  content: ReportContent,
  findings: Findings,
): Promise<void> {
  const sealed = await readFile(join(folder, 'review.xlsx')).catch(() => undefined);
  if (!sealed) return;
  const scratch = await mkdtemp(join(tmpdir(), 'concordance-verify-'));
  try {
    const file = join(scratch, 'review.xlsx');
    await writeWorkbook(content, templatesFolder, file);
    const again = await readFile(file);
    const expected = readSheets(again, 'review.xlsx');
    findings.checked.cells = numbersOf(expected);
    if (again.equals(sealed)) return;
    let found: Sheets;
    try {
      found = readSheets(sealed, 'review.xlsx');
    } catch (error) {
      findings.differs('workbook', 'review.xlsx', 'unreadable', {
        message: (error as Error).message.split('\n')[0] ?? '',
      });
      return;
    }
    if (compareSheets(expected, found, findings) === 0)
      findings.differs('workbook', 'review.xlsx', 'workbook_bytes');
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function numbersOf({ sheets }: Sheets): number {
  return sheets.reduce(
    (sum, sheet) =>
      sum +
      [...sheet.rows.values()].reduce(
        (n, cells) => n + [...cells.values()].filter((cell) => typeof cell.value === 'number').length,
        0,
      ),
    0,
  );
}

function compareSheets(expected: Sheets, found: Sheets, findings: Findings): number {
  let differences = 0;
  const shown = (value: unknown) => (value === null || value === undefined ? '–' : String(value));
  for (const sheet of expected.sheets) {
    const other = found.sheets.find((one) => one.name === sheet.name);
    if (!other) {
      findings.differs('workbook', `review.xlsx, ${sheet.name}`, 'sheet_gone');
      differences += 1;
      continue;
    }
    const rows = [...new Set([...sheet.rows.keys(), ...other.rows.keys()])].sort((a, b) => a - b);
    for (const row of rows) {
      const [a, b] = [sheet.rows.get(row), other.rows.get(row)];
      for (const column of [...new Set([...(a?.keys() ?? []), ...(b?.keys() ?? [])])].sort((x, y) => x - y)) {
        const [was, is] = [a?.get(column), b?.get(column)];
        const place = `review.xlsx, ${sheet.name}!${columnLetter(column)}${row}`;
        if ((was?.value ?? null) !== (is?.value ?? null)) {
          differences += 1;
          findings.differs('workbook', place, 'workbook_cell', {
            found: shown(is?.value),
            expected: shown(was?.value),
          });
        } else if (was?.formula !== is?.formula) {
          differences += 1;
          findings.differs('workbook', place, 'workbook_formula', {
            found: shown(is?.formula),
            expected: shown(was?.formula),
          });
        }
      }
    }
  }
  for (const { name } of found.sheets) {
    if (expected.sheets.some((one) => one.name === name)) continue;
    differences += 1;
    findings.differs('workbook', `review.xlsx, ${name}`, 'sheet_added');
  }
  return differences;
}

/**
 * Typesets the board report again and compares: `board.html` to the byte; the PDF by its text, which another
 * program reads: every piece of text with a number must be printed, and no other number may be.
 *
 * Limits: what a number looks like (size, colour, place on the page) is not read, nor are the shapes of
 * charts and their labels; in a report with charts, every number of its tables and text must be printed, but that
 * no other number is printed is not looked for. A report with templates of the group's own cannot be typeset again.
 */
export async function checkBoard(
  folder: string,
  content: ReportContent,
  defined: Defined | undefined,
  findings: Findings,
): Promise<void> {
  const pdf = await readFile(join(folder, 'board.pdf')).catch(() => undefined);
  if (!pdf) return;
  const presentation = await ownPresentation(defined);
  if (!presentation) {
    findings.note('own_templates');
    return;
  }
  let pages: string[];
  try {
    pages = await pagesOfPdf(new Uint8Array(pdf));
  } catch (error) {
    findings.differs('board', 'board.pdf', 'unreadable', {
      message: (error as Error).message.split('\n')[0] ?? '',
    });
    return;
  }
  let best: (Comparison & { readonly page: string }) | undefined;
  for await (const { printed, page } of printable(content, templatesFolder, presentation, pdf)) {
    const one = compareText(printed, pages);
    if (!best || one.lost.length + one.strange.length < best.lost.length + best.strange.length)
      best = { ...one, page };
    if (best.lost.length + best.strange.length === 0) break;
  }
  if (!best) return;
  for (const text of best.lost) findings.differs('board', 'board.pdf', 'board_piece', { text });
  for (const { page, text } of best.strange)
    findings.differs('board', `board.pdf, p. ${page}`, 'board_number', { text });
  if (best.charted) findings.note('charts');
  findings.checked.printed = best.numbers;
  const html = await readFile(join(folder, 'board.html'), 'utf8').catch(() => undefined);
  // logo and fonts are not in the package: a page that carries them cannot be made again to the byte
  const plain = presentation.logo === null && !defined?.project.configuration.report.font;
  if (html !== undefined && plain && html !== best.page) comparePages(best.page, html, findings);
}

interface Comparison {
  readonly numbers: number;
  /** pieces that are not printed */
  readonly lost: readonly string[];
  /** the report has charts with numbers: numbers that nothing makes are not looked for */
  readonly charted: boolean;
  /** numbers that no piece accounts for */
  readonly strange: readonly { readonly page: number; readonly text: string }[];
}

/** Takes each piece out of the printed text, the longest first; what numbers remain are strange. */
function compareText(html: string, pages: readonly string[]): Comparison {
  const bare = pages.map(bareText);
  const all = bare.join('');
  const taken = new Uint8Array(all.length);
  const written = printedPieces(html).filter((piece) => /\d/.test(piece.bare));
  const pieces = written.filter((piece) => !piece.drawn);
  const charted = pieces.length < written.length;
  const lost: string[] = [];
  const order = pieces.map((_, i) => i).sort((a, b) => lengthOf(b) - lengthOf(a) || a - b);
  function lengthOf(i: number): number {
    return pieces[i]?.bare.length ?? 0;
  }
  for (const i of order) {
    const { text, bare: wanted } = pieces[i] as (typeof pieces)[number];
    let at = all.indexOf(wanted);
    while (at >= 0 && taken.subarray(at, at + wanted.length).some(Boolean)) at = all.indexOf(wanted, at + 1);
    if (at < 0) lost.push(text);
    else taken.fill(1, at, at + wanted.length);
  }
  for (const { bare: wanted } of pieces.filter((piece) => piece.repeats)) {
    for (let at = all.indexOf(wanted); at >= 0; at = all.indexOf(wanted, at + wanted.length))
      taken.fill(1, at, at + wanted.length);
  }
  // the small 2 of CO2 is painted apart from its word
  let small = [...html.matchAll(/<su[bp]\b[^>]*>\s*\d\s*<\/su[bp]>/g)].length;
  const strange: { page: number; text: string }[] = [];
  let start = 0;
  bare.forEach((text, page) => {
    for (const found of text.matchAll(/\d+(?:[.,]\d+)*/g)) {
      const at = start + found.index;
      if (taken.subarray(at, at + found[0].length).every(Boolean)) continue;
      const left = [...found[0]].filter((_, i) => !taken[at + i]).join('');
      if (/^\d+$/.test(left) && small >= left.length && left.split('').every((digit) => digit === '2')) {
        small -= left.length;
        continue;
      }
      strange.push({ page: page + 1, text: left });
    }
    start += text.length;
  });
  return {
    numbers: pieces.reduce((n, { bare: one }) => n + numbersIn(one), 0),
    lost,
    // a chart paints its labels and their halos apart, so that what else is printed cannot be told from them
    strange: charted ? [] : strange,
    charted,
  };
}

const numbersIn = (text: string) => [...text.matchAll(/\d+(?:[.,]\d+)*/g)].length;

function comparePages(expected: string, found: string, findings: Findings): void {
  const [was, is] = [printedPieces(expected), printedPieces(found)];
  const have = new Set(is.map((one) => one.text));
  const want = new Set(was.map((one) => one.text));
  const lost = was.filter((one) => !have.has(one.text));
  const strange = is.filter((one) => !want.has(one.text));
  for (const { text } of lost) findings.differs('board', 'board.html', 'board_piece', { text });
  for (const { text } of strange) findings.differs('board', 'board.html', 'board_number', { text });
  if (lost.length + strange.length === 0) findings.differs('board', 'board.html', 'page_bytes');
}

/** The look of the group, without the files that the package does not hold; undefined when templates are among them. */
async function ownPresentation(defined: Defined | undefined): Promise<Presentation | undefined> {
  if (!defined) return undefined;
  const { configuration } = defined.project;
  const { logo: _logo, font: _font, templates, ...report } = configuration.report;
  if (templates || report.sections.some((section) => typeof section !== 'string')) return undefined;
  return readPresentation({ ...defined.project, configuration: { ...configuration, report } });
}

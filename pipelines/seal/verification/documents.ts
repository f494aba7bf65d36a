import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure, MeasureValue } from '../../indicators/figure.ts';
import type { FigureMethods } from '../../indicators/figure-methods.ts';
import { templatesFolder } from '../../places.ts';
import { printable } from '../../report/board/board.ts';
import { type PaintedText, pagesOfPdf } from '../../report/board/pdf-text.ts';
import { bareText, printedPieces } from '../../report/board/printed-text.ts';
import type { ReportContent } from '../../report/content.ts';
import {
  gatherContributions,
  gatherFactors,
  gatherOrigins,
  gatherQuarantine,
  methodsOf,
} from '../../report/gather.ts';
import { type Presentation, readPresentation } from '../../report/presentation.ts';
import { columnLetter } from '../../report/workbook/excel.ts';
import { writeWorkbook } from '../../report/workbook/workbook.ts';
import { readSheets, type Sheets } from '../../review/read-sheets.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import type { RunRecord } from '../record-run.ts';
import type { Defined } from './definition.ts';
import { foreignParts, standsInHeads } from './pdf-parts.ts';
import type { Findings } from './report.ts';
import { unlike } from './unlike.ts';
import { sameBeyondImages } from './workbook-parts.ts';

/**
 * What the documents were made from, as the database holds it, against what was computed again: figures,
 * measures, contributing rows, factors, quarantine and both sides of every reconciliation.
 */
export async function checkContent(
  again: Warehouse,
  content: ReportContent,
  record: RunRecord,
  sameProgram: boolean,
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
  // another version chooses and shows rows and extracts otherwise
  if (sameProgram) {
    const contributions = await gatherContributions(
      again,
      record.catalogue,
      record.windows,
      record.period,
      `out/${record.period}/${record.run}`,
      computed.measures,
      content.run.suppressionThreshold,
    );
    for (const one of unlike(content.contributions, contributions, ({ measure }) => measure))
      differ(`contributions ${one}`);
    const origins = await gatherOrigins(
      again,
      record.catalogue,
      record.windows,
      record.period,
      computed.measures,
    );
    const originKey = (one: (typeof origins)[number]) =>
      `extracts of ${one.measure}:${one.entity}:${one.period}:${one.basis}`;
    for (const one of unlike(content.origins, origins, originKey)) differ(one);
  }
  for (const one of unlike(content.factors, await gatherFactors(again, record.language), ({ id }) => id))
    differ(`factor ${one}`);
  const rowKey = (one: { extract: string; row: number; column: string; rule: string }) =>
    `${one.extract}, ${one.row}, ${one.column}, ${one.rule}`;
  for (const one of unlike(content.quarantine, await gatherQuarantine(again, record.language), rowKey))
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

/**
 * Writes the review workbook again and compares it with the sealed one: every cell, every formula, then every part of
 * the file but the images of its charts, which are under the hash of the file alone.
 */
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
    if (compareSheets(expected, found, findings) === 0 && !sameBeyondImages(again, sealed))
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
 * program reads: every piece of text must be printed, and no number that nothing makes may be.
 *
 * Labels of charts are told from other numbers by their text and place: each is painted as often as it is drawn.
 *
 * Limits: what a number looks like (size, colour, place on the page) is not read, nor are the shapes of
 * charts. A report with templates of the group's own cannot be typeset again.
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
  let pages: PaintedText[][];
  try {
    pages = await pagesOfPdf(new Uint8Array(pdf));
  } catch (error) {
    findings.differs('board', 'board.pdf', 'unreadable', {
      message: (error as Error).message.split('\n')[0] ?? '',
    });
    return;
  }
  let best: (Comparison & { readonly page: string; readonly printed: string }) | undefined;
  for await (const { printed, page } of printable(content, templatesFolder, presentation, pdf)) {
    const one = compareText(printed, pages);
    if (!best || apart(one) < apart(best)) best = { ...one, page, printed };
    if (apart(best) === 0) break;
  }
  if (!best) return;
  for (const text of best.lost) findings.differs('board', 'board.pdf', 'board_piece', { text });
  for (const { page, text } of best.strange)
    findings.differs('board', `board.pdf, p. ${page}`, 'board_number', { text });
  for (const text of best.unpainted) findings.differs('board', 'board.pdf', 'board_label', { text });
  for (const { page, text } of strangeHeads(best.printed, await pagesOfPdf(new Uint8Array(pdf), 'margins')))
    findings.differs('board', `board.pdf, p. ${page}`, 'board_number', { text });
  for (const { page, name } of await foreignParts(pdf, best.page))
    findings.differs('board', page === 0 ? 'board.pdf' : `board.pdf, p. ${page}`, 'board_foreign', { name });
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
  /** labels of charts, without spaces, that are painted less often than they are drawn */
  readonly unpainted: readonly string[];
  /** numbers and words that no piece accounts for */
  readonly strange: readonly { readonly page: number; readonly text: string }[];
}

/**
 * Takes each piece out of the printed text, the longest first, then each label of a chart, as often as it is
 * drawn; what numbers remain are strange.
 */
function compareText(html: string, pages: readonly (readonly PaintedText[])[]): Comparison {
  const items = pages.map((painted) => painted.map((one) => bareText(one.text)));
  const bare = items.map((texts) => texts.join(''));
  const all = bare.join('');
  const taken = new Uint8Array(all.length);
  const written = printedPieces(html).filter((piece) => /\d/.test(piece.bare));
  const pieces = written.filter((piece) => piece.drawn === null);
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
  lost.push(...unprinted(html, all));
  for (const { bare: wanted } of pieces.filter((piece) => piece.repeats)) {
    for (let at = all.indexOf(wanted); at >= 0; at = all.indexOf(wanted, at + wanted.length))
      taken.fill(1, at, at + wanted.length);
  }
  const labels = labelsOf(written);
  let offset = 0;
  pages.forEach((painted, page) => {
    const texts = items[page] as string[];
    const over = paintedOver(painted);
    for (const group of together(painted, texts, over)) {
      const places = group.parts.map(([from, to]) => [offset + from, offset + to] as const);
      const left = labels.get(group.bare) ?? 0;
      if (left === 0 || places.some(([from, to]) => taken.subarray(from, to).some(Boolean))) continue;
      labels.set(group.bare, left - 1);
      for (const [from, to] of places) taken.fill(1, from, to);
    }
    texts.forEach((text, i) => {
      // painted over itself it shows nothing more: a halo, then the letters
      if (over.has(i) || (/^\d$/.test(text) && isLowered(painted[i] as PaintedText, painted)))
        taken.fill(1, offset, offset + text.length);
      offset += text.length;
    });
  });
  const strange = strangeWords(html, pages);
  let start = 0;
  bare.forEach((text, page) => {
    for (const found of text.matchAll(/\d+(?:[.,]\d+)*/g)) {
      const at = start + found.index;
      if (taken.subarray(at, at + found[0].length).every(Boolean)) continue;
      const left = [...found[0]].filter((_, i) => !taken[at + i]).join('');
      strange.push({ page: page + 1, text: left });
    }
    start += text.length;
  });
  return {
    numbers: pieces.reduce((n, { bare: one }) => n + numbersIn(one), 0),
    lost,
    unpainted: [...labels].flatMap(([label, left]) => (left > 0 ? [label] : [])),
    strange,
  };
}

/**
 * Pieces without a number that are not printed; of a row whose words hide behind marks, each word is looked for.
 *
 * @param all text of the whole print, see `bareText`
 */
export function unprinted(html: string, all: string): string[] {
  return printedPieces(html).flatMap(({ text, bare }) => {
    if (/\d/.test(bare) || all.includes(bare)) return [];
    const words = text.split(/[^\p{L}]+/u).map(bareText);
    return words.some((word) => word.length > 3 && !all.includes(word)) ? [text] : [];
  });
}

/** Runs of words on a page of the print that no piece holds: words that were added. */
export function strangeWords(
  html: string,
  pages: readonly (readonly Pick<PaintedText, 'text'>[])[],
): { page: number; text: string }[] {
  const all = printedPieces(html)
    .map((piece) => piece.bare)
    .join('');
  return pages.flatMap((painted, page) =>
    painted
      .filter(({ text }) => /\p{L}{3}/u.test(text) && !/\d/.test(text) && !all.includes(bareText(text)))
      .map(({ text }) => ({ page: page + 1, text })),
  );
}

/** What stands in the margins of a page and is neither a running head nor the page's number. */
function strangeHeads(
  html: string,
  pages: readonly (readonly PaintedText[])[],
): { page: number; text: string }[] {
  const isHead = standsInHeads(html);
  const numbers = (page: number) => [String(page + 1), String(pages.length)];
  return pages.flatMap((painted, page) =>
    painted
      .map(({ text }) => bareText(text))
      .filter((text) => text !== '' && !isHead(text) && !numbers(page).includes(text))
      .map((text) => ({ page: page + 1, text })),
  );
}

/** How often each label of a chart is to be seen: those of one text and place are painted over each other. */
function labelsOf(pieces: ReturnType<typeof printedPieces>): Map<string, number> {
  const places = new Map<string, Set<string>>();
  for (const { bare, drawn } of pieces)
    if (drawn !== null) places.set(bare, (places.get(bare) ?? new Set<string>()).add(drawn));
  return new Map([...places].map(([bare, own]) => [bare, own.size]));
}

/** Whether a digit is smaller than a word that it ends: the 2 of CO2. */
const isLowered = (digit: PaintedText, painted: readonly PaintedText[]) =>
  painted.some(
    (word) =>
      word.size > 1.2 * digit.size &&
      /\p{L}$/u.test(word.text) &&
      Math.hypot(word.to[0] - digit.from[0], word.to[1] - digit.from[1]) < 0.6 * word.size,
  );

/** Places of the runs that were painted before, at the same point of the page. */
function paintedOver(painted: readonly PaintedText[]): ReadonlySet<number> {
  const seen = new Set<string>();
  return new Set(
    painted.flatMap((one, i) => {
      const key = `${one.text} ${one.from.map((x) => Math.round(x * 10)).join(' ')}`;
      if (seen.has(key)) return [i];
      seen.add(key);
      return [];
    }),
  );
}

interface Group {
  readonly bare: string;
  /** where its parts stand in the bare text of the page */
  readonly parts: readonly (readonly [number, number])[];
}

/** Runs of text that follow each other on one line as one word or number would: `28` and `000`, `MWh`. */
function together(
  painted: readonly PaintedText[],
  bare: readonly string[],
  without: ReadonlySet<number>,
): Group[] {
  const groups: Group[] = [];
  let end: readonly [number, number] | undefined;
  let from = 0;
  painted.forEach((one, i) => {
    const text = bare[i] as string;
    const to = from + text.length;
    // the room between two labels may be read as a space as wide
    if (text !== '' && !without.has(i)) {
      const last = groups.at(-1);
      const near = end && Math.hypot(one.from[0] - end[0], one.from[1] - end[1]) < 0.6 * one.size;
      // the small 2 of CO2 may be painted apart from its word: it is no label
      const apart = !near && /^\d$/.test(text) && isLowered(one, painted);
      if (last && near)
        groups[groups.length - 1] = { bare: last.bare + text, parts: [...last.parts, [from, to]] };
      else if (!apart) groups.push({ bare: text, parts: [[from, to]] });
      end = apart ? undefined : one.to;
    }
    from = to;
  });
  return groups;
}

const apart = ({ lost, unpainted, strange }: Comparison) => lost.length + unpainted.length + strange.length;

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
export async function ownPresentation(defined: Defined | undefined): Promise<Presentation | undefined> {
  if (!defined) return undefined;
  const { configuration } = defined.project;
  const { logo: _logo, font: _font, templates, ...report } = configuration.report;
  if (templates || report.sections.some((section) => typeof section !== 'string')) return undefined;
  return readPresentation({ ...defined.project, configuration: { ...configuration, report } });
}

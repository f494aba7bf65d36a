import { Decimal } from 'decimal.js';
import type { Evidence } from '../collect/evidence.ts';
import { typography } from '../language/typography.ts';
import { type Language, wording } from '../language/wording.ts';
import type { Document } from './decision.ts';
import { fileNameIn, namedDocument } from './named-document.ts';
import { addressOf, type Sheet, type SheetCell, type Sheets } from './read-sheets.ts';
import { type Choice, choices, type Resolution } from './resolution.ts';

/** What a reviewer wrote on one figure, checked by itself. */
export interface FormDecision {
  readonly figure: string;
  /** sheet and cell of the decision, for messages */
  readonly at: string;
  readonly decision: 'approve' | 'reject' | 'override' | 'question' | null;
  /** decimal text; null unless the decision is an override */
  readonly value: string | null;
  readonly reason: string | null;
  readonly evidence: string | null;
  /** the delivered file that the evidence names */
  readonly document?: Document | undefined;
  readonly by: string;
  readonly on: string;
  readonly comment: string | null;
}

export interface FormExplanation {
  readonly reconciliation: string;
  readonly at: string;
  readonly text: string;
  readonly by: string;
  readonly on: string;
}

export interface Form {
  readonly decisions: readonly FormDecision[];
  readonly explanations: readonly FormExplanation[];
  readonly resolutions: readonly Resolution[];
  /** everything that is wrong with it, each with its sheet and cell */
  readonly mistakes: readonly string[];
}

/** Ids that the form may speak of, and what the days must lie between. */
export interface FormScope {
  readonly figures: ReadonlySet<string>;
  readonly reconciliations: ReadonlySet<string>;
  /** objectives, actions and the arbitration, as {@link Resolution.subject} */
  readonly subjects: ReadonlySet<string>;
  /** figures that are hidden to protect a small group: an override would show them */
  readonly suppressed: ReadonlySet<string>;
  /** documents that were delivered; undefined where the group keeps no folder of them */
  readonly evidence?: readonly Evidence[] | undefined;
  readonly firstDay: string;
  readonly lastDay: string;
}

export const shortestReason = 10;

/** The names of the sheets, of their columns and of the decisions, as the run's language writes them. */
export interface FormWords {
  readonly review: SheetWords;
  readonly reconciliations: SheetWords;
  readonly resolutions: SheetWords;
  /** decision by what a reviewer may write for it, in either language, lower case */
  readonly decisions: ReadonlyMap<string, NonNullable<FormDecision['decision']>>;
  /** the same for resolutions */
  readonly choices: ReadonlyMap<string, Choice>;
  readonly language: Language;
}

interface SheetWords {
  readonly name: string;
  heading(column: string): string;
}

export async function formWords(language: Language): Promise<FormWords> {
  const say = await wording(language, 'workbook');
  const other = await wording(language === 'fr' ? 'en' : 'fr', 'workbook');
  const sheet = (key: string): SheetWords => ({
    name: typography(say(`sheets.${key}.name`), language),
    heading: (column) => typography(say(`sheets.${key}.columns.${column}`), language),
  });
  const known = <Code extends string>(codes: readonly Code[], list: string) =>
    new Map(
      codes.flatMap((code) =>
        [code, other(`${list}.${code}`), say(`${list}.${code}`)].map((word) => [fold(word), code] as const),
      ),
    );
  return {
    review: sheet('review'),
    reconciliations: sheet('reconciliations'),
    resolutions: sheet('resolutions'),
    decisions: known(['approve', 'reject', 'override', 'question'], 'review.decisions'),
    choices: known(choices, 'resolutions.choices'),
    language,
  };
}

/** Reads decisions by the id in their row, wherever row and column have moved. */
export function readForm(book: Sheets, words: FormWords, scope: FormScope): Form {
  const mistakes: string[] = [];
  const decisions: FormDecision[] = [];
  const explanations: FormExplanation[] = [];

  const columns = ['decision', 'override', 'reason', 'evidence', 'reviewer', 'date', 'comment'] as const;
  for (const row of tableRows(book, words.review, columns, scope.figures, mistakes)) {
    const decision = readDecision(row, book, words, scope, mistakes);
    if (decision) decisions.push(decision);
  }
  const explained = ['explanation', 'reviewer', 'date'] as const;
  for (const row of tableRows(book, words.reconciliations, explained, scope.reconciliations, mistakes)) {
    const text = row.text('explanation');
    if (text === null) continue;
    if (text.length < shortestReason)
      mistakes.push(`${row.at('explanation')}: "${text}" is too short for an explanation (10 characters)`);
    const { by, on } = whoAndWhen(row, book, scope, mistakes);
    explanations.push({ reconciliation: row.id, at: row.at('explanation'), text, by, on });
  }
  const resolutions = tableRows(book, words.resolutions, resolutionColumns, scope.subjects, mistakes).flatMap(
    (row) => readResolution(row, book, words, scope, mistakes) ?? [],
  );
  return { decisions, explanations, resolutions, mistakes };
}

const resolutionColumns = ['decision', 'responsible', 'due', 'reason', 'reviewer', 'date'] as const;

/** What is accepted has somebody who sees to it and a day; what is put off a day and a reason; what is refused a reason. */
function readResolution(
  row: Row<(typeof resolutionColumns)[number]>,
  book: Sheets,
  words: FormWords,
  scope: FormScope,
  mistakes: string[],
): Resolution | undefined {
  const written = row.text('decision');
  const [owner, reason] = [row.text('responsible'), row.text('reason')];
  if (written === null) {
    const stray = resolutionColumns.find((name) => row.text(name) !== null);
    if (stray !== undefined)
      mistakes.push(`${row.at('decision')}: empty, though ${row.at(stray)} says "${row.text(stray)}"`);
    return undefined;
  }
  const decision = words.choices.get(fold(written));
  if (decision === undefined) {
    const names = [...words.choices.keys()].join(', ');
    mistakes.push(`${row.at('decision')}: "${written}" is no decision; expected one of ${names}`);
    return undefined;
  }
  if (decision === 'accept' && (owner ?? '').length < 2)
    mistakes.push(`${row.at('responsible')}: "${owner ?? ''}"; "${written}" needs who sees to it`);
  if (decision !== 'accept' && (reason ?? '').length < shortestReason)
    mistakes.push(`${row.at('reason')}: "${reason ?? ''}"; "${written}" needs a reason of 10 characters`);
  const { by, on } = whoAndWhen(row, book, scope, mistakes);
  const due = row.text('due') === null ? null : dayOf(row.cell('due'), book.date1904);
  if (row.text('due') === null ? decision !== 'refuse' : due === null)
    mistakes.push(
      `${row.at('due')}: "${row.text('due') ?? ''}" is not a day; "${written}" needs one, as 31/12/2026 or 2026-12-31`,
    );
  if (due !== null && on !== '' && due < on)
    mistakes.push(`${row.at('due')}: ${due} lies before the decision (${on})`);
  return { subject: row.id, decision, owner, due, reason, by, on };
}

interface Row<Column extends string> {
  readonly id: string;
  cell(column: Column): SheetCell['value'];
  text(column: Column): string | null;
  /** `Revue!J12` */
  at(column: Column): string;
}

/** The rows under the heading whose first column is the id; each id once, each of them known. */
function tableRows<Column extends string>(
  book: Sheets,
  words: SheetWords,
  columns: readonly Column[],
  known: ReadonlySet<string>,
  mistakes: string[],
): Row<Column>[] {
  const sheet = book.sheets.find((one) => one.name === words.name);
  if (!sheet) {
    mistakes.push(`the sheet "${words.name}" is not there: give the whole workbook back`);
    return [];
  }
  const head = headingsOf(sheet, [words.heading('id'), ...columns.map((one) => words.heading(one))]);
  if (!head) {
    const names = columns.map((one) => `"${words.heading(one)}"`).join(', ');
    mistakes.push(`${sheet.name}: no line of headings with "${words.heading('id')}", ${names}`);
    return [];
  }
  const rows: Row<Column>[] = [];
  const seen = new Map<string, string>();
  for (const [number, cells] of sheet.rows) {
    if (number <= head.row) continue;
    const column = (name: Column) => head.columns.get(words.heading(name)) as number;
    const idColumn = head.columns.get(words.heading('id')) as number;
    const id = textOf(cells.get(idColumn)?.value);
    const row: Row<Column> = {
      id: id ?? '',
      cell: (name) => cells.get(column(name))?.value ?? null,
      text: (name) => textOf(cells.get(column(name))?.value),
      at: (name) => `${sheet.name}!${addressOf(number, column(name))}`,
    };
    const at = `${sheet.name}!${addressOf(number, idColumn)}`;
    const written = columns.filter((name) => row.text(name) !== null);
    if (id === null || !known.has(id)) {
      if (written.length > 0)
        mistakes.push(
          id === null
            ? `${row.at(written[0] as Column)}: "${row.text(written[0] as Column)}" stands in a row without id (${at})`
            : `${at}: "${id}" is not an id of this run's form`,
        );
      continue;
    }
    const before = seen.get(id);
    if (before) {
      mistakes.push(`${at}: "${id}" stands here again, after ${before}`);
      continue;
    }
    seen.set(id, at);
    rows.push(row);
  }
  return rows;
}

function headingsOf(
  sheet: Sheet,
  wanted: readonly string[],
): { row: number; columns: Map<string, number> } | undefined {
  for (const [row, cells] of sheet.rows) {
    const columns = new Map<string, number>();
    for (const [column, { value }] of cells) {
      const name = textOf(value);
      if (name !== null && !columns.has(name)) columns.set(name, column);
    }
    if (wanted.every((name) => columns.has(name))) return { row, columns };
  }
  return undefined;
}

type ReviewColumn = 'decision' | 'override' | 'reason' | 'evidence' | 'reviewer' | 'date' | 'comment';

function readDecision(
  row: Row<ReviewColumn>,
  book: Sheets,
  words: FormWords,
  scope: FormScope,
  mistakes: string[],
): FormDecision | undefined {
  const written = row.text('decision');
  const [reason, evidence, comment] = [row.text('reason'), row.text('evidence'), row.text('comment')];
  const overriding = row.text('override');
  if (written === null) {
    const stray = (['override', 'reason', 'evidence'] as const).find((name) => row.text(name) !== null);
    if (stray !== undefined) {
      mistakes.push(`${row.at('decision')}: empty, though ${row.at(stray)} says "${row.text(stray)}"`);
      return undefined;
    }
    if (comment === null) return undefined;
    const { by, on } = whoAndWhen(row, book, scope, mistakes);
    return {
      figure: row.id,
      at: row.at('comment'),
      decision: null,
      value: null,
      reason: null,
      evidence: null,
      by,
      on,
      comment,
    };
  }
  const decision = words.decisions.get(fold(written));
  if (decision === undefined) {
    const names = [...words.decisions.keys()].slice(0, 12).join(', ');
    mistakes.push(`${row.at('decision')}: "${written}" is no decision; expected one of ${names}`);
    return undefined;
  }
  let value: string | null = null;
  const document = evidence === null ? undefined : namedDocument(evidence, scope.evidence ?? []);
  if (decision === 'override') {
    value = decimalOf(row.cell('override'), words.language);
    if (value === null)
      mistakes.push(`${row.at('override')}: "${overriding ?? ''}" is not a number; an override needs one`);
    if (evidence === null) mistakes.push(`${row.at('evidence')}: empty; an override needs its evidence`);
    const file = evidence === null || document ? undefined : fileNameIn(evidence);
    if (file !== undefined && scope.evidence)
      mistakes.push(
        `${row.at('evidence')}: "${file}" is not among the documents delivered as evidence (${scope.evidence.length}): put it there, or correct its name`,
      );
    if (scope.suppressed.has(row.id))
      mistakes.push(
        `${row.at('decision')}: ${row.id} is hidden to protect a small group; it has no override`,
      );
  } else if (overriding !== null) {
    mistakes.push(`${row.at('override')}: "${overriding}", though the decision is "${written}"`);
  }
  if (decision !== 'approve' && (reason ?? '').length < shortestReason)
    mistakes.push(`${row.at('reason')}: "${reason ?? ''}"; "${written}" needs a reason of 10 characters`);
  const { by, on } = whoAndWhen(row, book, scope, mistakes);
  return {
    figure: row.id,
    at: row.at('decision'),
    decision,
    value,
    reason,
    evidence,
    ...(document ? { document } : {}),
    by,
    on,
    comment,
  };
}

function whoAndWhen(
  row: Pick<Row<'reviewer' | 'date'>, 'cell' | 'text' | 'at'>,
  book: Sheets,
  scope: FormScope,
  mistakes: string[],
): { by: string; on: string } {
  const by = row.text('reviewer') ?? '';
  if (by.length < 2) mistakes.push(`${row.at('reviewer')}: "${by}"; a decision needs its reviewer's name`);
  const on = dayOf(row.cell('date'), book.date1904);
  if (on === null)
    mistakes.push(
      `${row.at('date')}: "${row.text('date') ?? ''}" is not a day; write it as 31/10/2026 or 2026-10-31`,
    );
  else if (on < scope.firstDay || on > scope.lastDay)
    mistakes.push(`${row.at('date')}: ${on} does not lie between ${scope.firstDay} and ${scope.lastDay}`);
  return { by, on: on ?? '' };
}

export function textOf(value: SheetCell['value'] | undefined): string | null {
  if (value === null || value === undefined) return null;
  const text = String(value).normalize('NFC').trim();
  return text === '' ? null : text;
}

/** A number, or text that can only be one: in French `1 234,5`, in English `1234.5`. */
function decimalOf(value: SheetCell['value'], language: Language): string | null {
  if (typeof value === 'number')
    return Number.isFinite(value) ? new Decimal(value).toSignificantDigits(15).toFixed() : null;
  const bare = textOf(value)?.replace(/[\s\u00a0\u202f\u2009]/g, '') ?? '';
  const pattern = language === 'fr' ? /^[-\u2212]?\d+([.,]\d+)?$/ : /^[-\u2212]?\d+(\.\d+)?$/;
  return pattern.test(bare) ? new Decimal(bare.replace(',', '.').replace('\u2212', '-')).toFixed() : null;
}

/** ISO day of a serial number or of a text; null for what is none. */
function dayOf(value: SheetCell['value'], date1904: boolean): string | null {
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || value < 61 || value > 200_000) return null;
    const start = date1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30);
    return new Date(start + Math.floor(value) * 86_400_000).toISOString().slice(0, 10);
  }
  const text = textOf(value) ?? '';
  const local = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$/.exec(text);
  const iso = local
    ? `${local[3]}-${(local[2] as string).padStart(2, '0')}-${(local[1] as string).padStart(2, '0')}`
    : text.slice(0, 10);
  const moment = new Date(`${iso}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(iso) &&
    !Number.isNaN(moment.getTime()) &&
    moment.toISOString().startsWith(iso)
    ? iso
    : null;
}

function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

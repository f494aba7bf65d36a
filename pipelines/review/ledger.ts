import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Decimal } from 'decimal.js';
import { Fault } from '../fault.ts';
import type { Figure } from '../indicators/figure.ts';
import { idOf } from './applied.ts';
import { replaceFile } from './journal.ts';

/** One published figure, or one change of a published figure, in the order of publication. */
export interface LedgerLine {
  readonly kind: 'publication' | 'restatement';
  readonly indicator: string;
  readonly entity: string;
  readonly period: string;
  readonly basis: string;
  readonly status: string;
  /** decimal text; '' where the figure has no value */
  readonly value: string;
  readonly unit: string;
  /** for a restatement: value published before */
  readonly from: string;
  readonly cause: string;
  readonly reason: string;
  readonly run: string;
  readonly manifest: string;
}

const columns = [
  'kind',
  'indicator',
  'entity',
  'period',
  'basis',
  'status',
  'value',
  'unit',
  'from',
  'cause',
  'reason',
  'run',
  'manifest',
] as const satisfies readonly (keyof LedgerLine)[];

/**
 * Reads `<out>/published.csv`: every figure that was ever published, each line chained to those before.
 *
 * @throws {Fault} PUB-003 naming the first line that does not follow from the one before
 */
export async function readLedger(file: string): Promise<LedgerLine[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines: LedgerLine[] = [];
  let chain = start;
  const rows = text.split('\n');
  for (const [i, row] of rows.entries()) {
    if (i === 0 || row === '') continue;
    const cells = parseRow(row);
    const said = cells.pop();
    chain = next(chain, cells);
    if (cells.length !== columns.length || said !== chain) {
      throw new Fault(
        'PUB-003',
        `The ledger ${file} has been changed: line ${i + 1} does not follow from the line before.`,
        'Put back the ledger as Concordance wrote it, from a backup.',
      );
    }
    lines.push(
      Object.fromEntries(
        columns.map((name, c) => [name, plain(cells[c] as string)]),
      ) as unknown as LedgerLine,
    );
  }
  return lines;
}

/** Writes the ledger whole, in one step; lines are only ever added at its end. */
export async function writeLedger(file: string, lines: readonly LedgerLine[]): Promise<void> {
  await replaceFile(file, ledgerText(lines));
}

/** The ledger as its file has it: a heading, then each line with the chain up to it. */
export function ledgerText(lines: readonly LedgerLine[]): string {
  let chain = start;
  const rows = [[...columns, 'chain'].join(',')];
  for (const line of lines) {
    const cells = columns.map((name) => inert(line[name]));
    chain = next(chain, cells);
    rows.push([...cells.map(csvCell), chain].join(','));
  }
  return `${rows.join('\n')}\n`;
}

/** How far a ledger had come: number of its lines, and the chain after the last of them. */
export interface LedgerHead {
  readonly lines: number;
  readonly chain: string;
}

export function ledgerHead(lines: readonly LedgerLine[]): LedgerHead {
  const chain = lines.reduce(
    (before, line) =>
      next(
        before,
        columns.map((name) => inert(line[name])),
      ),
    start,
  );
  return { lines: lines.length, chain };
}

/** What a publication adds: its own period, and the history where it tells otherwise what was published. */
export interface Announced {
  readonly run: string;
  readonly period: string;
  /** hash of the published manifest */
  readonly manifest: string;
  readonly restatement: { readonly cause: string; readonly reason: string } | null;
  /** the figures as they are published */
  readonly figures: readonly Figure[];
  /** causes by figure of what the run tells otherwise than before */
  readonly causes: ReadonlyMap<string, string>;
}

/** Every figure of the period when it is first published; after that what changed, here and in its history. */
export function linesOf(ledger: readonly LedgerLine[], announced: Announced): LedgerLine[] {
  const known = publishedFigures(ledger);
  const { restatement, causes, run, manifest } = announced;
  return announced.figures.flatMap((figure): LedgerLine[] => {
    const id = idOf(figure);
    const published = known.get(id);
    const own = figure.period === announced.period;
    if (!published && !own) return [];
    if (published && !departsFrom(published, figure)) return [];
    const { indicator, entity, period, basis, status, unit } = figure;
    return [
      {
        kind: published ? 'restatement' : 'publication',
        indicator,
        entity,
        period,
        basis,
        status,
        value: figure.value ?? '',
        unit,
        from: published?.value ?? '',
        cause: published ? (own && restatement ? restatement.cause : (causes.get(id) ?? '')) : '',
        reason: published && own && restatement ? restatement.reason : '',
        run,
        manifest,
      },
    ];
  });
}

/** The last published value of each figure. */
export function publishedFigures(lines: readonly LedgerLine[]): Map<string, LedgerLine> {
  return new Map(lines.map((line) => [idOf(line), line]));
}

/** Whether a figure is no longer what was published: another value, or none where there was one. */
export function departsFrom(line: LedgerLine, figure: Figure): boolean {
  if (figure.value === null || line.value === '') return (figure.value ?? '') !== line.value;
  return !new Decimal(figure.value).equals(line.value);
}

const start = '0'.repeat(64);

function next(chain: string, cells: readonly string[]): string {
  return createHash('sha256')
    .update(`${chain}\n${JSON.stringify(cells)}`)
    .digest('hex');
}

/** Text that a spreadsheet would run stays text; a line break would cut the line. */
function inert(text: string): string {
  const line = text.replace(/[\r\n]+/g, ' ');
  return /^[=+@\t']|^-(?![\d.])/.test(line) ? `'${line}` : line;
}

const plain = (text: string) => (text.startsWith("'") ? text.slice(1) : text);

function csvCell(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function parseRow(row: string): string[] {
  return [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
  );
}

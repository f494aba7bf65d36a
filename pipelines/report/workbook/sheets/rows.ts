import { Decimal } from 'decimal.js';
import type { Measure } from '../../../indicators/catalogue.ts';
import { GROUP } from '../../../indicators/figure.ts';
import { semicolon } from '../../../language/typography.ts';
import type { ContributingRow, MeasureContributions } from '../../content.ts';
import { number as digits } from '../../format.ts';
import type { Book } from '../book.ts';
import { type Cell, type Cells, day, formula, link, number, numeric, still, text, words } from '../cell.ts';
import { ink, numberFormat, numberLook, percentFormat } from '../look.ts';
import { type Here, tableSheet } from '../table.ts';
import { decimalsOf } from './measures.ts';

/** A block a measure: what it is worth, its largest rows, their sum, and what is left to the command. */
type Line =
  | { readonly kind: 'head'; readonly block: Block }
  | { readonly kind: 'row'; readonly block: Block; readonly row: ContributingRow }
  | { readonly kind: 'sum'; readonly block: Block }
  | { readonly kind: 'rest'; readonly block: Block };

interface Block {
  readonly measure: Measure;
  readonly contributions: MeasureContributions;
  /** one entity's value is withheld: rows would tell it */
  readonly withheld: boolean;
  readonly shown: readonly ContributingRow[];
}

export const rowsSheet = tableSheet<Line>({
  key: 'rows',
  rows: (book) =>
    book.content.contributions.flatMap((contributions) => {
      const measure = book.measure(contributions.measure);
      if (!measure || contributions.total === 0) return [];
      const { period, basis } = contributions;
      const withheld =
        contributions.rows.length === 0 ||
        book.entities.some((entity) => book.withheld(measure.id, entity, period, basis));
      const block = { measure, contributions, withheld, shown: withheld ? [] : contributions.rows };
      const rows = block.shown.map((row) => ({ kind: 'row' as const, block, row }));
      if (withheld) return [{ kind: 'head' as const, block }];
      return [
        { kind: 'head' as const, block },
        ...rows,
        { kind: 'sum' as const, block },
        { kind: 'rest' as const, block },
      ];
    }),
  ids: (line) => (line.kind === 'head' ? [`rows:${line.block.measure.id}`] : []),
  cells: (line, here, book) => {
    const { measure } = line.block;
    const common = { measure: text(measure.id), unit: text(book.unit(measure.unit)) };
    switch (line.kind) {
      case 'head':
        return { ...common, ...headCells(line.block, book) };
      case 'row':
        return { ...common, ...rowCells(line.row, book) };
      case 'sum':
        return { ...common, ...sumCells(line.block, here, book) };
      case 'rest':
        return { ...common, ...restCells(line.block, here, book) };
    }
  },
  look: (line) => {
    if (line.kind === 'head') return { bold: true, ink: ink.white, fill: ink.band };
    return line.kind === 'row' ? undefined : { italic: true, fill: ink.panel };
  },
});

function headCells({ measure, contributions, withheld, shown }: Block, book: Book): Cells {
  const { basis, period, total, command } = contributions;
  const value = book.measureValue(measure.id, GROUP, period, basis);
  const cell = book.places.cell(`measure:${measure.id}:${GROUP}:${basis}`, 'value');
  const open = value?.value != null && cell !== undefined && !book.withheld(measure.id, GROUP, period, basis);
  return {
    entity: text(measure.label[book.language]),
    contribution: open
      ? formula(cell, numeric(value.value as string), {
          format: numberFormat(decimalsOf(value.value as string)),
        })
      : still(words(book.words.mark(value?.value == null ? 'missing' : 'suppressed'))),
    extract: text(
      withheld
        ? book.words.say('rows.withheld')
        : book.words.say('rows.shown', {
            shown: shown.length,
            total: digits(String(total), 0, book.language),
          }),
    ),
    detail: text(withheld ? '' : command),
    back: link(book.words.say('to_measure'), book.places.link(`measure:${measure.id}`), { ink: ink.white }),
  };
}

function rowCells(row: ContributingRow, book: Book): Cells {
  const extract = book.extract(row.extract ?? '');
  return {
    entity: text(book.entityName(row.entity)),
    site: text(book.content.sites.find((site) => site.id === row.site)?.name ?? row.site),
    date: day(row.date),
    contribution: contributionCell(row, book),
    share: number(row.share, numberLook(percentFormat(0, book.language))),
    quality: text(row.quality === null ? '' : book.words.name('data_qualities', row.quality)),
    ...(row.row === null
      ? { extract: text(book.words.say('rows.line', { line: row.line ?? '' })) }
      : {
          extract: link(extract?.name ?? row.extract ?? '', book.places.link(`extract:${row.extract}`)),
          row: row.last_row === null ? number(row.row) : text(`${row.row}–${row.last_row}`),
        }),
    detail: text(inWords(row.detail, book)),
  };
}

/** A row without a value, such as an activity without a factor, contributes nothing and says so. */
function contributionCell(row: ContributingRow, book: Book): Cell {
  const contribution = row.contribution as string | null;
  if (contribution === null) return still(words(book.words.mark('missing')));
  return number(contribution, numberLook(numberFormat(decimalsOf(contribution))));
}

/** Columns of the harmonised row that a detail names, `carrier electricity; meter 3000`. */
const detailed =
  'carrier|meter|fuel|product|mode|activity|category|account|label|family|supplier|treatment|waste_code|waste_name|kind|topic|contract_class|job_class|working_time|worker_type|reason|source|project|use_case|plan|body|method|factor_id';

/** The detail with its columns and its codes in words; what is no code stands as in the row. */
function inWords(detail: string, book: Book): string {
  const found = [...detail.matchAll(new RegExp(`(?:^|; )(${detailed}) `, 'g'))];
  return found
    .map(({ index, 0: start, 1: column = '' }, at) => {
      const value = detail.slice(index + start.length, found[at + 1]?.index);
      const factor = column === 'factor_id' ? book.content.factors.find(({ id }) => id === value) : undefined;
      const said = factor ? `${factor.label} (${value})` : book.words.code(column, value);
      return `${book.words.say(`rows.details.${column}`)} ${said}`;
    })
    .join(semicolon(book.language));
}

function sumCells({ shown, contributions, measure }: Block, here: Here, book: Book): Cells {
  const column = here.at('contribution').replace(/\d+$/, '');
  const divisor = divisorOf(measure.id, contributions, book);
  const over = divisor === 1 ? '' : `/${divisor}`;
  const sum = sumOf(shown).dividedBy(divisor);
  return {
    entity: text(book.words.say('rows.sum')),
    contribution: formula(
      `SUM(${column}${here.row - shown.length}:${column}${here.row - 1})${over}`,
      numeric(sum.toFixed()),
      { format: numberFormat(decimalsOf(sum.toDecimalPlaces(4).toFixed())) },
    ),
    detail: text(divisor === 1 ? '' : book.words.say('rows.divided', { divisor })),
  };
}

function restCells({ shown, contributions, measure }: Block, here: Here, book: Book): Cells {
  const column = here.at('contribution').replace(/\d+$/, '');
  const value = book.measureValue(measure.id, GROUP, contributions.period, contributions.basis)?.value;
  const label = text(
    book.words.say('rows.rest', {
      rows: digits(String(contributions.total - shown.length), 0, book.language),
    }),
  );
  if (value == null) return { entity: label, contribution: still(words(book.words.say('none'))) };
  const rest = new Decimal(value).minus(sumOf(shown).dividedBy(divisorOf(measure.id, contributions, book)));
  const head = here.row - shown.length - 2;
  // rounded so that a rest of nothing reads as nothing in binary arithmetic too
  return {
    entity: label,
    contribution: formula(
      `ROUND(${column}${head}-${column}${here.row - 1},6)`,
      numeric(rest.toDecimalPlaces(6, Decimal.ROUND_HALF_UP).toFixed()),
      { format: numberFormat(decimalsOf(rest.toDecimalPlaces(4).toFixed())) },
    ),
  };
}

function sumOf(rows: readonly ContributingRow[]): Decimal {
  return rows.reduce((sum, row) => sum.plus((row.contribution as string | null) ?? 0), new Decimal(0));
}

function divisorOf(measure: string, { period, basis }: MeasureContributions, book: Book): number {
  return book.measureValue(measure, GROUP, period, basis)?.divisor ?? 1;
}

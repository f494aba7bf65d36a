import { Decimal } from 'decimal.js';
import type { Indicator } from '../../../indicators/catalogue.ts';
import { consolidationOf } from '../../../indicators/consolidation.ts';
import { type Basis, type Figure, GROUP } from '../../../indicators/figure.ts';
import { measuresIn } from '../../../indicators/measures-in.ts';
import { methodText } from '../../figure-method.ts';
import { number as digits } from '../../format.ts';
import { type Book, figureId } from '../book.ts';
import {
  type Cell,
  type Cells,
  formula,
  link,
  number,
  numeric,
  type Shown,
  still,
  text,
  words,
} from '../cell.ts';
import { indicatorFormula } from '../formula.ts';
import { changeFormat, groupLook, numberLook, percentFormat, valueFormat } from '../look.ts';
import { type Here, type Ranges, tableSheet } from '../table.ts';

interface Line {
  readonly indicator: Indicator;
  readonly entity: string;
}

const centred = { across: 'center' } as const;

/** One row an indicator and an entity, both windows side by side; each value is a formula over the measures. */
export const indicatorsSheet = tableSheet<Line>({
  key: 'indicators',
  rows: (book) =>
    book.indicators.flatMap((indicator) =>
      book.entitiesOf
        .indicator(indicator.id)
        .filter((entity) =>
          indicator.bases.some(
            (basis) => now(book, indicator, entity, basis) ?? before(book, indicator, entity, basis),
          ),
        )
        .map((entity) => ({ indicator, entity })),
    ),
  ids: ({ indicator, entity }) => [`indicator:${indicator.id}:${entity}`, `indicator:${indicator.id}`],
  cells: ({ indicator, entity }, here, book) => ({
    pillar: text(book.words.name('pillars', indicator.pillar)),
    indicator: link(indicator.label[book.language], book.places.link(`definition:${indicator.id}`)),
    entity: text(book.entityName(entity)),
    unit: text(book.unit(indicator.unit)),
    direction: text(book.words.state('directions', indicator.direction).slice(0, 1), centred),
    ...windowCells(book, indicator, entity, 'quarter', here),
    ...windowCells(book, indicator, entity, 'ttm', here),
    consolidation: text(
      book.words.say(`indicators.consolidation.${consolidationOf(indicator, book.content.catalogue)}`),
    ),
    rows: rowsLink(book, indicator),
    review: reviewLink(book, indicator, entity),
    id: text(`${indicator.id}:${entity}`),
  }),
  look: ({ entity }) => (entity === GROUP ? groupLook : undefined),
  rest: entitiesLeft,
  finish(sheet, ranges) {
    for (const basis of ['quarter', 'ttm']) {
      sheet.conditions(ranges.of(`change_${basis}`), changeConditions(ranges, `change_${basis}`));
    }
  },
});

/** Of a group with too many entities for a sheet, what is not shown and where it is. */
export function entitiesLeft(book: Book): string | undefined {
  const { left } = book.entitiesOf;
  if (left === 0) return undefined;
  const shown = book.entities.length - 1 - left;
  const { run } = book.content;
  return book.words.say('rest.entities', {
    shown,
    all: digits(String(book.entities.length - 1), 0, book.language),
    run: `out/${run.period}/${run.id}`,
  });
}

const now = (book: Book, indicator: Indicator, entity: string, basis: Basis) =>
  book.figure(indicator.id, entity, book.content.run.period, basis);
const before = (book: Book, indicator: Indicator, entity: string, basis: Basis) =>
  book.figure(indicator.id, entity, book.yearBefore, basis);

function windowCells(book: Book, indicator: Indicator, entity: string, basis: Basis, here: Here): Cells {
  const current = now(book, indicator, entity, basis);
  const earlier = before(book, indicator, entity, basis);
  const share = (value: number | undefined): Cell =>
    value === undefined || current?.status === 'suppressed'
      ? still(words(book.words.say('none')))
      : number(value, numberLook(percentFormat(0, book.language)));
  return {
    [`value_${basis}`]: valueCell(book, indicator, current, 'value'),
    [`before_${basis}`]: valueCell(book, indicator, earlier, 'before'),
    [`change_${basis}`]: changeCell(
      book,
      indicator,
      current,
      earlier,
      here.at(`value_${basis}`),
      here.at(`before_${basis}`),
    ),
    [`coverage_${basis}`]: share(current?.coverage),
    [`estimated_${basis}`]: share(current?.value == null ? undefined : current.estimatedShare),
    [`status_${basis}`]: current
      ? text(book.words.state('figure_statuses', current.status))
      : text(book.words.say('none')),
    [`method_${basis}`]: text(methodText(book.content, current, book.words.name)),
  };
}

/** The live formula where every measure cell it needs is shown; else the value alone, or its mark. */
function valueCell(
  book: Book,
  indicator: Indicator,
  figure: Figure | undefined,
  column: 'value' | 'before',
): Cell {
  const shown = book.shown(figure);
  const look = numberLook(valueFormat(indicator.decimals, figure?.value));
  if (!figure || ['not_applicable', 'suppressed', 'overridden', 'rejected'].includes(figure.status))
    return still(shown, look);
  const { entity, period, basis } = figure;
  const used = measuresIn(indicator);
  const cells = new Map(used.map((id) => [id, book.places.cell(`measure:${id}:${entity}:${basis}`, column)]));
  const open = used.every((id) => cells.get(id) !== undefined && !book.withheld(id, entity, period, basis));
  // no formula over a cell that holds a mark in the place of a number
  const marked = used.some((id) => book.measureValue(id, entity, period, basis)?.value === null);
  if (!open || (marked && figure.status === 'not_calculable')) return still(shown, look);
  const marks = { empty: book.words.mark('not_calculable'), missing: book.words.mark('missing') };
  const mayBeMissing = figure.status === 'missing';
  return formula(
    indicatorFormula(indicator, (id) => cells.get(id) as string, marks, mayBeMissing),
    shown,
    look,
  );
}

/** Relative change, or difference in points for a percentage; computed by the sheet from its own two cells. */
export function changeCell(
  book: Book,
  indicator: Indicator,
  current: Figure | undefined,
  earlier: Figure | undefined,
  currentCell: string,
  earlierCell: string,
): Cell {
  const none = book.words.say('none');
  const look = numberLook(changeFormat(indicator.unit, indicator.decimals, book.language));
  const known = `COUNT(${currentCell},${earlierCell})<2`;
  const result = (compute: (a: Decimal, b: Decimal) => Shown): Shown =>
    current?.value == null || earlier?.value == null
      ? words(none)
      : compute(new Decimal(current.value), new Decimal(earlier.value));
  if (indicator.unit === '%') {
    return formula(
      `IF(${known},"${none}",${currentCell}-${earlierCell})`,
      result((a, b) => numeric(a.minus(b).toFixed())),
      look,
    );
  }
  return formula(
    `IF(${known},"${none}",IF(${earlierCell}=0,"${none}",(${currentCell}-${earlierCell})/ABS(${earlierCell})))`,
    result((a, b) => (b.isZero() ? words(none) : numeric(a.minus(b).dividedBy(b.abs()).toFixed()))),
    look,
  );
}

function rowsLink(book: Book, indicator: Indicator): Cell {
  const block = measuresIn(indicator).find((id) => book.places.has(`rows:${id}`));
  if (block) return link(book.words.say('to_rows'), book.places.link(`rows:${block}`));
  const closed = measuresIn(indicator).every((id) => book.measure(id)?.opens !== 'rows');
  return text(book.words.say(closed ? 'totals_only' : 'no_rows'));
}

function reviewLink(book: Book, indicator: Indicator, entity: string): Cell {
  for (const basis of indicator.bases) {
    const place = book.places.link(
      figureId({ indicator: indicator.id, entity, period: book.content.run.period, basis }),
    );
    if (place) return link(book.words.say('to_review'), place);
  }
  return text('');
}

/** Green or red ink by the direction of progress; the sign and the arrow of the direction say the same. */
function changeConditions(ranges: Ranges, column: string) {
  const change = ranges.head(column);
  const direction = ranges.head('direction');
  return [
    {
      formula: `AND(ISNUMBER(${change}),OR(AND(${direction}="▲",${change}>0),AND(${direction}="▼",${change}<0)))`,
      ink: '17603A',
    },
    {
      formula: `AND(ISNUMBER(${change}),OR(AND(${direction}="▲",${change}<0),AND(${direction}="▼",${change}>0)))`,
      ink: '9B1C1C',
    },
  ];
}

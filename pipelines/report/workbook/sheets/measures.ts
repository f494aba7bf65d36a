import { Decimal } from 'decimal.js';
import type { Measure } from '../../../indicators/catalogue.ts';
import { type Basis, GROUP, type MeasureValue } from '../../../indicators/figure.ts';
import type { Book } from '../book.ts';
import { type Cell, type Cells, formula, link, number, numeric, still, text, words } from '../cell.ts';
import { changeFormat, groupLook, numberFormat, numberLook, percentFormat } from '../look.ts';
import { tableSheet } from '../table.ts';
import { entitiesLeft } from './indicators.ts';

interface Line {
  readonly measure: Measure;
  readonly entity: string;
  readonly basis: Basis;
  readonly now: MeasureValue | undefined;
  readonly before: MeasureValue | undefined;
}

/** Numerators and denominators: one row a measure, an entity and a window, beside the same a year before. */
export const measuresSheet = tableSheet<Line>({
  key: 'measures',
  rows: (book) =>
    book.content.catalogue.measures.flatMap((measure) =>
      (['quarter', 'ttm'] as const).flatMap((basis) =>
        book.entitiesOf
          .measure(measure.id)
          .map((entity) => ({
            measure,
            entity,
            basis,
            now: book.measureValue(measure.id, entity, book.content.run.period, basis),
            before: book.measureValue(measure.id, entity, book.yearBefore, basis),
          }))
          .filter((line) => line.now ?? line.before),
      ),
    ),
  ids: ({ measure, entity, basis }) => [`measure:${measure.id}:${entity}:${basis}`, `measure:${measure.id}`],
  cells: (line, here, book) => {
    const { measure, entity, basis } = line;
    const block = book.places.link(`rows:${measure.id}`);
    return {
      measure: link(measure.label[book.language], book.places.link(`definition:${measure.id}`)),
      entity: text(book.entityName(entity)),
      basis: text(book.words.name('bases_short', basis)),
      unit: text(book.unit(measure.unit)),
      ...valueCells(book, line.now, '', 'value'),
      ...valueCells(book, line.before, '_before', 'before'),
      change: changeOf(book, line, here.at('value'), here.at('before')),
      link: block
        ? link(book.words.say('to_rows'), block)
        : text(book.words.say(measure.opens !== 'rows' ? 'totals_only' : 'no_rows')),
      id: text(`${measure.id}:${entity}:${basis}`),
    };
  },
  look: ({ entity }) => (entity === GROUP ? groupLook : undefined),
  rest: entitiesLeft,
});

function valueCells(book: Book, value: MeasureValue | undefined, suffix: string, column: string): Cells {
  const none = still(words(book.words.say('none')));
  if (!value)
    return {
      [column]: none,
      [`rows${suffix}`]: none,
      [`coverage${suffix}`]: none,
      ...(suffix ? {} : { estimated: none }),
    };
  const withheld = isWithheld(book, value);
  const share = (part: number): Cell => number(part, numberLook(percentFormat(0, book.language)));
  return {
    [column]: measureCell(book, value),
    // the number of rows would tell the number of people
    [`rows${suffix}`]: withheld ? still(words(book.words.mark('suppressed'))) : number(value.rows),
    [`coverage${suffix}`]: share(value.coverage),
    ...(suffix
      ? {}
      : { estimated: withheld || value.estimatedShare === null ? none : share(value.estimatedShare) }),
  };
}

const isWithheld = (book: Book, value: MeasureValue) =>
  book.withheld(value.measure, value.entity, value.period, value.basis);

function measureCell(book: Book, value: MeasureValue): Cell {
  if (isWithheld(book, value)) return still(words(book.words.mark('suppressed')));
  // data that came and hold nobody to take a mean or a median of
  if (value.value === null && value.coverage > 0 && value.unvalued === 0)
    return still(words(book.words.mark('not_calculable')));
  if (value.value === null) return still(words(book.words.mark('missing')));
  return number(value.value, numberLook(numberFormat(decimalsOf(value.value))));
}

/** As many decimals as a reader needs: none for whole numbers, three at most. */
export function decimalsOf(value: string): number {
  const size = new Decimal(value).abs();
  const places = new Decimal(value).decimalPlaces();
  return Math.min(places, size.greaterThanOrEqualTo(10_000) ? 0 : size.greaterThanOrEqualTo(100) ? 1 : 3);
}

function changeOf(book: Book, line: Line, currentCell: string, earlierCell: string): Cell {
  const none = book.words.say('none');
  const value = (one: MeasureValue | undefined) =>
    !one || one.value === null || isWithheld(book, one) ? null : new Decimal(one.value);
  const [a, b] = [value(line.now), value(line.before)];
  const result =
    a === null || b === null || b.isZero() ? words(none) : numeric(a.minus(b).dividedBy(b.abs()).toFixed());
  return formula(
    `IF(COUNT(${currentCell},${earlierCell})<2,"${none}",IF(${earlierCell}=0,"${none}",(${currentCell}-${earlierCell})/ABS(${earlierCell})))`,
    result,
    numberLook(changeFormat('', 1, book.language)),
  );
}

import type { Indicator } from '../../../indicators/catalogue.ts';
import { type Figure, GROUP } from '../../../indicators/figure.ts';
import { quantity } from '../../../language/quantity.ts';
import { date } from '../../format.ts';
import { type Book, figureId } from '../book.ts';
import { type Cell, formula, link, numeric, still, text, words } from '../cell.ts';
import { quoted } from '../cell-text.ts';
import type { SheetFile } from '../excel.ts';
import { ink, numberLook, valueFormat } from '../look.ts';
import { type Here, mostRows, type Ranges, tableSheet } from '../table.ts';
import { fieldPrompt } from './field-prompt.ts';
import { changeCell } from './indicators.ts';

interface Line {
  readonly indicator: Indicator;
  readonly figure: Figure;
}

export const decisions = ['approve', 'reject', 'override', 'question'] as const;

/**
 * One row a material figure: its text id in the first column is all that is needed to read a decision
 * back, wherever the row has moved. Only the yellow cells can be written.
 */
export const reviewSheet = tableSheet<Line>({
  key: 'review',
  rows: (book) => {
    const asked = book.asked();
    const lines = book.entities.flatMap((entity) =>
      book.indicators.flatMap((indicator) =>
        indicator.bases.flatMap((basis) => {
          const figure = book.figure(indicator.id, entity, book.content.run.period, basis);
          return figure && asked.has(figure) ? [{ indicator, figure }] : [];
        }),
      ),
    );
    // where one form cannot hold them all, each form asks for what the forms before it left undecided
    return lines.length <= mostRows
      ? lines
      : lines.toSorted((a, b) => Number(isDecided(book, a)) - Number(isDecided(book, b)));
  },
  ids: ({ figure }) => [figureId(figure)],
  cells: ({ indicator, figure }, here, book) => ({
    id: text(figureId(figure)),
    indicator: link(
      indicator.label[book.language],
      book.places.link(`indicator:${indicator.id}:${figure.entity}`),
    ),
    entity: text(book.entityName(figure.entity)),
    basis: text(book.words.name('bases_short', figure.basis)),
    unit: text(book.unit(indicator.unit)),
    value: reference(book, indicator, figure, 'value', figure),
    before: reference(book, indicator, figure, 'before', earlier(book, figure)),
    change: changeCell(book, indicator, figure, earlier(book, figure), here.at('value'), here.at('before')),
    status: text(book.words.state('figure_statuses', figure.status)),
    standing: text(standingOf(book, indicator, figure)),
    control: controlCell(here, book, figure),
  }),
  look: ({ figure }) => (figure.entity === GROUP ? { bold: true } : undefined),
  finish: (sheet, ranges, book) => {
    validate(sheet, ranges, book);
    highlight(sheet, ranges, book);
  },
});

const isDecided = (book: Book, { figure }: Line) =>
  ['approved', 'rejected'].includes(book.reviewOf(figureId(figure))?.state ?? '');

const earlier = (book: Book, { indicator, entity, basis }: Figure) =>
  book.figure(indicator, entity, book.yearBefore, basis);

function reference(
  book: Book,
  indicator: Indicator,
  place: Figure,
  column: 'value' | 'before',
  figure: Figure | undefined,
): Cell {
  // beside an override or a rejection stands what the run computed
  if (column === 'value' && (figure?.status === 'overridden' || figure?.status === 'rejected')) {
    const computed = book.reviewOf(figureId(figure))?.computed;
    return still(
      computed == null ? words(book.words.say('none')) : numeric(computed),
      numberLook(valueFormat(indicator.decimals, computed)),
    );
  }
  const cell = book.places.cell(`indicator:${indicator.id}:${place.entity}`, `${column}_${place.basis}`);
  const look = numberLook(valueFormat(indicator.decimals, figure?.value));
  return cell ? formula(cell, book.shown(figure), look) : still(book.shown(figure), look);
}

/** Says, as the reviewer writes, what is still to come: a decision, a reason, a value, a name, evidence. */
function controlCell(here: Here, book: Book, figure: Figure): Cell {
  const { say } = book.words;
  const message = (key: string) => quoted(say(`review.control.${key}`));
  const [decision, value, reason, evidence, reviewer, date] = [
    'decision',
    'override',
    'reason',
    'evidence',
    'reviewer',
    'date',
  ].map(here.at) as [string, string, string, string, string, string];
  const is = (...chosen: string[]) => {
    const tests = chosen.map((one) => `${decision}=${quoted(say(`review.decisions.${one}`))}`);
    return tests.length === 1 ? (tests[0] as string) : `OR(${tests.join(',')})`;
  };
  const undecided = controlBefore(book, figure);
  const steps: [string, string][] = [
    [`${decision}=""`, message(undecided)],
    [`AND(${is('override')},NOT(ISNUMBER(${value})))`, message('value')],
    [`AND(NOT(${is('override')}),${value}<>"")`, message('stray_value')],
    [`AND(${is('override', 'reject', 'question')},LEN(TRIM(${reason}))<10)`, message('reason')],
    [`AND(${is('override')},LEN(TRIM(${evidence}))=0)`, message('evidence')],
    [`LEN(TRIM(${reviewer}))=0`, message('reviewer')],
    [`${date}=""`, message('date')],
  ];
  const chain = steps.reduceRight((rest, [test, words]) => `IF(${test},${words},${rest})`, message('done'));
  return formula(chain, words(say(`review.control.${undecided}`)));
}

/** What the control says before the reviewer writes: what the journal holds of the figure. */
export function controlBefore(book: Book, figure: Figure): 'open' | 'recorded' | 'to_approve' | 'to_answer' {
  switch (book.reviewOf(figureId(figure))?.state) {
    case 'approved':
    case 'rejected':
      return 'recorded';
    case 'overridden':
      return 'to_approve';
    case 'questioned':
      return 'to_answer';
    default:
      return 'open';
  }
}

/** The decision on record in one sentence, then the comments. */
function standingOf(book: Book, indicator: Indicator, figure: Figure): string {
  const standing = book.reviewOf(figureId(figure));
  if (!standing) return '';
  const { say } = book.words;
  const day = (iso: string) => date(iso, book.language);
  const lines: string[] = [];
  const { override, decided } = standing;
  if (decided && standing.state !== 'open') {
    const shown = (value: string | null) =>
      quantity(value, indicator.unit, indicator.decimals, book.language);
    const { state } = standing;
    const key = state === 'approved' && override ? 'approved_override' : state;
    lines.push(
      say(`review.standing.${key}`, {
        by: decided.by,
        on: day(decided.on),
        reason: (override && state !== 'questioned' ? override.reason : decided.reason) ?? '',
        value: shown(override?.value ?? null),
        computed: shown(standing.computed),
        author: override?.by ?? '',
        since: override ? day(override.on) : '',
        evidence: override?.evidence ?? '',
      }),
    );
  }
  for (const { by, on, text: words } of standing.comments)
    lines.push(say('review.standing.comment', { by, on: day(on), text: words }));
  return lines.join('\n');
}

function validate(sheet: SheetFile, ranges: Ranges, book: Book): void {
  const { say } = book.words;
  const message = fieldPrompt(book, 'review');
  const first = ranges.head;
  const override = quoted(say('review.decisions.override'));
  sheet.validate(ranges.of('decision'), {
    type: 'list',
    formulae: [`"${decisions.map((one) => say(`review.decisions.${one}`)).join(',')}"`],
    ...message('decision'),
  });
  sheet.validate(ranges.of('override'), {
    type: 'custom',
    formulae: [`AND(ISNUMBER(${first('override')}),${first('decision')}=${override})`],
    ...message('override'),
  });
  sheet.validate(ranges.of('reason'), {
    type: 'textLength',
    operator: 'between',
    formulae: ['10', '2000'],
    ...message('reason'),
  });
  sheet.validate(ranges.of('reviewer'), {
    type: 'textLength',
    operator: 'between',
    formulae: ['2', '80'],
    ...message('reviewer'),
  });
  sheet.validate(ranges.of('date'), {
    type: 'date',
    operator: 'greaterThanOrEqual',
    formulae: [book.content.run.from],
    ...message('date'),
  });
}

/** A cell that is still needed turns red under a decision that needs it; the control column says so in words. */
function highlight(sheet: SheetFile, ranges: Ranges, book: Book): void {
  const { say } = book.words;
  const decision = ranges.head('decision');
  const is = (one: string) => `${decision}=${quoted(say(`review.decisions.${one}`))}`;
  const needed = { ink: '9B1C1C', fill: 'F6C7C3' };
  sheet.conditions(ranges.of('reason'), [
    {
      formula: `AND(OR(${is('override')},${is('reject')},${is('question')}),LEN(TRIM(${ranges.head('reason')}))<10)`,
      ...needed,
    },
  ]);
  sheet.conditions(ranges.of('override'), [
    { formula: `AND(${is('override')},NOT(ISNUMBER(${ranges.head('override')})))`, ...needed },
  ]);
  sheet.conditions(ranges.of('evidence'), [
    { formula: `AND(${is('override')},LEN(TRIM(${ranges.head('evidence')}))=0)`, ...needed },
  ]);
  sheet.conditions(ranges.of('decision'), [
    { formula: is('approve'), ink: '17603A', fill: 'E4F3E9', bold: true },
    { formula: `OR(${is('reject')},${is('override')})`, ink: '9B1C1C', fill: ink.input, bold: true },
  ]);
}

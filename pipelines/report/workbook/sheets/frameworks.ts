import type { AnsweringFigure, IndexLine } from '../../../frameworks/answer.ts';
import type { Book } from '../book.ts';
import { type Cell, type Cells, formula, link, still, text, words } from '../cell.ts';
import { numberLook, valueFormat } from '../look.ts';
import { tableSheet } from '../table.ts';

interface Line {
  readonly line: IndexLine;
  /** undefined where no indicator answers the datapoint */
  readonly answering: AnsweringFigure | undefined;
}

/** Each datapoint of the frameworks reported under: what answers it, its figure, the source that is needed. */
export const frameworksSheet = tableSheet<Line>({
  key: 'frameworks',
  rows: ({ content }) =>
    content.frameworks.lines.flatMap((line): Line[] =>
      line.figures.length === 0
        ? [{ line, answering: undefined }]
        : line.figures.map((answering) => ({ line, answering })),
    ),
  ids: ({ line }) => [`datapoint:${line.framework}:${line.datapoint.id}`],
  cells: ({ line, answering }, _here, book) => ({
    framework: text(`${book.words.name('frameworks', line.framework)} ${line.version}`),
    disclosure: text(line.datapoint.disclosure),
    paragraph: text(line.datapoint.paragraph),
    datapoint: text(line.datapoint.title[book.language]),
    asked_unit: text(book.unit(line.datapoint.unit)),
    answer: text(book.words.state('answers', line.answer)),
    ...(answering ? ofFigure(answering, book) : {}),
    needed: text(line.needed.join('\n')),
    remark: text(line.remark),
    certainty: text(book.words.state('certainties', line.datapoint.certainty)),
    module: text(line.datapoint.module),
    id: text(`${line.framework}:${line.version}:${line.datapoint.id}`),
  }),
});

function ofFigure({ indicator, entity, basis, figure }: AnsweringFigure, book: Book): Cells {
  const declared = book.indicator(indicator);
  return {
    indicator: link(
      declared?.label[book.language] ?? indicator,
      book.places.link(`indicator:${indicator}:${entity}`) ?? book.places.link(`definition:${indicator}`),
    ),
    entity: text(book.entityName(entity)),
    value: valueCell(indicator, entity, basis, figure, book),
    unit: text(declared ? book.unit(declared.unit) : ''),
    window: text(book.words.name('bases_short', basis)),
    status: text(book.words.state('figure_statuses', figure?.status ?? 'missing')),
  };
}

/** The cell of the indicators sheet where it is shown, so that both are one figure; else its mark. */
function valueCell(
  indicator: string,
  entity: string,
  basis: AnsweringFigure['basis'],
  figure: AnsweringFigure['figure'],
  book: Book,
): Cell {
  const look = numberLook(valueFormat(book.indicator(indicator)?.decimals ?? 0, figure?.value));
  if (!figure) return still(words(book.words.mark('missing')), look);
  const cell = book.places.cell(`indicator:${indicator}:${entity}`, `value_${basis}`);
  return cell ? formula(cell, book.shown(figure), look) : still(book.shown(figure), look);
}

import type { Renderer } from '../board/browser.ts';
import { chartGallery } from '../board/gallery.ts';
import type { ReportContent } from '../content.ts';
import type { Presentation } from '../presentation.ts';
import { type Book, openBook } from './book.ts';
import { WorkbookFile } from './excel.ts';
import { type SheetKey, sheetKeys } from './layout.ts';
import { pictureCharts } from './pictures.ts';
import { aboutSheet } from './sheets/about.ts';
import { actionsSheet } from './sheets/actions.ts';
import { agendaSheet, questionsSheet } from './sheets/agenda.ts';
import { arbitrationSheet, effectsSheet } from './sheets/arbitration.ts';
import { bridgesSheet } from './sheets/bridges.ts';
import { causesSheet, gapRowsSheet } from './sheets/causes.ts';
import { changesSheet } from './sheets/changes.ts';
import { chartsSheet } from './sheets/charts.ts';
import { definitionsSheet } from './sheets/definitions.ts';
import { emissionsSheet } from './sheets/emissions.ts';
import { factorsSheet } from './sheets/factors.ts';
import { frameworksSheet } from './sheets/frameworks.ts';
import { indicatorsSheet } from './sheets/indicators.ts';
import { matrixSheet } from './sheets/matrix.ts';
import { measuresSheet } from './sheets/measures.ts';
import { nameFigures } from './sheets/names.ts';
import { objectivesSheet, trajectoriesSheet } from './sheets/objectives.ts';
import { pastDecisionsSheet } from './sheets/past-decisions.ts';
import { qualitySheet, quarantineSheet } from './sheets/quality.ts';
import { monthsSheet, reconciliationsSheet } from './sheets/reconciliations.ts';
import { resolutionsSheet } from './sheets/resolutions.ts';
import { reviewSheet } from './sheets/review.ts';
import { rowsSheet } from './sheets/rows.ts';
import { spendSheet } from './sheets/spend.ts';
import { spendRowsSheet } from './sheets/spend-rows.ts';
import { summarySheet } from './sheets/summary.ts';
import type { SheetPlan } from './table.ts';

const tables: Readonly<Record<Exclude<SheetKey, 'charts'>, (book: Book) => SheetPlan>> = {
  summary: summarySheet,
  objectives: objectivesSheet,
  trajectories: trajectoriesSheet,
  actions: actionsSheet,
  spend_rows: spendRowsSheet,
  agenda: agendaSheet,
  resolutions: resolutionsSheet,
  past_decisions: pastDecisionsSheet,
  questions: questionsSheet,
  matrix: matrixSheet,
  spend: spendSheet,
  arbitration: arbitrationSheet,
  effects: effectsSheet,
  indicators: indicatorsSheet,
  review: reviewSheet,
  measures: measuresSheet,
  rows: rowsSheet,
  reconciliations: reconciliationsSheet,
  months: monthsSheet,
  causes: causesSheet,
  gap_rows: gapRowsSheet,
  emissions: emissionsSheet,
  bridges: bridgesSheet,
  quality: qualitySheet,
  quarantine: quarantineSheet,
  factors: factorsSheet,
  changes: changesSheet,
  frameworks: frameworksSheet,
  definitions: definitionsSheet,
  about: aboutSheet,
};

/**
 * Writes the review workbook. Every row of every sheet takes its place first; then the sheets are
 * written, pointing at each other. The same content gives the same bytes, whenever and wherever.
 *
 * @param templates absolute path of `templates/`
 * @param presentation in whose type and colours the charts are drawn, by a browser; without it their sheet has words only
 * @param browser one that runs already; else one is started for the charts
 * @throws {BrowserFault} no usable browser for the charts
 * @throws {Fault} TPL-001 layout, TXT-001 text, XLS-002 more rows than a sheet holds
 */
export async function writeWorkbook(
  content: ReportContent,
  templates: string,
  path: string,
  presentation?: Pick<Presentation, 'accent' | 'fontFaces'>,
  browser?: Renderer,
): Promise<void> {
  const charts = await chartGallery(content, templates);
  const pictures =
    presentation && charts.length > 0
      ? await pictureCharts(charts, templates, presentation, browser)
      : new Map();
  const book = await openBook(content, templates);
  const file = new WorkbookFile(
    {
      title: book.words.say('properties.title', book.holes),
      subject: book.words.say('properties.subject', { run: content.run.id }),
      author: 'Concordance',
      day: content.run.to,
    },
    path,
  );
  const plans = sheetKeys.map((key) =>
    key === 'charts' ? chartsSheet(book, charts, pictures) : tables[key](book),
  );
  for (const plan of plans) plan.place();
  for (const plan of plans) await plan.write(file);
  nameFigures(file, book);
  await file.write();
}

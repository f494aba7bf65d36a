import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReportContent } from '../content.ts';
import { quarter } from '../format.ts';
import { arrangeAlignment } from './alignment.ts';
import { arrangeApproval } from './approval.ts';
import { withPrinter } from './browser.ts';
import { type ContentsLine, type PageOf, pagesFrom } from './contents.ts';
import { arrangeEntities } from './entities.ts';
import { openFigures } from './figure-book.ts';
import { fontFaces } from './fonts.ts';
import { readLayout } from './layout.ts';
import { arrangeMethod } from './method.ts';
import { arrangeObjectives, objectiveAnchor } from './objectives.ts';
import { fixPdfDates } from './pdf-dates.ts';
import { type Destinations, readDestinations } from './pdf-destinations.ts';
import { arrangePillars, marksKey } from './pillars.ts';
import { runningHeads } from './running-heads.ts';
import { arrangeSummary } from './summary.ts';
import { loadTemplates, Markup } from './template.ts';
import { type Voice, voiceOf } from './voice.ts';

/** Printings at most: one to find the pages, some to make the first page fit, one with everything known. */
const mostPrintings = 8;

/**
 * Prints the board report.
 *
 * @param templates absolute path of the templates folder
 * @throws {BrowserFault} no usable browser; {TemplateFault} a template and the content do not match
 */
export async function writeBoard(content: ReportContent, templates: string, path: string): Promise<void> {
  const typeset = await typesetter(content, templates);
  const pdf = await withPrinter(async (print) => {
    let decisions = typeset.decisions;
    let known: Destinations | null = null;
    let printed = new Uint8Array();
    for (let printing = 0; printing < mostPrintings; printing += 1) {
      printed = Uint8Array.from(await print(await typeset.html(known, decisions)));
      const found = readDestinations(printed);
      const settled = known !== null && samePages(known, found);
      known = found;
      // the first page answers on one page: fewer decisions rather than a second page
      if ((found.pages.get('contents') ?? 2) > 2 && decisions > 1) decisions -= 1;
      else if (settled) break;
    }
    return printed;
  });
  await writeFile(path, fixPdfDates(pdf, content.run.to));
}

/** The report as one self-contained HTML page, before its page numbers are known. */
export async function renderBoardHtml(content: ReportContent, templates: string): Promise<string> {
  const typeset = await typesetter(content, templates);
  return typeset.html(null, typeset.decisions);
}

function samePages(a: Destinations, b: Destinations): boolean {
  return (
    a.pageCount === b.pageCount &&
    a.pages.size === b.pages.size &&
    [...a.pages].every(([anchor, page]) => b.pages.get(anchor) === page)
  );
}

async function typesetter(content: ReportContent, templates: string) {
  const folder = join(templates, 'board');
  const [voice, render, layout, faces, style] = await Promise.all([
    voiceOf(content.run.language, templates),
    loadTemplates(folder),
    readLayout(templates),
    fontFaces(),
    readFile(join(folder, 'board.css'), 'utf8'),
  ]);
  const book = openFigures(content);
  const [objectives, pillars, entities] = await Promise.all([
    arrangeObjectives(content, book, voice),
    arrangePillars(content, book, layout, voice),
    arrangeEntities(content, book, layout, voice),
  ]);
  const alignment = arrangeAlignment(content, voice);
  const approval = arrangeApproval(content, voice);
  return {
    decisions: layout.decisions,
    html: async (destinations: Destinations | null, decisions: number): Promise<string> => {
      const pageOf = pagesFrom(destinations);
      const method = arrangeMethod(content, book, voice, pageOf);
      const title = voice.say('document_title', {
        group: content.group.name,
        period: quarter(content.run.period, voice.language),
      });
      return render({
        language: voice.language,
        document_title: title,
        faces: new Markup(faces),
        style: new Markup(style),
        heads: new Markup(runningHeads(content, title, voice)),
        draft: content.run.state === 'draft',
        watermark: voice.say('draft.watermark'),
        summary: arrangeSummary(content, book, layout, decisions, voice, pageOf),
        contents: contents(objectives, pillars, voice, pageOf),
        objectives,
        objectives_title: voice.say('objective.section'),
        alignment,
        pillars,
        indicators_title: voice.say('pillar.section'),
        indicators_lead: voice.say('pillar.lead'),
        marks: marksKey(voice),
        entities,
        method,
        approval,
      });
    },
  };
}

function contents(
  objectives: readonly { readonly label: string }[],
  pillars: readonly { readonly anchor: string; readonly title: string }[],
  voice: Voice,
  pageOf: PageOf,
) {
  const line = (anchor: string, label: string, lines: readonly ContentsLine[] = []): ContentsLine => ({
    anchor,
    label,
    page: pageOf(anchor),
    lines,
  });
  return {
    title: voice.say('contents.title'),
    page: voice.say('page'),
    lines: [
      line('summary', voice.say('summary.title')),
      ...(objectives.length > 0
        ? [
            line(
              'objectives',
              voice.say('objective.section'),
              objectives.map((objective, index) => line(objectiveAnchor(index), objective.label)),
            ),
          ]
        : []),
      line('alignment', voice.say('alignment.title')),
      ...(pillars.length > 0
        ? [
            line(
              'indicators',
              voice.say('pillar.section'),
              pillars.map((pillar) => line(pillar.anchor, pillar.title)),
            ),
          ]
        : []),
      line('entities', voice.say('entities.title')),
      line(
        'method',
        voice.say('method.title'),
        ['perimeter', 'estimates', 'sources', 'changes', 'factors', 'standards'].map((part) =>
          line(`method-${part}`, voice.say(`method.${part}`)),
        ),
      ),
      line('approval', voice.say('approval.title')),
    ],
    reading_title: voice.say('contents.reading'),
    reading: voice.say('contents.reading_intro'),
    statuses_title: voice.say('contents.statuses'),
    statuses: (['achieved', 'on_track', 'drifting', 'off_track', 'unknown'] as const).map((status) => ({
      status,
      word: voice.word(`statuses.${status}`),
      meaning: voice.word(`statuses_meaning.${status}`),
    })),
    marks_title: voice.say('contents.marks'),
    marks: marksKey(voice),
  };
}

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReportContent } from '../content.ts';
import { quarter } from '../format.ts';
import { accentVariables, type Presentation, plainPresentation } from '../presentation.ts';
import { accessiblePdf } from './accessible-pdf.ts';
import { arrangeAlignment } from './alignment.ts';
import { arrangeApproval } from './approval.ts';
import { type Renderer, withBrowser } from './browser.ts';
import { pagesFrom } from './contents.ts';
import { arrangeEntities } from './entities.ts';
import { essentialIndicators } from './essential.ts';
import { openFigures } from './figure-book.ts';
import { fontFaces } from './fonts.ts';
import { readLayout } from './layout.ts';
import { arrangeMethod } from './method.ts';
import { arrangeObjectives } from './objectives.ts';
import { type Destinations, readDestinations } from './pdf-destinations.ts';
import { arrangeAnnex, arrangePillars, marksKey } from './pillars.ts';
import { runningHeads } from './running-heads.ts';
import {
  arrangeForeword,
  type BuiltSection,
  contentsLines,
  figureHelpers,
  ownModel,
  ownSections,
} from './sections.ts';
import { arrangeSummary } from './summary.ts';
import { loadTemplates, Markup } from './template.ts';
import { arrangeTrails, trailsIn } from './trails.ts';
import { type Voice, voiceOf } from './voice.ts';

/** Printings of the whole report at most: one to find the pages, one with everything known, some if that moves them. */
const mostPrintings = 8;

/**
 * Prints the board report, and writes the same content beside it as a page that opens in a browser: with `.html` for
 * `.pdf`, without a script, every figure opening to its trail. The page numbers it names are those of the print.
 *
 * @param templates absolute path of the templates folder
 * @param path of the PDF
 * @param browser one that runs already; else one is started for it
 * @throws {BrowserFault} no usable browser; {TemplateFault} a template and the content do not match
 */
export async function writeBoard(
  content: ReportContent,
  templates: string,
  path: string,
  presentation: Presentation = plainPresentation,
  browser?: Renderer,
): Promise<void> {
  const typeset = await typesetter(content, templates, presentation);
  const settle = async (renderer: Renderer) => {
    let decisions = await decisionsThatFit(typeset, renderer);
    let known: Destinations | null = null;
    let printed = new Uint8Array();
    for (let printing = 0; printing < mostPrintings; printing += 1) {
      printed = Uint8Array.from(await renderer.print(await typeset.html(known, decisions)));
      const found = await readDestinations(printed);
      const settled = known !== null && samePages(known, found);
      known = found;
      if (overflows(found) && decisions > 1) decisions -= 1;
      else if (settled) break;
    }
    return { pdf: printed, html: await typeset.html(known, decisions, { interactive: true }) };
  };
  const { pdf, html } = await (browser ? settle(browser) : withBrowser(settle));
  await Promise.all([
    writeFile(
      path,
      await accessiblePdf(pdf, {
        title: typeset.title,
        language: content.run.language,
        day: content.run.to,
        linkTo: typeset.linkTo,
      }),
    ),
    writeFile(path.replace(/(\.pdf)?$/, '.html'), html),
  ]);
}

/**
 * The first page answers on one page: as many decisions as it has room for, found by printing the first pages alone.
 */
async function decisionsThatFit(typeset: Typesetter, renderer: Renderer): Promise<number> {
  let decisions = typeset.decisions;
  while (decisions > 1) {
    const front = await renderer.print(await typeset.html(null, decisions, { front: true }));
    if (!overflows(await readDestinations(Uint8Array.from(front)))) break;
    decisions -= 1;
  }
  return decisions;
}

const overflows = ({ pages }: Destinations) => (pages.get('contents') ?? 2) > 2;

/** The report as one self-contained HTML page, before its page numbers are known; `interactive`: with its trails. */
export async function renderBoardHtml(
  content: ReportContent,
  templates: string,
  presentation: Presentation = plainPresentation,
  { interactive } = { interactive: false },
): Promise<string> {
  const typeset = await typesetter(content, templates, presentation);
  return typeset.html(null, typeset.decisions, { interactive });
}

/**
 * What a printed report ought to say, for each number of decisions that its first page may hold, from the
 * most: its page numbers are those that the PDF has.
 */
export async function* printable(
  content: ReportContent,
  templates: string,
  presentation: Presentation,
  pdf: Uint8Array,
): AsyncGenerator<{ readonly printed: string; readonly page: string }> {
  const typeset = await typesetter(content, templates, presentation);
  const known = await readDestinations(pdf);
  for (let decisions = typeset.decisions; decisions >= 1; decisions -= 1) {
    yield {
      printed: await typeset.html(known, decisions),
      page: await typeset.html(known, decisions, { interactive: true }),
    };
  }
}

function samePages(a: Destinations, b: Destinations): boolean {
  return (
    a.pageCount === b.pageCount &&
    a.pages.size === b.pages.size &&
    [...a.pages].every(([anchor, page]) => b.pages.get(anchor) === page)
  );
}

type Typesetter = Awaited<ReturnType<typeof typesetter>>;

async function typesetter(content: ReportContent, templates: string, presentation: Presentation) {
  const folder = join(templates, 'board');
  const [voice, layout, faces, style] = await Promise.all([
    voiceOf(content.run.language, templates),
    readLayout(templates),
    fontFaces(),
    readFile(join(folder, 'board.css'), 'utf8'),
  ]);
  const book = openFigures(content);
  const own = ownSections(presentation, voice);
  const render = await loadTemplates(folder, presentation, figureHelpers(book, voice));
  // without the annex nothing of the tables is left out
  const essential = presentation.sections.includes('annex')
    ? essentialIndicators(content, book, layout)
    : new Set(book.indicators.map((indicator) => indicator.id));
  const annex = arrangeAnnex(book, essential, voice);
  const [objectives, pillars, entities, alignment] = await Promise.all([
    arrangeObjectives(content, book, voice),
    arrangePillars(content, book, layout, essential, voice),
    arrangeEntities(content, book, layout, voice),
    arrangeAlignment(content, voice),
  ]);
  const approval = arrangeApproval(content, voice);
  const title = voice.say('document_title', {
    group: content.group.name,
    period: quarter(content.run.period, voice.language),
  });
  return {
    title,
    linkTo: (page: number) => voice.say('link_to_page', { page }),
    decisions: layout.decisions,
    html: async (
      destinations: Destinations | null,
      decisions: number,
      { interactive = false, front = false }: { interactive?: boolean; front?: boolean } = {},
    ): Promise<string> => {
      const pageOf = pagesFrom(destinations);
      const built: Readonly<Record<BuiltSection, object>> = {
        objectives: { title: voice.say('objective.section'), objectives },
        alignment,
        indicators: {
          title: voice.say('pillar.section'),
          lead: voice.say('pillar.lead'),
          marks: marksKey(voice),
          pillars,
        },
        entities,
        method: arrangeMethod(content, book, essential, voice),
        annex,
      };
      const foreword = arrangeForeword(presentation, voice);
      const written = presentation.sections.filter(
        (section) => section !== 'annex' || annex.tables.length > 0,
      );
      const sections = written.map((section) =>
        typeof section === 'string'
          ? { partial: section, model: built[section] }
          : { partial: 'own', model: ownModel(section, content, voice) },
      );
      const page = {
        language: voice.language,
        document_title: title,
        faces: new Markup(`${faces}\n${presentation.fontFaces}`),
        style: new Markup(`${style}\n${accentVariables(presentation.accent)}`),
        heads: new Markup(runningHeads(content, title, own, voice)),
        draft: content.run.state === 'draft',
        watermark: voice.say('draft.watermark'),
        summary: {
          ...arrangeSummary(content, book, layout, decisions, voice, pageOf),
          logo: presentation.logo ?? '',
        },
        contents: {
          ...readingKey(voice),
          lines: contentsLines(presentation, { objectives, pillars, annex }, voice, pageOf),
        },
        foreword,
        sections: front ? [] : sections,
        approval,
        interactive,
      };
      if (!interactive) return render(page);
      const trails = arrangeTrails(content, book, trailsIn(page), voice);
      return render({ ...page, trail_panels: { trails, close: voice.say('trail.close') } });
    },
  };
}

/** How to read the report: what statuses and marks mean. */
function readingKey(voice: Voice) {
  return {
    title: voice.say('contents.title'),
    page: voice.say('page'),
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

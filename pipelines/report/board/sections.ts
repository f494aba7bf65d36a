import type { reportSections } from '../../configuration/schema.ts';
import { type Basis, GROUP } from '../../indicators/figure.ts';
import type { ReportContent } from '../content.ts';
import { quarterInWords } from '../format.ts';
import type { Presentation } from '../presentation.ts';
import { cellWithUnit, indicatorScale } from './cell.ts';
import type { ContentsLine, PageOf } from './contents.ts';
import type { FigureBook } from './figure-book.ts';
import { objectiveAnchor } from './objectives.ts';
import { TemplateFault } from './template.ts';
import type { Voice } from './voice.ts';

export type BuiltSection = (typeof reportSections)[number];
type DeclaredSection = Exclude<Presentation['sections'][number], string>;

/** A section that a company adds: its anchor, which is also the name of its page, and its title. */
export interface OwnSection {
  readonly anchor: string;
  readonly title: string;
}

export function ownSections(presentation: Presentation, voice: Voice): OwnSection[] {
  return presentation.sections.flatMap((section) =>
    typeof section === 'string' ? [] : [ownSection(section, voice)],
  );
}

function ownSection(section: DeclaredSection, voice: Voice): OwnSection {
  return { anchor: `own-${section.partial}`, title: voice.label(section.title) };
}

/** What an own partial can name: `{{group}} {{period}} {{language}}`; figures come from the helper `indicator_value`. */
export function ownModel(section: DeclaredSection, content: ReportContent, voice: Voice) {
  return {
    ...ownSection(section, voice),
    partial: section.partial,
    content: {
      group: content.group.name,
      period: quarterInWords(content.run.period, voice.language),
      language: voice.language,
    },
  };
}

/**
 * Helpers of own partials: `{{indicator_label "energy.total"}}` and
 * `{{indicator_value "energy.total" basis="ttm" entity="OFR"}}`,
 * printed as the tables print it, with its mark; basis and entity may be left out.
 */
export function figureHelpers(book: FigureBook, voice: Voice): Presentation['helpers'] {
  const known = (id: unknown) => {
    const indicator = book.indicator(String(id));
    if (!indicator)
      throw new TemplateFault(
        'TPL-006',
        `The catalogue has no indicator "${String(id)}".`,
        'See `concordance indicators`.',
      );
    return indicator;
  };
  return {
    indicator_label: (id) => voice.label(known(id).label),
    indicator_value: (id, options) => {
      const indicator = known(id);
      const { basis, entity } = (options as { hash: { basis?: Basis; entity?: string } }).hash;
      const figure = book.figure(
        indicator.id,
        basis ?? indicator.bases[0] ?? 'quarter',
        book.period,
        entity ?? GROUP,
      );
      const { text, mark } = cellWithUnit(figure, indicatorScale(indicator, [figure], voice), voice);
      return mark ? `${text} (${mark})` : text;
    },
  };
}

export function arrangeForeword({ foreword }: Presentation, voice: Voice) {
  if (!foreword) return null;
  return {
    title: voice.say('foreword.title'),
    paragraphs: voice
      .label(foreword.text)
      .split(/\n\s*\n/)
      .map((paragraph) => paragraph.trim())
      .filter(Boolean),
    name: foreword.name,
    role: voice.label(foreword.role),
  };
}

const methodParts = ['perimeter', 'estimates', 'sources', 'changes', 'factors', 'standards'] as const;

/** The lines of the table of contents, in the order of the sections. */
export function contentsLines(
  presentation: Presentation,
  arranged: {
    readonly objectives: readonly { readonly label: string }[];
    readonly pillars: readonly { readonly anchor: string; readonly title: string }[];
    readonly annex: { readonly tables: readonly unknown[] };
  },
  voice: Voice,
  pageOf: PageOf,
): ContentsLine[] {
  const line = (anchor: string, label: string, lines: readonly ContentsLine[] = []): ContentsLine => ({
    anchor,
    label,
    page: pageOf(anchor),
    lines,
  });
  const built: Readonly<Record<BuiltSection, () => ContentsLine[]>> = {
    objectives: () =>
      arranged.objectives.length === 0
        ? []
        : [
            line(
              'objectives',
              voice.say('objective.section'),
              arranged.objectives.map((objective, index) => line(objectiveAnchor(index), objective.label)),
            ),
          ],
    alignment: () => [line('alignment', voice.say('alignment.title'))],
    indicators: () =>
      arranged.pillars.length === 0
        ? []
        : [
            line(
              'indicators',
              voice.say('pillar.section'),
              arranged.pillars.map((pillar) => line(pillar.anchor, pillar.title)),
            ),
          ],
    entities: () => [line('entities', voice.say('entities.title'))],
    annex: () => (arranged.annex.tables.length === 0 ? [] : [line('annex', voice.say('annex.title'))]),
    method: () => [
      line(
        'method',
        voice.say('method.title'),
        methodParts.map((part) => line(`method-${part}`, voice.say(`method.${part}`))),
      ),
    ],
  };
  return [
    line('summary', voice.say('summary.title')),
    ...(presentation.foreword ? [line('foreword', voice.say('foreword.title'))] : []),
    ...presentation.sections.flatMap((section) => {
      if (typeof section === 'string') return built[section]();
      const { anchor, title } = ownSection(section, voice);
      return [line(anchor, title)];
    }),
    line('approval', voice.say('approval.title')),
  ];
}

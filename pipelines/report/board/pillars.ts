import { groupedBy } from '../../grouped-by.ts';
import type { Indicator } from '../../indicators/catalogue.ts';
import type { Basis } from '../../indicators/figure.ts';
import type { ReportContent } from '../content.ts';
import { quarter } from '../format.ts';
import { bridgesToDraw, bridgeTable, measureLabel } from './bridge-table.ts';
import { cellOf, changeBetween, idle, indicatorScale, shareCell } from './cell.ts';
import { bridgeChart } from './charts/bridge.ts';
import { emissionsChart } from './charts/emissions.ts';
import { payGapChart } from './charts/pay-gap.ts';
import type { FigureBook } from './figure-book.ts';
import type { Layout } from './layout.ts';
import type { Voice } from './voice.ts';

export const pillars = ['environment', 'social', 'governance', 'finance', 'innovation'] as const;
/** Rows of a table that is not broken over pages. */
const shortest = 14;

export const indicatorAnchor = (indicator: Indicator) =>
  `indicator-${indicator.id.replace(/[^a-z0-9]/g, '-')}`;

/**
 * The tables that a board reads, a pillar each: the quarter and the trailing year, each beside the year before, with
 * the charts that say what a table does not.
 *
 * @param essential ids of the indicators shown
 */
export async function arrangePillars(
  content: ReportContent,
  book: FigureBook,
  layout: Layout,
  essential: ReadonlySet<string>,
  voice: Voice,
) {
  const found = [];
  for (const pillar of pillars) {
    const all = book.indicators.filter((i) => i.pillar === pillar);
    const indicators = all.filter((i) => essential.has(i.id));
    if (indicators.length === 0) continue;
    const charts = await chartsOf(pillar, content, book, layout, voice);
    const counted = voice.plural(`pillar.intro.${pillar}`, indicators.length, {
      threshold: content.run.suppressionThreshold,
    });
    const others = all.length - indicators.length;
    found.push({
      anchor: `pillar-${pillar}`,
      title: voice.word(`pillars.${pillar}`),
      intro: others > 0 ? `${counted} ${voice.plural('pillar.others', others)}` : counted,
      charts,
      ...(pillar === 'environment' ? bridgeTable(content, voice) : { bridged: false }),
      table: figuresTable(pillar, indicators, book, voice),
      // a short table is kept whole, a long one starts on a page of its own
      length:
        charts.length === 0 && indicators.length + topicsOf(indicators).length <= shortest ? 'short' : 'long',
    });
  }
  return found;
}

/** What is drawn of a pillar, each chart with its title. */
export async function chartsOf(
  pillar: (typeof pillars)[number],
  content: ReportContent,
  book: FigureBook,
  layout: Layout,
  voice: Voice,
) {
  if (pillar === 'environment') {
    const scopes = layout.emissions.flatMap((id) => book.indicators.filter((i) => i.id === id));
    const emissions = await emissionsChart(scopes, book, 'emissions', voice);
    const bridges = [];
    for (const bridge of bridgesToDraw(content)) {
      const label = voice.label(measureLabel(bridge.measure, content));
      const chart = await bridgeChart(bridge, content.run.period, label, `bridge-${bridge.measure}`, voice);
      if (chart) bridges.push({ ...chart, title: chart.title, width: 'half' });
    }
    return [
      ...(emissions
        ? [{ ...emissions, title: voice.say('pillar.emissions', { unit: 'tCO₂e' }), width: 'whole' }]
        : []),
      ...bridges,
    ];
  }
  if (pillar === 'social') {
    const chart = await payGapChart(layout, book, 'pay-gap', voice);
    return chart ? [{ ...chart, title: voice.say('pillar.pay_gap'), width: 'whole' }] : [];
  }
  return [];
}

/** Every indicator that the tables of the board leave out, a pillar each. */
export function arrangeAnnex(book: FigureBook, essential: ReadonlySet<string>, voice: Voice) {
  const tables = pillars.flatMap((pillar) => {
    const indicators = book.indicators.filter((i) => i.pillar === pillar && !essential.has(i.id));
    if (indicators.length === 0) return [];
    return [
      {
        anchor: `annex-${pillar}`,
        title: voice.say('annex.pillar', { pillar: voice.word(`pillars.${pillar}`) }),
        table: figuresTable(pillar, indicators, book, voice),
      },
    ];
  });
  return { title: voice.say('annex.title'), lead: voice.say('annex.lead'), tables };
}

function figuresTable(
  pillar: (typeof pillars)[number],
  indicators: readonly Indicator[],
  book: FigureBook,
  voice: Voice,
) {
  return {
    caption: voice.say('pillar.caption', {
      pillar: voice.word(`pillars.${pillar}`),
      period: quarter(book.period, voice.language),
    }),
    head: {
      indicator: voice.say('pillar.indicator'),
      quarter: voice.word('bases.quarter'),
      ttm: voice.word('bases.ttm'),
      now: quarter(book.period, voice.language),
      before: quarter(book.yearBefore, voice.language),
      to_now: voice.say('pillar.to', { period: quarter(book.period, voice.language) }),
      to_before: voice.say('pillar.to', { period: quarter(book.yearBefore, voice.language) }),
      change: voice.say('pillar.change'),
      data: voice.say('pillar.data'),
      coverage: voice.say('pillar.coverage'),
      estimated: voice.say('pillar.estimated'),
    },
    topics: topicsOf(indicators).map(([topic, members]) => ({
      label: voice.wordFor('topics', topic),
      rows: members.map((indicator) => row(indicator, book, voice)),
    })),
  };
}

function topicsOf(indicators: readonly Indicator[]): [string, Indicator[]][] {
  const topics = groupedBy(indicators, ({ topic }) => topic);
  return [...topics].sort(([a], [b]) => standardPlace(a) - standardPlace(b));
}

/** Topics of the European standards in their order (E1 to G1); our own after them, as the catalogue has them. */
const standardPlace = (topic: string) =>
  /^[ESG]\d$/.test(topic) ? 'ESG'.indexOf(topic.charAt(0)) * 10 + Number(topic.charAt(1)) : 100;

function row(indicator: Indicator, book: FigureBook, voice: Voice) {
  const at = (basis: Basis, period: string) =>
    indicator.bases.includes(basis) ? book.figure(indicator.id, basis, period) : undefined;
  const figures = {
    now: at('quarter', book.period),
    before: at('quarter', book.yearBefore),
    year: at('ttm', book.period),
    year_before: at('ttm', book.yearBefore),
  };
  const scale = indicatorScale(indicator, Object.values(figures), voice);
  const shown = [figures.now, figures.year].filter((figure) => figure !== undefined);
  const least = [...shown].sort((a, b) => a.coverage - b.coverage)[0];
  const mostEstimated = [...shown].sort((a, b) => b.estimatedShare - a.estimatedShare)[0];
  const change = (before: (typeof figures)['now'], now: (typeof figures)['now']) => {
    const found = changeBetween(indicator, before, now, voice);
    return {
      text: found?.text ?? idle.text,
      judgement: found?.judgement ?? 'neutral',
      words: found?.words ?? '',
    };
  };
  return {
    anchor: indicatorAnchor(indicator),
    label: voice.label(indicator.label),
    unit: scale.unit,
    material: indicator.material ? voice.word('marks.material') : '',
    now: cellOf(figures.now, scale, voice),
    before: cellOf(figures.before, scale, voice),
    change: change(figures.before, figures.now),
    year: cellOf(figures.year, scale, voice),
    year_before: cellOf(figures.year_before, scale, voice),
    year_change: change(figures.year_before, figures.year),
    coverage: shareCell(least, 'coverage', voice).text,
    estimated: shareCell(mostEstimated, 'estimatedShare', voice).text,
  };
}

/** The marks, as they are explained under each table. */
export function marksKey(voice: Voice) {
  return (
    [
      'estimated',
      'partial',
      'missing',
      'not_calculable',
      'not_applicable',
      'suppressed',
      'overridden',
      'rejected',
      'idle',
      'material',
    ] as const
  ).map((mark) => ({
    mark: mark === 'idle' ? idle.text : voice.word(`marks.${mark}`),
    meaning: voice.word(`marks_meaning.${mark}`),
  }));
}

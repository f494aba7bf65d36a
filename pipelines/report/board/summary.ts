import type { Indicator } from '../../indicators/catalogue.ts';
import { GROUP } from '../../indicators/figure.ts';
import { percentage } from '../../language/quantity.ts';
import type { Standing } from '../../objectives/objective.ts';
import type { ReportContent } from '../content.ts';
import { date, list, quarter, quarterInWords } from '../format.ts';
import { unexplainedGaps } from '../unexplained-gaps.ts';
import { cellWithUnit, changeBetween, indicatorScale } from './cell.ts';
import type { PageOf } from './contents.ts';
import type { FigureBook } from './figure-book.ts';
import type { Layout } from './layout.ts';
import { entityName, objectiveAnchor, objectiveQuantities, wholes } from './objectives.ts';
import { rankFindings } from './rank-findings.ts';
import type { Voice } from './voice.ts';

const statusOrder: readonly Standing['status'][] = [
  'off_track',
  'drifting',
  'unknown',
  'on_track',
  'achieved',
];
/** Objectives on the first page, the worst first. */
const longestStrip = 12;

/** Gaps named on the first page; the others are counted there. */
const mostGaps = 6;

/** The first page: where we are, what drifts, what must be decided. */
export function arrangeSummary(
  content: ReportContent,
  book: FigureBook,
  layout: Layout,
  decisions: number,
  voice: Voice,
  pageOf: PageOf,
) {
  const { language } = voice;
  const { run } = content;
  return {
    group: content.group.name,
    title: voice.say('title'),
    quarter: quarterInWords(run.period, language),
    span: voice.say('span', { from: date(run.from, language), to: date(run.to, language) }),
    state: run.state === 'draft' ? voice.say('draft.banner') : '',
    lead: lead(content, voice),
    where: voice.say('summary.where'),
    where_note: voice.say('summary.where_note', {
      period: quarter(run.period, language),
      before: quarter(book.yearBefore, language),
    }),
    tiles: headlines(book, layout).map((indicator) => tile(indicator, book, voice)),
    drifts: voice.say('summary.drifts'),
    strip: strip(wholes(content), book, voice, pageOf).slice(0, longestStrip),
    beside_strip: besideStrip(content, voice, pageOf),
    strip_head: {
      objective: voice.say('summary.objective'),
      status: voice.say('alignment.status'),
      value: voice.say('summary.value', { period: quarter(run.period, language) }),
      expected: voice.say('summary.expected'),
      target: voice.say('summary.target'),
      page: voice.say('page'),
    },
    gaps: gapsLine(content, voice, pageOf),
    decide: voice.say('summary.decide'),
    decisions: decisionsOf(content, decisions, voice),
    no_decision: voice.say('summary.no_decision'),
    to_contents: voice.say('summary.to_contents', { page: pageOf('contents') }),
    more: moreFindings(content, decisions, voice, pageOf),
  };
}

/** The objectives by status; the entities' shares of an objective are not counted beside it. */
function lead(content: ReportContent, voice: Voice): string {
  const objectives = wholes(content);
  const count = (status: Standing['status']) => objectives.filter((o) => o.status === status).length;
  const said = [...statusOrder]
    .reverse()
    .filter((status) => count(status) > 0)
    .map((status) => voice.plural(`summary.count.${status}`, count(status)));
  if (said.length === 0) return voice.say('summary.no_objective');
  return voice.plural('summary.lead', objectives.length, { parts: list(said, voice.language) });
}

/** What the table of objectives does not list: those beyond its length, and the entities' shares. */
function besideStrip(content: ReportContent, voice: Voice, pageOf: PageOf): string {
  const listed = wholes(content).length;
  const counted = (key: string, count: number) =>
    count > 0 ? [voice.plural(key, count, { page: pageOf('objectives') })] : [];
  return [
    ...counted('summary.more_objectives', listed - longestStrip),
    ...counted('summary.entity_objectives', content.objectives.length - listed),
  ].join(' ');
}

/** The declared headlines; where they are fewer than the page holds, material indicators, a pillar after another. */
function headlines(book: FigureBook, layout: Layout): Indicator[] {
  const known = new Set(book.indicators.map((i) => i.id));
  const declared = layout.headlines.filter((id) => known.has(id));
  const material = book.indicators.filter((i) => i.material && !declared.includes(i.id));
  const queues = ['environment', 'social', 'governance', 'finance', 'innovation'].map((pillar) =>
    material.filter((i) => i.pillar === pillar),
  );
  const turns: string[] = [];
  for (let turn = 0; queues.some((queue) => queue.length > turn); turn += 1) {
    for (const queue of queues) {
      const next = queue[turn];
      if (next) turns.push(next.id);
    }
  }
  const chosen = new Set([...declared, ...turns].slice(0, layout.tiles));
  return [...chosen].map((id) => book.indicator(id) as Indicator);
}

function tile(indicator: Indicator, book: FigureBook, voice: Voice) {
  const basis = indicator.bases[0] ?? 'quarter';
  const now = book.figure(indicator.id, basis, book.period);
  const before = book.figure(indicator.id, basis, book.yearBefore);
  const scale = indicatorScale(indicator, [now, before], voice);
  const cell = cellWithUnit(now, scale, voice);
  const change = changeBetween(indicator, before, now, voice);
  return {
    label: voice.label(indicator.label),
    pillar: voice.wordFor('pillars', indicator.pillar),
    pillar_code: indicator.pillar,
    basis: voice.word(`bases.${basis}`),
    text: cell.text,
    trail: cell.trail,
    mark: cell.mark,
    size: cell.text.length > 13 ? 'long' : '',
    reason: cell.kind === 'value' ? '' : voice.wordFor('figure_statuses', now?.status ?? 'missing'),
    before: voice.say('summary.before', {
      period: quarter(book.yearBefore, voice.language),
      value: cellWithUnit(before, scale, voice).text,
    }),
    changed: change !== null,
    change: change?.text ?? '',
    way: change?.way ?? 'flat',
    judgement: change?.judgement ?? 'neutral',
    words: change && change.judgement !== 'neutral' ? change.words : '',
  };
}

function strip(objectives: readonly Standing[], book: FigureBook, voice: Voice, pageOf: PageOf) {
  const ranked = objectives
    .map((standing, index) => ({ standing, index }))
    .sort(
      (a, b) =>
        statusOrder.indexOf(a.standing.status) - statusOrder.indexOf(b.standing.status) || a.index - b.index,
    );
  return ranked.map(({ standing, index }) => {
    const shown = objectiveQuantities(standing, book, voice);
    return {
      anchor: objectiveAnchor(index),
      label: voice.label(standing.objective.label),
      status: standing.status,
      status_word: voice.word(`statuses.${standing.status}`),
      opened: { text: shown.value, trail: shown.trail },
      expected: shown.expected,
      target: shown.target,
      page: pageOf(objectiveAnchor(index)),
    };
  });
}

function decisionsOf(content: ReportContent, count: number, voice: Voice) {
  return rankFindings(content.findings, content)
    .filter((finding) => finding.severity !== 'minor')
    .slice(0, count)
    .map((finding) => ({
      kind: voice.word(`finding_kinds.${finding.kind}`),
      severity: finding.severity,
      severity_word: voice.word(`severities.${finding.severity}`),
      decision: voice.say(`summary.decision.${finding.kind}`),
      sentence: voice.prose(finding.sentence),
    }));
}

/** Unexplained gaps stand on the first page however many findings are graver. */
function gapsLine(content: ReportContent, voice: Voice, pageOf: PageOf): string {
  const gaps = unexplainedGaps(content);
  if (gaps.length === 0) return '';
  const named = gaps.slice(0, mostGaps).map((one) =>
    voice.say('summary.gap', {
      label: one.label,
      entity: one.entity === GROUP ? voice.word('group') : entityName(content, one.entity),
      share: one.gapShare === null ? '' : percentage(one.gapShare, 1, voice.language),
    }),
  );
  const rest = gaps.length - named.length;
  return voice.plural('summary.gaps', gaps.length, {
    names: list(rest > 0 ? [...named, voice.plural('summary.more_gaps', rest)] : named, voice.language),
    page: pageOf('alignment'),
  });
}

function moreFindings(content: ReportContent, printed: number, voice: Voice, pageOf: PageOf): string {
  const rest =
    content.findings.length -
    Math.min(printed, content.findings.filter((f) => f.severity !== 'minor').length);
  return rest > 0 ? voice.plural('summary.more', rest, { page: pageOf('alignment') }) : '';
}

import { Decimal } from 'decimal.js';
import { GROUP } from '../../indicators/figure.ts';
import { type NameOf, placeNames } from '../../indicators/place-name.ts';
import { semicolon } from '../../language/typography.ts';
import { isOpen } from '../../objectives/action.ts';
import {
  type Action,
  isMeasured,
  type MeasuredObjective,
  type Standing,
} from '../../objectives/objective.ts';
import { type Cascade, type Change, causes, type Forecast } from '../../objectives/position.ts';
import { spentOn } from '../../review/resolution.ts';
import type { ReportContent } from '../content.ts';
import {
  columnScale,
  number,
  quarter,
  type Scale,
  scaled,
  scaledQuantity,
  scaleFor,
  share,
  shortDate,
  unitName,
} from '../format.ts';
import { quantityOrMark, trailId } from './cell.ts';
import type { Chart } from './charts/draw.ts';
import { type PublishedPoint, trajectoryChart } from './charts/trajectory.ts';
import type { FigureBook } from './figure-book.ts';
import { rankFindings } from './rank-findings.ts';
import type { Voice } from './voice.ts';

/** Findings on an objective's page, the gravest first; the workbook holds them all. */
const mostFindings = 2;

export const objectiveAnchor = (index: number) => `objective-${index + 1}`;

/**
 * The objectives that have a page: those that are no part of another, in the order in which they are declared.
 * A part is told on the page of its whole.
 */
export function wholes(content: ReportContent): Standing[] {
  const ids = new Set(content.objectives.map((one) => one.objective.id));
  return content.objectives.filter(
    ({ objective }) => objective.parent === null || !ids.has(objective.parent),
  );
}

/** A page for each of them. */
export async function arrangeObjectives(content: ReportContent, book: FigureBook, voice: Voice) {
  return Promise.all(
    wholes(content).map((standing, index) => objectivePage(standing, index, content, book, voice)),
  );
}

/** Value, expected value and target as they are printed, in one scale. */
export function objectiveQuantities(standing: Standing, book: FigureBook, voice: Voice) {
  const scale = objectiveScale(standing, book, voice);
  const shown = (value: string | null) =>
    value === null ? voice.word('marks.missing') : scaledQuantity(value, scale, voice.language);
  const { indicator, entity, basis } = standing.objective;
  const figure = indicator === null ? undefined : book.figure(indicator, basis, book.period, entity);
  return {
    scale,
    /** panel that opens the value; '' where there is no figure */
    trail: figure ? trailId(figure) : '',
    value: shown(standing.value),
    expected: shown(standing.expected),
    target: shown(declared(standing.objective.target)),
    baseline: shown(declared(standing.objective.baseline)),
  };
}

function chartTitle(
  { objective }: Standing,
  scale: Scale,
  content: ReportContent,
  book: FigureBook,
  voice: Voice,
): string {
  const indicator = book.indicator(objective.indicator);
  return voice.say('objective.chart', {
    indicator: indicator ? voice.label(indicator.label) : (objective.indicator ?? ''),
    unit: unitIn(scale, voice),
    basis: voice.word(`bases.${objective.basis}`),
    entity: objective.entity === GROUP ? voice.word('group') : entityName(content, objective.entity),
  });
}

/** The trajectory of an objective with its title, as the workbook shows it; null where there is nothing to draw. */
export async function titledTrajectory(
  standing: Standing,
  index: number,
  content: ReportContent,
  book: FigureBook,
  voice: Voice,
): Promise<(Chart & { readonly title: string }) | null> {
  const scale = objectiveScale(standing, book, voice);
  const chart = await trajectoryOf(standing, index, scale, content, voice);
  if (!chart) return null;
  const title = chartTitle(standing, scale, content, book, voice);
  return { ...chart, title: `${voice.label(standing.objective.label)} · ${title}` };
}

function trajectoryOf(standing: Standing, index: number, scale: Scale, content: ReportContent, voice: Voice) {
  // a page with much to say has a lower chart
  const dense = standing.actions.length + Math.min(findingsOf(standing, content).length, mostFindings) > 2;
  return trajectoryChart(
    standing,
    scale,
    `trajectory-${index + 1}`,
    voice,
    dense ? 'low' : 'high',
    publishedPoints(standing, content),
  );
}

/** What must be looked at of an objective, the gravest first; the drift itself is the sentence that leads its page. */
function findingsOf({ objective }: Standing, content: ReportContent) {
  return rankFindings(
    content.findings.filter((f) => f.objective === objective.id && f.id !== `drift:${objective.id}`),
    content,
  );
}

/** What was published of the objective's indicator and says something else now. */
function publishedPoints({ objective }: Standing, content: ReportContent): PublishedPoint[] {
  return content.changes.flatMap((change) =>
    change.published !== null &&
    change.before !== null &&
    change.indicator === objective.indicator &&
    change.entity === objective.entity &&
    change.basis === objective.basis
      ? [{ period: change.period, before: change.before }]
      : [],
  );
}

function declared(point: { readonly value: number } | null): string | null {
  return point === null ? null : String(point.value);
}

function objectiveScale(standing: Standing, book: FigureBook, voice: Voice): Scale {
  const { objective } = standing;
  const indicator = book.indicator(objective.indicator);
  const levels = [
    standing.value,
    standing.expected,
    declared(objective.target),
    declared(objective.baseline),
  ];
  return scaleFor(indicator?.unit ?? '', indicator?.decimals ?? 1, levels, voice.language);
}

async function objectivePage(
  standing: Standing,
  index: number,
  content: ReportContent,
  book: FigureBook,
  voice: Voice,
) {
  const { language } = voice;
  const { objective } = standing;
  const shown = objectiveQuantities(standing, book, voice);
  const indicator = book.indicator(objective.indicator);
  const findings = findingsOf(standing, content);
  const rest = findings.length - mostFindings;
  const chart = await trajectoryOf(standing, index, shown.scale, content, voice);
  const quarterOf = (period: string) => quarter(period, language);
  return {
    anchor: objectiveAnchor(index),
    first: index === 0,
    number: voice.say('objective.number', { number: index + 1 }),
    label: voice.label(objective.label),
    status: standing.status,
    status_word: voice.word(`statuses.${standing.status}`),
    sentence: voice.prose(standing.sentence),
    why: voice.label(objective.why),
    owner: voice.say('objective.owner', {
      owner: objective.owner ?? voice.say('objective.no_owner'),
      department: voice.word(`departments.${objective.department ?? 'none'}`),
    }),
    facts: [
      {
        label: voice.say('objective.value', { period: quarterOf(content.run.period) }),
        text: shown.value,
        trail: shown.trail,
        note: voice.word(`seasons.${standing.seasonality}`),
      },
      {
        label: voice.say('objective.expected'),
        text: shown.expected,
        trail: '',
        note: leadOf(standing, shown.scale, voice),
      },
      {
        label: voice.say('objective.target', {
          period: objective.target ? quarterOf(objective.target.period) : '—',
        }),
        text: shown.target,
        trail: '',
        note: progressOf(standing, voice),
      },
      {
        label: voice.say('objective.baseline', {
          period: objective.baseline ? quarterOf(objective.baseline.period) : '—',
        }),
        text: shown.baseline,
        trail: '',
        note: voice.say(`objective.trajectory.${objective.trajectory}`),
      },
    ],
    chart_title: chartTitle(standing, shown.scale, content, book, voice),
    drawn: chart !== null,
    chart: chart?.svg ?? '',
    alternative: chart?.alternative ?? '',
    no_chart: voice.say('objective.no_chart'),
    chart_key: chart ? chartKey(standing, content, voice) : '',
    forecast: forecastOf(standing, shown.scale, voice),
    explanations: explanationsOf(standing, shown.scale, content, voice),
    actions_title: voice.say('objective.actions'),
    actions: standing.actions.map((action) => arrangeAction(action, content, voice)),
    actions_head: actionsHead(voice),
    no_action: voice.say('objective.no_action'),
    money: moneyOf(standing.actions, content.group.currency, voice),
    findings_title: voice.say('objective.findings'),
    findings: findings.slice(0, mostFindings).map((f) => ({
      severity: f.severity,
      severity_word: voice.word(`severities.${f.severity}`),
      sentence: voice.prose(f.sentence),
    })),
    findings_rest: rest > 0 ? voice.plural('alignment.rest', rest) : '',
    definition_title: voice.say('objective.definition'),
    definition: indicator
      ? voice.label(indicator.definition)
      : objective.indicator === null
        ? voice.prose(standing.sentence)
        : voice.say('objective.no_indicator', { indicator: objective.indicator }),
  };
}

function unitIn(scale: Scale, voice: Voice): string {
  return scale.unit === '' ? voice.word('number') : scale.unit;
}

const names = new WeakMap<ReportContent, NameOf>();

export function entityName(content: ReportContent, id: string): string {
  const nameOf = names.get(content) ?? placeNames(content, GROUP);
  names.set(content, nameOf);
  return nameOf(id);
}

function leadOf(standing: Standing, scale: Scale, voice: Voice): string {
  if (standing.lead === null) return voice.say('objective.no_lead');
  const lead = new Decimal(standing.lead);
  const amount = scaledQuantity(
    lead.abs().toFixed(),
    scale.unit === '%' ? { ...scale, unit: voice.word('points') } : scale,
    voice.language,
  );
  // what rounds to zero is no distance
  if (!/[1-9]/.test(scaled(lead.toFixed(), scale, voice.language))) return voice.say('objective.level');
  return voice.say(lead.isPositive() ? 'objective.ahead' : 'objective.behind', { amount });
}

function progressOf(standing: Standing, voice: Voice): string {
  return standing.progress === null
    ? voice.say('objective.no_progress')
    : voice.say('objective.progress', { progress: share(standing.progress, 0, voice.language) });
}

function forecastOf(standing: Standing, scale: Scale, voice: Voice): string {
  const { forecast, objective } = standing;
  if (!isMeasured(objective)) return voice.say('objective.unmeasured');
  const period = quarter(objective.target.period, voice.language);
  if (!forecast) return voice.say('objective.too_few');
  const known = standing.points.filter((p) => p.actual !== null).at(-1)?.period ?? '';
  if (known >= objective.target.period) return voice.say('objective.target_passed', { period });
  const shown = (value: string) => scaledQuantity(value, scale, voice.language);
  return voice.say(`objective.forecast_${outlook(objective, forecast)}`, {
    period,
    value: shown(forecast.value),
    low: shown(forecast.low),
    high: shown(forecast.high),
    method: forecastBasis(forecast, voice),
  });
}

/** Whether the whole interval misses the target, meets it, or holds it. */
function outlook({ baseline, target }: MeasuredObjective, forecast: Forecast): 'short' | 'open' | 'reached' {
  const sign = target.value < baseline.value ? -1 : 1;
  const met = (value: string) => new Decimal(value).minus(target.value).times(sign).greaterThanOrEqualTo(0);
  const [worse, better] = sign < 0 ? [forecast.high, forecast.low] : [forecast.low, forecast.high];
  if (met(worse)) return 'reached';
  return met(better) ? 'open' : 'short';
}

function forecastBasis(forecast: Forecast, voice: Voice): string {
  const count = (value: number) => number(String(value), 0, voice.language);
  const basis = voice.say('objective.forecast_basis', {
    method: capital(voice.wordFor('forecast_methods', forecast.method)),
    changes: count(forecast.changes),
    points: count(forecast.points),
  });
  return forecast.far ? voice.say('objective.forecast_far', { basis }) : basis;
}

function capital(text: string): string {
  return `${text.charAt(0).toLocaleUpperCase()}${text.slice(1)}`;
}

/** What the numbers of a standing say beside its forecast: pace, causes of the change, parts. */
function explanationsOf(standing: Standing, scale: Scale, content: ReportContent, voice: Voice) {
  const { objective, pace, change, cascade } = standing;
  if (!isMeasured(objective)) return [];
  const quarterOf = (period: string) => quarter(period, voice.language);
  const signed = (value: string) => signedQuantity(value, scale, voice);
  const lines = [
    {
      title: voice.say('objective.pace_title'),
      text:
        pace === null
          ? voice.say('objective.no_pace')
          : voice.say(pace.required === null ? 'objective.pace_over' : 'objective.pace', {
              achieved: signed(pace.achieved),
              since: quarterOf(objective.baseline.period),
              required: pace.required === null ? '' : signed(pace.required),
              until: quarterOf(objective.target.period),
            }),
    },
    {
      title: voice.say('objective.change_title', {
        since: quarterOf(change?.since ?? objective.baseline.period),
      }),
      text: change ? changeText(change, signed, voice) : voice.say('objective.no_change'),
    },
  ];
  if (cascade)
    lines.push({
      title: voice.say('objective.cascade_title'),
      text: cascadeText(cascade, scale, content, voice),
    });
  return lines;
}

function changeText(change: Change, signed: (value: string) => string, voice: Voice): string {
  const sum = (parts: Change['total']) =>
    causes.reduce((total, cause) => total.plus(parts[cause]), new Decimal(0)).toFixed();
  const denominator = sum(change.denominator);
  return voice.say(new Decimal(denominator).isZero() ? 'objective.change' : 'objective.change_ratio', {
    total: signed(sum(change.total)),
    numerator: signed(sum(change.numerator)),
    denominator: signed(denominator),
    ...Object.fromEntries(causes.map((cause) => [cause, signed(change.total[cause])])),
  });
}

function cascadeText(cascade: Cascade, scale: Scale, content: ReportContent, voice: Voice): string {
  const shown = (value: string) => scaledQuantity(value, scale, voice.language);
  return voice.say(`objective.cascade.${cascade.status}`, {
    parts: cascade.parts
      .map((part) => `${part.entity} ${shown(part.target)}`)
      .join(semicolon(voice.language)),
    together: cascade.together === null ? '' : shown(cascade.together),
    target: shown(cascade.target),
    gap: cascade.gap === null ? '' : signedQuantity(cascade.gap, scale, voice),
    gap_share: share(cascade.gapShare ?? 0, 1, voice.language),
    tolerance: share(cascade.tolerance, 1, voice.language),
    uncovered: cascade.uncovered.map((entity) => entityName(content, entity)).join(', '),
    reason: cascade.reason === null ? '' : voice.say(`objective.cascade_reasons.${cascade.reason}`),
  });
}

/** A change with its sign: `+1 200 MWh`, `−3,2 points`. */
function signedQuantity(value: string, scale: Scale, voice: Voice): string {
  const inPoints = scale.unit === '%' ? { ...scale, unit: voice.word('points') } : scale;
  const text = scaledQuantity(value, inPoints, voice.language);
  return new Decimal(value).greaterThan(0) ? `+${text}` : text;
}

function chartKey(standing: Standing, content: ReportContent, voice: Voice): string {
  const key = voice.say(standing.forecast ? 'chart.key' : 'chart.key_without_forecast');
  return publishedPoints(standing, content).length > 0 ? `${key} ${voice.say('chart.key_restated')}` : key;
}

export function actionsHead(voice: Voice) {
  const head = (key: string) => voice.say(`action.${key}`);
  return {
    name: head('name'),
    owner: head('owner'),
    due: head('due'),
    status: head('status'),
    budget: head('budget'),
    spent: head('spent'),
    effect: head('effect'),
    claim: head('claim'),
  };
}

/** An action as a row: a claimed saving without evidence is shown as a claim, with what is missing. */
export function arrangeAction(action: Action, content: ReportContent, voice: Voice) {
  const { language } = voice;
  const scale = actionScale(content, voice);
  const money = (value: string | null) =>
    value === null ? voice.word('marks.missing') : scaledQuantity(value, scale, language);
  const claimed = action.claimedSaving !== null && !new Decimal(action.claimedSaving).isZero();
  return {
    name: voice.prose(action.name),
    place: [
      voice.wordFor('departments', action.department),
      action.entity && action.entity !== GROUP ? entityName(content, action.entity) : '',
    ]
      .filter(Boolean)
      .join(', '),
    owner: action.owner ?? voice.say('action.no_owner'),
    due: shortDate(action.due, language),
    status: action.status,
    status_word: voice.word(`action_statuses.${action.status}`),
    budget: money(action.budget),
    milestone: milestoneOf(action, voice),
    spent: money(spentOn(action)),
    effect:
      action.expectedEffect === null
        ? voice.word('marks.missing')
        : `${number(action.expectedEffect, decimalsOf(action.expectedEffect), language)}${action.expectedUnit ? `\u00a0${unitName(action.expectedUnit, language)}` : ''}`,
    claim: claimed
      ? voice.say(action.evidence ? 'action.claim_with_evidence' : 'action.claim_without_evidence', {
          amount: quantityOrMark(action.claimedSaving, content.group.currency, 0, voice),
          evidence: action.evidence ?? '',
        })
      : '—',
    claimed_bare: claimed && !action.evidence,
  };
}

/** The next thing that an open action has to reach, or has not reached in time. */
function milestoneOf(action: Action, voice: Voice): string {
  const next = isOpen(action) ? action.milestones.find((one) => one.status !== 'done') : undefined;
  return next
    ? voice.say(next.status === 'late' ? 'action.milestone_late' : 'action.milestone', {
        name: next.name,
        due: shortDate(next.due, voice.language),
      })
    : '';
}

/** Budgets and spending of all actions in one scale: every table of the report has them in the same. */
function actionScale({ objectives, looseActions, group }: ReportContent, voice: Voice): Scale {
  const all = [...objectives.flatMap((one) => one.actions), ...looseActions];
  return columnScale(
    group.currency,
    0,
    all.flatMap((action) => [action.budget, spentOn(action)]),
    voice.language,
  );
}

/** The decimals that a declared quantity has, two at most. */
function decimalsOf(value: string): number {
  return Math.min(2, new Decimal(value).decimalPlaces());
}

function moneyOf(actions: readonly Action[], currency: string, voice: Voice): string {
  const sum = (pick: (action: Action) => string | null) =>
    actions.reduce((total, action) => total.plus(pick(action) ?? 0), new Decimal(0)).toFixed();
  const funded = actions.filter((action) => action.budget !== null).length;
  if (actions.length === 0) return '';
  return voice.plural('objective.money', actions.length, {
    budget: quantityOrMark(
      sum((a) => a.budget),
      currency,
      0,
      voice,
    ),
    spent: quantityOrMark(sum(spentOn), currency, 0, voice),
    by_ledger: actions.some((action) => action.ledgerSpent !== null)
      ? voice.say('objective.by_ledger', {
          amount: quantityOrMark(
            sum((a) => a.ledgerSpent),
            currency,
            0,
            voice,
          ),
        })
      : '',
    funded,
  });
}

import { Decimal } from 'decimal.js';
import { GROUP } from '../../indicators/figure.ts';
import { type Action, isMeasured, type Standing } from '../../objectives/objective.ts';
import type { ReportContent } from '../content.ts';
import {
  number,
  quarter,
  type Scale,
  scaledQuantity,
  scaleFor,
  share,
  shortDate,
  unitName,
} from '../format.ts';
import { quantityOrMark, trailId } from './cell.ts';
import { trajectoryChart } from './charts/trajectory.ts';
import type { FigureBook } from './figure-book.ts';
import { rankFindings } from './rank-findings.ts';
import type { Voice } from './voice.ts';

/** Findings on an objective's page, the gravest first; the workbook holds them all. */
const mostFindings = 3;

export const objectiveAnchor = (index: number) => `objective-${index + 1}`;

/** A page for each objective, in the order in which they are declared. */
export async function arrangeObjectives(content: ReportContent, book: FigureBook, voice: Voice) {
  return Promise.all(
    content.objectives.map((standing, index) => objectivePage(standing, index, content, book, voice)),
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
  const chart = await trajectoryChart(standing, shown.scale, `trajectory-${index + 1}`, voice);
  // the drift itself is the sentence that leads the page
  const findings = rankFindings(
    content.findings.filter((f) => f.objective === objective.id && f.id !== `drift:${objective.id}`),
  );
  const rest = findings.length - mostFindings;
  const quarterOf = (period: string) => quarter(period, language);
  return {
    anchor: objectiveAnchor(index),
    first: index === 0,
    // a page with much to say has a smaller chart
    density: standing.actions.length + Math.min(findings.length, mostFindings) > 4 ? 'dense' : '',
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
        note: voice.word(`bases.${objective.basis}`),
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
    chart_title: voice.say('objective.chart', {
      indicator: indicator ? voice.label(indicator.label) : (objective.indicator ?? ''),
      unit: unitIn(shown.scale, voice),
      basis: voice.word(`bases.${objective.basis}`),
      entity: objective.entity === GROUP ? voice.word('group') : entityName(content, objective.entity),
    }),
    drawn: chart !== null,
    chart: chart?.svg ?? '',
    alternative: chart?.alternative ?? '',
    no_chart: voice.say('objective.no_chart'),
    chart_key: chart ? chartKey(standing, voice) : '',
    forecast: forecastOf(standing, shown.scale, voice),
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

export function entityName(content: ReportContent, id: string): string {
  return content.entities.find((entity) => entity.id === id)?.name ?? id;
}

function leadOf(standing: Standing, scale: Scale, voice: Voice): string {
  if (standing.lead === null) return voice.say('objective.no_lead');
  const lead = new Decimal(standing.lead);
  const amount = scaledQuantity(
    lead.abs().toFixed(),
    scale.unit === '%' ? { ...scale, unit: voice.word('points') } : scale,
    voice.language,
  );
  if (lead.isZero()) return voice.say('objective.level');
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
  const way = new Decimal(objective.target.value).minus(objective.baseline.value);
  const short = new Decimal(forecast.value)
    .minus(objective.target.value)
    .times(way.isNegative() ? -1 : 1)
    .isNegative();
  return voice.say(short ? 'objective.forecast_short' : 'objective.forecast_reached', {
    period,
    value: shown(forecast.value),
    low: shown(forecast.low),
    high: shown(forecast.high),
    points: number(String(forecast.points), 0, voice.language),
    method: voice.wordFor('forecast_methods', forecast.method),
  });
}

function chartKey(standing: Standing, voice: Voice): string {
  return voice.say(standing.forecast ? 'chart.key' : 'chart.key_without_forecast');
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
  const money = (value: string | null) => quantityOrMark(value, content.group.currency, 0, voice);
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
    spent: money(action.spent),
    effect:
      action.expectedEffect === null
        ? voice.word('marks.missing')
        : `${number(action.expectedEffect, decimalsOf(action.expectedEffect), language)}${action.expectedUnit ? `\u00a0${unitName(action.expectedUnit, language)}` : ''}`,
    claim: claimed
      ? voice.say(action.evidence ? 'action.claim_with_evidence' : 'action.claim_without_evidence', {
          amount: money(action.claimedSaving),
          evidence: action.evidence ?? '',
        })
      : '—',
    claimed_bare: claimed && !action.evidence,
  };
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
    spent: quantityOrMark(
      sum((a) => a.spent),
      currency,
      0,
      voice,
    ),
    funded,
  });
}

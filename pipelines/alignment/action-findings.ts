import { Decimal } from 'decimal.js';
import { type Evidence, evidenceState } from '../collect/evidence.ts';
import type { Indicator } from '../indicators/catalogue.ts';
import type { NameOf } from '../indicators/place-name.ts';
import { atLeast, change, dayName, listed, quantity, unitName } from '../language/quantity.ts';
import type { Language, Say } from '../language/wording.ts';
import type { LooseSpend } from '../objectives/loose-spend.ts';
import type { Action } from '../objectives/objective.ts';
import type { EffectCheck } from '../objectives/verify-actions.ts';
import { waitingCircles } from '../objectives/waiting-circles.ts';
import type { Finding } from './finding.ts';

export interface ActionFacts {
  readonly actions: readonly Action[];
  readonly effects: readonly EffectCheck[];
  readonly spend: readonly LooseSpend[];
  readonly indicators: readonly Indicator[];
  /** last day of the run's quarter */
  readonly day: string;
  readonly currency: string;
  readonly language: Language;
  readonly say: Say;
  readonly nameOf?: NameOf;
  /** documents that were delivered */
  readonly evidence?: readonly Evidence[];
}

/** Share by which spending may exceed its budget, and the register differ from the ledger. */
const tolerance = '0.05';

/** Where actions part from reality: one finding each, none without its figures. */
export function actionFindings(facts: ActionFacts): Finding[] {
  return [
    ...facts.effects.flatMap((check) => effectFinding(check, facts)),
    ...facts.actions.flatMap((action) => [
      ...lateFinding(action, facts),
      ...lateMilestones(action, facts),
      ...budgetFinding(action, facts),
      ...ledgerFinding(action, facts),
      ...claimFinding(action, facts),
    ]),
    ...spendFindings(facts),
    ...circleFindings(facts),
  ];
}

function about(action: Action) {
  return {
    kind: 'action' as const,
    ...(action.objective ? { objective: action.objective } : {}),
    ...(action.entity ? { entity: action.entity } : {}),
  };
}

function effectFinding(check: EffectCheck, facts: ActionFacts): Finding[] {
  const { say, language, nameOf = (place: string) => place } = facts;
  const action = facts.actions.find((one) => one.id === check.action);
  const indicator = facts.indicators.find((one) => one.id === check.indicator);
  if (!action || !indicator) return [];
  if (check.reason === 'unit') {
    return [
      {
        id: `action:unit:${action.id}`,
        severity: 'minor',
        ...about(action),
        sentence: say('action.unit', {
          action: action.name,
          unit: unitName(action.expectedUnit ?? '', language),
          indicator: indicator.label[language],
          indicator_unit: unitName(indicator.unit, language),
        }),
        figures: [
          { name: say('names.expected'), value: action.expectedEffect, unit: action.expectedUnit ?? '' },
        ],
      },
    ];
  }
  if (check.verdict !== 'none' && check.verdict !== 'part') return [];
  const unit = indicator.unit === '%' ? 'points' : indicator.unit;
  const shown = (value: string | null) => quantity(value, unit, atLeast(indicator.decimals, 1), language);
  const moved = (value: string | null) => change(value, unit, atLeast(indicator.decimals, 1), language);
  const constant =
    check.leftOut.length > 0
      ? say('action.left_out', {
          out: listed(check.leftOut.map(nameOf), language),
          number: check.leftOut.length,
        })
      : '';
  const usual =
    check.usual === null
      ? say('action.usual_unknown')
      : say(check.drowned ? 'action.usual_drowns' : 'action.usual', { usual: shown(check.usual) });
  return [
    {
      id: `action:${check.verdict === 'none' ? 'no_effect' : 'part_effect'}:${action.id}`,
      severity: check.verdict === 'none' && !check.drowned ? 'major' : 'minor',
      ...about(action),
      indicator: indicator.id,
      sentence: say(check.verdict === 'none' ? 'action.no_effect' : 'action.part_effect', {
        action: action.name,
        done: dayName(action.doneOn ?? action.due, language),
        from: dayName(check.from, language),
        months: Math.min(check.months, 12),
        expected: moved(check.expected),
        observed: moved(check.observed),
        indicator: indicator.label[language],
        place: nameOf(check.place),
        constant,
        usual,
      }),
      figures: [
        { name: say('names.expected'), value: check.expected, unit: indicator.unit },
        { name: say('names.observed'), value: check.observed, unit: indicator.unit },
        { name: say('names.usual'), value: check.usual, unit: indicator.unit },
      ],
    },
  ];
}

function lateFinding(action: Action, { say, day, language }: ActionFacts): Finding[] {
  if (action.status !== 'late') return [];
  const days = daysBetween(action.due, day);
  return [
    {
      id: `action:late:${action.id}`,
      severity: 'minor',
      ...about(action),
      sentence: say('action.late', {
        action: action.name,
        department: say(`department.${action.department}`),
        due: dayName(action.due, language),
        days,
      }),
      figures: [{ name: say('names.days_late'), value: String(days), unit: 'd' }],
    },
  ];
}

/** Milestones that are late in an action which is not said to be late: the register has not noticed. */
function lateMilestones(action: Action, { say, day, language }: ActionFacts): Finding[] {
  const late = action.milestones.filter((one) => one.status === 'late');
  if (late.length === 0 || action.status === 'late' || action.status === 'stopped') return [];
  const oldest = late[0] as (typeof late)[number];
  const days = daysBetween(oldest.due, day);
  return [
    {
      id: `action:milestone_late:${action.id}`,
      severity: 'minor',
      ...about(action),
      sentence: say(action.status === 'done' ? 'action.milestone_open' : 'action.milestone_late', {
        action: action.name,
        milestones: listed(
          late.map((one) => say('quoted', { name: one.name })),
          language,
        ),
        number: late.length,
        due: dayName(oldest.due, language),
        days,
      }),
      figures: [
        { name: say('names.milestones_late'), value: String(late.length), unit: 'count' },
        { name: say('names.days_late'), value: String(days), unit: 'd' },
      ],
    },
  ];
}

/** Spending as the ledger tells it where its lines bear the action's code, else as the register says. */
function budgetFinding(action: Action, { say, currency, language }: ActionFacts): Finding[] {
  const spent = action.ledgerSpent ?? action.spent;
  if (action.budget === null || spent === null) return [];
  const budget = new Decimal(action.budget);
  if (!new Decimal(spent).greaterThan(budget.times(new Decimal(1).plus(tolerance)))) return [];
  return [
    {
      id: `action:over_budget:${action.id}`,
      severity: 'minor',
      ...about(action),
      sentence: say('action.over_budget', {
        action: action.name,
        department: say(`department.${action.department}`),
        spent: quantity(spent, currency, 0, language),
        budget: quantity(action.budget, currency, 0, language),
        source: say(action.ledgerSpent === null ? 'action.by_register' : 'action.by_ledger'),
      }),
      figures: [
        { name: say('names.budget'), value: action.budget, unit: currency },
        { name: say('names.spent'), value: spent, unit: currency },
      ],
    },
  ];
}

/** The register and the ledger do not tell the same spending. */
function ledgerFinding(action: Action, { say, currency, language }: ActionFacts): Finding[] {
  const { spent, ledgerSpent } = action;
  if (spent === null || ledgerSpent === null) return [];
  const gap = new Decimal(ledgerSpent).minus(spent);
  const larger = Decimal.max(new Decimal(spent).abs(), new Decimal(ledgerSpent).abs());
  if (larger.isZero() || gap.abs().dividedBy(larger).lessThanOrEqualTo(tolerance)) return [];
  return [
    {
      id: `action:ledger:${action.id}`,
      severity: 'minor',
      ...about(action),
      sentence: say('action.ledger', {
        action: action.name,
        register: quantity(spent, currency, 0, language),
        ledger: quantity(ledgerSpent, currency, 0, language),
        rows: action.ledgerRows,
        gap: quantity(gap.abs().toFixed(), currency, 0, language),
      }),
      figures: [
        { name: say('names.spent_register'), value: spent, unit: currency },
        { name: say('names.spent_ledger'), value: ledgerSpent, unit: currency },
      ],
    },
  ];
}

/** A claimed saving stays a claim until the document that shows it was delivered and is the one whose hash was stated; what lacks is named. */
function claimFinding(
  action: Action,
  { say, currency, language, effects, evidence = [] }: ActionFacts,
): Finding[] {
  if (action.claimedSaving === null || new Decimal(action.claimedSaving).isZero()) return [];
  const { evidenceFile: file, evidenceSha256: stated } = action;
  const state = file !== null && stated !== null ? evidenceState(evidence, { file, sha256: stated }) : null;
  // whether the indicator moved is another finding
  if (state === 'equal') return [];
  const missing = [
    ...(state === null ? [] : [state]),
    ...(action.evidence === null && action.evidenceFile === null ? ['document'] : []),
    ...(action.evidenceFile === null ? ['file'] : []),
    ...(action.evidenceSha256 === null ? ['hash'] : []),
    ...(effects.some((one) => one.action === action.id && one.verdict === 'moved') ? [] : ['measurement']),
  ];
  const none = missing.includes('document');
  return [
    {
      id: `claim:action:${action.id}`,
      severity: none ? 'major' : 'minor',
      ...about(action),
      kind: 'claim',
      sentence: say(none ? 'claim.action' : 'claim.action_partly', {
        action: action.name,
        amount: quantity(action.claimedSaving, currency, 0, language),
        evidence: action.evidence ?? action.evidenceFile ?? '',
        missing: missing
          .filter((one) => one !== 'file' || !none)
          .map((one) => say(`claim.missing.${one}`, { file: file ?? '' }))
          .join(', '),
      }),
      figures: [{ name: say('names.claimed_saving'), value: action.claimedSaving, unit: currency }],
    },
  ];
}

function spendFindings({
  spend,
  say,
  currency,
  language,
  nameOf = (place) => place,
}: ActionFacts): Finding[] {
  const money = (value: string) => quantity(value, currency, 0, language);
  const unknown = spend.filter((one) => one.kind === 'unknown');
  const projects = spend.filter((one) => one.kind === 'project');
  const findings: Finding[] = unknown.map((one) => ({
    id: `action:unknown_code:${one.code}`,
    kind: 'action',
    severity: 'major',
    ...(one.entities.length === 1 ? { entity: one.entities[0] as string } : {}),
    sentence: say('action.unknown_code', {
      code: one.code,
      amount: money(one.amount),
      rows: one.rows,
      entities: listed(one.entities.map(nameOf), language),
    }),
    figures: [{ name: one.code, value: one.amount, unit: currency }],
  }));
  if (projects.length === 0) return findings;
  const total = projects.reduce((sum, one) => sum.plus(one.amount), new Decimal(0)).toFixed();
  return [
    ...findings,
    {
      id: 'action:untied_projects',
      kind: 'action',
      severity: 'minor',
      sentence: say('action.untied_projects', {
        number: projects.length,
        amount: money(total),
        projects: listed(
          projects.map((one) => say('quoted', { name: one.name ?? one.code })),
          language,
        ),
      }),
      figures: projects.map((one) => ({ name: one.name ?? one.code, value: one.amount, unit: currency })),
    },
  ];
}

function circleFindings({ actions, say }: ActionFacts): Finding[] {
  const found = waitingCircles(actions);
  return [...found.actions, ...found.milestones, ...found.mixed].map((circle) => ({
    id: `action:circle:${circle[0]}`,
    kind: 'action' as const,
    severity: 'major' as const,
    sentence: say('action.circle', { circle: [...circle, circle[0]].join(' → ') }),
    figures: [{ name: say('names.circle'), value: String(circle.length), unit: 'count' }],
  }));
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

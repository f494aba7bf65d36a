import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Decimal } from 'decimal.js';
import { Fault } from '../../fault.ts';
import {
  atLeast,
  dayName,
  finer,
  percentage,
  quantity,
  quarterName,
  type Rounding,
} from '../../language/quantity.ts';
import type { Dossier, DossierAction, DossierObjective } from '../../review/dossier.ts';
import type { FollowedResolution } from '../../review/follow-up.ts';
import type { ToldDecision } from '../../review/last-decisions.ts';
import { arbitrationSubject, ownId } from '../../review/resolution.ts';
import { loadTemplates, Markup } from '../board/template.ts';
import { type Voice, voiceOf } from '../board/voice.ts';

/** Lines of each table at most, so that it stays one page; how many more there are is said. */
const most = { objectives: 8, actions: 10, questions: 9, decisions: 14, agenda: 12 };

/**
 * The page that an owner can be sent, or the page of the whole review, as self-contained HTML without script.
 *
 * @param owner a department's code or an owner's role; null for the whole review
 * @throws {Fault} BRF-003 for an owner that nobody is, with who there is
 */
export async function renderBrief(
  dossier: Dossier,
  owner: string | null,
  past: readonly ToldDecision[] | null,
  templates: string,
): Promise<string> {
  const folder = join(templates, 'brief');
  const [voice, render, style] = await Promise.all([
    voiceOf(dossier.language, templates, 'brief'),
    loadTemplates(folder),
    readFile(join(folder, 'brief.css'), 'utf8'),
  ]);
  const own = ownOf(dossier, owner);
  // an approval that holds is nothing to talk about: it is counted
  const holds = (one: ToldDecision) => one.outcome === 'kept' && one.drift === null;
  const told = past?.filter((one) => !holds(one)) ?? [];
  const held = past?.filter(holds).length ?? 0;
  const decisions = [
    ...own.followed.map((one) => resolutionRow(one, dossier, voice)),
    ...told.map((one) => decisionRow(one, dossier, voice)),
  ];
  const agenda =
    owner === null ? dossier.agenda : dossier.agenda.filter((one) => own.objectiveIds.has(one.objective));
  const who = owner === null ? voice.say('review') : nameOf(owner, voice);
  const title = voice.say('title', { who, period: quarterName(dossier.period, dossier.language) });
  return render({
    language: dossier.language,
    style: new Markup(style),
    title,
    group: dossier.group,
    run: voice.say('run', { run: dossier.run }),
    lead: voice.say('lead', {
      objectives: own.objectives.length,
      behind: own.objectives.filter((one) => ['drifting', 'off_track'].includes(one.status)).length,
      actions: own.actions.length,
      late: own.actions.filter((one) => one.status === 'late').length,
      questions: own.questions.length,
    }),
    decisions_title: past === null && decisions.length === 0 ? '' : voice.say('decisions'),
    decisions: decisions.slice(0, most.decisions),
    no_decision: past?.length === 0 && decisions.length === 0 ? voice.say('no_decision') : '',
    decisions_more: more(decisions.length, most.decisions, voice),
    decisions_held: held > 0 ? voice.plural('held', held) : '',
    agenda_title: voice.say('agenda'),
    agenda_note: voice.say('agenda_note'),
    agenda_head: heads(voice, ['objective', 'owner', 'weight', 'distance', 'money', 'materiality']),
    agenda: agenda.slice(0, most.agenda).map((one) => ({
      label: one.label,
      status: voice.word(`statuses.${one.status}`),
      owner: one.owner ?? voice.say('no_owner'),
      weight: quantity(String(one.weight), '', 1, dossier.language),
      distance: percentage(one.distance, 0, dossier.language),
      money: quantity(one.money, dossier.currency, 0, dossier.language),
      materiality: quantity(String(one.materiality), '', 2, dossier.language),
    })),
    no_agenda: agenda.length === 0 ? voice.say('no_agenda') : '',
    objectives_title: owner === null ? '' : voice.say('objectives'),
    objectives_head: heads(voice, ['objective', 'status', 'value', 'expected', 'target', 'forecast', 'pace']),
    objectives:
      owner === null
        ? []
        : own.objectives.slice(0, most.objectives).map((one) => objectiveRow(one, dossier, voice)),
    objectives_more: owner === null ? '' : more(own.objectives.length, most.objectives, voice),
    actions_title: owner === null ? '' : voice.say('actions'),
    actions_head: heads(voice, ['action', 'status', 'due', 'next', 'budget', 'spent']),
    actions:
      owner === null ? [] : own.actions.slice(0, most.actions).map((one) => actionRow(one, dossier, voice)),
    actions_more: owner === null ? '' : more(own.actions.length, most.actions, voice),
    questions_title: voice.say('questions'),
    questions: own.questions.slice(0, most.questions).map((one) => ({
      severity: voice.word(`severities.${one.severity}`),
      owner: owner === null ? (one.owner ?? departmentName(one.department, voice)) : '',
      sentence: voice.prose(one.sentence),
    })),
    no_question: own.questions.length === 0 ? voice.say('no_question') : '',
    questions_more: more(own.questions.length, most.questions, voice),
    answer: voice.say('answer'),
  });
}

function ownOf(dossier: Dossier, owner: string | null) {
  const mine = (one: { readonly owner: string | null; readonly department: string | null }) =>
    owner === null || one.department === owner || same(one.owner, owner);
  const objectives = dossier.objectives.filter(mine);
  // an action that somebody else runs for my objective is mine to follow, too
  const objectiveIds = new Set(objectives.map((one) => one.id));
  const actions = dossier.actions.filter((one) => mine(one) || objectiveIds.has(one.objective ?? ''));
  const questions = dossier.questions.filter(mine);
  const actionIds = new Set(actions.map((one) => one.id));
  const followed = (dossier.followed ?? []).filter(({ subject, owner: charged }) => {
    const id = ownId(subject);
    return owner === null || same(charged, owner) || objectiveIds.has(id) || actionIds.has(id);
  });
  if (owner !== null && objectives.length + actions.length + questions.length === 0) {
    const known = new Set(
      [...dossier.objectives, ...dossier.actions].flatMap((one) => [one.department, one.owner]),
    );
    throw new Fault(
      'BRF-003',
      `"${owner}" has neither objective nor action nor question in ${dossier.run}.`,
      `Give one of: ${[...known].filter(Boolean).sort().join(', ')}.`,
      { exitStatus: 2 },
    );
  }
  const rank = { late: 0, running: 1, planned: 2, done: 3, stopped: 4 };
  return {
    objectives: [...objectives].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status)),
    objectiveIds,
    actions: [...actions].sort((a, b) => rank[a.status] - rank[b.status] || (a.due < b.due ? -1 : 1)),
    questions,
    followed,
  };
}

const order = ['off_track', 'drifting', 'unknown', 'on_track', 'achieved'];

function same(one: string | null, other: string): boolean {
  return one !== null && one.localeCompare(other, 'fr', { sensitivity: 'base' }) === 0;
}

function nameOf(owner: string, voice: Voice): string {
  return voice.wordFor('departments', owner);
}

function departmentName(department: string | null, voice: Voice): string {
  return voice.wordFor('departments', department ?? 'none');
}

function heads(voice: Voice, keys: readonly string[]) {
  return keys.map((key) => ({ text: voice.say(`heads.${key}`) }));
}

function more(count: number, shown: number, voice: Voice): string {
  return count > shown ? voice.say('more', { count: count - shown }) : '';
}

function objectiveRow(one: DossierObjective, { language, period }: Dossier, voice: Voice) {
  const unit = one.unit;
  const shown = (value: string | null) => quantity(value, unit, one.decimals, language);
  const change = (value: string | null) =>
    value === null
      ? ''
      : signed(value, quantity(value, unit === '%' ? 'points' : unit, atLeast(one.decimals, 1), language));
  const over = one.target_period !== null && one.target_period <= period;
  return {
    label: voice.prose(one.label),
    status: voice.word(`statuses.${one.status}`),
    value: shown(one.value),
    expected: shown(one.expected),
    target:
      one.target_period === null
        ? ''
        : voice.say('target', { value: shown(one.target), period: quarterName(one.target_period, language) }),
    forecast: one.forecast
      ? voice.say('forecast', {
          value: shown(one.forecast.value),
          low: shown(one.forecast.low),
          high: shown(one.forecast.high),
        })
      : voice.say(over ? 'over' : 'too_few'),
    pace:
      one.achieved_a_year === null
        ? ''
        : voice.say(one.required_a_year === null ? 'pace_over' : 'pace', {
            achieved: change(one.achieved_a_year),
            required: change(one.required_a_year),
          }),
  };
}

function signed(value: string, text: string): string {
  return new Decimal(value).greaterThan(0) ? `+${text}` : text;
}

function actionRow(one: DossierAction, { language, currency }: Dossier, voice: Voice) {
  const next = one.milestones.find((m) => m.status !== 'done');
  const money = (value: string | null) => quantity(value, currency, 0, language);
  return {
    name: voice.prose(one.name),
    owner: one.owner ?? voice.say('no_owner'),
    status: voice.word(`action_statuses.${one.status}`),
    due: dayName(one.due, language),
    next: next
      ? voice.say(next.status === 'late' ? 'next_late' : 'next', {
          name: next.name,
          due: dayName(next.due, language),
        })
      : '',
    budget: money(one.budget),
    spent:
      one.ledger_spent === null
        ? money(one.spent)
        : voice.say('by_ledger', { amount: money(one.ledger_spent) }),
  };
}

/** A decision on an objective, an action or the arbitration, and what became of it. */
function resolutionRow(one: FollowedResolution, { language }: Dossier, voice: Voice) {
  const label =
    one.subject === arbitrationSubject ? voice.say('decision.arbitration') : voice.prose(one.before.label);
  return {
    what: `${[
      voice.say(`decision.${one.decision}`, { subject: label, by: one.by, on: dayName(one.on, language) }),
      one.owner === null ? '' : voice.say('decision.owner', { owner: one.owner }),
      one.due === null
        ? ''
        : voice.say(`decision.${one.decision === 'postpone' ? 'until' : 'due'}`, {
            due: dayName(one.due, language),
          }),
    ]
      .filter((part) => part !== '')
      .join(', ')}.`,
    reason: one.reason === null ? '' : voice.prose(one.reason),
    became: voice.say('became.resolution', {
      outcome: voice.word(`resolution_outcomes.${one.outcome}`),
      sentence: voice.prose(one.sentence),
    }),
  };
}

function decisionRow(one: ToldDecision, { language }: Dossier, voice: Voice) {
  const rounded = (decimals: Rounding) => (value: string | null) =>
    value === null ? voice.word('marks.missing') : quantity(value, one.unit, decimals, language);
  // a change that rounding hides is shown with the decimals that tell it
  const enough =
    [0, 1, 2, 3]
      .map((more) => finer(one.decimals, more))
      .find((decimals) => rounded(decimals)(one.before) !== rounded(decimals)(one.now)) ?? one.decimals;
  const shown = rounded(one.outcome === 'kept' ? one.decimals : enough);
  const gap = one.kind === 'explained' ? 'gap_' : '';
  return {
    what: voice.say(`decision.${one.kind}`, {
      subject: voice.prose(one.label),
      by: one.by,
      on: dayName(one.on, language),
    }),
    reason: one.reason === null ? '' : voice.prose(one.reason),
    became: [
      voice.say(`became.${gap}${one.outcome}`, {
        before: shown(one.before),
        now: shown(one.now === null ? null : gap ? new Decimal(one.now).abs().toFixed() : one.now),
      }),
      ...(one.drift === null ? [] : [voice.say('became.drifting', { sentence: voice.prose(one.drift) })]),
    ].join(' '),
  };
}

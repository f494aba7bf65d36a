import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';
import { Decimal } from 'decimal.js';
import { Fault } from '../../fault.ts';
import { atLeast, dayName, listed, percentage, quantity, quarterName } from '../../language/quantity.ts';
import { wording } from '../../language/wording.ts';
import type { Dossier, DossierAction, DossierObjective } from '../../review/dossier.ts';
import type { FollowedResolution } from '../../review/follow-up.ts';
import { shownOutcome, type ToldDecision } from '../../review/last-decisions.ts';
import { arbitrationSubject, ownId } from '../../review/resolution.ts';
import type { Renderer } from '../board/browser.ts';
import { loadTemplates, Markup } from '../board/template.ts';
import { type Voice, voiceOf } from '../board/voice.ts';
import {
  columns,
  fitted,
  listSection,
  pageRoom,
  type Section,
  type Sections,
  tableSection,
} from './page-room.ts';

/**
 * The page that an owner can be sent, or the page of the whole review, as self-contained HTML without script. Of what
 * one page does not hold, it says how much there is and in which sheet of the workbook.
 *
 * @param owner a department's code or an owner's role; null for the whole review
 * @param room millimetres of text on one page
 * @throws {Fault} BRF-003 for an owner that nobody is, with who there is
 */
export async function renderBrief(
  dossier: Dossier,
  owner: string | null,
  templates: string,
  room = pageRoom,
): Promise<string> {
  const folder = join(templates, 'brief');
  const [voice, sheets, render, style] = await Promise.all([
    voiceOf(dossier.language, templates, 'brief'),
    wording(dossier.language, 'workbook', templates),
    loadTemplates(folder),
    readFile(join(folder, 'brief.css'), 'utf8'),
  ]);
  const own = ownOf(dossier, owner);
  const sections = sectionsOf(dossier, owner, own, voice);
  const shown = fitted(sections, room);
  const { held } = sections;
  const part = <Row>(key: keyof typeof shown, { rows, heads }: Section<Row>) => {
    const left = rows.length - shown[key];
    const names = sheetsOf[key].map((one) => voice.say('sheet', { name: sheets(`sheets.${one}.name`) }));
    return {
      title: rows.length > 0 ? voice.say(key) : '',
      head: heads.map(([name, width]) => ({ text: voice.say(`heads.${name}`), width: `${width}%` })),
      rows: rows.slice(0, shown[key]).map(({ row }) => row),
      more: left > 0 ? voice.say('more', { count: left, sheets: listed(names, dossier.language) }) : '',
    };
  };
  const who = owner === null ? voice.say('review') : nameOf(owner, voice);
  return render({
    language: dossier.language,
    style: new Markup(style),
    title: voice.say('title', { who, period: quarterName(dossier.period, dossier.language) }),
    group: dossier.group,
    run: voice.say('run', { run: dossier.run }),
    lead: voice.say('lead', {
      objectives: own.objectives.length,
      behind: own.objectives.filter((one) => ['drifting', 'off_track'].includes(one.status)).length,
      actions: own.actions.length,
      late: own.actions.filter((one) => one.status === 'late').length,
      questions: sections.questions.rows.length,
    }),
    decisions: part('decisions', sections.decisions),
    decisions_held: held > 0 ? voice.plural('held', held) : '',
    no_decision:
      owner === null && sections.decisions.rows.length + held === 0 ? voice.say('no_decision') : '',
    agenda: part('agenda', sections.agenda),
    agenda_note: voice.say('agenda_note'),
    no_agenda: owner === null && sections.agenda.rows.length === 0 ? voice.say('no_agenda') : '',
    objectives: part('objectives', sections.objectives),
    actions: part('actions', sections.actions),
    questions: part('questions', sections.questions),
    no_question: sections.questions.rows.length === 0 ? voice.say('no_question') : '',
    answer: voice.say('answer'),
  });
}

/**
 * The page as PDF, with as many rows as it holds in the fonts of this machine.
 *
 * @param render the page for an amount of room
 */
export async function printBrief(
  render: (room: number) => Promise<string>,
  browser: Renderer,
): Promise<Uint8Array> {
  for (let room = 1.25 * pageRoom; ; room *= 0.94) {
    const pdf = await browser.print(await render(room));
    const pages = (await PDFDocument.load(pdf)).getPageCount();
    if (pages === 1 || room < pageRoom / 3) return pdf;
  }
}

/** Where the workbook holds all of what the page shows a part of. */
const sheetsOf = {
  decisions: ['resolutions', 'past_decisions'],
  agenda: ['agenda'],
  objectives: ['objectives'],
  actions: ['actions'],
  questions: ['questions'],
} as const;

function sectionsOf(
  dossier: Dossier,
  owner: string | null,
  own: ReturnType<typeof ownOf>,
  voice: Voice,
): Sections {
  const past = owner === null ? dossier.past_decisions : undefined;
  const decisions = [
    ...own.followed.map((one) => resolutionRow(one, dossier, voice)),
    ...(past?.told ?? []).map((one) => decisionRow(one, voice)),
  ].sort((a, b) => a.rank - b.rank);
  // what the table of objectives says of a drift is not asked again
  const told = new Set(
    owner === null ? dossier.agenda.map((one) => one.objective) : own.objectives.map((one) => one.id),
  );
  const questions = own.questions.filter(
    (one) => !(one.finding.startsWith('drift:') && told.has(one.objective ?? '')),
  );
  return {
    held: past?.held ?? 0,
    decisions: listSection(decisions, (one) => [one.outcome, one.what, one.became, one.reason]),
    agenda: tableSection(
      owner === null ? dossier.agenda.map((one) => agendaRow(one, dossier, voice)) : [],
      columns.agenda,
    ),
    objectives: tableSection(
      owner === null ? [] : own.objectives.map((one) => objectiveRow(one, dossier, voice)),
      columns.objectives,
    ),
    actions: tableSection(
      owner === null ? [] : own.actions.map((one) => actionRow(one, dossier, voice)),
      columns.actions,
    ),
    questions: listSection(
      questions.map((one) => ({
        severity: voice.word(`severities.${one.severity}`),
        owner: owner === null ? (one.owner ?? departmentName(one.department, voice)) : '',
        sentence: voice.prose(one.sentence),
      })),
      (one) => [one.severity, one.owner, one.sentence],
    ),
  };
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
  // as they stand on the agenda, then the others
  const place = ({ id }: DossierObjective) => {
    const at = dossier.agenda.findIndex(({ objective }) => objective === id);
    return at < 0 ? dossier.agenda.length : at;
  };
  const rank = { late: 0, running: 1, planned: 2, done: 3, stopped: 4 };
  return {
    objectives: [...objectives].sort(
      (a, b) => place(a) - place(b) || order.indexOf(a.status) - order.indexOf(b.status),
    ),
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

function agendaRow(one: Dossier['agenda'][number], dossier: Dossier, voice: Voice) {
  const { language, currency } = dossier;
  const standing = dossier.objectives.find(({ id }) => id === one.objective);
  const shown = (value: string | null | undefined) =>
    quantity(value ?? null, standing?.unit ?? '', standing?.decimals ?? 0, language);
  return {
    objective: `${voice.prose(one.label)} · ${voice.word(`statuses.${one.status}`)}`,
    owner: one.owner ?? voice.say('no_owner'),
    standing: voice.say('standing', {
      value: shown(standing?.value),
      expected: shown(standing?.expected),
    }),
    weight: quantity(String(one.weight), '', 1, language),
    distance: percentage(one.distance, 0, language),
    money: quantity(one.money, currency, 0, language),
    materiality: quantity(String(one.materiality), '', 2, language),
  };
}

function objectiveRow(one: DossierObjective, { language, period, agenda }: Dossier, voice: Voice) {
  const unit = one.unit;
  const shown = (value: string | null) => quantity(value, unit, one.decimals, language);
  const change = (value: string | null) =>
    value === null
      ? ''
      : signed(value, quantity(value, unit === '%' ? 'points' : unit, atLeast(one.decimals, 1), language));
  const rank = agenda.findIndex(({ objective }) => objective === one.id) + 1;
  const over = one.target_period !== null && one.target_period <= period;
  return {
    objective: voice.prose(one.label),
    status: [
      voice.word(`statuses.${one.status}`),
      ...(rank > 0 ? [voice.say('on_agenda', { rank })] : []),
    ].join(' · '),
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
    action: `${voice.prose(one.name)} · ${one.owner ?? voice.say('no_owner')}`,
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
function resolutionRow(one: FollowedResolution, { language }: Dossier, voice: Voice): DecisionRow {
  const label =
    one.subject === arbitrationSubject ? voice.say('decision.arbitration') : voice.prose(one.before.label);
  return {
    rank: urgency[one.outcome],
    outcome: voice.word(`resolution_outcomes.${one.outcome}`),
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
    became: voice.prose(one.sentence),
  };
}

/** A decision on a figure or a gap, and what became of it. */
function decisionRow(one: ToldDecision, voice: Voice): DecisionRow {
  const outcome = shownOutcome(one);
  return {
    rank: urgency[outcome],
    outcome: voice.word(`decision_outcomes.${outcome}`),
    what: voice.prose(`${one.label}. ${one.decided}`),
    reason: one.reason === null ? '' : voice.prose(one.reason),
    became: voice.prose([one.became, one.drift ?? ''].join(' ').trim()),
  };
}

interface DecisionRow {
  readonly rank: number;
  readonly outcome: string;
  readonly what: string;
  readonly reason: string;
  readonly became: string;
}

/** What was not done first, then what has to be taken up again, then what goes on, then what has ended. */
const urgency: Readonly<Record<FollowedResolution['outcome'] | ReturnType<typeof shownOutcome>, number>> = {
  against: 0,
  late: 0,
  open: 0,
  again: 1,
  changed: 1,
  drifting: 2,
  under_way: 3,
  settled: 4,
  done: 4,
  kept: 4,
  closed: 4,
  gone: 4,
};

import { Decimal } from 'decimal.js';
import type { Finding } from '../alignment/finding.ts';
import type { Indicator } from '../indicators/catalogue.ts';
import { dayName, quantity } from '../language/quantity.ts';
import type { Language, Say } from '../language/wording.ts';
import type { Action, Standing } from '../objectives/objective.ts';
import { arbitrationSubject, type CarriedResolution, ownId, spentOn, spentOnAll } from './resolution.ts';

/**
 * What became of a resolution. `done`: the action is done or, if refused, stopped; the objective is back on its
 * trajectory. `late`: its day has passed. `again`: postponed until a day that has come. `against`: what was
 * refused or postponed is done or spent on, what was accepted is stopped. `closed`: nothing was to be done.
 * `gone`: no longer in the register.
 */
export const outcomes = ['against', 'late', 'again', 'under_way', 'done', 'closed', 'gone'] as const;
export type Outcome = (typeof outcomes)[number];

export interface FollowedResolution extends CarriedResolution {
  readonly outcome: Outcome;
  /** one sentence with the figures then and now */
  readonly sentence: string;
}

/** It stays before the next reviews until it has come to an end. */
export const stillOpen = ({ outcome }: Pick<FollowedResolution, 'outcome'>): boolean =>
  ['against', 'late', 'again', 'under_way'].includes(outcome);

export interface FollowUpFacts {
  readonly standings: readonly Standing[];
  readonly actions: readonly Action[];
  readonly indicators: readonly Indicator[];
  /** last day of the run's quarter */
  readonly day: string;
  readonly currency: string;
  readonly language: Language;
  readonly say: Say;
  /** words of `common.yaml` */
  readonly names: Say;
}

/** The resolutions of earlier reviews in the light of a run, what asks for attention first. */
export function followUp(
  resolutions: readonly CarriedResolution[],
  facts: FollowUpFacts,
): FollowedResolution[] {
  return resolutions
    .map((one) => {
      const { outcome, sentence } = becameOf(one, facts);
      return { ...one, outcome, sentence: firstLetter(sentence, 'toLocaleUpperCase') };
    })
    .sort(
      (a, b) => outcomes.indexOf(a.outcome) - outcomes.indexOf(b.outcome) || (a.subject < b.subject ? -1 : 1),
    );
}

const firstLetter = (sentence: string, to: 'toLocaleUpperCase' | 'toLocaleLowerCase') =>
  `${sentence.charAt(0)[to]()}${sentence.slice(1)}`;

type Became = Pick<FollowedResolution, 'outcome' | 'sentence'>;

function becameOf(one: CarriedResolution, facts: FollowUpFacts): Became {
  if (one.subject === arbitrationSubject) return arbitrated(one, facts);
  const own = ownId(one.subject);
  const standing = facts.standings.find(({ objective }) => objective.id === own);
  const action = facts.actions.find(({ id }) => id === own);
  return one.subject.startsWith('objective:')
    ? ofObjective(one, standing, facts)
    : ofAction(one, action, facts);
}

const passed = ({ due }: CarriedResolution, { day }: FollowUpFacts) => due !== null && due <= day;

/** What a decision came to whose aim is not reached. */
function unreached(one: CarriedResolution, facts: FollowUpFacts): Outcome {
  if (one.decision === 'refuse') return 'closed';
  if (!passed(one, facts)) return 'under_way';
  return one.decision === 'accept' ? 'late' : 'again';
}

function ofObjective(one: CarriedResolution, now: Standing | undefined, facts: FollowUpFacts): Became {
  const { say, names, language } = facts;
  if (!now) return { outcome: 'gone', sentence: say('followed.objective_gone') };
  const indicator = facts.indicators.find(({ id }) => id === now.objective.indicator);
  const shown = (value: string | null) =>
    quantity(value, indicator?.unit ?? '', indicator?.decimals ?? 0, language);
  const reached = now.status === 'on_track' || now.status === 'achieved';
  return {
    outcome: reached ? 'done' : unreached(one, facts),
    sentence: say('followed.objective', {
      before: shown(one.before.value),
      now: shown(now.value),
      expected: shown(now.expected),
      status: names(`statuses.${now.status}`).toLocaleLowerCase(language),
    }),
  };
}

function ofAction(one: CarriedResolution, now: Action | undefined, facts: FollowUpFacts): Became {
  const { say, names, language, currency } = facts;
  if (!now)
    return {
      outcome: one.decision === 'refuse' ? 'done' : 'gone',
      sentence: say('followed.action_gone'),
    };
  const spent = spentOn(now);
  const since = new Decimal(spent ?? 0).minus(one.before.value ?? 0);
  const status = (code: string | null) =>
    names(`action_statuses.${code ?? 'planned'}`).toLocaleLowerCase(language);
  return {
    outcome: outcomeOf(one, now, since.greaterThan(0), facts),
    sentence: say(spent === null ? 'followed.action_unspent' : 'followed.action', {
      before: status(one.before.status),
      now: status(now.status),
      spent: quantity(spent, currency, 0, language),
      since: quantity(since.toFixed(), currency, 0, language),
    }),
  };
}

function outcomeOf(
  one: CarriedResolution,
  { status }: Action,
  spentSince: boolean,
  facts: FollowUpFacts,
): Outcome {
  switch (one.decision) {
    case 'accept':
      if (status === 'done') return 'done';
      if (status === 'stopped') return 'against';
      return passed(one, facts) ? 'late' : 'under_way';
    case 'refuse':
      if (status === 'stopped') return 'done';
      return spentSince || status === 'done' ? 'against' : 'under_way';
    case 'postpone':
      if (status === 'stopped') return 'closed';
      if (passed(one, facts)) return status === 'done' ? 'done' : 'again';
      return spentSince || status === 'done' ? 'against' : 'under_way';
  }
}

function arbitrated(one: CarriedResolution, facts: FollowUpFacts): Became {
  const { say, language, currency } = facts;
  const chosen = facts.actions.filter(({ id }) => one.before.chosen.includes(id));
  const count = (status: Action['status']) => chosen.filter((action) => action.status === status).length;
  const spent = spentOnAll(chosen);
  const done = count('done') === one.before.chosen.length;
  return {
    outcome: one.decision === 'accept' && done ? 'done' : unreached(one, facts),
    sentence: say('followed.arbitration', {
      number: one.before.chosen.length,
      done: count('done'),
      running: count('running'),
      late: count('late'),
      planned: count('planned'),
      stopped: count('stopped'),
      since: quantity(spent.minus(one.before.value ?? 0).toFixed(), currency, 0, language),
    }),
  };
}

/**
 * What goes otherwise than a review decided: an accepted objective, action or arbitration that is late, an action
 * that is done or spent on against the decision. Each asks its owner.
 */
export function followUpFindings(
  followed: readonly FollowedResolution[],
  { standings, actions, indicators, say, language, currency }: FollowUpFacts,
): Finding[] {
  return followed.flatMap((one): Finding[] => {
    if (one.outcome !== 'late' && one.outcome !== 'against') return [];
    const told = (key: string, words: Record<string, string> = {}) =>
      say(`followed.finding.${key}`, {
        by: one.by,
        on: dayName(one.on, language),
        due: one.due === null ? '–' : dayName(one.due, language),
        became: firstLetter(one.sentence, 'toLocaleLowerCase'),
        ...words,
      });
    const spent = (now: string | null) => [
      { name: say('names.spent_then'), value: one.before.value, unit: currency },
      { name: say('names.spent_now'), value: now, unit: currency },
    ];
    const finding = {
      id: `decision:${one.outcome}:${one.subject}`,
      kind: 'action',
      severity: 'major',
    } as const;

    if (one.subject === arbitrationSubject) {
      const chosen = actions.filter(({ id }) => one.before.chosen.includes(id));
      return [
        {
          ...finding,
          ...(one.owner === null ? {} : { owner: one.owner }),
          sentence: told('arbitration'),
          figures: spent(spentOnAll(chosen).toFixed()),
        },
      ];
    }
    const standing = standings.find(({ objective }) => one.subject === `objective:${objective.id}`);
    if (standing) {
      const { objective, value, expected } = standing;
      const unit = indicators.find(({ id }) => id === objective.indicator)?.unit ?? '';
      return [
        {
          ...finding,
          objective: objective.id,
          ...(objective.indicator === null ? {} : { indicator: objective.indicator }),
          entity: objective.entity,
          sentence: told('objective', { objective: objective.label[language] }),
          figures: [
            { name: say('names.value_then'), value: one.before.value, unit },
            { name: say('names.value'), value, unit },
            { name: say('names.expected'), value: expected, unit },
          ],
        },
      ];
    }
    const action = actions.find(({ id }) => one.subject === `action:${id}`);
    if (!action) return [];
    return [
      {
        ...finding,
        ...(action.objective ? { objective: action.objective } : {}),
        ...(action.entity ? { entity: action.entity } : {}),
        sentence: told(one.outcome, {
          action: action.name,
          decision: say(`followed.decided.${one.decision}`),
        }),
        figures: spent(spentOn(action)),
      },
    ];
  });
}

import { Decimal } from 'decimal.js';
import type { Arbitration } from '../alignment/arbitration/arbitrate.ts';
import type { Language } from '../language/wording.ts';
import type { Action, Standing } from '../objectives/objective.ts';
import type { Agenda } from './agenda.ts';

export const choices = ['accept', 'postpone', 'refuse'] as const;
export type Choice = (typeof choices)[number];

/** What a review decided of an objective on its agenda, of an action, or of the proposed arbitration. */
export interface Resolution {
  /** `objective:<id>`, `action:<id>` or {@link arbitrationSubject} */
  readonly subject: string;
  readonly decision: Choice;
  /** who sees to it */
  readonly owner: string | null;
  /** ISO day by which it is done, or is taken up again where it is postponed */
  readonly due: string | null;
  readonly reason: string | null;
  readonly by: string;
  readonly on: string;
}

export const arbitrationSubject = 'arbitration';

/** Id of the objective or of the action that a subject names. */
export const ownId = (subject: string): string => subject.slice(subject.indexOf(':') + 1);

/** What a run says of something that a review may decide. */
export interface SubjectState {
  readonly label: string;
  /** of the objective or the action; null for the arbitration */
  readonly status: Standing['status'] | Action['status'] | null;
  /** value of the objective's indicator; money spent on the action, or on the actions chosen */
  readonly value: string | null;
  /** actions that the arbitration chose */
  readonly chosen: readonly string[];
}

/** A resolution of an earlier review, with what it was taken on. */
export interface CarriedResolution extends Resolution {
  /** quarter of the review that took it */
  readonly period: string;
  readonly before: SubjectState;
}

/** What a run knows of what a review may decide. */
export interface Decidable {
  readonly objectives: readonly Standing[];
  readonly looseActions: readonly Action[];
  readonly arbitration: Arbitration | null;
  readonly agenda: Agenda;
}

export interface Subject {
  readonly id: string;
  readonly kind: 'objective' | 'action' | 'arbitration';
}

/**
 * What the review of a run may decide: the objectives on its agenda, the most material first; the proposed
 * arbitration; the actions that are neither done nor stopped; then what earlier reviews decided beside these.
 */
export function subjectsOf(
  { objectives, looseActions, arbitration, agenda }: Decidable,
  earlier: readonly Pick<Resolution, 'subject'>[],
): Subject[] {
  const open = actionsOf({ objectives, looseActions }).filter(
    ({ status }) => status !== 'done' && status !== 'stopped',
  );
  const ids = [
    ...agenda.items.map(({ objective }) => `objective:${objective}`),
    ...(arbitration ? [arbitrationSubject] : []),
    ...open.map(({ id }) => `action:${id}`),
    ...earlier.map(({ subject }) => subject),
  ];
  return [...new Set(ids)].map((id) => ({ id, kind: id.split(':')[0] as Subject['kind'] }));
}

/** The state of a subject in a run; undefined where it knows it no more. */
export function stateOf(subject: string, run: Decidable, language: Language): SubjectState | undefined {
  const { arbitration } = run;
  const actions = actionsOf(run);
  const id = ownId(subject);
  if (subject === arbitrationSubject) {
    if (!arbitration) return undefined;
    const { chosen } = arbitration.set;
    const spent = spentOnAll(actions.filter((action) => chosen.includes(action.id)));
    return { label: '', status: null, value: spent.toFixed(), chosen };
  }
  if (subject.startsWith('objective:')) {
    const found = run.objectives.find(({ objective }) => objective.id === id);
    return (
      found && {
        label: found.objective.label[language],
        status: found.status,
        value: found.value,
        chosen: [],
      }
    );
  }
  const action = actions.find((one) => one.id === id);
  return action && { label: action.name, status: action.status, value: spentOn(action), chosen: [] };
}

/** As the ledger tells it where its lines bear the action's code, else as the register does. */
export const spentOn = ({ ledgerSpent, spent }: Action): string | null => ledgerSpent ?? spent;

export const spentOnAll = (actions: readonly Action[]): Decimal =>
  actions.reduce((sum, action) => sum.plus(spentOn(action) ?? 0), new Decimal(0));

export const actionsOf = ({
  objectives,
  looseActions,
}: Pick<Decidable, 'objectives' | 'looseActions'>): Action[] => [
  ...objectives.flatMap(({ actions }) => actions),
  ...looseActions,
];

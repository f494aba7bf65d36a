import type { FollowedResolution } from '../../review/follow-up.ts';
import { shownOutcome, type ToldDecision } from '../../review/last-decisions.ts';
import { actionsOf, arbitrationSubject, ownId, type Resolution } from '../../review/resolution.ts';
import type { ReportContent } from '../content.ts';
import { quarter, shortDate } from '../format.ts';
import type { Voice } from './voice.ts';

const icons: Readonly<Record<FollowedResolution['outcome'], string>> = {
  against: 'differs',
  late: 'late',
  again: 'major',
  under_way: 'running',
  done: 'done',
  closed: 'stopped',
  gone: 'unknown',
};

const decisionIcons: Readonly<Record<ReturnType<typeof shownOutcome>, string>> = {
  open: 'differs',
  changed: 'major',
  drifting: 'late',
  settled: 'done',
  kept: 'done',
};

/** Decisions on figures that are printed; the workbook holds them all. */
const longest = 8;

/** What earlier reviews decided and what became of it; in a published report, what this review decided. */
export function arrangeResolutions(content: ReportContent, voice: Voice) {
  const { followed, review } = content;
  const say = (key: string) => voice.say(`resolutions.${key}`);
  const taken = (one: Resolution, then: string | undefined) => ({
    subject: voice.prose(labelOf(one, content, then, voice)),
    decision: voice.say(`resolutions.taken.${one.decision}`, {
      by: one.by,
      on: shortDate(one.on, voice.language),
    }),
    owner: one.owner ?? '—',
    due: one.due === null ? '—' : shortDate(one.due, voice.language),
    reason: one.reason === null ? '' : voice.prose(one.reason),
  });
  return {
    title: followed.length > 0 ? say('title') : '',
    taken_title: review.resolutions.length > 0 ? say('taken_title') : '',
    head: {
      subject: say('subject'),
      decision: say('decision'),
      owner: say('owner'),
      due: say('due'),
      became: say('became'),
    },
    rows: followed.map((one) => ({
      ...taken(one, one.before.label),
      period: quarter(one.period, voice.language),
      icon: icons[one.outcome],
      outcome_word: voice.word(`resolution_outcomes.${one.outcome}`),
      became: voice.prose(one.sentence),
    })),
    taken: review.resolutions.map((one) => taken(one, undefined)),
    figures: arrangeDecisions(content, voice),
  };
}

/** What the last review decided of figures and gaps: what was not done first, what holds in a number. */
function arrangeDecisions({ pastDecisions: { told, held } }: ReportContent, voice: Voice) {
  const say = (key: string, values?: Readonly<Record<string, string | number>>) =>
    voice.say(`past_decisions.${key}`, values);
  const row = (one: ToldDecision) => ({
    subject: voice.prose(one.label),
    decision: voice.prose(one.decided),
    reason: one.reason === null ? '' : voice.prose(one.reason),
    icon: decisionIcons[shownOutcome(one)],
    outcome_word: voice.word(`decision_outcomes.${shownOutcome(one)}`),
    became: voice.prose([one.became, one.drift ?? ''].join(' ').trim()),
  });
  return {
    title: told.length + held > 0 ? say('title') : '',
    head: { subject: say('subject'), decision: say('decision'), became: say('became') },
    rows: told.slice(0, longest).map(row),
    rest: [
      told.length > longest ? say('more', { count: told.length - longest }) : '',
      held > 0 ? say('held', { count: held }) : '',
    ]
      .join(' ')
      .trim(),
  };
}

/** As the run calls it, else as it was called when it was decided. */
export function labelOf(
  { subject }: Pick<Resolution, 'subject'>,
  content: Pick<ReportContent, 'objectives' | 'looseActions'>,
  then: string | undefined,
  voice: Voice,
): string {
  if (subject === arbitrationSubject) return voice.say('resolutions.arbitration');
  const id = ownId(subject);
  const objective = content.objectives.find((one) => one.objective.id === id)?.objective;
  if (subject.startsWith('objective:')) return objective?.label[voice.language] ?? then ?? id;
  return actionsOf(content).find((one) => one.id === id)?.name ?? then ?? id;
}

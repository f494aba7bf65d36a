import type { FollowedResolution } from '../../review/follow-up.ts';
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

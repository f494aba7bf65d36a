import { partsOf, shownOutcome, type ToldDecision } from '../../../review/last-decisions.ts';
import { link, text } from '../cell.ts';
import { tableSheet } from '../table.ts';

/** What the last review decided of figures and explained of gaps, and what became of it: what was not done first. */
export const pastDecisionsSheet = tableSheet<ToldDecision>({
  key: 'past_decisions',
  rows: ({ content }) => content.pastDecisions.told,
  cells: (one, _here, book) => {
    const { words, places } = book;
    const { id, entity } = partsOf(one.subject);
    return {
      outcome: text(words.state('decision_outcomes', shownOutcome(one))),
      subject: link(
        one.label,
        places.link(`${one.kind === 'explained' ? 'reconciliation' : 'indicator'}:${id}:${entity}`),
      ),
      decision: text(one.decided),
      reason: text(one.reason ?? ''),
      became: text(one.became),
      drift: text(one.drift ?? ''),
      id: text(one.subject),
    };
  },
  rest: ({ content: { pastDecisions }, words }) =>
    pastDecisions.held > 0 ? words.say('past_decisions.held', { count: pastDecisions.held }) : undefined,
});

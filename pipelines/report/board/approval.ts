import type { ReportContent } from '../content.ts';
import { quarter, shortDate } from '../format.ts';
import type { Voice } from './voice.ts';

/** Who approves what: the run and the hashes that identify the data, the rules and the code behind the report. */
export function arrangeApproval(content: ReportContent, voice: Voice) {
  const { run, publication } = content;
  const day = (iso: string) => shortDate(iso, voice.language);
  return {
    title: voice.say('approval.title'),
    intro: voice.say(`approval.intro.${run.state}`, { period: quarter(run.period, voice.language) }),
    roles: [
      ...['prepared', 'reviewed', 'approved'].map((role) => ({
        role: voice.say(`approval.role.${role}`),
        who: voice.say(`approval.who.${role}`),
        name: '',
        date: '',
      })),
      // who approved the figures in the review, as the journal says
      ...(publication?.approvals ?? []).map(({ by, from, to, figures }) => ({
        role: voice.say('approval.approved_by'),
        who: voice.say('approval.approved_who', { figures }),
        name: by,
        date: from === to ? day(from) : voice.say('approval.between', { from: day(from), to: day(to) }),
      })),
    ],
    restatement: publication?.restatement
      ? voice.say('approval.restatement', {
          cause: voice.word(`causes.${publication.restatement.cause}`),
          reason: publication.restatement.reason,
        })
      : '',
    head: {
      role: voice.say('approval.step'),
      name: voice.say('approval.name'),
      date: voice.say('approval.date'),
      signature: voice.say('approval.signature'),
    },
    to_fill: voice.say('approval.to_fill'),
    identity_title: voice.say('approval.identity'),
    identity: [
      { label: voice.say('approval.run'), text: run.id },
      { label: voice.say('approval.period'), text: `${quarter(run.period, voice.language)} (${run.period})` },
      { label: voice.say('approval.state'), text: voice.word(`run_states.${run.state}`) },
      { label: voice.say('approval.previous'), text: run.previousRun ?? voice.say('approval.none') },
      ...(run.restates === null ? [] : [{ label: voice.say('approval.restates'), text: run.restates }]),
      ...(publication ? [{ label: voice.say('approval.version'), text: String(publication.version) }] : []),
      { label: voice.say('approval.code'), text: run.codeVersion },
    ],
    hashes_title: voice.say('approval.hashes'),
    hashes: [
      ...(['extracts', 'configuration', 'catalogue', 'factors'] as const).map((key) => ({
        label: voice.say(`approval.hash.${key}`),
        text: run.hashes[key],
      })),
      ...(publication
        ? [
            { label: voice.say('approval.draft_manifest'), text: publication.draftManifest },
            { label: voice.say('approval.journal'), text: publication.journal },
          ]
        : []),
    ],
    verify: voice.say('approval.verify'),
    command: `concordance verify ${run.id}`,
  };
}

import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { shiftQuarter } from './configuration/period.ts';
import { GROUP } from './indicators/figure.ts';
import { placeNames } from './indicators/place-name.ts';
import { quarterName } from './language/quantity.ts';
import { wording } from './language/wording.ts';
import type { ReportContent } from './report/content.ts';
import { readContent } from './report/record-content.ts';
import { decimalsOfUnit } from './report/workbook/sheets/reconciliation-id.ts';
import { readJournal } from './review/journal.ts';
import { byUrgency, lastDecisions, type PastDecision, type ToldDecision } from './review/last-decisions.ts';
import { type Manifest, readManifest, sha256File } from './seal/manifest.ts';
import { openRun } from './seal/trace.ts';

/**
 * The decisions of the last review before a run, and what became of them in it: of the run that its manifest
 * names as the one before, or else of the newest run of the quarter before. Empty where nothing was decided.
 *
 * @throws {Fault} REV-005 for a journal that was changed
 */
export async function readPastDecisions(run: string): Promise<ToldDecision[]> {
  const folder = await realpath(run).catch(() => run);
  const manifest = await readManifest(folder);
  const out = dirname(dirname(folder));
  for (const before of await candidates(out, manifest)) {
    const file = join(out, before.period, 'review', `${before.run}.ndjson`);
    const { entries } = await readJournal(file, before.manifestSha256);
    if (entries.length === 0) continue;
    const { warehouse } = await openRun(folder);
    try {
      const content = await readContent(warehouse);
      const rows = await warehouse.rows<{ id: string; value: string | null }>(
        "select concat_ws(':', indicator, entity, period, basis) as id, value::varchar as value from result.figure",
      );
      const values = new Map(rows.map((row) => [row.id, row.value]));
      const gaps = new Map(
        content.reconciliations
          .filter((one) => one.status === 'differs')
          .map((one) => [`${one.reconciliation}:${one.entity}`, one.gap ?? undefined]),
      );
      const decided = lastDecisions(
        entries,
        (figure) => values.get(figure),
        (subject) => gaps.get(gapOf(subject)),
      );
      return byUrgency(decided.map(await tellerOf(content)));
    } finally {
      await warehouse.close();
    }
  }
  return [];
}

/** `reconciliation:payroll:OFR:2026-Q2:quarter` is the gap `payroll:OFR`, whatever its quarter. */
const gapOf = (subject: string): string => subject.split(':').slice(1, 3).join(':');

/** Puts the ids of decisions into the words of a run, and says where their objectives drift. */
async function tellerOf(content: ReportContent): Promise<(one: PastDecision) => ToldDecision> {
  const { language } = content.run;
  const say = await wording(language, 'findings');
  const nameOf = placeNames(content, say('group'));
  return (one) => {
    const [id = '', entity = GROUP, period = '', basis = 'quarter'] = one.subject
      .replace(/^reconciliation:/, '')
      .split(':');
    const gap = one.subject.startsWith('reconciliation:')
      ? content.reconciliations.find((each) => each.reconciliation === id)
      : undefined;
    const indicator = content.catalogue.indicators.find((each) => each.id === id);
    const drifting = content.objectives.find(
      ({ objective, status }) =>
        objective.indicator === id &&
        objective.entity === entity &&
        (status === 'drifting' || status === 'off_track'),
    );
    return {
      ...one,
      label: say('decision_on', {
        what: gap?.label ?? indicator?.label[language] ?? id,
        place: nameOf(entity),
        basis: say(`review.basis.${basis}`),
        period: quarterName(period, language),
      }),
      unit: gap?.unit ?? indicator?.unit ?? '',
      decimals: gap ? decimalsOfUnit(gap.unit) : (indicator?.decimals ?? 0),
      drift: drifting?.sentence ?? null,
    };
  };
}

interface Before {
  readonly run: string;
  readonly period: string;
  readonly manifestSha256: string;
}

async function candidates(out: string, manifest: Manifest): Promise<Before[]> {
  const { previous } = manifest;
  const found: Before[] = previous
    ? [{ run: previous.run, period: previous.period, manifestSha256: previous.manifest_sha256 }]
    : [];
  const period = shiftQuarter(manifest.period, -1);
  const latest = join(out, period, 'latest');
  const newest = await readManifest(latest).catch(() => undefined);
  if (newest && newest.run !== previous?.run)
    found.push({ run: newest.run, period, manifestSha256: await sha256File(join(latest, 'manifest.json')) });
  return found;
}

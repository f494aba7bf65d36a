import { describe, expect, it } from 'vitest';
import { templatesFolder } from '../../pipelines/places.ts';
import { renderBrief } from '../../pipelines/report/brief/brief.ts';
import { dossierOf } from '../../pipelines/review/dossier.ts';
import type { ToldDecision } from '../../pipelines/review/last-decisions.ts';
import { sampleContent } from './content-fixture.ts';

const dossier = (language: 'fr' | 'en') => {
  const content = sampleContent(language);
  return dossierOf({
    run: content.run.id,
    group: content.group,
    period: content.run.period,
    language,
    catalogue: content.catalogue,
    standings: content.objectives,
    actions: [...content.objectives.flatMap((one) => one.actions), ...content.looseActions],
    agenda: content.agenda,
    followed: content.followed,
  });
};
const plain = (html: string) =>
  html
    .replace(/<style>[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/[\s\u00a0\u202f]+/g, ' ');

describe.each(['fr', 'en'] as const)('the page of an owner, in %s', (language) => {
  it('holds the objectives and actions of a department, and nobody else’s', async () => {
    const all = dossier(language);
    const text = plain(await renderBrief(all, 'hr', null, templatesFolder));
    for (const one of all.objectives) {
      const label = plain(one.label.replace(/'/g, '’')).slice(0, 24);
      expect(text.includes(label), one.id).toBe(one.department === 'hr');
    }
  });

  it('is self-contained: no script, nothing to fetch', async () => {
    const html = await renderBrief(dossier(language), 'operations', null, templatesFolder);
    expect(html).not.toMatch(/<script|<link|<img|url\(|https?:/i);
    expect(html).toContain(`<html lang="${language}">`);
  });
});

describe('the page of the review', () => {
  it('says what became of the last decisions', async () => {
    const past: ToldDecision[] = [
      {
        subject: 'energy.total:GROUP:2026-Q2:ttm',
        kind: 'approved',
        by: 'A. B.',
        on: '2026-07-20',
        reason: null,
        before: '100',
        now: '100.02',
        outcome: 'changed',
        label: 'Energy (group, twelve months, Q2 2026)',
        unit: 'MWh',
        decimals: 1,
        drift: 'Objective “Energy” is drifting.',
      },
      {
        subject: 'reconciliation:payroll:OFR:2026-Q2:quarter',
        kind: 'explained',
        by: 'A. B.',
        on: '2026-07-20',
        reason: null,
        before: null,
        now: '-349900',
        outcome: 'open',
        label: 'Payroll (OFR, quarter, Q2 2026)',
        unit: 'EUR',
        decimals: 0,
        drift: null,
      },
      {
        subject: 'water.withdrawal:GROUP:2026-Q2:ttm',
        kind: 'approved',
        by: 'A. B.',
        on: '2026-07-20',
        reason: null,
        before: '1',
        now: '1',
        outcome: 'kept',
        label: 'Water (group, twelve months, Q2 2026)',
        unit: 'm3',
        decimals: 0,
        drift: null,
      },
    ];
    const text = plain(await renderBrief(dossier('en'), null, past, templatesFolder));
    expect(text).toContain(
      'Energy (group, twelve months, Q2 2026): approved by A. B. on 20 Jul 2026. Changed since: 100.00 MWh then, 100.02 MWh now. Drifting: Objective “Energy” is drifting.',
    );
    expect(text).toContain('Not done: the gap is €349,900 this quarter.');
    // what holds is counted, not listed
    expect(text).toContain('1 other decision holds.');
    expect(text).not.toContain('Water (group');
    const undecided = { ...dossier('en'), followed: [] };
    expect(plain(await renderBrief(undecided, null, [], templatesFolder))).toContain('holds no decision');
  });

  it('shows the parts of each rank', async () => {
    const all = dossier('en');
    const [first] = all.agenda;
    const text = plain(await renderBrief(all, null, [], templatesFolder));
    expect(first).toBeDefined();
    expect(text).toContain(first?.label.slice(0, 20));
    expect(text).toContain('weight × distance to the trajectory (share of the way)');
  });
});

it('names who there is when nobody is that owner', async () => {
  await expect(renderBrief(dossier('en'), 'nobody', null, templatesFolder)).rejects.toThrow(
    /BRF-003.*operations/s,
  );
});

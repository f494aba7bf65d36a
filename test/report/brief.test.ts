import { PDFDocument } from '@cantoo/pdf-lib';
import { describe, expect, it } from 'vitest';
import { templatesFolder } from '../../pipelines/places.ts';
import { withBrowser } from '../../pipelines/report/board/browser.ts';
import { printBrief, renderBrief } from '../../pipelines/report/brief/brief.ts';
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
    pastDecisions: content.pastDecisions,
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
    const text = plain(await renderBrief(all, 'hr', templatesFolder));
    for (const one of all.objectives) {
      const label = plain(one.label.replace(/'/g, '’')).slice(0, 24);
      expect(text.includes(label), one.id).toBe(one.department === 'hr');
    }
  });

  it('is self-contained: no script, nothing to fetch', async () => {
    const html = await renderBrief(dossier(language), 'operations', templatesFolder);
    expect(html).not.toMatch(/<script|<link|<img|url\(|https?:/i);
    expect(html).toContain(`<html lang="${language}">`);
  });
});

describe('the page of the review', () => {
  const told: ToldDecision = {
    subject: 'energy.total:GROUP:2026-Q2:ttm',
    kind: 'approved',
    by: 'A. B.',
    on: '2026-07-20',
    reason: null,
    before: '100',
    now: '100.02',
    outcome: 'changed',
    label: 'Energy (group, twelve months, Q2 2026)',
    decided: 'Approved by A. B. on 20 Jul 2026.',
    became: '100.00 MWh then, 100.02 MWh now.',
    drift: 'Objective “Energy” is drifting.',
  };
  const open: ToldDecision = {
    ...told,
    subject: 'reconciliation:payroll:OFR:2026-Q2:quarter',
    kind: 'explained',
    before: null,
    now: '-349900',
    outcome: 'open',
    label: 'Payroll (OFR, quarter, Q2 2026)',
    decided: 'Gap explained by A. B. on 20 Jul 2026.',
    became: 'The gap is €349,900 this quarter.',
    drift: null,
  };

  it('says what became of the last decisions, what was not done first', async () => {
    const past = { ...dossier('en'), past_decisions: { told: [told, open], held: 1 } };
    const text = plain(await renderBrief(past, null, templatesFolder));
    expect(text).toContain(
      'Changed since · Energy (group, twelve months, Q2 2026). Approved by A. B. on 20 Jul 2026. 100.00 MWh then, 100.02 MWh now. Objective “Energy” is drifting.',
    );
    expect(text).toContain('The gap is €349,900 this quarter.');
    const at = (words: string) => text.indexOf(words);
    // a late action and an unanswered gap, then what changed, then what goes on
    expect(at('Late ·')).toBeLessThan(at('Not done ·'));
    expect(at('Not done ·')).toBeLessThan(at('Changed since ·'));
    expect(at('Changed since ·')).toBeLessThan(at('Under way ·'));
    // what holds is counted, not listed
    expect(text).toContain('1 other decision holds.');
    const undecided = { ...dossier('en'), followed: [] };
    expect(plain(await renderBrief(undecided, null, templatesFolder))).toContain('holds no decision');
  });

  it('stays one page with many decisions, and says how many more there are, and where', async () => {
    const many = Array.from({ length: 60 }, (_, i) => ({
      ...open,
      label: `Payroll of company number ${i} (quarter, Q2 2026)`,
      reason: 'a bonus that was accrued in one month and paid in another one. '.repeat(3),
    }));
    const past = { ...dossier('fr'), past_decisions: { told: many, held: 200 } };
    let page = '';
    const pdf = await withBrowser((browser) =>
      printBrief(async (room) => {
        page = await renderBrief(past, null, templatesFolder, room);
        return page;
      }, browser),
    );
    expect((await PDFDocument.load(pdf)).getPageCount()).toBe(1);
    const text = plain(page);
    const shown = text.match(/Payroll of company/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(3);
    // two decisions on objectives and actions beside them
    const [, more] =
      text.match(/et (\d+) de plus : classeur de revue, feuille « Décisions » et feuille « Suites »/) ?? [];
    expect(Number(more)).toBe(
      60 + (past.followed?.length ?? 0) - shown - (text.match(/Le comité/g)?.length ?? 0),
    );
    expect(text).toContain('200 autres décisions tiennent.');
    // none of the sections is pushed off the page by another
    expect(text).toContain('Ordre du jour proposé');
    expect(text).toMatch(/Questions ouvertes Majeur/);
  });

  it('shows the parts of each rank', async () => {
    const all = dossier('en');
    const [first] = all.agenda;
    const text = plain(await renderBrief(all, null, templatesFolder));
    expect(first).toBeDefined();
    expect(text).toContain(first?.label.slice(0, 20));
    expect(text).toContain('weight × distance to the trajectory (share of the way)');
  });
});

it('names who there is when nobody is that owner', async () => {
  await expect(renderBrief(dossier('en'), 'nobody', templatesFolder)).rejects.toThrow(/BRF-003.*operations/s);
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { templatesFolder } from '../../pipelines/places.ts';
import { renderBoardHtml, writeBoard } from '../../pipelines/report/board/board.ts';
import { trailId } from '../../pipelines/report/board/cell.ts';
import type { ReportContent } from '../../pipelines/report/content.ts';
import { plainPresentation } from '../../pipelines/report/presentation.ts';
import { sampleContent } from './content-fixture.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trails-'));
});
afterAll(() => rm(folder, { recursive: true }));

const page = (content: ReportContent) =>
  renderBoardHtml(content, templatesFolder, plainPresentation, { interactive: true });
const panel = (html: string, id: string) =>
  new RegExp(`<div popover class="trail" id="${id}".*?\n</div>`, 's').exec(html)?.[0] ?? '';

describe('the page of the board report', () => {
  it('opens every figure that it shows, with a panel for each and none to spare', async () => {
    const html = await page(sampleContent('fr'));
    const opened = new Set(
      [...html.matchAll(/class="open" popovertarget="([^"]+)"/g)].map((found) => found[1]),
    );
    const panels = [...html.matchAll(/<div popover class="trail" id="([^"]+)"/g)].map((found) => found[1]);
    expect(opened.size).toBeGreaterThan(100);
    expect([...opened].sort()).toEqual(panels.sort());
  });

  it('says how a figure was made: definition, both sides, coverage, extracts that add up, approval, command', async () => {
    const content = sampleContent('en');
    const figure = content.figures.find(
      (f) =>
        f.indicator === 'waste.recycling_rate' &&
        f.entity === 'GROUP' &&
        f.period === '2026-Q3' &&
        f.basis === 'quarter',
    );
    const html = panel(await page(content), trailId(figure as never));
    // 576.226 t of 793.907 t, in the fixture: 72.5810 %
    expect(html).toContain('<dd>576.226</dd>');
    expect(html).toContain('<dd>793.907</dd>');
    expect(html).toContain('72.581045');
    expect(html).toMatch(/Expected data received<\/dt><dd>100.0%/);
    expect(html).toContain('draft, not approved');
    expect(html).toContain(
      'concordance trace out/2026-Q3/2026-Q3-7c1e90b4 waste.recycling_rate --basis quarter',
    );
    const given = [...html.matchAll(/class="number">([\d.,]+)[\s\u00a0]t</g)].map((found) =>
      Number(found[1]?.replaceAll(',', '')),
    );
    expect(given).toHaveLength(4);
    // recycled: 432.17 + 144.06; produced: 595.43 + 198.48, each rounded to two decimals
    expect((given[0] as number) + (given[1] as number)).toBeCloseTo(576.226, 1);
    expect((given[2] as number) + (given[3] as number)).toBeCloseTo(793.907, 1);
  });

  it('does not open what is hidden to protect people', async () => {
    const content = sampleContent('en');
    const hidden = content.figures.filter((f) => f.status === 'suppressed' && f.period === '2026-Q3');
    expect(hidden.length).toBeGreaterThan(0);
    const html = await page(content);
    const shown = hidden.map((figure) => panel(html, trailId(figure))).filter(Boolean);
    expect(shown.length).toBeGreaterThan(0);
    for (const one of shown) {
      expect(one).not.toMatch(/trail-measure|Numerator|Denominator|before rounding|concordance trace/);
    }
  });

  it('holds no script, asks for nothing, and lets no extract name become markup', async () => {
    const html = await page(sampleContent('fr'));
    expect(html).not.toMatch(/<script|\son[a-z]+=|javascript:|src="http|href="http|url\(http/i);
    expect(html).toContain("default-src 'none'");
    expect(html).toContain('&lt;b&gt;waste_total&lt;/b&gt;');
    expect(html).not.toContain('<b>waste_total');
  });

  it('stands beside the print, names its page numbers, and has the same bytes for the same content', async () => {
    await writeBoard(sampleContent('en'), templatesFolder, join(folder, 'one.pdf'));
    await writeBoard(sampleContent('en'), templatesFolder, join(folder, 'two.pdf'));
    const [one, two] = await Promise.all(
      ['one.html', 'two.html'].map((name) => readFile(join(folder, name), 'utf8')),
    );
    expect(one).toBe(two);
    expect(one).toMatch(/page 2\b/);
    expect(one).not.toContain('page –');
  });
});

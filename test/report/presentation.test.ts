import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Project } from '../../pipelines/configuration/load.ts';
import { ReportStyle } from '../../pipelines/configuration/schema.ts';
import { templatesFolder } from '../../pipelines/places.ts';
import { renderBoardHtml } from '../../pipelines/report/board/board.ts';
import { contrastOnWhite, readPresentation } from '../../pipelines/report/presentation.ts';
import { sampleContent } from './content-fixture.ts';

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'presentation-'));
  await mkdir(join(base, 'brand', 'partials'), { recursive: true });
  await writeFile(
    join(base, 'logo.svg'),
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><script>alert(1)</script><rect width="4" height="1"/></svg>',
  );
  await writeFile(join(base, 'font.woff2'), 'not a real font, only its bytes matter here');
  await writeFile(
    join(base, 'brand', 'partials', 'customers.hbs'),
    '<p>{{shout group}}: {{indicator_label "energy.total"}} {{indicator_value "energy.total"}}, {{indicator_value "energy.total" basis="ttm" entity="OFR"}}</p>\n',
  );
  await writeFile(
    join(base, 'brand', 'helpers.mjs'),
    'export const shout = (text) => "<b>" + String(text).toUpperCase() + "</b>";\n',
  );
});
afterAll(() => rm(base, { recursive: true }));

/** A project of which only the look counts. */
const projectWith = (report: unknown): Project =>
  ({
    file: join(base, 'concordance.yaml'),
    base,
    configuration: { report: ReportStyle.parse(report) },
  }) as unknown as Project;

const render = async (report: unknown) =>
  renderBoardHtml(sampleContent('en'), templatesFolder, await readPresentation(projectWith(report)));

const customers = { partial: 'customers', title: { fr: 'Nos clients', en: 'Our customers' } };

describe('a company’s own look', () => {
  it('puts the logo into the page as an image, where its script cannot run', async () => {
    const html = await render({ logo: 'logo.svg' });
    expect(html).toMatch(
      /<img class="logo" src="data:image\/svg\+xml;base64,[A-Za-z0-9+/=]+" alt="Orvanne">/,
    );
    expect(html).not.toContain('<script');
  });

  it('gives its colour to titles, icons and charts alike', async () => {
    const html = await render({ accent: '#7A1FA2' });
    expect(html).toContain(':root{--accent:#7a1fa2;');
    const charts = [...html.matchAll(/<div class="chart"[^>]*>(.*?)<\/svg>/gs)].map(
      (found) => found[1] ?? '',
    );
    expect(charts.length).toBeGreaterThan(5);
    for (const chart of charts) expect(chart).not.toContain('#0b5471');
    expect(charts.filter((chart) => chart.includes('var(--accent)')).length).toBeGreaterThan(5);
  });

  it('lays its font over ours, so that a character it lacks is still printed', async () => {
    const html = await render({
      font: { regular: 'font.woff2', semibold: 'font.woff2', bold: 'font.woff2' },
    });
    const faces = [...html.matchAll(/@font-face\{font-family:'Report Sans';font-weight:400;[^}]*\}/g)];
    expect(faces.length).toBeGreaterThan(1);
    expect(faces.at(-1)?.[0]).not.toContain('unicode-range');
    expect(faces[0]?.[0]).toContain('unicode-range');
  });

  it('opens with its foreword, paragraph by paragraph, and signs it', async () => {
    const html = await render({
      foreword: {
        text: { fr: 'Un.\n\nDeux.', en: 'First <i>word</i>.\n\nSecond word.' },
        name: 'A. Martin',
        role: { fr: 'Présidente', en: 'Chair' },
      },
    });
    const section = /<section class="foreword" id="foreword">.*?<\/section>/s.exec(html)?.[0] ?? '';
    expect(section).toContain(
      '<p class="lead">First &lt;i&gt;word&lt;/i&gt;.</p><p class="lead">Second word.</p>',
    );
    expect(section).toContain('A. Martin');
    expect(html.indexOf('id="foreword"')).toBeLessThan(html.indexOf('id="objectives"'));
    expect(html).toMatch(/<a href="#foreword"><span class="toc-label">Foreword/);
  });

  it('orders the sections, adds its own, and lists them in the contents', async () => {
    const html = await render({
      sections: ['method', customers, 'alignment'],
      templates: 'brand',
    });
    const at = (anchor: string) => html.indexOf(`id="${anchor}"`);
    expect(at('method')).toBeLessThan(at('own-customers'));
    expect(at('own-customers')).toBeLessThan(at('alignment'));
    expect(at('alignment')).toBeLessThan(at('approval'));
    expect(at('entities')).toBe(-1);
    expect(html).toContain('<a href="#own-customers"><span class="toc-label">Our customers');
    expect(html).toContain('@page own-customers{');
  });

  it('prints in its own partial the figures that the tables print, and no helper makes markup', async () => {
    const html = await render({ sections: ['indicators', customers, 'method'], templates: 'brand' });
    const own = /<section class="own" id="own-customers">.*?<\/section>/s.exec(html)?.[0] ?? '';
    expect(own).toContain('&lt;b&gt;ORVANNE&lt;/b&gt;');
    const row = /<tr id="indicator-energy-total">.*?<td class="number value strong">([^<]*)</s.exec(
      html,
    )?.[1];
    expect(row).toMatch(/\d/);
    expect(own).toContain(row);
  });

  it('is part of what a run is made from: every file is named with its bytes', async () => {
    const { files } = await readPresentation(projectWith({ logo: 'logo.svg', templates: 'brand' }));
    expect(files.map((file) => file.name)).toEqual([
      'logo.svg',
      'brand/helpers.mjs',
      'brand/partials/customers.hbs',
    ]);
    for (const { content } of files) expect(content.length).toBeGreaterThan(0);
  });
});

describe('what is refused', () => {
  it.each([
    [
      'a pale colour',
      { accent: '#ffcc00' },
      /BRD-002 .*report\.accent: found "#ffcc00", .* 1\.5 to 1.*4\.5 to 1/,
    ],
    [
      'a logo that is not there',
      { logo: 'nowhere.svg' },
      /BRD-001 .*report\.logo: found "nowhere\.svg", which cannot/,
    ],
    [
      'a logo of another kind',
      { logo: 'logo.gif' },
      /BRD-001 .*report\.logo: found "logo\.gif".*\.svg, \.png/,
    ],
    [
      'a section of no template',
      { sections: ['method', customers] },
      /BRD-003 .*"customers".*partials\/customers\.hbs/,
    ],
    ['a section twice', { sections: ['method', 'entities', 'entities'] }, /BRD-003 .*"entities" twice/],
    ['a report without its method', { sections: ['objectives'] }, /BRD-003 .*method/],
  ])('%s', async (_, report, message) => {
    await expect(readPresentation(projectWith(report))).rejects.toThrow(message);
  });

  it('an indicator that the catalogue lacks, named in an own partial', async () => {
    await mkdir(join(base, 'wrong', 'partials'), { recursive: true });
    await writeFile(
      join(base, 'wrong', 'partials', 'customers.hbs'),
      '<p>{{indicator_value "energy.totl"}}</p>',
    );
    await expect(render({ sections: ['method', customers], templates: 'wrong' })).rejects.toThrow(
      /TPL-006 .*"energy\.totl"/,
    );
  });

  it('a value that an own partial names and nobody gives, with file and line', async () => {
    await mkdir(join(base, 'empty', 'partials'), { recursive: true });
    await writeFile(join(base, 'empty', 'partials', 'customers.hbs'), '<p>x</p>\n<p>{{nowhere}}</p>');
    await expect(render({ sections: ['method', customers], templates: 'empty' })).rejects.toThrow(
      /TPL-001 empty\/partials\/customers\.hbs line 2: \{\{nowhere\}\}/,
    );
  });
});

describe('contrast against white', () => {
  // WCAG 2.2: black on white is 21 to 1; #767676 is the palest grey that passes 4.5 to 1 (4.54)
  it.each([
    ['#000000', 21],
    ['#ffffff', 1],
    ['#767676', 4.54],
    ['#ff0000', 4.0],
  ])('of %s is %d', (colour, expected) => {
    expect(contrastOnWhite(colour)).toBeCloseTo(expected, 2);
  });
});

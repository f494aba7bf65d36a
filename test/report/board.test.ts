import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decimal } from 'decimal.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decimalsFor } from '../../pipelines/language/quantity.ts';
import type { Standing } from '../../pipelines/objectives/objective.ts';
import { templatesFolder } from '../../pipelines/places.ts';
import { renderBoardHtml, writeBoard } from '../../pipelines/report/board/board.ts';
import { findBrowser } from '../../pipelines/report/board/browser.ts';
import type { Language, ReportContent } from '../../pipelines/report/content.ts';
import { sampleContent } from './content-fixture.ts';
import { type ReadPdf, readPdf } from './pdf-reading.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'board-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function printed(content: ReportContent, name = 'board.pdf'): Promise<Uint8Array> {
  const path = join(folder, name);
  await writeBoard(content, templatesFolder, path);
  return new Uint8Array(await readFile(path));
}

const words = {
  fr: {
    title: 'Orvanne · Rapport extra-financier · T3 2026',
    contents: 'Sommaire',
    decide: 'Que faut-il décider ?',
    of: 'sur',
    draft: 'PROJET',
    approval: 'Approbation',
  },
  en: {
    title: 'Orvanne · Non-financial report · Q3 2026',
    contents: 'Contents',
    decide: 'What must be decided?',
    of: 'of',
    draft: 'DRAFT',
    approval: 'Approval',
  },
};

describe.each(['fr', 'en'] as const)('the board report in %s', (language: Language) => {
  let bytes: Uint8Array;
  let pdf: ReadPdf;
  beforeAll(async () => {
    bytes = await printed(sampleContent(language), `${language}.pdf`);
    pdf = await readPdf(bytes);
  });

  it('is tagged, and says its title and its language', async () => {
    const { info } = await pdf.document.getMetadata();
    const mark = await pdf.document.getMarkInfo();
    expect(mark?.Marked).toBe(true);
    expect((info as { Title: string }).Title.replace(/\s/g, ' ')).toBe(words[language].title);
    expect((info as { Language: string }).Language).toBe(language);
  });

  it('answers on its first page, and starts the contents on the second', () => {
    expect(pdf.pages[0]).toContain(words[language].decide);
    expect(pdf.pages[1]).toContain(words[language].contents);
  });

  it('numbers every page', () => {
    pdf.pages.forEach((text, index) => {
      expect(text).toContain(`page ${index + 1} ${words[language].of} ${pdf.pages.length}`);
    });
  });

  it('prints in the contents the pages on which the sections stand', async () => {
    const contents = pdf.pages[1] ?? '';
    const lines = await pdf.links(2);
    expect(lines.length).toBeGreaterThan(20);
    let checked = 0;
    for (const section of await bookmarks(pdf)) {
      const listed = new RegExp(`${literally(section.title)} (\\d+)(?= |$)`).exec(contents)?.[1];
      if (listed === undefined) continue;
      expect(`${section.title} ${listed}`).toBe(`${section.title} ${section.page}`);
      checked += 1;
    }
    expect(checked).toBeGreaterThanOrEqual(22);
    // the numbers that are printed are those to which the lines lead
    const printedNumbers = [...contents.matchAll(/(?<=\D )(\d{1,2})(?= |$)/g)].map((found) =>
      Number(found[1]),
    );
    for (const page of new Set(lines)) expect(printedNumbers).toContain(page);
    expect(contents).not.toContain(' – ');
  });

  it('has bookmarks for its sections and its objectives', async () => {
    const titles = (await bookmarks(pdf)).map((bookmark) => bookmark.title);
    // Chromium doubles the title of a heading that touches the edge of its page
    for (const title of titles) expect(title).not.toMatch(/^(.{3,})\1$/);
    for (const standing of sampleContent(language).objectives) {
      const label = standing.objective.label[language].replace(/[\s\u00a0\u202f]/g, ' ').replace(/'/g, '’');
      expect(titles).toContain(label);
    }
  });

  it('gives each objective its sentence, its owner and its actions', () => {
    const all = plain(pdf.pages.join(' '));
    for (const standing of sampleContent(language).objectives) {
      expect(all).toContain(plain(standing.objective.owner ?? 'aucun responsable'));
      for (const action of standing.actions) expect(all).toContain(plain(action.name));
    }
  });

  it('shows absence as a mark, and explains the marks', () => {
    const missing = language === 'fr' ? 'n.d.' : 'n/a';
    expect(pdf.pages[1]).toContain(missing);
    expect(pdf.pages.slice(2).join(' ')).toMatch(/ n\.c\. /);
    expect(pdf.pages.slice(2).join(' ')).toMatch(/ s\. /);
  });

  it('says what made emissions change, by cause', () => {
    // 100 + 5 - 2 + 0 - 13 = 90
    const compared = language === 'fr' ? 'un an plus tôt' : 'a year before';
    expect(pdf.pages.join(' ')).toMatch(
      new RegExp(`${compared}\\s+100\\s+\\+5\\s+\u22122\\s+0\\s+\u221213\\s+90`),
    );
  });

  it('says that it is a draft, on every page, without putting the watermark in the reading order', async () => {
    for (let number = 1; number <= pdf.pages.length; number += 1) {
      const tree = JSON.stringify(await (await pdf.document.getPage(number)).getStructTree());
      expect(tree).not.toContain(words[language].draft);
    }
    expect(pdf.pages.every((text) => /Projet|Draft/.test(text))).toBe(true);
  });

  it('carries the run and its hashes', () => {
    const content = sampleContent(language);
    const last = (pdf.pages.at(-1) ?? '').replaceAll(' ', '');
    expect(last).toContain(content.run.id);
    for (const hash of Object.values(content.run.hashes)) expect(last).toContain(hash);
  });

  it('says the finding of each chart in words', async () => {
    const html = await renderBoardHtml(sampleContent(language), templatesFolder);
    const charts = [...html.matchAll(/<div class="chart" role="img" aria-label="([^"]*)">/g)].map(
      (found) => found[1] ?? '',
    );
    expect(charts.length).toBeGreaterThanOrEqual(8);
    for (const alternative of charts) expect(alternative).toMatch(/\d/);
  });

  it('shows each indicator once, the essential ones in its tables and the others in its annex', async () => {
    const content = sampleContent(language);
    const html = await renderBoardHtml(content, templatesFolder);
    const annex = html.indexOf('id="annex"');
    expect(annex).toBeGreaterThan(0);
    const followed = new Set(content.objectives.map((standing) => standing.objective.indicator));
    const known = new Set(content.figures.map((figure) => figure.indicator));
    let inAnnex = 0;
    for (const indicator of content.catalogue.indicators.filter((i) => known.has(i.id) && !i.detail)) {
      const anchor = `id="indicator-${indicator.id.replace(/[^a-z0-9]/g, '-')}"`;
      expect(html.split(anchor).length - 1, indicator.id).toBe(1);
      const late = html.indexOf(anchor) > annex;
      if (indicator.material || followed.has(indicator.id)) expect(late, indicator.id).toBe(false);
      if (late) inAnnex += 1;
    }
    expect(inAnnex).toBeGreaterThan(0);
  });

  it('prints no group figure that is not in the content', async () => {
    const content = sampleContent(language);
    const html = await renderBoardHtml(content, templatesFolder);
    let checked = 0;
    for (const indicator of content.catalogue.indicators) {
      const anchor = `indicator-${indicator.id.replace(/[^a-z0-9]/g, '-')}`;
      const row = new RegExp(`<tr id="${anchor}">(.*?)</tr>`, 's').exec(html)?.[1];
      if (!row) continue;
      const known = content.figures.filter(
        (f) => f.indicator === indicator.id && f.entity === 'GROUP' && f.value !== null,
      );
      for (const cell of row.matchAll(/<td class="number value [a-z]*">([^<]*)/g)) {
        const text = (cell[1] ?? '').replace(/[\u202f\u00a0]/g, '').replace('\u2212', '-');
        const digits = new Decimal(language === 'fr' ? text.replace(',', '.') : text.replaceAll(',', ''));
        const scale = /class="unit">(M€|€m)</.test(row)
          ? 1_000_000
          : /class="unit">(k€|€k)</.test(row)
            ? 1_000
            : 1;
        const reach = new Decimal(0.5).times(new Decimal(10).pow(-digits.decimalPlaces())).times(scale);
        // trailing zeros are lost in parsing, so the reach is that of the indicator where it is larger
        const decimals = decimalsFor(digits.toFixed(), indicator.decimals);
        const tolerance = Decimal.max(reach, new Decimal(0.5).times(new Decimal(10).pow(-decimals)));
        expect(
          known.some((f) =>
            new Decimal(f.value as string).minus(digits.times(scale)).abs().lessThanOrEqualTo(tolerance),
          ),
        ).toBe(true);
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(60);
  });
});

describe('bytes', () => {
  it('are the same for the same content, whatever the time, the time zone and the locale', async () => {
    const first = await printed(sampleContent('fr'), 'first.pdf');
    const { TZ, LANG, LC_ALL } = process.env;
    Object.assign(process.env, { TZ: 'Pacific/Auckland', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' });
    try {
      await new Promise((resolve) => setTimeout(resolve, 1100));
      const second = await printed(sampleContent('fr'), 'second.pdf');
      expect(Buffer.compare(first, second)).toBe(0);
    } finally {
      for (const [name, value] of Object.entries({ TZ, LANG, LC_ALL })) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });

  it('carry the last day of the period as their date, not the day of printing', async () => {
    const { document } = await readPdf(await printed(sampleContent('en'), 'dated.pdf'));
    const { info, metadata } = await document.getMetadata();
    expect(info).toMatchObject({ CreationDate: 'D:20260930000000Z', ModDate: 'D:20260930000000Z' });
    expect(metadata?.get('xmp:createdate')).toBe('2026-09-30T00:00:00Z');
  });
});

describe('text of an input', () => {
  const hostile =
    '<script>alert(1)</script><img src="https://example.invalid/x.png"> {{constructor}} "}</style>';
  const base = sampleContent('fr');
  const attacked: ReportContent = {
    ...base,
    group: { ...base.group, name: hostile },
    entities: base.entities.map((entity, index) => (index === 0 ? { ...entity, name: hostile } : entity)),
    findings: base.findings.map((finding) => ({ ...finding, sentence: hostile })),
    looseActions: base.looseActions.map((action) => ({
      ...action,
      name: hostile,
      owner: hostile,
      evidence: hostile,
    })),
    objectives: base.objectives.map((standing) => ({
      ...standing,
      sentence: hostile,
      objective: { ...standing.objective, label: { fr: hostile, en: hostile } },
    })),
  };

  it('never becomes markup', async () => {
    const html = await renderBoardHtml(attacked, templatesFolder);
    expect(html).not.toMatch(/<script|<img|<\/style><b|href="http/i);
    expect(html.match(/<style>/g)?.length).toBe(html.match(/<\/style>/g)?.length);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('is printed as it is', async () => {
    const pdf = await readPdf(await printed(attacked, 'hostile.pdf'));
    expect(plain(pdf.pages[0] ?? '')).toContain(plain('<script>alert(1)</script>'));
    expect(plain(pdf.pages[2] ?? '')).toContain(plain('{{constructor}}'));
  });
});

describe('the first page', () => {
  it('stays one page with long findings: fewer decisions are printed, and the rest is announced', async () => {
    const base = sampleContent('fr');
    const long = 'Un constat qui demande beaucoup de mots pour être compris du conseil. '.repeat(7);
    const findings = base.findings.map((finding, index) => ({
      ...finding,
      id: `${finding.id}-${index}`,
      sentence: long,
      severity: 'critical' as const,
    }));
    const pdf = await readPdf(await printed({ ...base, findings }, 'long.pdf'));
    expect(pdf.pages[1]).toContain('Sommaire');
    expect(pdf.pages[0]).toMatch(/autres constats sont exposés plus loin/);
  });

  it('counts the objectives that it lists, and says beside them the shares of entities', async () => {
    const base = sampleContent('en');
    const [whole] = base.objectives;
    if (!whole) throw new Error('the fixture has an objective');
    const share = (id: string): Standing => ({
      ...whole,
      objective: { ...whole.objective, id, parent: whole.objective.id },
      status: 'off_track',
    });
    const objectives = [whole, share('O-PART-1'), share('O-PART-2')];
    const html = await renderBoardHtml({ ...base, objectives }, templatesFolder);
    expect(html).toContain('The one strategic objective: 1 ');
    expect(html).toContain('2 shares of entities are set out under their objective.');
  });

  it('gives topics in the order of the standards, whatever that of the catalogue', async () => {
    const base = sampleContent('en');
    const indicators = [...base.catalogue.indicators].reverse();
    const html = await renderBoardHtml(
      { ...base, catalogue: { ...base.catalogue, indicators } },
      templatesFolder,
    );
    // the first table of the pillar; its annex is a table of its own
    const [table = ''] = html
      .split('class="topic"><th scope="rowgroup" colspan="9">E')
      .slice(1)
      .join('~E')
      .split('</table>');
    const topics = `E${table}`.split('~').map((part) => part.slice(0, 2));
    expect(topics.length).toBeGreaterThan(2);
    expect(topics).toEqual([...topics].sort());
  });

  it('calls no distance what rounds to zero', async () => {
    const base = sampleContent('en');
    const whole = base.objectives[0] as Standing;
    const told = async (lead: string) =>
      renderBoardHtml({ ...base, objectives: [{ ...whole, lead }] }, templatesFolder);
    expect(await told('-0.0001')).toContain('exactly on the trajectory');
    expect(await told('-100')).toContain('behind by 100');
  });

  it('says so when there is no objective and nothing to decide', async () => {
    const base = sampleContent('fr');
    const empty = {
      ...base,
      objectives: [],
      findings: [],
      reconciliations: [],
      looseActions: [],
      figures: [],
      changes: [],
      factors: [],
      extracts: [],
      missingSources: [],
    };
    const pdf = await readPdf(await printed(empty, 'empty.pdf'));
    expect(pdf.pages[0]).toContain('Aucun objectif stratégique');
    expect(pdf.pages[0]).toContain('Aucun constat critique ou majeur');
  });
});

describe('a published report', () => {
  it('has no watermark', async () => {
    const base = sampleContent('fr');
    const html = await renderBoardHtml(
      { ...base, run: { ...base.run, state: 'published' } },
      templatesFolder,
    );
    expect(html).not.toContain('class="watermark"');
  });
});

describe('templates', () => {
  async function changed(file: string, text: string): Promise<string> {
    const copy = await mkdtemp(join(folder, 'templates-'));
    await cp(templatesFolder, copy, { recursive: true });
    await writeFile(join(copy, 'board', 'partials', file), text);
    return copy;
  }

  it('name themselves, the line and the value that is missing', async () => {
    const copy = await changed(
      'approval.hbs',
      '<section id="approval">\n<h2>{{title}}</h2>\n<p>{{nowhere}}</p>\n</section>\n',
    );
    await expect(renderBoardHtml(sampleContent('fr'), copy)).rejects.toThrow(
      /TPL-001 partials\/approval\.hbs line 3: \{\{nowhere\}\}/,
    );
  });

  it('do so for a value of a block too', async () => {
    const copy = await changed(
      'approval.hbs',
      '<section>\n{{#each signatories}}<p>{{this}}</p>{{/each}}\n</section>\n',
    );
    await expect(renderBoardHtml(sampleContent('fr'), copy)).rejects.toThrow(
      /approval\.hbs line 2: \{\{signatories\}\}/,
    );
  });

  it('cannot let text become markup', async () => {
    const copy = await changed('approval.hbs', '<section>{{{title}}}</section>');
    await expect(renderBoardHtml(sampleContent('fr'), copy)).rejects.toThrow(/TPL-002/);
  });
});

describe('the browser', () => {
  it('is the declared one, or a clear refusal with the command to run', async () => {
    await expect(findBrowser({ CHROME_PATH: join(folder, 'no-such-browser') })).rejects.toThrow(
      /BRW-001 .*no-such-browser.*npx puppeteer browsers install chrome/,
    );
  });
});

/** Every bookmark with the page that it leads to. */
async function bookmarks(pdf: ReadPdf): Promise<{ title: string; page: number }[]> {
  type Entry = Awaited<ReturnType<typeof pdf.document.getOutline>>[number];
  const flat = (entries: readonly Entry[]): Entry[] =>
    entries.flatMap((entry) => [entry, ...flat(entry.items)]);
  return Promise.all(
    flat(await pdf.document.getOutline()).map(async (entry) => {
      const target = Array.isArray(entry.dest)
        ? entry.dest
        : await pdf.document.getDestination(entry.dest ?? '');
      const title = entry.title.replace(/[\s\u00a0\u202f]+/g, ' ').trim();
      return {
        title: title.replace(/ \d+ (indicat).*$/, ''),
        page: (await pdf.document.getPageIndex(target?.[0])) + 1,
      };
    }),
  );
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Spaces and apostrophes of every kind as one, so that texts compare by their words. */
function plain(text: string): string {
  return text.replace(/[’']/g, "'").replace(/[\s\u00a0\u202f]+/g, '');
}

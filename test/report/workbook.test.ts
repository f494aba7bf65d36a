import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ExcelJS from 'exceljs';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { templatesFolder } from '../../pipelines/places.ts';
import type { Language, ReportContent } from '../../pipelines/report/content.ts';
import { sheetKeys } from '../../pipelines/report/workbook/layout.ts';
import { writeWorkbook } from '../../pipelines/report/workbook/workbook.ts';
import { sampleContent } from './content-fixture.ts';

const run = promisify(execFile);
let folder: string;
const books: Partial<Record<Language, { content: ReportContent; book: ExcelJS.Workbook; bytes: Buffer }>> =
  {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'workbook-'));
  for (const language of ['fr', 'en'] as const) {
    const content = sampleContent(language);
    const path = join(folder, `${language}.xlsx`);
    await writeWorkbook(content, templatesFolder, path);
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(path);
    books[language] = { content, book, bytes: await readFile(path) };
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const written = (language: Language) => books[language] as NonNullable<(typeof books)['fr']>;
const sheet = (name: string, language: Language = 'fr') =>
  written(language).book.getWorksheet(name) as ExcelJS.Worksheet;

/** The column of a heading (row 5), the nth of that name. */
function column(of: ExcelJS.Worksheet, heading: string, nth = 1): number {
  let seen = 0;
  for (let c = 1; c <= of.columnCount; c += 1) {
    if (of.getCell(5, c).value === heading && ++seen === nth) return c;
  }
  throw new Error(`no column ${heading} in ${of.name}`);
}

/** The row whose id column holds a text. */
function rowOf(of: ExcelJS.Worksheet, id: string, heading = 'Repère'): number {
  const c = column(of, heading);
  for (let r = 6; r <= of.rowCount; r += 1) if (of.getCell(r, c).value === id) return r;
  throw new Error(`no row ${id} in ${of.name}`);
}

const figureOf = (indicator: string, entity: string, basis = 'quarter', period = '2026-Q3') =>
  written('fr').content.figures.find(
    (f) => f.indicator === indicator && f.entity === entity && f.basis === basis && f.period === period,
  );

function valueCell(indicator: string, entity: string): ExcelJS.Cell {
  const of = sheet('Indicateurs');
  return of.getCell(rowOf(of, `${indicator}:${entity}`), column(of, 'Valeur'));
}

function measureCell(measure: string, entity: string, basis = 'quarter'): ExcelJS.Cell {
  const of = sheet('Mesures');
  return of.getCell(rowOf(of, `${measure}:${entity}:${basis}`), column(of, 'Valeur'));
}

describe('sheets', () => {
  it('are named in the language of the run, in 31 characters', () => {
    const names = (language: Language) => written(language).book.worksheets.map((w) => w.name);
    expect(names('fr')).toEqual([
      'Synthèse',
      'Objectifs',
      'Trajectoires',
      'Graphiques',
      'Actions',
      'Lignes des actions',
      'Ordre du jour',
      'Décisions',
      'Suites',
      'Questions',
      'Alignement',
      'Argent et écarts',
      'Arbitrage',
      'Effets',
      'Indicateurs',
      'Revue',
      'Mesures',
      'Lignes',
      'Rapprochements',
      'Rapprochements par mois',
      'Causes des écarts',
      'Lignes en écart',
      'Émissions',
      'Ponts',
      'Qualité des données',
      'Quarantaine',
      'Facteurs',
      'Changements',
      'Référentiels',
      'Définitions',
      'À propos',
    ]);
    expect(names('en')).toEqual([
      'Summary',
      'Objectives',
      'Trajectories',
      'Charts',
      'Actions',
      'Rows of actions',
      'Agenda',
      'Decisions',
      'Follow-up',
      'Questions',
      'Alignment',
      'Money and gaps',
      'Arbitration',
      'Effects',
      'Indicators',
      'Review',
      'Measures',
      'Rows',
      'Reconciliations',
      'Reconciliations by month',
      'Causes of gaps',
      'Rows of difference',
      'Emissions',
      'Bridges',
      'Data quality',
      'Quarantine',
      'Factors',
      'Changes',
      'Frameworks',
      'Definitions',
      'About',
    ]);
    expect([...names('fr'), ...names('en')].filter((name) => name.length > 31)).toEqual([]);
  });

  it('have the same texts in both languages', async () => {
    const keys = async (language: Language) => {
      const file = await readFile(join(templatesFolder, 'language', language, 'workbook.yaml'), 'utf8');
      const walk = (tree: object, path: string): string[] =>
        Object.entries(tree).flatMap(([key, value]) =>
          typeof value === 'string' ? [`${path}${key}`] : walk(value as object, `${path}${key}.`),
        );
      return walk(parse(file) as object, '');
    };
    expect(await keys('en')).toEqual(await keys('fr'));
  });

  it('keep their headings in sight and on every printed page, on A4 or A3, one page wide, with run and page number', () => {
    for (const of of written('fr').book.worksheets) {
      expect(of.views[0], of.name).toMatchObject({ state: 'frozen', showGridLines: false });
      expect(of.pageSetup, of.name).toMatchObject({
        orientation: 'landscape',
        fitToPage: true,
        fitToWidth: 1,
        fitToHeight: 0,
      });
      // at more than half its size: 9 is A4, of some 125 columns' widths; 8 is A3
      const printed = /([A-Z]+)\$?\d+$/.exec(of.pageSetup.printArea ?? '')?.[1];
      const columns = printed ? of.getColumn(printed).number : of.columnCount;
      const width = of.columns.slice(0, columns).reduce((sum, one) => sum + (one.width ?? 9), 0);
      expect(of.pageSetup.paperSize, of.name).toBe(width > 230 ? 8 : 9);
      expect(width, of.name).toBeLessThan(400);
      expect(of.pageSetup.printTitlesRow, of.name).toMatch(/^\d:\d$/);
      expect(of.headerFooter.oddFooter, of.name).toContain('2026-Q3-7c1e90b4');
      expect(of.headerFooter.oddFooter, of.name).toContain('&P / &N');
    }
    expect(sheet('Indicateurs').views[0]).toMatchObject({ xSplit: 5, ySplit: 5 });
    expect(sheet('Indicateurs').autoFilter).toMatch(/^A5:W\d+$/);
  });

  it('end a bridge with a live sum of its start and causes', () => {
    const of = sheet('Ponts');
    const end = of.getCell(6, column(of, 'Arrivée'));
    const [from, to] = [of.getCell(6, column(of, 'Départ')), of.getCell(6, column(of, 'Activité'))];
    expect(end.formula).toBe(`SUM(${from.address}:${to.address})`);
    expect(Number(end.result)).toBe(90); // 100 + 5 - 2 + 0 - 13
  });

  it('name every category of scope 3, with the reason where it is not followed', () => {
    const of = sheet('Émissions');
    const rows = of
      .getRows(6, 8)
      ?.map((row) => [
        row.getCell(column(of, 'Catégorie')).value,
        row.getCell(column(of, 'tCO₂e')).value,
        row.getCell(column(of, 'Revue')).value,
        row.getCell(column(of, 'Pourquoi')).value,
      ]);
    expect(rows).toContainEqual(['Usage des produits vendus', '–', 'à évaluer', 'À évaluer en premier.']);
    expect(rows).toContainEqual(['Achats de biens et services', 400.5, 'suivie', 'Ratios monétaires.']);
    expect(rows).toContainEqual(['Total scope 1', 90, null, null]);
  });

  it('lock computed cells without a password, and leave the reviewer his', () => {
    const { bytes } = written('fr');
    const parts = unzipSync(bytes);
    for (let i = 1; i <= sheetKeys.length; i += 1) {
      const xml = strFromU8(parts[`xl/worksheets/sheet${i}.xml`] as Uint8Array);
      expect(xml).toMatch(/<sheetProtection sheet="1"/);
      expect(xml).not.toMatch(/saltValue|hashValue/);
    }
    expect(valueCell('energy.total', 'GROUP').protection?.locked ?? true).toBe(true);
    const review = sheet('Revue');
    expect(review.getCell(6, column(review, 'Décision')).protection?.locked).toBe(false);
    expect(review.getCell(6, column(review, 'Valeur calculée')).protection?.locked ?? true).toBe(true);
    const gaps = sheet('Rapprochements');
    expect(gaps.getCell(6, column(gaps, 'Explication (à remplir)')).protection?.locked).toBe(false);
    const decisions = sheet('Décisions');
    for (const [heading, locked] of [
      ['Décision', false],
      ['Qui s’en charge', false],
      ['Situation', true],
    ] as const)
      expect(decisions.getCell(6, column(decisions, heading)).protection?.locked ?? true).toBe(locked);
  });

  it('hold nothing under a merged cell, where a program that saves them again would lose it', () => {
    const parts = unzipSync(new Uint8Array(written('fr').bytes));
    for (const [name, part] of Object.entries(parts)) {
      const xml = strFromU8(part);
      for (const [, column, row, last] of xml.matchAll(/<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)\d+"/g)) {
        const line = new RegExp(`<row r="${row}"[^>]*>(.*?)</row>`).exec(xml)?.[1] ?? '';
        const order = (letters = '') => letters.padStart(3, ' ');
        for (const [, at] of line.matchAll(/<c r="([A-Z]+)\d+"[^/>]*>/g))
          if (order(at) > order(column) && order(at) <= order(last)) expect.fail(`${name} ${at}${row}`);
      }
    }
    const arbitration = sheet('Arbitrage');
    expect(arbitration.getCell('E4').value).toBe('Argent (EUR)');
    expect(arbitration.getCell('G4').formula).toMatch(/^SUBTOTAL\(109,G6:/);
  });
  it('carry the last day of the period as their date, never the date of the day', () => {
    const { book } = written('fr');
    expect(book.created.toISOString()).toBe('2026-09-30T00:00:00.000Z');
    expect(book.modified.toISOString()).toBe('2026-09-30T00:00:00.000Z');
    expect(book.creator).toBe('Concordance');
  });
});

describe('indicators', () => {
  it('are live formulas on the cells of the measures', () => {
    const cell = valueCell('waste.recycling_rate', 'OFR');
    const [recycled, total] = [
      measureCell('waste_recycled', 'OFR').address,
      measureCell('waste_total', 'OFR').address,
    ];
    const absolute = (address: string) => `'Mesures'!${address.replace(/([A-Z]+)(\d+)/, '$$$1$$$2')}`;
    expect(cell.formula).toBe(`IF(${absolute(total)}=0,"n.c.",${absolute(recycled)}/${absolute(total)}*100)`);
    expect(cell.result).toBe(Number(Number(figureOf('waste.recycling_rate', 'OFR')?.value).toPrecision(15)));
  });

  it('show each figure of the run, group and entities, in both windows', () => {
    const of = sheet('Indicateurs');
    for (const figure of written('fr').content.figures.filter(
      (f) => f.period === '2026-Q3' && f.value !== null,
    )) {
      const cell = of.getCell(
        rowOf(of, `${figure.indicator}:${figure.entity}`),
        column(of, 'Valeur', figure.basis === 'quarter' ? 1 : 2),
      );
      expect(cell.result ?? cell.value, `${figure.indicator} ${figure.entity} ${figure.basis}`).toBeCloseTo(
        Number(figure.value),
        8,
      );
    }
  });

  it('say what has no value as itself, never as zero', () => {
    expect(figureOf('ai.assessed_share', 'OES')?.status).toBe('not_calculable');
    expect(valueCell('ai.assessed_share', 'OES').result).toBe('n.c.');
    expect(figureOf('absence.rate', 'ODE')?.status).toBe('missing');
    expect(valueCell('absence.rate', 'ODE').result).toBe('n.d.');
    expect(figureOf('pay.gender_gap', 'OES')?.status).toBe('suppressed');
    expect(valueCell('pay.gender_gap', 'OES').value).toBe('s.');
    expect(valueCell('pay.gender_gap', 'OES').formula).toBeUndefined();
  });

  it('format significant figures by the value of each cell', () => {
    const format = (entity: string) => {
      const cell = valueCell('energy.intensity_revenue', entity);
      return [Number(cell.result).toPrecision(3), cell.numFmt];
    };
    expect(format('OFR')).toEqual(['138', '#,##0;"−"#,##0']);
    expect(format('ODE')).toEqual(['66.9', '#,##0.0;"−"#,##0.0']);
  });

  it('give the change of a percentage in points, of a quantity in relation', () => {
    const of = sheet('Indicateurs');
    const change = (id: string) => of.getCell(rowOf(of, id), column(of, 'Évolution'));
    const points =
      Number(figureOf('waste.recycling_rate', 'OFR')?.value) -
      Number(figureOf('waste.recycling_rate', 'OFR', 'quarter', '2025-Q3')?.value);
    expect(change('waste.recycling_rate:OFR').result).toBeCloseTo(points, 9);
    expect(change('waste.recycling_rate:OFR').numFmt).toContain('pt');
    const [a, b] = [
      Number(figureOf('water.withdrawal', 'OFR')?.value),
      Number(figureOf('water.withdrawal', 'OFR', 'quarter', '2025-Q3')?.value),
    ];
    expect(change('water.withdrawal:OFR').result).toBeCloseTo((a - b) / b, 12);
    expect(change('water.withdrawal:OES').result).toBe('–');
  });

  it('name the material figures of the group', () => {
    const { book } = written('fr');
    const cell = valueCell('energy.total', 'GROUP').address.replace(/([A-Z]+)(\d+)/, '$$$1$$$2');
    expect(book.definedNames.getRanges('fig_energy.total_GROUP_quarter').ranges).toEqual([
      `Indicateurs!${cell}`,
    ]);
  });
});

describe('small groups', () => {
  it('are not told by the measures that make a suppressed figure, nor by their number of rows', () => {
    const of = sheet('Mesures');
    for (const measure of ['pay_men', 'pay_women', 'paid_hours_men', 'paid_hours_women', 'women_managers']) {
      expect(measureCell(measure, 'OES').value, measure).toBe('s.');
      expect(of.getCell(rowOf(of, `${measure}:OES:quarter`), column(of, 'Lignes')).value, measure).toBe('s.');
    }
  });

  it('cannot be had by subtracting the others from the group', () => {
    expect(measureCell('women_managers', 'GROUP').value).toBe(96);
    const hidden = ['ORV', 'OFR', 'ODE', 'OES'].filter(
      (entity) => measureCell('women_managers', entity).value === 's.',
    );
    expect(hidden).toEqual(['ODE', 'OES']);
  });

  it('stay hidden in every cell of the file', () => {
    // three women: their pay of the quarter must not be anywhere
    const pay = written('fr').content.measures.find(
      (m) =>
        m.measure === 'pay_women' && m.entity === 'OES' && m.basis === 'quarter' && m.period === '2026-Q3',
    );
    for (const of of written('fr').book.worksheets) {
      of.eachRow((row) =>
        row.eachCell((cell) =>
          expect(cell.result ?? cell.value, `${of.name} ${cell.address}`).not.toBe(Number(pay?.value)),
        ),
      );
    }
  });
});

describe('words of the workbook', () => {
  it('are set in the typography of their language in every cell with words', () => {
    const plainSpace = /[ \u00a0](?=[;:!?%»](?:\s|$))|« |\p{L}'\p{L}|tCO2e/u;
    const raw = new Set(['Quarantaine', 'Définitions']);
    for (const of of written('fr').book.worksheets.filter(({ name }) => !raw.has(name))) {
      of.eachRow((row) =>
        row.eachCell(({ value, address, font }) => {
          if (typeof value === 'string' && font?.name !== 'Consolas')
            expect(value, `${of.name} ${address}`).not.toMatch(plainSpace);
        }),
      );
    }
  });
});

describe('review form', () => {
  it('has one row a material figure, found by the text id in its first cell', () => {
    const { content } = written('fr');
    const material = new Set(content.catalogue.indicators.filter((i) => i.material).map((i) => i.id));
    const expected = content.figures
      .filter((f) => material.has(f.indicator) && f.period === '2026-Q3')
      .map((f) => `${f.indicator}:${f.entity}:${f.period}:${f.basis}`);
    const review = sheet('Revue');
    const ids: string[] = [];
    for (let r = 6; r <= review.rowCount; r += 1) ids.push(String(review.getCell(r, 1).value));
    expect(ids.toSorted()).toEqual(expected.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('offers the decisions in the language of the run and asks for numbers, reasons and dates', () => {
    for (const [language, name, decision, list] of [
      ['fr', 'Revue', 'Décision', '"Approuver,Rejeter,Remplacer,Questionner"'],
      ['en', 'Review', 'Decision', '"Approve,Reject,Override,Question"'],
    ] as const) {
      const review = sheet(name, language);
      const rule = review.getCell(6, column(review, decision)).dataValidation;
      expect(rule).toMatchObject({
        type: 'list',
        formulae: [list],
        showErrorMessage: true,
        errorStyle: 'stop',
      });
      expect(review.getCell(review.rowCount, column(review, decision)).dataValidation).toMatchObject({
        type: 'list',
      });
    }
    const review = sheet('Revue');
    const rule = (heading: string) => review.getCell(6, column(review, heading)).dataValidation;
    expect(rule('Valeur de remplacement')).toMatchObject({ type: 'custom' });
    expect(rule('Motif')).toMatchObject({ type: 'textLength' });
    expect(rule('Date')).toMatchObject({ type: 'date' });
  });
});

describe('checks', () => {
  it('count rows read against rows staged and in quarantine with a live formula', () => {
    const of = sheet('Qualité des données');
    const row = rowOf(of, written('fr').content.extracts[2]?.id as string);
    const cell = of.getCell(row, column(of, 'Écart'));
    const at = (heading: string) => of.getCell(row, column(of, heading)).address;
    expect(cell.formula).toBe(`${at('Lues')}-${at('Retenues')}-${at('En quarantaine')}`);
    expect(cell.result).toBe(0);
    expect(of.getCell(6, 1).value).toBe('▼ source non livrée');
  });

  it('compute each gap between departments and its share from the two sides', () => {
    const of = sheet('Rapprochements');
    const row = rowOf(of, 'reconciliation:payroll:OFR:2026-Q3:quarter');
    // 9,343,640.50 - 9,075,520.50 = 268,120; over the larger side
    expect(of.getCell(row, column(of, 'Écart')).result).toBe(268_120);
    expect(of.getCell(row, column(of, 'En\u202f%')).result).toBeCloseTo(268_120 / 9_343_640.5, 12);
    expect(of.getCell(row, column(of, 'Statut')).result).toBe('▼ Diffère');
    const oneSide = rowOf(of, 'reconciliation:electricity:OES:2026-Q3:quarter');
    expect(of.getCell(oneSide, column(of, 'Écart')).result).toBe('–');
    expect(of.getCell(oneSide, column(of, 'Valeur', 2)).value).toBe('n.d.');
  });

  it('show that the rows of a block and the rest make its value', () => {
    const of = sheet('Lignes');
    const contribution = column(of, 'Contribution');
    const rows: Record<string, { head?: number; sum?: number; rest?: number }> = {};
    for (let r = 6; r <= of.rowCount; r += 1) {
      const measure = String(of.getCell(r, 1).value);
      const label = String(of.getCell(r, 2).text);
      const value = of.getCell(r, contribution).result as number;
      rows[measure] ??= { head: value };
      if (label.startsWith('Somme')) rows[measure].sum = value;
      if (label.startsWith('Reste')) rows[measure].rest = value;
    }
    expect(Object.keys(rows)).toEqual([
      'electricity',
      'gas',
      'fuel',
      'waste_total',
      'water_withdrawal',
      'accidents',
      'revenue',
    ]);
    for (const [measure, { head, sum, rest }] of Object.entries(rows)) {
      expect((sum as number) + (rest as number), measure).toBeCloseTo(head as number, 5);
    }
    expect(rows.revenue?.rest).toBeGreaterThan(0);
  });
});

describe('what an extract says', () => {
  it('stays text when it begins like a formula, without the characters that XML forbids', () => {
    const of = sheet('Quarantaine');
    const values = of.getColumn(column(of, 'Valeur reçue')).values as unknown[];
    expect(values).toContain('=HYPERLINK("http://example.invalid/","facture")');
    expect(values).toContain('@SUM(A1:A9)');
    expect(values).toContain('-cmd');
    expect(values).toContain('+12 01 09*');
    expect(
      of.getColumn(column(of, 'Valeur reçue')).values.some((v) => typeof v === 'object' && v !== null),
    ).toBe(false);
  });

  it('makes no link out of the workbook', () => {
    const parts = unzipSync(written('fr').bytes);
    for (const [name, part] of Object.entries(parts)) {
      expect(strFromU8(part), name).not.toMatch(/TargetMode="External"/);
      expect(Object.keys(parts).join(' ')).not.toMatch(/externalLink|vbaProject|connections/);
    }
  });
});

describe('links', () => {
  /** Where each link of a sheet leads: `R12` -> sheet and row. */
  function linksOf(of: ExcelJS.Worksheet): Map<string, { to: string; row: number }> {
    const { bytes, book } = written('fr');
    const xml = strFromU8(
      unzipSync(bytes)[`xl/worksheets/sheet${book.worksheets.indexOf(of) + 1}.xml`] as Uint8Array,
    );
    const found = new Map<string, { to: string; row: number }>();
    for (const [link] of xml.matchAll(/<hyperlink [^>]*>/g)) {
      expect(link).not.toContain('r:id');
      const place = /ref="([A-Z]+\d+)".* location="(?:'|&apos;)(.+)(?:'|&apos;)!A(\d+)"/.exec(link);
      expect(place, link).not.toBeNull();
      found.set(place?.[1] as string, { to: place?.[2] as string, row: Number(place?.[3]) });
    }
    return found;
  }

  it('all lead to a row that exists', () => {
    const { book } = written('fr');
    const links = book.worksheets.flatMap((of) => [...linksOf(of).values()]);
    expect(links.length).toBeGreaterThan(500);
    for (const { to, row } of links) {
      expect(book.getWorksheet(to), to).toBeDefined();
      expect(row, `${to} ${row}`).toBeLessThanOrEqual(sheet(to).rowCount);
    }
  });

  it('go from a figure to its rows, and back to its measure', () => {
    const of = sheet('Indicateurs');
    const rows = sheet('Lignes');
    const measures = sheet('Mesures');
    const there = linksOf(of).get(of.getCell(rowOf(of, 'energy.total:GROUP'), column(of, 'Lignes')).address);
    expect(there?.to).toBe('Lignes');
    expect(rows.getCell(there?.row as number, 1).value).toBe('electricity');
    const back = linksOf(rows).get(rows.getCell(there?.row as number, column(rows, 'Retour')).address);
    expect(back?.to).toBe('Mesures');
    expect(measures.getCell(back?.row as number, column(measures, 'Repère')).value).toBe(
      'electricity:GROUP:quarter',
    );
  });
});

describe('bytes', () => {
  it('are the same seconds later and in another time zone', async () => {
    const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    const first = sha256(written('fr').bytes);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const again = join(folder, 'again.xlsx');
    await writeWorkbook(sampleContent('fr'), templatesFolder, again);
    expect(sha256(await readFile(again))).toBe(first);
    const tokyo = join(folder, 'tokyo.xlsx');
    const script = `
      import { sampleContent } from ${JSON.stringify(new URL('./content-fixture.ts', import.meta.url).href)};
      import { writeWorkbook } from ${JSON.stringify(new URL('../../pipelines/report/workbook/workbook.ts', import.meta.url).href)};
      writeWorkbook(sampleContent('fr'), ${JSON.stringify(templatesFolder)}, ${JSON.stringify(tokyo)});`;
    await run(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
      env: { ...process.env, TZ: 'Asia/Tokyo' },
    });
    expect(sha256(await readFile(tokyo))).toBe(first);
  });
});

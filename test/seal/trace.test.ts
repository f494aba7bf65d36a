import { readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Decimal } from 'decimal.js';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { traceText } from '../../pipelines/commands/trace-text.ts';
import { loadModels } from '../../pipelines/harmonise/harmonise.ts';
import type { Measure } from '../../pipelines/indicators/catalogue.ts';
import type { Window } from '../../pipelines/indicators/measure-rows.ts';
import type { Language } from '../../pipelines/language/wording.ts';
import { wording } from '../../pipelines/language/wording.ts';
import { silent } from '../../pipelines/progress.ts';
import { publishRun } from '../../pipelines/publication.ts';
import { reviewRun } from '../../pipelines/review-round.ts';
import { resolveLines } from '../../pipelines/seal/assurance.ts';
import { openRun, type Trace, type TraceRequest, trace, traceRows } from '../../pipelines/seal/trace.ts';
import { type Decided, decidedOf } from '../../pipelines/seal/tracing/decided.ts';
import { addressesBelow } from '../../pipelines/seal/tracing/lineage.ts';
import { type PassageRow, passageRows } from '../../pipelines/seal/tracing/passage.ts';
import { type Received, receivedRows } from '../../pipelines/seal/tracing/received.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';
import { Reviewer } from '../commands/filled-workbook.ts';
import { concordance, type Project, tinyProject } from '../commands/tiny-project.ts';
import { sealedRun } from './sealed-package.ts';

/**
 * One figure of each kind, opened: SA whole and SB at 40 %, four quarters of history, a meter without August,
 * a floor area that changes in September, thirteen people, enough of each sex to be shown; reviewed, published, then run again with a weight corrected.
 */
vi.setConfig({ testTimeout: 600_000, hookTimeout: 1_200_000 });
let project: Project;
let first: string;
let published: string;
let second: string;

const changes = (yaml: string) =>
  yaml
    .replace('history_from: 2026-Q3', 'history_from: 2025-Q4')
    .replace(
      'method: full, share: 100 }\n',
      'method: full, share: 100 }\n    - { id: SB, name: Essai SB, country: FR, parent: SA, method: proportional, share: 40 }\n',
    )
    .replace(
      'city: Lyon, country: FR }\n',
      `city: Lyon, country: FR }
    - { id: DEPOT, entity: SB, name: Dépôt, city: Lille, country: FR }
  meters:
    - { id: M1, site: USINE, carrier: electricity, from: 2026-07-01, to: null }
    - { id: '30009900000099', site: DEPOT, carrier: electricity, from: 2026-09-28, to: null }
`,
    )
    .replace(
      'contract: waste_register\n    path: extracts/waste_*.csv\n    entities: [SA]',
      'contract: waste_register\n    path: extracts/waste_*.csv\n    entities: [SA, SB]',
    )
    .replace(
      'privacy:',
      `  - { id: meters, connector: csv, contract: meter_readings, path: extracts/meters_*.csv, entities: [SA], covers: '(?<year>\\d{4})-Q(?<quarter>\\d)' }
  - { id: curves, connector: enedis, path: extracts/curve_*.csv, entities: [SB], covers: '(?<year>\\d{4})-Q(?<quarter>\\d)' }
  - { id: sites, connector: csv, contract: site_register, path: extracts/sites_2026-Q3.csv, entities: [SA], covers: '(?<year>\\d{4})-Q(?<quarter>\\d)' }
  - { id: people, connector: csv, contract: hr_register, path: extracts/people_*.csv, entities: [SA], personal: true, covers: '(?<year>\\d{4})-Q(?<quarter>\\d)' }
privacy:`,
    );

/** Thirteen people, the thirteenth from September on: 12, 12 and 13 at the month-ends. */
function people(): string {
  const lines = ['2026-07-31', '2026-08-31', '2026-09-30'].flatMap((month, i) =>
    Array.from({ length: i === 2 ? 13 : 12 }, (_, person) =>
      [
        'SA',
        'USINE',
        `MAT${person}`,
        month,
        person % 2 ? 'F' : 'M',
        'permanent',
        '1',
        'worker',
        person === 12 ? '2026-09-01' : '2020-01-01',
        '2000',
        '151',
        'EUR',
      ].join(';'),
    ),
  );
  return `Entité;Site;Matricule;Mois;Sexe;Contrat;Taux ETP;Catégorie;Date d'entrée;Rémunération brute;Heures payées;Devise\n${lines.join('\n')}\n`;
}

/** Half-hours of 1 kWh over 28, 29 and 30 September; one of the 29th cannot be read. */
function curve(): string {
  const lines = Array.from({ length: 144 }, (_, n) => {
    const end = new Date(Date.UTC(2026, 8, 28, 0, 30 * (n + 1))).toISOString().slice(0, 19).replace('T', ' ');
    return `30009900000099;2026-07-01;2026-10-01;PA;CONS;BRUT;W;${end};${n === 58 ? 'n.d.' : 2000};B;PT30M;0;0`;
  });
  return `Identifiant PRM;Date de début;Date de fin;Grandeur physique;Grandeur métier;Etape métier;Unité;Horodate;Valeur;Nature;Pas;Indice de vraisemblance;Etat complémentaire\n${lines.join('\n')}\n`;
}

beforeAll(async () => {
  project = await tinyProject(changes);
  const waste = await readFile(join(project.folder, 'extracts/waste_2026-Q3.csv'), 'utf8');
  const head = waste.split('\n')[0];
  await project.write('extracts/waste_2026-Q3.csv', `${waste}D3;SB;DEPOT;12 01 01;non;2026-08-20;20;R4\n`);
  await project.write('extracts/waste_2025-Q4.csv', `${head}\nD9;SA;USINE;12 01 01;non;2025-11-10;7;R4\n`);
  // a kWh a minute or so: 1 MWh a day on both sides of August
  await project.write(
    'extracts/meters_2026-Q3.csv',
    'Entité;Site;Compteur;Énergie;Début;Fin;Quantité;Unité;Nature\nSA;USINE;M1;electricity;2026-07-01;2026-07-31;31000;kWh;measured\nSA;USINE;M1;electricity;2026-09-01;2026-09-30;30000;kWh;measured\n',
  );
  await project.write(
    'extracts/sites_2026-Q3.csv',
    'Entité;Site;À compter du;Surface de plancher m2;Emprise ha;Surface imperméabilisée ha;Surface favorable à la nature ha;Zone sensible\nSA;USINE;2026-01-01;1000;1;0.5;0.1;none\nSA;USINE;2026-09-01;1600;1;0.5;0.1;none\n',
  );
  await project.write('extracts/people_2026-Q3.csv', people());
  await project.write('extracts/curve_2026-Q3.csv', curve());
  first = await sealedRun(project);
  await reviewAndPublish();
  await project.write(
    'extracts/waste_2026-Q3.csv',
    `${waste.replace(';2.5;', ';10;')}D3;SB;DEPOT;12 01 01;non;2026-08-20;20;R4\n`,
  );
  second = await sealedRun(project);
});
afterAll(() => project?.remove());

const rate = 'waste.recycling_rate:SA:2026-Q3:quarter';
const groupRate = 'waste.recycling_rate:GROUP:2026-Q3:quarter';

async function reviewAndPublish(): Promise<void> {
  const form = await Reviewer.open(join(first, 'review.xlsx'));
  form.approveAll('Bo Dupont', [rate, groupRate]);
  form.write('Revue', rate, {
    Décision: 'Remplacer',
    'Valeur de remplacement': 75,
    Motif: 'bordereau D2 pesé deux fois',
    'Référence de la preuve': 'BSD-2026-118',
    Relecteur: 'Alice Martin',
    Date: '12/10/2026',
    Commentaire: 'vu avec le site',
  });
  form.write('Revue', groupRate, {
    Décision: 'Rejeter',
    Motif: 'périmètre du groupe à revoir',
    Relecteur: 'Bo Dupont',
    Date: '12/10/2026',
  });
  await reviewRun(first, await form.save(join(project.folder, 'one.xlsx')), '2026-11-02T08:00:00.000Z');
  const seen = await Reviewer.open(join(first, '..', 'review', `${basename(first)}.xlsx`));
  seen.write('Revue', rate, { Décision: 'Approuver', Relecteur: 'Bo Dupont', Date: '13/10/2026' });
  await reviewRun(first, await seen.save(join(project.folder, 'two.xlsx')), '2026-11-02T09:00:00.000Z');
  published = (await publishRun(first, {}, silent)).folder;
}

interface Opened {
  readonly tree: Trace;
  readonly csv: PassageRow[];
  readonly decided: Decided | null;
  readonly received: Received;
  text(language: Language): Promise<string>;
}

async function opened(request: TraceRequest, run = first): Promise<Opened> {
  const { warehouse, record } = await openRun(run);
  try {
    const tree = await trace(warehouse, record, request);
    const csv: PassageRow[] = [];
    for await (const rows of traceRows(warehouse, record, request)) csv.push(...rows);
    const decided = tree.figure ? await decidedOf(run, warehouse, tree.figure) : null;
    const reading = await Warehouse.open(':memory:');
    const received = await receivedRows(
      run,
      tree.measures.flatMap((one) => one.largest.flatMap((row) => addressesBelow(row.harmonised))),
      Promise.resolve(reading),
    );
    await reading.close();
    return {
      tree,
      csv,
      decided,
      received,
      text: async (language) =>
        traceText(
          tree,
          received,
          language,
          await wording(language, 'trace'),
          await wording(language, 'common'),
          decided,
        ),
    };
  } finally {
    await warehouse.close();
  }
}

/** The value of each measure, from the lines of its CSV alone. */
function fromCsv(csv: readonly PassageRow[]): Record<string, string> {
  const sums = new Map<string, Decimal>();
  for (const one of csv)
    sums.set(
      one.measure,
      (sums.get(one.measure) ?? new Decimal(0)).plus(new Decimal(one.contribution).div(one.divisor)),
    );
  return Object.fromEntries([...sums].map(([measure, sum]) => [measure, sum.toFixed()]));
}

/** Tree and CSV both make the value of each measure exactly, and each listed row stands in an extract of the package. */
function addsUp({ tree, csv }: Opened): void {
  expect(tree.measures.length).toBeGreaterThan(0);
  const again = fromCsv(csv);
  for (const { measure, value, exact, rows, largest } of tree.measures) {
    expect(exact, measure.id).toBe(true);
    expect(rows, measure.id).toBeGreaterThan(0);
    expect(new Decimal(again[measure.id] ?? 'NaN').toFixed(6), measure.id).toBe(
      new Decimal(value?.value ?? 'NaN').toFixed(6),
    );
    for (const row of largest) {
      // people are lines, see below
      if (row.line !== null) continue;
      expect(row.extract).toMatch(/^(waste|water|meters|curves|sites|people)\//);
      expect(row.staged, `${row.extract}, ${row.row}`).not.toBeNull();
    }
  }
}

describe('the contributions make the figure, and open to file, row and original values', () => {
  test('a ratio over a company held at 40 %: (10 + 20 x 40 %) of (12.5 + 20 x 40 %) tonnes', async () => {
    const one = await opened({ id: 'waste.recycling_rate', basis: 'quarter' });
    addsUp(one);
    const [numerator, denominator] = one.tree.measures.map(({ contributed }) => Number(contributed));
    expect([numerator, denominator]).toEqual([18, 20.5]);
    expect(Number(one.tree.figure?.value)).toBeCloseTo(87.80487804878, 11);
    const part = one.csv.find(({ entity }) => entity === 'SB');
    expect(part).toMatchObject({
      received: '20.0000',
      received_unit: 't',
      share: '0.400000',
      extract: 'waste/waste_2026-Q3.csv',
      row: 3,
    });
    expect(Number(part?.contribution)).toBe(8);
    const text = await one.text('fr');
    expect(text).toContain('20 × part consolidée 40,00\u202f%');
    // the file's own record and its own words
    expect(text).toContain('← waste/waste_2026-Q3.csv, enregistrement 3');
    expect(text).toMatch(/Poids en tonnes = weight_t "20"/);
  });

  test('a trailing year: 7 t of November and 12.5 t of this quarter', async () => {
    const one = await opened({ id: 'waste.total', entity: 'SA', basis: 'ttm' });
    addsUp(one);
    expect(Number(one.tree.figure?.value)).toBe(19.5);
    expect(one.csv.map(({ extract, row }) => `${extract}:${row}`)).toEqual([
      'waste/waste_2025-Q4.csv:1',
      'waste/waste_2026-Q3.csv:1',
      'waste/waste_2026-Q3.csv:2',
    ]);
  });

  test('an estimate: 31 days of August at 1 MWh, by the mean of the days beside the gap', async () => {
    const one = await opened({ id: 'energy.electricity', entity: 'SA', basis: 'quarter', top: 100 });
    addsUp(one);
    expect(Number(one.tree.figure?.value)).toBe(92);
    expect(one.tree.measures[0]?.methods).toMatchObject([{ method: 'mean_of_neighbours', rows: 31 }]);
    expect(Number(one.tree.measures[0]?.methods[0]?.contribution)).toBe(31);
    const estimated = one.csv.filter(({ quality }) => quality === 'estimated');
    expect(estimated).toHaveLength(31);
    // it was not received, and rests on the row of an extract all the same
    for (const row of estimated)
      expect(row).toMatchObject({
        method: 'mean_of_neighbours',
        received: null,
        conversion: null,
        extract: 'meters/meters_2026-Q3.csv',
      });
    expect(one.csv.find(({ quality }) => quality === 'measured')).toMatchObject({
      received: '31000.0000',
      received_unit: 'kWh',
      conversion: '0.001 MWh/kWh',
    });
    const text = await one.text('en');
    expect(text).toContain('of which estimated: 31 MWh, 31 row(s), method: the mean of the days around');
  });

  test('a day of a curve: one line that adds up its 48 rows; a day that lacks one: a line each and what is estimated', async () => {
    const one = await opened({ id: 'energy.electricity', entity: 'SB', basis: 'quarter', top: 100 });
    addsUp(one);
    expect(Number(one.tree.figure?.value)).toBe(0.144);
    const at = (date: string) =>
      one.csv
        .filter((line) => line.date === date)
        .map(({ row, last_row, received, quality }) => [row, last_row, received, quality]);
    // line 1 of the file is its heading
    expect(at('2026-09-28')).toEqual([[2, 49, '48.000000', 'measured']]);
    expect(at('2026-09-30')).toEqual([[98, 145, '48.000000', 'measured']]);
    const lacking = at('2026-09-29');
    expect(lacking).toHaveLength(48);
    expect(lacking.filter(([, , , quality]) => quality === 'estimated')).toHaveLength(1);
    expect(lacking.filter(([, , received]) => received === '1.000000')).toHaveLength(47);
    const [day] = one.tree.measures[0]?.largest ?? [];
    expect(day).toMatchObject({ row: 2, last_row: 49, date: '2026-09-28' });
    expect(day?.harmonised?.staged.map(({ row }) => row)).toEqual(
      Array.from({ length: 48 }, (_, n) => n + 2),
    );
    expect(one.received.rows.filter(({ row }) => row >= 2 && row <= 49)).toHaveLength(48);
    expect(await one.text('en')).toContain('sum of 48 rows → 0.048000000 MWh');
    // an emission of that day rests on the same rows
    const emission = await opened({ id: 'scope2_location', entity: 'SB', basis: 'quarter' });
    expect(emission.csv.find(({ date }) => date === '2026-09-30')).toMatchObject({
      row: 98,
      last_row: 145,
      received: '48.000000',
      activity: '48.000000000',
    });
    const energy = emission.tree.measures[0]?.largest.find(({ date }) => date === '2026-09-30')?.harmonised
      ?.from[0];
    expect([energy?.table, energy?.rests, energy?.staged.length]).toEqual(['energy', 48, 48]);
  });

  test('an emission: each row with its activity, the id, version and value of its factor', async () => {
    const one = await opened({ id: 'scope2_location', entity: 'SA', basis: 'quarter', top: 3 });
    addsUp(one);
    expect(one.csv.length).toBe(33);
    for (const row of one.csv) {
      expect(row.factor_id).toMatch(/\w/);
      expect(row.factor_version).toMatch(/\w/);
      expect(row.activity_unit).toBe('kWh');
      // tonnes: quantity times kilograms, over 1000
      const made = new Decimal(row.activity ?? 0).times(row.factor_value ?? 0).div(1000);
      expect(
        made
          .minus(row.value ?? 0)
          .abs()
          .lessThan('0.000001'),
        JSON.stringify(row),
      ).toBe(true);
      expect(row.method).toBe(row.quality === 'estimated' ? 'mean_of_neighbours' : null);
    }
  });

  test('an average stock: 1000, 1000 and 1600 m2 over three month-ends are 1200', async () => {
    const one = await opened({ id: 'floor_area', entity: 'SA', basis: 'quarter' });
    addsUp(one);
    expect(Number(one.tree.measures[0]?.value?.value)).toBe(1200);
    expect(one.csv.map(({ divisor, contribution }) => [divisor, Number(contribution)])).toEqual([
      [3, 1000],
      [3, 1000],
      [3, 1600],
    ]);
  });

  test('people: 37 month-ends of 13 people, in lines that no other measure can be joined with', async () => {
    const one = await opened({ id: 'headcount_average', entity: 'SA', basis: 'quarter' });
    addsUp(one);
    const other = await opened({ id: 'headcount_permanent_average', entity: 'SA', basis: 'quarter' });
    expect(one.csv).toHaveLength(37);
    for (const row of one.csv)
      expect(row).toMatchObject({ site: null, extract: null, row: null, received: null, factor_id: null });
    expect(one.csv.map(({ line }) => line)).toEqual(Array.from({ length: 37 }, (_, i) => i + 1));
    // the same people, in an order of each measure's own
    expect(one.csv.map(({ date }) => date)).not.toEqual(other.csv.map(({ date }) => date));
    // the tree and its text give no more than the CSV
    const [measure] = one.tree.measures;
    for (const row of measure?.largest ?? [])
      expect(row).toMatchObject({ site: null, extract: null, row: null, harmonised: null, staged: null });
    const lines = new Map(one.csv.map((row) => [row.line, row.date]));
    for (const { line, date } of measure?.largest ?? []) expect(lines.get(line)).toBe(date);
    const text = await one.text('en');
    expect(text).toContain('assurance RUN --lines headcount_average:12');
    expect(text).not.toMatch(/MAT\d|record \d/);
    expect(one.received.rows).toEqual([]);
    // the group finds the same number's address again
    const [address] = await resolveLines(first, 'headcount_average', [1]);
    expect(address).toMatchObject({ line: 1, extract: 'people/people_2026-Q3.csv' });
  });
});

describe('what people decided is shown with the figure', () => {
  test('an override: the published value, the computed one beside it, by whom, why, on what evidence', async () => {
    const one = await opened({ id: 'waste.recycling_rate', entity: 'SA', basis: 'quarter' }, published);
    addsUp(one);
    expect(one.decided).toMatchObject({
      published: true,
      review: {
        state: 'approved',
        computed: '80',
        override: { value: '75', by: 'Alice Martin', evidence: 'BSD-2026-118' },
      },
      ledger: [{ kind: 'publication', value: '75', status: 'overridden' }],
    });
    expect(one.decided?.entries.map(({ decision, by }) => [decision, by])).toEqual([
      ['override', 'Alice Martin'],
      ['approve', 'Bo Dupont'],
    ]);
    expect((await one.text('en')).replace(/[\u00a0\u202f]/g, ' ')).toContain(
      'Overridden in review: 75 % instead of 80 % (computed). By Alice Martin, on 12 Oct 2026: bordereau D2 pesé deux fois. Evidence: BSD-2026-118. Approved by Bo Dupont, on 13 Oct 2026.',
    );
    const text = await one.text('fr');
    expect(text).toContain('bordereau D2 pesé deux fois');
    expect(text).toContain('vu avec le site');
  });

  test('a rejection: no published figure, its reason, and what had been computed', async () => {
    const one = await opened({ id: 'waste.recycling_rate', basis: 'quarter' });
    expect(one.decided?.review).toMatchObject({ state: 'rejected', decided: { by: 'Bo Dupont' } });
    expect(await one.text('fr')).toMatch(
      /Rejeté à la revue par Bo Dupont, le 12\/10\/2026.*périmètre du groupe à revoir\. Ce n’est pas un chiffre publié/,
    );
  });

  test('a restatement: published at 75, 50 in this proposal, split by cause without remainder', async () => {
    // 10 of 20 t instead of 10 of 12.5 t
    const one = await opened({ id: 'waste.recycling_rate', entity: 'SA', basis: 'quarter' }, second);
    addsUp(one);
    expect(Number(one.tree.figure?.value)).toBe(50);
    expect(one.decided?.review).toBeNull();
    expect(one.decided?.change).toMatchObject({ before: '75', after: '50', published: basename(first) });
    const parts = one.decided?.change?.parts ?? [];
    expect(parts.map(({ cause, amount }) => [cause, Number(amount)])).toEqual([
      ['override', 5],
      ['data', -30],
    ]);
    expect((await one.text('en')).replace(/[\u00a0\u202f]/g, ' ')).toContain(
      `This package would restate ${basename(first)}: 75 % → 50 %; override +5, data \u221230`,
    );
  });

  test('the lines of the CSV are the same however many are taken at once', async () => {
    const { warehouse, record } = await openRun(first);
    const models = await loadModels();
    const window = record.windows.find((one) => one.period === '2026-Q3' && one.basis === 'ttm') as Window;
    for (const id of ['electricity_bought', 'scope2_location', 'waste_weight', 'headcount']) {
      const measure = record.catalogue.measures.find((one) => one.id === id) as Measure;
      const lines = async (atOnce?: number) => {
        const all: PassageRow[] = [];
        const place = { entity: 'GROUP', sites: null, window };
        for await (const rows of passageRows(warehouse, models, measure, place, atOnce)) all.push(...rows);
        return all;
      };
      const whole = await lines();
      expect(whole.length).toBeGreaterThan(2);
      for (const atOnce of [1, 2]) expect(await lines(atOnce), `${id} by ${atOnce}`).toEqual(whole);
    }
    await warehouse.close();
  });

  test('the command says the same as text and as JSON, of the draft by its link', async () => {
    const latest = await realpath(join(project.folder, 'out/2026-Q3/latest'));
    expect(latest).toBe(second);
    const args = [
      'trace',
      join(project.folder, 'out/2026-Q3/published'),
      'waste.recycling_rate',
      '--entity',
      'SA',
      '--basis',
      'quarter',
    ];
    const [text, json] = await Promise.all([concordance(args), concordance([...args, '--json'])]);
    expect(text.out).toContain('BSD-2026-118');
    expect(JSON.parse(json.out)).toMatchObject({
      decided: { review: { override: { evidence: 'BSD-2026-118' } } },
    });
  });
});

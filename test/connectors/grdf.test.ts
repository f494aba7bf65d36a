import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grdf } from '../../connectors/grdf/connector.ts';
import { daysOf } from '../../connectors/grdf/period.ts';
import { readAll, type WholeReading } from './reading-session.ts';

const PCE = '21450000000123';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grdf-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Value = string | number | Date | null | { formula: string; result?: number } | { error: '#REF!' };

/** The customer space's table, its first column empty, under its preamble. */
async function workbook(
  rows: Value[][],
  {
    headings = ['Date de relevé', 'Volume consommé (m3)', 'Energie consommée (kWh)'],
    pce = PCE,
    exported = '05/01/2026',
  }: { headings?: string[]; pce?: string; exported?: string } = {},
): Promise<string> {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet('Historique');
  sheet.addRow([null, 'Données informatives et détaillées', null, `Export du ${exported}`]);
  sheet.addRow([]);
  sheet.addRow([null, null, 'N° PCE :', pce]);
  sheet.addRow([]);
  sheet.addRow([null, ...headings]);
  for (const row of rows) sheet.addRow([null, ...row]);
  const path = join(folder, 'export.xlsx');
  await book.xlsx.writeFile(path);
  return path;
}

async function csv(
  content: string | Buffer,
  options: object = {},
  name = 'releves.csv',
): Promise<WholeReading> {
  const path = join(folder, name);
  await writeFile(path, content);
  return readAll(grdf, path, options);
}

const readings = (whole: WholeReading) => whole.records.readings ?? [];
const rules = (whole: WholeReading) => whole.rejects.map((reject) => reject.rule);
const codes = (whole: WholeReading) => (whole.reading.remarks ?? []).map((remark) => remark.code);

describe('periods of the customer space', () => {
  test.each([
    ['Novembre 2020 ', { first: '2020-11-01', last: '2020-11-30', unit: 'month' }],
    ['Février 2024', { first: '2024-02-01', last: '2024-02-29', unit: 'month' }],
    ['août 2021', { first: '2021-08-01', last: '2021-08-31', unit: 'month' }],
    ['24/11/2021', { first: '2021-11-24', last: '2021-11-24', unit: 'day' }],
    ['2021-11-24', { first: '2021-11-24', last: '2021-11-24', unit: 'day' }],
    ['Du 29/11/2021 au 05/12/2021', { first: '2021-11-29', last: '2021-12-05', unit: 'week' }],
  ])('%s', (label, days) => {
    expect(daysOf(label)).toEqual(days);
  });

  test.each(['Total', 'Brumaire 2021', '31/02/2021', 'Du 05/12/2021 au 29/11/2021', '', 'Du 01/01/2021'])(
    '%s is none',
    (label) => {
      expect(daysOf(label)).toBeUndefined();
    },
  );
});

describe('customer space workbook', () => {
  test('months become first and last day, both included, at their sheet row', async () => {
    const whole = await readAll(
      grdf,
      await workbook([
        ['Novembre 2025 ', 75, 845],
        ['Décembre 2025 ', 345.5, 3808],
      ]),
    );
    expect(whole.reading.addressing).toBe('row');
    expect(readings(whole)).toEqual([
      {
        row_number: 6n,
        meter: PCE,
        start_date: '2025-11-01',
        end_date: '2025-11-30',
        volume_m3: '75.000',
        coefficient: null,
        energy_kwh_pcs: '845.000',
        quality: 'measured',
      },
      {
        row_number: 7n,
        meter: PCE,
        start_date: '2025-12-01',
        end_date: '2025-12-31',
        volume_m3: '345.500',
        coefficient: null,
        energy_kwh_pcs: '3808.000',
        quality: 'measured',
      },
    ]);
    expect(codes(whole)).toEqual([]);
  });

  test('days, with the coefficient where there is one', async () => {
    const headings = [
      'Date de relevé',
      'Index début',
      'Index fin',
      'Volume consommé (m3)',
      'Energie consommée (kWh)',
      'Coefficient de conversion',
      'Qualité',
    ];
    const path = await workbook(
      [
        ['23/11/2025', 1000, 1012, 12, 134.4, 11.2, 'Mesuré'],
        ['24/11/2025', 1012, 1020, 8, 89.6, 11.2, 'Estimé'],
      ],
      { headings },
    );
    expect(readings(await readAll(grdf, path))).toMatchObject([
      {
        start_date: '2025-11-23',
        end_date: '2025-11-23',
        volume_m3: '12.000',
        coefficient: '11.200000',
        energy_kwh_pcs: '134.400',
        quality: 'measured',
      },
      { start_date: '2025-11-24', end_date: '2025-11-24', quality: 'estimated' },
    ]);
  });

  test('weeks are seven days; dates in date cells are read as well', async () => {
    const week = await readAll(grdf, await workbook([['Du 17/11/2025 au 23/11/2025', 80, 900]]));
    expect(readings(week)).toMatchObject([{ start_date: '2025-11-17', end_date: '2025-11-23' }]);
    const day = await readAll(grdf, await workbook([[new Date('2025-11-17T00:00:00Z'), 80, 900]]));
    expect(readings(day)).toMatchObject([{ start_date: '2025-11-17', end_date: '2025-11-17' }]);
  });

  test('the month of the export ends the day before it, and both cut months are named', async () => {
    const months = [
      'Novembre 2024',
      'Décembre 2024',
      'Janvier 2025',
      'Février 2025',
      'Mars 2025',
      'Avril 2025',
      'Mai 2025',
      'Juin 2025',
      'Juillet 2025',
      'Août 2025',
      'Septembre 2025',
      'Octobre 2025',
      'Novembre 2025',
    ];
    const whole = await readAll(
      grdf,
      await workbook(
        months.map((month) => [month, 100, 1100]),
        { exported: '24/11/2025' },
      ),
    );
    expect(readings(whole).at(-1)).toMatchObject({ start_date: '2025-11-01', end_date: '2025-11-23' });
    expect(whole.reading.remarks).toMatchObject([
      { code: 'GRD-012', row: 18, message: expect.stringContaining('Novembre 2025') },
      { code: 'GRD-012', row: 6, message: expect.stringContaining('Novembre 2024') },
    ]);
  });

  test('the meter comes from the option, else the preamble, else the file name', async () => {
    const path = await workbook([['Mai 2025', 10, 110]], { pce: '' });
    expect(readings(await readAll(grdf, path, { meter: 'GI000001' }))).toMatchObject([{ meter: 'GI000001' }]);
    expect(readings(await readAll(grdf, path, {}, 'gaz/GI123456_2025.xlsx'))).toMatchObject([
      { meter: 'GI123456' },
    ]);
    await expect(readAll(grdf, path)).rejects.toMatchObject({ code: 'GRD-004' });
  });

  test('no energy is missing, not zero; an error cell is an error; a total is no period', async () => {
    const path = await workbook([
      ['Mai 2025', 10, null],
      ['Juin 2025', 10, 0],
      ['Juillet 2025', 10, { formula: 'C9/0', result: undefined }],
      ['Août 2025', 10, { error: '#REF!' }],
      ['Septembre 2025', 'dix', 110],
      ['Octobre 2025', 10, 'n.c.'],
      ['Total', 60, 220],
    ]);
    const whole = await readAll(grdf, path);
    expect(readings(whole)).toMatchObject([{ start_date: '2025-06-01', energy_kwh_pcs: '0.000' }]);
    expect(whole.rejects.map((reject) => [reject.row_number, reject.rule])).toEqual([
      [6n, 'absent_reading'],
      [8n, 'cell_error'],
      [9n, 'cell_error'],
      [10n, 'unreadable_volume'],
      [11n, 'unreadable_energy'],
      [12n, 'unreadable_period'],
    ]);
    expect(whole.reading.rowsRead).toBe(7);
  });

  test('a workbook without the table, and a file that is no workbook, are refused', async () => {
    await expect(readAll(grdf, await workbook([], { headings: ['Date', 'Prix'] }))).rejects.toMatchObject({
      code: 'GRD-003',
    });
    await expect(csv(Buffer.from('PK\u0003\u0004 nothing'))).rejects.toMatchObject({
      name: 'ExtractError',
      code: 'XLSX-004',
    });
    await expect(csv('')).rejects.toMatchObject({ code: 'GRD-001' });
    await expect(csv('\n \n')).rejects.toMatchObject({ code: 'GRD-001' });
  });
});

describe('CSV with ADICT fields', () => {
  const HEAD =
    'pce;dateDebutReleve;dateFinReleve;journeeGaziere;volumeBrutConsomme;coeffConversion;energieConsomme;natureReleve;qualificationReleve;status';

  test('a gas day is the day that it starts on', async () => {
    const whole = await csv(
      `${HEAD}\n${PCE};2025-11-23T06:00:00+01:00;2025-11-24T06:00:00+01:00;2025-11-23;12;11.20;134,4;Informative;Mesuré;Définitive\n`,
    );
    expect(whole.reading.addressing).toBe('line');
    expect(readings(whole)).toEqual([
      {
        row_number: 2n,
        meter: PCE,
        start_date: '2025-11-23',
        end_date: '2025-11-23',
        volume_m3: '12.000',
        coefficient: '11.200000',
        energy_kwh_pcs: '134.400',
        quality: 'measured',
      },
    ]);
  });

  test('dateFinReleve is the day after the last, unless declared otherwise', async () => {
    const text = `${HEAD}\n${PCE};2025-11-01;2025-12-01;;345;11.04;3808;Publiee;Corrigé;\n`;
    expect(readings(await csv(text))).toMatchObject([
      { start_date: '2025-11-01', end_date: '2025-11-30', quality: 'corrected' },
    ]);
    expect(readings(await csv(text, { end: 'inclusive' }))).toMatchObject([
      { start_date: '2025-11-01', end_date: '2025-12-01' },
    ]);
  });

  test('absent readings are rejected by name; the days around them make a gap', async () => {
    const day = (date: string, energy: string, quality: string) =>
      `${PCE};;;${date};1;11;${energy};;${quality};Définitive`;
    const whole = await csv(
      [
        HEAD,
        day('2025-11-01', '11', 'Mesuré'),
        day('2025-11-02', '', 'Absence de Données'),
        day('2025-11-03', '11', 'Estimé'),
      ].join('\n'),
    );
    expect(whole.rejects).toMatchObject([
      { row_number: 3n, rule: 'absent_reading', value: 'Absence de Données' },
    ]);
    expect(whole.reading.remarks).toMatchObject([
      { code: 'GRD-010', message: expect.stringContaining('from 2025-11-02 until 2025-11-03, excluded') },
    ]);
  });

  test('a final reading prevails over a provisional one, the earlier over the later double', async () => {
    const row = (energy: number, status: string) =>
      `${PCE};2025-11-01;2025-12-01;;;;${energy};;Mesuré;${status}`;
    const whole = await csv(
      [
        HEAD,
        row(100, 'Provisoire'),
        row(120, 'Définitive'),
        row(130, 'Définitive'),
        `${PCE};2025-11-15;2025-12-15;;;;90;;Mesuré;Définitive`,
      ].join('\n'),
    );
    expect(readings(whole)).toMatchObject([{ row_number: 3n, energy_kwh_pcs: '120.000' }]);
    expect(whole.rejects.map((reject) => [reject.row_number, reject.rule])).toEqual([
      [2n, 'overlapping_interval'],
      [4n, 'overlapping_interval'],
      [5n, 'overlapping_interval'],
    ]);
    expect(codes(whole)).toEqual(['GRD-013']);
  });

  test('an energy in MWh beside cubic metres is remarked', async () => {
    const whole = await csv(`${HEAD}\n${PCE};2025-11-01;2025-12-01;;345;;3,808;;Mesuré;\n`);
    expect(codes(whole)).toEqual(['GRD-016']);
  });

  test('what cannot be used is rejected by name', async () => {
    const whole = await csv(
      [
        HEAD,
        '2,145E+13;2025-11-01;2025-12-01;;;;1;;;',
        `${PCE};2025-13-01;2025-12-01;;;;1;;;`,
        `${PCE};2025-12-01;2025-12-01;;;;1;;;`,
        `${PCE};2026-01-01;2026-02-01;;;;-4;;;`,
        ';2026-01-01;2026-02-01;;;;4;;;',
        `${PCE};2026`,
      ].join('\n'),
    );
    expect(rules(whole)).toEqual([
      'meter_scientific',
      'unreadable_period',
      'empty_period',
      'negative_energy',
      'meter_missing',
      'field_count',
    ]);
  });

  test('without a PCE column the file name or the option names the meter; a wrong heading is refused', async () => {
    const text = 'journeeGaziere,energieConsomme\n2025-11-01,11\n';
    expect(readings(await csv(text, {}, `releves_${PCE}.csv`))).toMatchObject([
      { meter: PCE, energy_kwh_pcs: '11.000' },
    ]);
    expect(readings(await csv(text, { meter: 'GI000001' }))).toMatchObject([{ meter: 'GI000001' }]);
    await expect(csv(text)).rejects.toMatchObject({ code: 'GRD-004' });
    await expect(csv('a;b\n1;2\n')).rejects.toMatchObject({ code: 'GRD-003' });
  });

  test('whatever stands under the heading, rows read are readings and rejects', async () => {
    const cell = fc.constantFrom(
      '',
      '0',
      '12,5',
      '-1',
      'x',
      '2025-11-01',
      '01/11/2025',
      '2025-11-01T06:00:00+01:00',
      PCE,
      'Mesuré',
      "'; --",
      '\u00e9',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 1, maxLength: 11 }), { maxLength: 12 }),
        async (rows) => {
          const whole = await csv([HEAD, ...rows.map((cells) => cells.join(';'))].join('\n'));
          expect(whole.reading.rowsRead).toBe(rows.filter((cells) => cells.join('').trim() !== '').length);
        },
      ),
      { numRuns: 25 },
    );
  });
});

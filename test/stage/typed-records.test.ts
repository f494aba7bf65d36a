import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Contract } from '../../pipelines/stage/contract.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';
import { stageSource } from './stage-source.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concordance-typed-'));
});
afterEach(() => rm(folder, { recursive: true }));

const heading =
  'Identifiant PRM;Grandeur physique;Grandeur métier;Etape métier;Unité;Horodate;Valeur;Nature;Pas';
const row = (at: string, value: string, meter = '30001', direction = 'CONS') =>
  `${meter};PA;${direction};BRUT;W;${at};${value};B;PT30M`;
const rows = [
  row('2026-07-05 00:30:00', '692'),
  row('2026-07-05 01:00:00', '0'),
  row('2026-07-05 01:30:00', '90000'),
  row('2026-07-05 02:00:00', 'n.d.'),
  row('2026-01-05 00:30:00', '5', '30002'),
  row('2026-07-05 00:30:00', '5', '30003', 'PROD'),
  row('2026-07-05 00:30:00', '5', '30004'),
];

/** Stages the rows as a plain table, whose values come typed, or with a quote, which makes all of them texts. */
async function staged(columns: Record<string, { type: string }>, quoted: boolean) {
  const contract = Contract.parse({
    id: 'intervals',
    label: { fr: 'Courbes', en: 'Intervals' },
    department: 'operations',
    connectors: ['enedis'],
    record: 'intervals',
    ...(columns.interval_start?.type === 'text' ? {} : { period_column: 'interval_start' }),
    columns,
  });
  const text = [heading, ...rows, ''].join('\n');
  await writeFile(join(folder, 'curve_2026-Q3.csv'), quoted ? text.replace(';692;', ';"692";') : text);
  const warehouse = await Warehouse.open(':memory:', { memory: '1GB' }, '0123456789abcdef'.repeat(4));
  try {
    await warehouse.run(`create schema reference;
      create table reference.meter as select * from (values ('30001', 'ORV'), ('30002', 'ORV'), ('30003', 'OFR')) as m(meter, entity)`);
    const read = await stageSource(warehouse, folder, contract, { id: 'curves', connector: 'enedis' });
    return {
      counts: read.map(({ rowsRead, rowsStaged, rowsQuarantined }) => [
        rowsRead,
        rowsStaged,
        rowsQuarantined,
      ]),
      remarks: read.map(({ remarks }) => remarks),
      rows: await warehouse.rows('select * from staged.intervals'),
      quarantine: await warehouse.rows('select * from staged.quarantine'),
    };
  } finally {
    await warehouse.close();
  }
}

const columns = {
  meter: { type: 'code', required: true, list: 'meter' },
  interval_start: { type: 'timestamp', required: true },
  minutes: { type: 'integer', required: true, min: 1 },
  energy_kwh: { type: 'decimal(18,6)', required: true, min: 0.001, max: 40 },
  direction: { type: 'code', required: true, values: ['consumption'] },
  quality: { type: 'code', required: true },
};

test('values that come typed are staged and judged as their texts are', async () => {
  const typed = await staged(columns, false);
  expect(typed).toEqual(await staged(columns, true));
  expect(typed.counts).toEqual([[7, 1, 6]]);
  expect(typed.rows).toMatchObject([{ energy_kwh: '0.346000', minutes: 30, row_number: 2 }]);
  expect(typed.quarantine).toMatchObject([
    { row_number: 5, column_name: 'Valeur', value: 'n.d.', rule: 'unreadable_value' },
    { row_number: 3, column_name: 'energy_kwh', value: '0.000000', rule: 'range' },
    { row_number: 4, column_name: 'energy_kwh', value: '45.000000', rule: 'range' },
    { row_number: 6, column_name: 'interval_start', value: '2026-01-04 23:00:00', rule: 'outside_period' },
    { row_number: 7, column_name: 'direction', value: 'production', rule: 'code_list' },
    { row_number: 7, column_name: 'meter', value: '30003' },
    { row_number: 8, column_name: 'meter', value: '30004', rule: 'unknown_meter' },
  ]);
});

test.each<[string, Record<string, { type: string; [rule: string]: unknown }>]>([
  ['a time as text', { interval_start: { type: 'text', pattern: '2026-0[1-7]-.*Z' } }],
  ['a day of a time', { interval_start: { type: 'date' } }],
  ['a number as a code', { minutes: { type: 'code', values: ['60'] } }],
  ['whole numbers of a list', { minutes: { type: 'integer', values: [15, 30] } }],
  ['whole numbers of another list', { minutes: { type: 'integer', values: [15, 60] } }],
  ['fewer decimals', { energy_kwh: { type: 'decimal(18,2)', min: 0.01 } }],
  ['a whole number of a decimal', { energy_kwh: { type: 'integer' } }],
  ['a meter as a person', { meter: { type: 'person' } }],
  ['what is not to be kept', { meter: { type: 'code', confidential: true, pattern: '3000[12]' } }],
])('a contract may want %s: the text is read as its type', async (_, other) => {
  const all = { ...columns, ...other };
  expect(await staged(all, false)).toEqual(await staged(all, true));
});

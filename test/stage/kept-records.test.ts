import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Contract } from '../../pipelines/stage/contract.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';
import { stageSource } from './stage-source.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concordance-kept-'));
});
afterEach(() => rm(folder, { recursive: true }));

const contract = Contract.parse({
  id: 'everything',
  label: { fr: 'Tout', en: 'Everything' },
  department: 'operations',
  connectors: ['csv'],
  record: 'rows',
  period_column: 'day',
  columns: {
    entity: { type: 'code', required: true, list: 'entity' },
    site: { type: 'text', list: 'site' },
    siren: { type: 'code', list: 'siren' },
    unit: { type: 'code', required: true, list: 'unit', dimensions: ['energy'] },
    kind: { type: 'code', required: true, values: ['gas', "l'eau"] },
    grade: { type: 'integer', values: [1, 2] },
    reference: { type: 'text', pattern: '[A-Z]{2}[0-9]+' },
    note: { type: 'text' },
    day: { type: 'date', required: true },
    until: { type: 'date', not_before: 'day' },
    since: { type: 'date', keep: 'year' },
    amount: { type: 'decimal(18,4)', required: true, min: -10, max: 5000 },
    pay: { type: 'decimal(18,2)', confidential: true },
    count: { type: 'integer' },
    flag: { type: 'boolean' },
    who: { type: 'person' },
    absent: { type: 'text' },
  },
});

/** Values of each column: the first are good, the others break a rule or are read as another writes them. */
const values: Readonly<Record<string, readonly string[]>> = {
  entity: ['ORV', 'OFR', 'XXX', '', 'orv'],
  site: ['LYO', 'PAR', 'ZZZ', ''],
  siren: ['732829320', '73282932000074', '111111111', ''],
  unit: ['kWh', 'MWh', 't', ''],
  kind: ['gas', "l'eau", 'Gas', ''],
  grade: ['1', '2', '3', '1,5', ''],
  reference: ['AB12', 'a1', ''],
  note: ['une note', '"a;b"', '"dit ""oui"""', ''],
  day: ['2026-07-05', '05/08/2026', '2026-01-01', '31/02/2026', ''],
  until: ['2026-09-30', '2026-07-01', 'demain', ''],
  since: ['2019-03-04', '04.05.2001', 'x', ''],
  amount: ['12,5', '1 234,50', '1.234,5', '9999', 'n.d.', ''],
  pay: ['2500,10', 'beaucoup', ''],
  count: ['7', '7,0', '7,5', ''],
  flag: ['oui', 'non', 'peut-être', ''],
  who: ['Martin', 'Durand', ''],
  more: ['x', ''],
};
const names = Object.keys(values);
/** More than four megabytes: from there on what is kept of records is what is loaded. */
const lines = 42_000;

/** A text of good rows, among them some with one or two values of the others. */
function textOf(seed: number): string {
  let state = seed >>> 0;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const good: Readonly<Record<string, string>> = Object.fromEntries(
    names.map((name) => [name, values[name]?.[0] ?? '']),
  );
  const rows = Array.from({ length: lines }, (_, n) => {
    const row: Record<string, string> = { ...good, note: `une note assez longue, la ligne ${n}` };
    for (let times = n < lines - 1 && random(20) === 0 ? 2 : 0; times > 0; times -= 1) {
      const name = names[random(names.length)] as string;
      const some = values[name] as readonly string[];
      row[name] = some[random(some.length)] as string;
    }
    return names.map((name) => row[name]).join(';');
  });
  return `${[names.join(';'), ...rows].join('\r\n')}\r\n`;
}

async function staged(text: string) {
  await writeFile(join(folder, 'all_2026-Q3.csv'), text);
  const warehouse = await Warehouse.open(':memory:', { memory: '1GB' }, '0123456789abcdef'.repeat(4));
  const run = vi.spyOn(warehouse, 'run');
  try {
    await warehouse.run(`create schema reference;
      create table reference.entity as select * from (values ('ORV', '732829320'), ('OFR', '552100554')) as e(entity, siren);
      create table reference.site as select * from (values ('LYO', 'ORV'), ('PAR', 'OFR')) as s(site, entity);
      create table reference.units as select * from (values ('kWh', 'energy'), ('MWh', 'energy'), ('t', 'mass')) as u(unit, dimension)`);
    const [read] = await stageSource(warehouse, folder, contract, {
      id: 'all',
      connector: 'csv',
      options: { delimiter: ';', decimal: 'comma', dates: 'dmy' },
    });
    const loads = run.mock.calls.map(([sql]) => sql).filter((sql) => sql.includes('read_csv'));
    return {
      loads: loads.map((sql) => (sql.includes('_texts') ? 'kept' : 'texts')),
      counts: [read?.rowsRead, read?.rowsStaged, read?.rowsQuarantined],
      remarks: read?.remarks,
      rows: await warehouse.rows('select * from staged.everything'),
      quarantine: await warehouse.rows('select * from staged.quarantine'),
    };
  } finally {
    await warehouse.close();
  }
}

test('records that are kept as they are loaded are staged and judged as their texts are', {
  timeout: 240_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const text = textOf(seed);
      // a blank, met far behind where loading has begun, makes the reader take all texts
      const padded = text.replace(/une note(?=[^\n]*\n$)/, ' une note');
      const kept = await staged(text);
      const texts = await staged(padded);
      expect([kept.loads, texts.loads]).toEqual([['kept'], ['kept', 'texts']]);
      expect({ ...kept, loads: [] }).toEqual({ ...texts, loads: [] });
      expect(kept.counts).toEqual([lines, kept.rows.length, new Set(kept.quarantine.map(place)).size]);
      const rules = new Set(kept.quarantine.map(({ rule }) => rule));
      expect(rules.size).toBeGreaterThan(12);
    }),
    { numRuns: 3 },
  );
});

const place = ({ row_number }: Record<string, unknown>) => row_number;

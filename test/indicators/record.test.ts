import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Figure } from '../../pipelines/indicators/figure.ts';
import { recordFigures, recordWithheld } from '../../pipelines/indicators/record.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

let scratch: string;
let warehouse: Warehouse;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'concordance-record-'));
  warehouse = await Warehouse.open(':memory:');
  await warehouse.run('create schema result');
});
afterEach(async () => {
  await warehouse.close();
  await rm(scratch, { recursive: true });
});

const digits = (most: number) =>
  fc.oneof(fc.bigInt(0n, 1000n), fc.bigInt(0n, 10n ** BigInt(most) - 1n)).map(String);
const decimal = fc
  .tuple(fc.constantFrom('', '-'), digits(26), fc.option(digits(12)))
  .map(([sign, whole, part]) => `${sign}${whole}${part === null ? '' : `.${part}`}`);
const amount = fc.option(
  fc.oneof(decimal, fc.constantFrom('0', '-0.5', '0.000000000001', '1000000', '-12345678.9')),
);
const share = fc.integer({ min: 0, max: 1_000_000 }).map((millionths) => millionths / 1_000_000);
const words = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'null',
    'NULL',
    '""',
    'a, "b"\n\'c\'',
    '0',
    'estimated:spend + measured\r\n',
    '\\N',
    'é€😀',
  ),
  fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '')),
);
const figure = fc.record({
  indicator: fc.constantFrom('a.one', 'a.two'),
  entity: words,
  period: fc.constantFrom('2026-Q2', '2026-Q3'),
  basis: fc.constantFrom('quarter' as const, 'ttm' as const),
  value: amount,
  unit: words,
  numerator: amount,
  denominator: amount,
  coverage: share,
  estimatedShare: share,
  status: fc.constantFrom('complete' as const, 'missing' as const),
});
const keyOf = (one: Pick<Figure, 'indicator' | 'entity' | 'period' | 'basis'>) =>
  [one.indicator, one.entity, one.period, one.basis] as const;
const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

test('figures are recorded as they are, whatever stands in their texts: an empty one is not null', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(figure, fc.option(words)), { selector: ([one]) => keyOf(one).join('\0') }),
      async (drawn) => {
        const methods = new Map(drawn.flatMap(([one, method]) => (method === null ? [] : [[one, method]])));
        const exact = (text: string | null) => (text === null ? null : new Decimal(text).toFixed(12));
        await recordFigures(
          warehouse,
          drawn.map(([one]) => one),
          scratch,
          methods,
        );
        const rows = await warehouse.rows('from result.figure order by rowid');
        await warehouse.run('drop table result.figure');
        expect(rows).toEqual(
          drawn
            .toSorted(([a], [b]) =>
              keyOf(a).reduce((so, text, i) => so || compare(text, keyOf(b)[i] as string), 0),
            )
            .map(([{ estimatedShare, ...one }, method]) => ({
              ...one,
              value: exact(one.value),
              numerator: exact(one.numerator),
              denominator: exact(one.denominator),
              coverage: one.coverage.toFixed(6),
              estimated_share: estimatedShare.toFixed(6),
              method,
            })),
        );
      },
    ),
  );
});

test('the table of figures has its columns and types also where a run has no figure', async () => {
  await recordFigures(warehouse, [], scratch);
  expect(await warehouse.rows('from result.figure')).toEqual([]);
  const columns = await warehouse.rows('describe result.figure');
  expect(columns.map((one) => `${one.column_name} ${one.column_type}`)).toEqual([
    'indicator VARCHAR',
    'entity VARCHAR',
    'period VARCHAR',
    'basis VARCHAR',
    'value DECIMAL(38,12)',
    'unit VARCHAR',
    'numerator DECIMAL(38,12)',
    'denominator DECIMAL(38,12)',
    'coverage DECIMAL(9,6)',
    'estimated_share DECIMAL(9,6)',
    'status VARCHAR',
    'method VARCHAR',
  ]);
});

test('withheld values are recorded, none too', async () => {
  for (const places of [[], ['headcount|A|2026-Q3|quarter', 'pay|B|2026-Q3|ttm']]) {
    await recordWithheld(warehouse, new Set(places), scratch);
    expect(
      await warehouse.rows(
        "select concat_ws('|', measure, entity, period, basis) as place from result.withheld",
      ),
    ).toEqual(places.map((place) => ({ place })));
    await warehouse.run('drop table result.withheld');
  }
});

import { expect, test } from 'vitest';
import type { Source } from '../../pipelines/configuration/schema.ts';
import { deliveriesOf } from '../../pipelines/stage/delivery.ts';
import type { CountedExtract } from '../../pipelines/stage/staged-extract.ts';

const source = {
  id: 'payroll',
  entities: ['A', 'B'],
  covers: '(?<year>\\d{4})-(?<month>\\d{2})',
} as unknown as Source;

const extract = (name: string, contracts: string[], counts: Partial<CountedExtract> = {}) =>
  ({
    extract: { extractId: name, name, source },
    contracts,
    rowsRead: 2,
    rowsStaged: 2,
    rowsQuarantined: 0,
    remarks: [],
    ...counts,
  }) as unknown as CountedExtract;

const history = { from: '2026-01-01', to: '2026-12-31' };
const told = (staged: CountedExtract[]) =>
  deliveriesOf(staged, history, 1).map(({ contract, entity, month }) => `${contract} ${entity} ${month}`);

test('what several extracts of a source deliver for a month has come once, with all that any of them feeds', () => {
  expect(
    told([
      extract('a_2026-01', ['pay']),
      extract('b_2026-01', ['pay']),
      extract('c_2026-01', ['pay', 'absence']),
      extract('a_2026-02', ['pay']),
    ]),
  ).toEqual([
    'pay A 2026-01-01',
    'pay B 2026-01-01',
    'absence A 2026-01-01',
    'absence B 2026-01-01',
    'pay A 2026-02-01',
    'pay B 2026-02-01',
  ]);
});

test('an extract that could not be read takes nothing from another of its month', () => {
  const unreadable = extract('a_2026-01', ['pay'], {
    rowsRead: 0,
    rowsStaged: 0,
    remarks: [{ code: 'DSN-001', severity: 'error' }],
  });
  expect(told([unreadable])).toEqual([]);
  expect(told([unreadable, extract('b_2026-01', ['pay'])])).toEqual(['pay A 2026-01-01', 'pay B 2026-01-01']);
});

import { expect, test } from 'vitest';
import { loadCatalogue } from '../../pipelines/indicators/load.ts';
import { figuresOf } from './figures-of.ts';

/** What the whole catalogue says where there is nothing: absence is told, never a number. */
test('no indicator has a value when none of its sources has come', async () => {
  const { indicators, measures } = await loadCatalogue();
  const contracts = [...new Set(measures.flatMap((m) => m.contracts))];
  const { all } = await figuresOf(
    {},
    indicators.map((one) => one.id),
    { missing: contracts },
  );
  expect(all.length).toBeGreaterThan(indicators.length);
  expect(
    all
      .filter((f) => f.value !== null || !['missing', 'not_applicable'].includes(f.status))
      .map((f) => `${f.indicator} ${f.entity} ${f.basis}: ${f.value ?? f.status}`),
  ).toEqual([]);
}, 240_000);

test('sources that came empty give a total of zero, and no ratio at all', async () => {
  const { indicators } = await loadCatalogue();
  const { all } = await figuresOf(
    {},
    indicators.map((one) => one.id),
  );
  // hours over the hours of a legal year are a number of people: what divides them is no measure
  const ratios = new Set(
    indicators.filter((one) => /[a-z]/.test(one.denominator ?? '')).map((one) => one.id),
  );
  const told = (f: (typeof all)[number]) => `${f.indicator} ${f.entity} ${f.basis}: ${f.value ?? f.status}`;
  expect(all.filter((f) => ratios.has(f.indicator) && f.value !== null).map(told)).toEqual([]);
  expect(
    all.filter((f) => !ratios.has(f.indicator) && f.value !== null && f.value !== '0').map(told),
  ).toEqual([]);
}, 240_000);

import { type Catalogue, Indicator } from '../../pipelines/indicators/catalogue.ts';
import { measuresOfIndicator } from '../../pipelines/indicators/consolidation.ts';
import type { Figure } from '../../pipelines/indicators/figure.ts';
import { computeFigures } from '../../pipelines/indicators/figures.ts';
import { loadCatalogue } from '../../pipelines/indicators/load.ts';
import { computeMeasures, windowsOf } from '../../pipelines/indicators/measure-values.ts';
import { populationsOf } from '../../pipelines/indicators/measures-in.ts';
import type { Warehouse } from '../../pipelines/warehouse/warehouse.ts';
import { harmonised, type Rows } from '../harmonise/harmonised.ts';

/** Figures of the built-in catalogue over small staged tables, found by `indicator`, `indicator@entity` or `indicator@entity@basis`. */
export interface Found {
  readonly all: readonly Figure[];
  /** value with trailing zeros gone, or the status in angle brackets where there is none */
  value(key: string): string;
  /** each key with its value */
  values(keys: readonly string[]): Record<string, string>;
}

/**
 * @param staged rows by contract, for entities A, B (French, in one group) and D (German)
 * @param ids indicators to compute
 * @param options `period`: quarter that ends the history of five quarters; `missing`: contracts (`contract`, or `contract@entity`) that have not come;
 *   `before`: done to the reference tables, `after`: to the harmonised ones
 */
export async function figuresOf(
  staged: Record<string, Rows>,
  ids: readonly string[],
  options: {
    period?: string;
    missing?: readonly string[] | undefined;
    before?: ((warehouse: Warehouse) => Promise<void>) | undefined;
    after?: ((warehouse: Warehouse) => Promise<void>) | undefined;
  } = {},
): Promise<Found> {
  const period = options.period ?? '2026-Q1';
  const catalogue = await loadCatalogue();
  const indicators = ids.map((id) => Indicator.parse(catalogue.indicators.find((one) => one.id === id)));
  const used = new Set(
    indicators.flatMap((one) => [
      ...measuresOfIndicator(one, catalogue).map((m) => m.id),
      ...populationsOf(one),
    ]),
  );
  const chosen: Catalogue = {
    measures: catalogue.measures.filter((m) => used.has(m.id)),
    indicators,
    reconciliations: [],
  };
  const tables = [...new Set(chosen.measures.map((m) => m.table))];
  const built = await harmonised(staged, tables, period, options.before);
  try {
    await options.after?.(built.warehouse);
    const contracts = [...new Set(chosen.measures.flatMap((m) => m.contracts))];
    const expected = contracts.flatMap((contract) => ['A', 'B', 'D'].map((entity) => ({ contract, entity })));
    const months = await built.rows<{ month: string }>(
      'select month_start::varchar as month from reference.month order by 1',
    );
    const deliveries = expected
      .filter(
        ({ contract, entity }) =>
          !options.missing?.some((gone) => gone === contract || gone === `${contract}@${entity}`),
      )
      .flatMap((one) => months.map(({ month }) => ({ ...one, month })));
    const windows = windowsOf('2025-Q1', period, 1);
    const values = await computeMeasures(built.warehouse, chosen.measures, windows, deliveries, expected);
    const all = computeFigures(chosen, values);
    const value = (key: string) => {
      const [id, entity = 'GROUP', basis = 'quarter'] = key.split('@');
      const figure = all.find(
        (f) => f.indicator === id && f.entity === entity && f.basis === basis && f.period === period,
      );
      if (!figure) throw new Error(`no figure ${key}`);
      return figure.value === null ? `<${figure.status}>` : figure.value;
    };
    return {
      all,
      value,
      values: (keys) => Object.fromEntries(keys.map((key) => [key, value(key)])),
    };
  } finally {
    await built.close();
  }
}

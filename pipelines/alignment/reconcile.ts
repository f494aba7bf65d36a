import { Decimal } from 'decimal.js';
import type { Catalogue, Measure } from '../indicators/catalogue.ts';
import type { MeasureValue } from '../indicators/figure.ts';
import { indexValues } from '../indicators/figures.ts';
import { contributionRows, type Window } from '../indicators/measure-rows.ts';
import { tableColumns } from '../indicators/measure-values.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { ReconciliationResult } from './finding.ts';

export type TellGap = (result: Omit<ReconciliationResult, 'sentence'>, meaning: string) => string;

/** Sets both departments' views side by side, for each entity and the group, at the run's period. */
export async function reconcile(
  warehouse: Warehouse,
  catalogue: Catalogue,
  values: readonly MeasureValue[],
  windows: readonly Window[],
  period: string,
  language: 'fr' | 'en',
  tell: TellGap,
): Promise<ReconciliationResult[]> {
  const at = indexValues(values);
  const measures = new Map(catalogue.measures.map((m) => [m.id, m]));
  const columns = await tableColumns(warehouse);
  const results: ReconciliationResult[] = [];
  for (const declared of catalogue.reconciliations) {
    const left = measures.get(declared.left.measure) as Measure;
    const right = measures.get(declared.right.measure) as Measure;
    const window = windows.find((w) => w.period === period && w.basis === declared.basis) as Window;
    const entities = [...new Set(values.filter((v) => v.period === period).map((v) => v.entity))].sort();
    for (const entity of entities) {
      const read = at(entity, period, declared.basis);
      const [leftValue, rightValue] = [read(left.id), read(right.id)];
      // an entity that neither side knows has nothing to reconcile
      if (leftValue?.value == null && rightValue?.value == null) continue;
      const months = async (measure: Measure) => {
        const rows = await warehouse.rows<{ month: string; total: string }>(
          `select date_trunc('month', date)::date::varchar as month, sum(contribution)::decimal(38,4) as total
           from (${contributionRows(measure, columns(measure.table), entity, window)}) group by 1 order by 1`,
        );
        return new Map(rows.map((row) => [row.month.slice(0, 7), row.total]));
      };
      const [leftMonths, rightMonths] = [await months(left), await months(right)];
      const compared = compare(leftValue?.value ?? null, rightValue?.value ?? null, declared.tolerance);
      const result = {
        reconciliation: declared.id,
        label: declared.label[language],
        owner: declared.owner,
        entity,
        period,
        basis: declared.basis,
        unit: left.unit,
        left: { ...declared.left, value: leftValue?.value ?? null, rows: leftValue?.rows ?? 0 },
        right: { ...declared.right, value: rightValue?.value ?? null, rows: rightValue?.rows ?? 0 },
        ...compared,
        tolerance: declared.tolerance,
        months: [...new Set([...leftMonths.keys(), ...rightMonths.keys()])].sort().map((month) => ({
          month,
          left: leftMonths.get(month) ?? null,
          right: rightMonths.get(month) ?? null,
        })),
      };
      results.push({ ...result, sentence: tell(result, declared.meaning[language]) });
    }
  }
  return results;
}

/** Gap and its share of the larger side; a side that is missing is not a gap of 100 %. */
export function compare(
  left: string | null,
  right: string | null,
  tolerance: number,
): Pick<ReconciliationResult, 'gap' | 'gapShare' | 'status'> {
  if (left === null || right === null) return { gap: null, gapShare: null, status: 'missing_side' };
  const gap = new Decimal(left).minus(right);
  const larger = Decimal.max(new Decimal(left).abs(), new Decimal(right).abs());
  const share = larger.isZero() ? new Decimal(0) : gap.abs().dividedBy(larger);
  return {
    gap: gap.toFixed(),
    gapShare: share.toDecimalPlaces(6).toNumber(),
    status: share.greaterThan(tolerance) ? 'differs' : 'agrees',
  };
}

import { literal } from '../../connectors/connector.ts';
import type { Measure, Reconciliation } from '../indicators/catalogue.ts';
import { measureRows, type TableColumns, type Window } from '../indicators/measure-rows.ts';
import type { Answering } from '../warehouse/kept-results.ts';
import type { GapRow } from './finding.ts';
import type { Side } from './gap-causes.ts';

/** Rows of difference listed for each entity and side. */
const listed = 5;

/** What one reconciliation compares, for the entities whose gap is beyond tolerance. */
export interface OpenedGap {
  readonly declared: Reconciliation;
  readonly measures: Readonly<Record<Side, Measure>>;
  readonly window: Window;
  readonly entities: readonly string[];
}

/**
 * The rows of each side that an accrual books ahead, then the largest ones, that have no row of the same amount on the other, entity by entity; of
 * events that are counted, such as accidents, those that have no event of the same day on the other. None
 * of a measure that opens to totals only, and none of counts of persons or keys, which have no amounts.
 */
export async function gapRows(
  warehouse: Answering,
  gap: OpenedGap,
  columns: (table: string) => TableColumns,
): Promise<GapRow[]> {
  const { left, right } = gap.measures;
  const additive = [left, right].every((m) => m.aggregation === 'sum' && m.time === 'flow');
  if (gap.entities.length === 0 || !additive) return [];
  const entities = gap.entities.map(literal).join(', ');
  // equal amounts are paired one to one, in the order of their dates; events, which all count one, day by day
  const events = [left, right].every((m) => m.value === '1');
  const match = events ? 'date::varchar' : 'round(value, 2)';
  const numbered = (side: Side) => {
    const measure = gap.measures[side];
    const ahead = gap.declared.accruals
      .filter((one) => one.side === side)
      .map(({ filter }) => {
        const own = { ...measure, filter: `(${measure.filter}) and (${filter})` };
        return `(extract_id, row_number) in (select (extract_id, row_number) from (${measureRows(own, columns(measure.table))}))`;
      });
    return `select entity, site, date, value, extract_id, row_number as at_row,
      ${ahead.length > 0 ? ahead.join(' or ') : 'false'} as ahead, ${match} as match, row_number() over (partition by entity, ${match} order by date, extract_id, row_number) as nth
    from (${measureRows(measure, columns(measure.table))})
    where date between date '${gap.window.from}' and date '${gap.window.to}' and entity in (${entities}) and value <> 0`;
  };
  const apart = (side: Side, own: string, others: string) => `select '${side}' as side, a.*
    from ${own} as a anti join ${others} as b on a.entity = b.entity and a.match = b.match and a.nth = b.nth
    qualify row_number() over (partition by a.entity order by a.ahead desc, abs(a.value) desc, a.extract_id, a.at_row, a.date) <= ${listed}`;
  const shown = [
    ...(left.opens === 'rows' ? [apart('left', 'l', 'r')] : []),
    ...(right.opens === 'rows' ? [apart('right', 'r', 'l')] : []),
  ];
  if (shown.length === 0) return [];
  return warehouse.rows<GapRow>(
    `with l as (${numbered('left')}), r as (${numbered('right')}), shown as (${shown.join(' union all ')})
     select side, entity, site, date::varchar as date, value::varchar as amount, extract_id as extract, at_row as row
     from shown order by entity, side, ahead desc, abs(value) desc, extract_id, at_row, date`,
  );
}

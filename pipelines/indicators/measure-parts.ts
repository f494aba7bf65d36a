import { literal } from '../../connectors/connector.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { countsLastMonth, type Measure } from './catalogue.ts';
import { GROUP } from './figure.ts';
import { measureRows, type Window } from './measure-rows.ts';
import { measureGroups } from './measure-totals.ts';
import { tableColumns } from './measure-values.ts';
import { isPopulationStatistic } from './population.ts';

/** Whether the rows of a measure are added up, so that what its extracts gave can be recorded by month. */
export const hasParts = (measure: Measure): boolean =>
  measure.aggregation === 'sum' &&
  !isPopulationStatistic(measure) &&
  measure.opens !== 'closed' &&
  measure.opens !== 'cells';

/**
 * Records what each extract gave to each measure that adds up: `result.measure_part`, one row a measure, company,
 * extract and month. `own`, `estimated` and `largest` are of the company, the columns `group_` of what counts in the
 * group. With it a figure of any number of rows opens to its extracts without reading them, and its largest rows
 * are looked for only where they can be.
 */
export async function recordParts(
  warehouse: Warehouse,
  measures: readonly Measure[],
  /** puts the parts of some measures in the place of those that stand, such as in a copied database */
  addParts: (measures: readonly string[], sql: string) => Promise<void> = async (own, sql) => {
    await warehouse.run(`delete from result.measure_part where measure in (${own.map(literal).join(', ')})`);
    await warehouse.run(`insert into result.measure_part ${sql}`);
  },
): Promise<void> {
  const columns = await tableColumns(warehouse);
  await warehouse.run('create schema if not exists result');
  await warehouse.run(`create table if not exists result.measure_part (measure varchar, entity varchar, extract varchar, month date,
    rows bigint, estimated bigint, own decimal(38,10), largest decimal(38,10),
    group_rows bigint, group_estimated bigint, consolidated decimal(38,16), group_largest decimal(38,16))`);
  const own = measures.filter(hasParts);
  // a measure may be no more
  await warehouse.run(
    `delete from result.measure_part where not list_contains([${own.map(({ id }) => literal(id)).join(', ')}]::varchar[], measure)`,
  );
  for (const group of measureGroups(own)) {
    const parts = group.map(
      (measure) => `select ${literal(measure.id)}, entity, extract_id, month,
          count(*), count(*) filter (where quality = 'estimated'), sum(value), max(abs(value)),
          count(*) filter (where weight <> 0), count(*) filter (where weight <> 0 and quality = 'estimated'),
          sum(value * weight) filter (where weight <> 0), max(abs(value * weight)) filter (where weight <> 0)
        from (${measureRows(measure, columns(measure.table))}) group by entity, extract_id, month`,
    );
    await addParts(
      group.map(({ id }) => id),
      parts.join(' union all '),
    );
  }
}

/**
 * SELECT of the parts of a measure that count for an entity (or {@link GROUP}) in a window:
 * `extract, month, rows, estimated, contribution, largest`.
 */
export function partsIn(measure: Measure, entity: string, { from, to }: Pick<Window, 'from' | 'to'>): string {
  const isGroup = entity === GROUP;
  const columns = isGroup
    ? 'group_rows as rows, group_estimated as estimated, consolidated as contribution, group_largest as largest'
    : 'rows, estimated, own as contribution, largest';
  return `select extract, month, ${columns} from result.measure_part
    where measure = ${literal(measure.id)} and month between date_trunc('month', date '${countsLastMonth(measure) ? to : from}') and date '${to}'
      and ${isGroup ? 'group_rows > 0' : `entity = ${literal(entity)}`}`;
}

import { literal } from '../../connectors/connector.ts';
import type { PartsOfMeasures } from '../warehouse/kept-parts.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { countsLastMonth, type Measure } from './catalogue.ts';
import { GROUP } from './figure.ts';
import { betweenCodes, measureRows, methodCode, type TableColumns, type Window } from './measure-rows.ts';
import { addGroups, hasParts, measureGroups } from './measure-totals.ts';
import { tableColumns } from './measure-values.ts';

/**
 * Records what each extract gave to each measure that adds up: `result.measure_part`, one row a measure, company,
 * extract and month. `own`, `estimated`, `largest`, `unvalued` (rows), `absolute`, `estimated_absolute` (sums of sizes) and
 * `methods` are of the company, `consolidated` and the columns `group_` of what counts in the group. Methods say how the
 * rows that are not zero are known, as `methodCode` writes them, each once. With it a figure of any number of rows opens to its
 * extracts without reading them, its largest rows are looked for only where they can be, and totals and methods need no
 * other reading of the rows.
 */
export async function recordParts(
  warehouse: Warehouse,
  measures: readonly Measure[],
  /** what earlier runs recorded: it puts parts in the place of those that stand, such as in a copied database */
  kept?: {
    /** takes over those that stand elsewhere as they are to be */
    takeOverParts(groups: readonly PartsOfMeasures[]): Promise<void>;
    addParts(group: PartsOfMeasures): Promise<void>;
  },
): Promise<void> {
  const columns = await tableColumns(warehouse);
  await warehouse.run('create schema if not exists result');
  await warehouse.run(`create table if not exists result.measure_part (measure varchar, entity varchar, extract varchar, month date,
    rows bigint, estimated bigint, own decimal(38,10), largest decimal(38,10),
    group_rows bigint, group_estimated bigint, consolidated decimal(38,16), group_largest decimal(38,16),
    unvalued bigint, absolute decimal(38,10), estimated_absolute decimal(38,10), methods varchar, group_methods varchar)`);
  const own = measures.filter(hasParts);
  // a measure may be no more
  await warehouse.run(
    `delete from result.measure_part where not list_contains([${own.map(({ id }) => literal(id)).join(', ')}]::varchar[], measure)`,
  );
  const partsOfGroup = (group: readonly Measure[]): PartsOfMeasures => ({
    measures: group.map(({ id }) => id),
    sql: group.map((measure) => partsOf(measure, columns(measure.table))).join(' union all '),
    // all of a group read one table
    apart: { column: 'entity', of: [`model.${(group[0] as Measure).table}`] },
  });
  await kept?.takeOverParts(measureGroups(own).map(partsOfGroup));
  await addGroups(own, async (group) => {
    const parts = partsOfGroup(group);
    if (kept) return kept.addParts(parts);
    const names = parts.measures.map(literal).join(', ');
    await warehouse.run(`delete from result.measure_part where measure in (${names})`);
    await warehouse.run(`insert into result.measure_part ${parts.sql}`);
  });
}

/** Rows are added up by how they are known first, which few columns tell: methods are not gathered row by row. */
function partsOf(measure: Measure, columns: TableColumns): string {
  const methods = `string_agg(distinct ${methodCode}, '${betweenCodes}' order by ${methodCode})`;
  return `select ${literal(measure.id)}, entity, extract_id, month,
      sum(rows)::bigint, coalesce(sum(rows) filter (where quality = 'estimated'), 0)::bigint, sum(own), max(largest),
      coalesce(sum(rows) filter (where counts), 0)::bigint, coalesce(sum(rows) filter (where counts and quality = 'estimated'), 0)::bigint,
      sum(consolidated) filter (where counts), max(group_largest) filter (where counts),
      sum(unvalued)::bigint, sum(absolute), coalesce(sum(absolute) filter (where quality = 'estimated'), 0),
      ${methods} filter (where absolute > 0), ${methods} filter (where counts and absolute > 0)
    from (select entity, extract_id, month, quality, method, weight <> 0 as counts, count(*) as rows,
        sum(value) as own, max(abs(value)) as largest, sum(value * weight) as consolidated, max(abs(value * weight)) as group_largest,
        count(*) filter (where value is null) as unvalued, sum(abs(value)) as absolute
      from (${measureRows(measure, columns)}) group by all)
    group by entity, extract_id, month`;
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

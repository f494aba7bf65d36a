import { literal } from '../../../connectors/connector.ts';
import type { Measure } from '../../indicators/catalogue.ts';
import { partsIn } from '../../indicators/measure-parts.ts';
import type { Window } from '../../indicators/measure-rows.ts';
import { hasParts } from '../../indicators/measure-totals.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import type { ColumnsOf } from './columns.ts';

/**
 * SELECT of what the run recorded of the measure's extracts, see `partsIn`; null where it recorded none. They are taken
 * out of those of all measures once: several questions are asked of them.
 */
export async function recordedParts(
  warehouse: Warehouse,
  columns: ColumnsOf,
  measure: Measure,
  entity: string,
  window: Window,
): Promise<string | null> {
  if (!hasParts(measure) || columns('result.measure_part').size === 0) return null;
  await warehouse.run(`create or replace temp table own_part as ${partsIn(measure, entity, window)}`);
  return 'select * from own_part';
}

/**
 * Which parts can hold the `top` largest rows, as a predicate over them. Each of the first parts, by their largest
 * row and their extract, has a row that comes before all rows of the parts behind, but for those of its own extract.
 */
export async function holdingLargest(
  warehouse: Warehouse,
  parts: string | null,
  top: number,
): Promise<string> {
  if (parts === null || top === 0) return 'true';
  const first = await warehouse.rows<{ extract: string; largest: string }>(
    `select extract, largest from (${parts}) where largest is not null order by largest desc, extract limit ${top}`,
  );
  // of fewer parts, rows without a value are listed too
  if (first.length < top) return 'true';
  const names = [...new Set(first.map((one) => one.extract))];
  return `extract in (${names.map(literal).join(', ')}) and largest >= ${first.at(-1)?.largest}`;
}

/** The rows of those parts alone: of their extracts, from the first of their months to the last. */
export async function among(
  warehouse: Warehouse,
  contributions: string,
  parts: string | null,
  which: string,
): Promise<string> {
  if (parts === null || which === 'true') return contributions;
  const found = await warehouse.rows<{ extract: string; first: string; last: string }>(
    `select extract, min(month)::varchar as first, last_day(max(month))::varchar as last from (${parts}) where ${which} group by extract order by extract`,
  );
  const days = found.flatMap(({ first, last }) => [first, last]).sort();
  if (found.length === 0) return contributions;
  return `select * from (${contributions}) where date between date '${days[0]}' and date '${days.at(-1)}'
    and extract_id in (${found.map(({ extract }) => literal(extract)).join(', ')})`;
}

import { Decimal } from 'decimal.js';
import { literal } from '../../connectors/connector.ts';
import { Fault } from '../fault.ts';
import type { Answering } from '../warehouse/kept-results.ts';
import type { Measure } from './catalogue.ts';
import { GROUP } from './figure.ts';
import { contributionRows, divisorOf, type TableColumns, type Window } from './measure-rows.ts';
import { tableColumns } from './measure-values.ts';

/** What the rows of one entity, month and stream add up to in a window. Decimal text, after consolidation. */
export interface BridgeCell {
  readonly entity: string;
  /** place of its month in the window, from 0 */
  readonly month: number;
  /** what is told apart: scope, category and basis of an emission; empty where a table has none */
  readonly group: string;
  /** what one factor values: site, activity, unit, country; empty where a table has no factors */
  readonly stream: string;
  /** how it was calculated: `by_spend`, `by_quantity`... */
  readonly method: string;
  readonly value: string;
  /** activity in the unit of the factor, rows without a factor included; null where a table has no factors */
  readonly quantity: string | null;
  /** sums of absolute values: their quotient is the average factor whatever the signs */
  readonly size: string;
  readonly sizeOfQuantity: string;
}

/** One window as a bridge reads it. */
export interface BridgeSide {
  readonly months: number;
  readonly cells: readonly BridgeCell[];
  /** what the entity counts for in the month at that place of the window; 0 outside its dates */
  weight(entity: string, month: number): Decimal;
}

/**
 * Reads one window of a measure, cell by cell; the cells add up to the measure's value.
 *
 * @throws {Fault} BRG-002 for an aggregation that does not add up over rows, such as a median
 */
export async function readSide(
  warehouse: Answering,
  measure: Measure,
  entity: string,
  window: Window,
): Promise<BridgeSide> {
  if (!['sum', 'distinct'].includes(measure.aggregation)) {
    throw new Fault(
      'BRG-002',
      `Measure ${measure.id} is a ${measure.aggregation}: its change has no additive parts.`,
      'Ask for the bridge of a sum or of a count.',
    );
  }
  const columns = (await tableColumns(warehouse))(measure.table);
  const cells = await warehouse.rows<BridgeCell>(cellsOf(measure, columns, entity, window));
  return { months: window.months, cells, weight: await weights(warehouse, entity, window) };
}

/**
 * The same for several windows that end on one day. Where a measure is a flow that adds up over months, the
 * shorter ones are the last months of the longest, whose rows are read once.
 *
 * @throws {Fault} as {@link readSide}
 */
export async function readSides(
  warehouse: Answering,
  measure: Measure,
  entity: string,
  windows: readonly Window[],
): Promise<BridgeSide[]> {
  const columns = (await tableColumns(warehouse))(measure.table);
  const [longest] = [...windows].sort((a, b) => b.months - a.months);
  if (!longest || !byFactor(measure, columns) || windows.some(({ to }) => to !== longest.to)) {
    const sides: BridgeSide[] = [];
    for (const window of windows) sides.push(await readSide(warehouse, measure, entity, window));
    return sides;
  }
  const whole = await readSide(warehouse, measure, entity, longest);
  return windows.map(({ months }) => lastMonths(whole, months));
}

function lastMonths({ months: all, cells, weight }: BridgeSide, months: number): BridgeSide {
  const first = all - months;
  return {
    months,
    cells: cells.flatMap((cell) => (cell.month < first ? [] : [{ ...cell, month: cell.month - first }])),
    weight: (entity, month) => weight(entity, month + first),
  };
}

/** Whether a measure's rows carry activity and factor, and add up over months. */
function byFactor(measure: Measure, columns: TableColumns): boolean {
  return (
    columns.has('quantity') &&
    columns.has('factor_kgco2e') &&
    measure.aggregation === 'sum' &&
    measure.time === 'flow'
  );
}

function cellsOf(measure: Measure, columns: TableColumns, entity: string, window: Window): string {
  const place = (date: string) => `date_diff('month', date '${window.from}', ${date})::integer`;
  const methodOf = (quality: string) =>
    `case when ${quality} in ('by_spend', 'survey') then ${quality} else 'by_quantity' end`;
  if (!byFactor(measure, columns)) {
    const divisor = divisorOf(measure, window);
    return `select entity, ${place('date')} as month, '' as "group", '' as stream, ${methodOf('quality')} as method,
        (coalesce(sum(contribution), 0)::decimal(38,10) / ${divisor})::decimal(38,16)::varchar as value, null::varchar as quantity,
        coalesce(sum(abs(contribution)), 0)::decimal(38,10)::varchar as size, '0' as "sizeOfQuantity"
      from (${contributionRows(measure, columns, entity, window)})
      group by all order by all`;
  }
  const isGroup = entity === GROUP;
  const weight = isGroup ? 'e.weight' : '1';
  const joined = (names: readonly string[]) => {
    const parts = names.filter((name) => columns.has(name)).map((name) => `coalesce(t.${name}::varchar, '')`);
    return parts.length === 0 ? "''" : `concat_ws('|', ${parts.join(', ')})`;
  };
  const group = ['scope', 'category', 'basis'];
  const stream = ['site', 'activity', 'scope_part', 'unit', 'country'];
  const told = [...group, ...stream, 'method', 'quality'].filter((name) => columns.has(name));
  // rows are many and their kinds few: texts are made of each kind, once
  return `with weighed as (
      select t.entity, date_trunc('month', t.${measure.date})::date as date, ${told.map((name) => `t.${name}, `).join('')}
        (${measure.value})::decimal(28,10) * ${weight}::decimal(9,6) as value,
        ${microUnits('t.quantity')} * ${weight}::decimal(9,6) as quantity
      from model.${measure.table} as t
      join reference.entity as e on e.entity = t.entity
      where (${measure.filter})
        and t.${measure.date} between date '${window.from}' and date '${window.to}'
        and t.${measure.date} >= coalesce(e.entry_date, date '0001-01-01')
        and t.${measure.date} <= coalesce(e.exit_date, date '9999-12-31')
        and ${isGroup ? 'e.weight <> 0' : `t.entity = ${literal(entity)}`}),
    kinds as (
      select entity, date, ${told.map((name) => `${name}, `).join('')}
        sum(value) as value, sum(quantity) as quantity, sum(abs(value)) as size, sum(abs(quantity)) as size_of_quantity
      from weighed group by all)
    select entity, ${place('date')} as month, ${joined(group)} as "group",
      ${joined(stream)} ${columns.has('method') ? "|| case when t.method = 'contract' then '|contract' else '' end" : ''} as stream,
      ${columns.has('method') ? `case when t.method = 'supplier' then 'supplier' else ${methodOf('t.quality')} end` : methodOf('t.quality')} as method,
      coalesce(sum(value), 0)::decimal(38,16)::varchar as value, coalesce(sum(quantity), 0)::decimal(38,12)::varchar as quantity,
      coalesce(sum(size), 0)::decimal(38,16)::varchar as size, coalesce(sum(size_of_quantity), 0)::decimal(38,12)::varchar as "sizeOfQuantity"
    from kinds as t group by all order by all`;
}

/** SQL of a quantity to the sixth decimal: up to 18 digits a decimal is a machine word, and rounding it some thirty times faster. */
const microUnits = (quantity: string) =>
  `(case when ${quantity} between -99999999 and 99999999 then ${quantity}::decimal(18,9)::decimal(15,6) else ${quantity}::decimal(22,6) end)::decimal(22,6)`;

async function weights(
  warehouse: Answering,
  entity: string,
  window: Window,
): Promise<(entity: string, month: number) => Decimal> {
  const rows = await warehouse.rows<{ entity: string; weight: string; first: number; last: number }>(
    `select entity, ${entity === GROUP ? 'weight' : '1'}::varchar as weight,
       coalesce(date_diff('month', date '${window.from}', entry_date), 0)::integer as first,
       coalesce(date_diff('month', date '${window.from}', exit_date), 9999)::integer as last
     from reference.entity`,
  );
  const of = new Map(rows.map((row) => [row.entity, row]));
  return (id, month) => {
    const found = of.get(id);
    return new Decimal(found && month >= found.first && month <= found.last ? found.weight : 0);
  };
}

import { literal, type ReadingSession } from '../connector.ts';
import { civilOf, instantOf, resolveCivilTime } from './civil-time.ts';
import { isScientific, microKwh, numberOf, QUALITY_RANK } from './energy.ts';
import { cellAt, type Section, sectionLines } from './layout.ts';

export interface IndexReadings {
  readonly intervals: string;
  /** intervals between readings, and readings that could not be used */
  readonly rows: number;
  /** readings that start a series: they have no consumption */
  readonly starts: number;
}

/**
 * Turns meter indexes into intervals: what the later of two successive readings shows more than the earlier
 * one. A record is an interval, addressed by the line of its later reading; the first reading of a series is
 * the zero that it is counted from, and no record.
 *
 * The distributor's total (`EAS T`) is taken where both readings have it; else the sum of the supplier's
 * classes, else that of the distributor's: never two of them together, they measure the same energy.
 */
export async function readIndexes(
  session: ReadingSession,
  lines: string,
  sections: readonly Section[],
  fallbackMeter: string | undefined,
): Promise<IndexReadings> {
  const cells = session.temporary('enedis_index_cells');
  const timed = session.temporary('enedis_index_timed');
  const readings = session.temporary('enedis_readings');
  const intervals = session.temporary('enedis_index');
  await session.run(`create temp table ${cells} (line bigint, reading bigint, section integer, meter varchar,
  direction varchar, unit varchar, stamp varchar, total varchar, supplier varchar[], distributor varchar[], text varchar)`);
  for (const [number, section] of sections.entries()) {
    if (section.kind !== 'index' || !section.indexes) continue;
    const list = (positions: number[]) => `[${positions.map((at) => cellAt(at)).join(', ')}]::varchar[]`;
    const { total, supplier, distributor, secondary } = section.indexes;
    const only = secondary
      ? `where coalesce(total, list_aggregate(supplier, 'max'), list_aggregate(distributor, 'max')) is not null`
      : '';
    await session.run(`insert into ${cells}
select line, line, section, meter, direction, unit, stamp, total, supplier, distributor, text from (
  select line, ${number} as section, ${cellAt(undefined, section.meter ?? fallbackMeter)} as meter,
    ${literal(section.direction ?? 'consumption')} as direction, ${cellAt(undefined, section.unit)} as unit,
    ${cellAt(1)} as stamp, ${cellAt(total)} as total, ${list(supplier)} as supplier, ${list(distributor)} as distributor,
    left(text, 500) as text
  from (${sectionLines(lines, section)})
) ${only}`);
  }
  const sum = (classes: string) =>
    `list_aggregate(list_transform(${classes}, lambda one: ${numberOf('one')}), 'sum')`;
  const present = (classes: string) =>
    `array_to_string(list_transform(${classes}, lambda one: case when one is null then '0' else '1' end), '')`;
  // one line may hold both directions: a line's number alone does not tell a reading
  await session.run(`create temp table ${timed} as
select row_number() over (order by section, line, direction) as line, reading, section, meter, direction, upper(unit) as unit, stamp, text,
  concat_ws('|', section, meter, direction) as series, 'end' as marks,
  ${civilOf('stamp')} as civil, ${instantOf('stamp')} as instant,
  ${numberOf('total')} as total, ${sum('supplier')} as supplier, ${sum('distributor')} as distributor,
  ${present('supplier')} as supplier_classes, ${present('distributor')} as distributor_classes,
  len(list_filter(list_concat([total], supplier, distributor), lambda one: one is not null and ${numberOf('one')} is null)) as unreadable
from ${cells}`);
  const instants = await resolveCivilTime(session, timed, 'enedis_index_instants');
  await session.run(`create temp table ${readings} as
select *,
  case
    when meter is null then 'meter_missing'
    when ${isScientific('meter')} then 'meter_scientific'
    when nonexistent then 'nonexistent_hour'
    when moment is null then 'unreadable_timestamp'
    when unit is null or unit not in ('WH', 'KWH') then 'unknown_unit'
    when unreadable > 0 then 'unreadable_value'
    when coalesce(total, supplier, distributor) is null then 'absent_value'
    when row_number() over (
      partition by meter, direction, moment
      order by coalesce(total, supplier, distributor) is null, line
    ) > 1 then 'repeated_reading'
  end as rule
from ${instants}`);
  await session.run(`create temp table ${intervals} as
with successive as (
  select *,
    lag(moment) over w as since, lag(unit) over w as unit_before,
    lag(total) over w as total_before, lag(supplier) over w as supplier_before, lag(distributor) over w as distributor_before,
    lag(supplier_classes) over w as supplier_classes_before,
    lag(distributor_classes) over w as distributor_classes_before
  from ${readings}
  where rule is null
  window w as (partition by meter, direction order by moment)
), differences as (
  select *, case
    when unit <> unit_before then null
    when total is not null and total_before is not null then total - total_before
    when supplier is not null and supplier_classes = supplier_classes_before then supplier - supplier_before
    when distributor is not null and distributor_classes = distributor_classes_before then distributor - distributor_before
  end as difference
  from successive
  where since is not null
), judged as (
  select reading as line, meter, direction, unit, since as starts, moment as ends, stamp, difference,
    date_diff('minute', since, moment) as minutes,
    case when difference is null then 'changed_classes' when difference < 0 then 'negative_index_difference' end as rule,
    difference::varchar as fault_value
  from differences
  union all
  select reading, meter, direction, unit, moment, moment, stamp, null, null, rule,
    case when rule in ('absent_value', 'unreadable_value', 'meter_missing') then text
      when rule = 'meter_scientific' then meter when rule = 'unknown_unit' then unit else stamp end
  from ${readings}
  where rule is not null
)
select line, meter, direction, unit, starts, ends, minutes, rule, null::varchar as nature,
  meter || ' ' || direction as series, 'measured' as quality, false as unknown_nature, ${QUALITY_RANK(`'measured'`)} as rank,
  case when rule is null then ${microKwh('difference', 'unit', 'minutes')} end as micro_kwh,
  case when rule in ('nonexistent_hour', 'unreadable_timestamp', 'repeated_reading') then 'Horodate' end as fault_column,
  fault_value, stamp
from judged`);
  const [counted] = await session.rows<{ readings: number | bigint; starts: number | bigint }>(
    `select count(*) as readings, count(distinct case when rule is null then meter || '|' || direction end) as starts from ${readings}`,
  );
  const starts = Number(counted?.starts ?? 0);
  return { intervals, starts, rows: Number(counted?.readings ?? 0) - starts };
}

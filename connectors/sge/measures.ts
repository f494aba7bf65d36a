import { writeFile } from 'node:fs/promises';
import { literal, type ReadingSession } from '../connector.ts';
import type { Measure } from './answer.ts';

const COLUMNS = [
  'row',
  'quantity',
  'timeClass',
  'unit',
  'value',
  'begin',
  'end',
  'nature',
  'status',
] as const;

/**
 * Classes that stand for the whole of a calendar; where other classes cover the same days, these are parts of
 * it, and only they are summed.
 */
const WHOLE = ['BASE', 'TOTAL', 'TOT', 'T'];

/**
 * Makes the intervals of one grid: table with `line`, `series` (meter and time class), `starts` and `ends` in
 * UTC, `rank`, `rule`, and what the record set gives. A day is civil time of Europe/Paris: 23 or 25 hours on
 * switch days.
 */
export async function settleMeasures(
  session: ReadingSession,
  measures: readonly Measure[],
  meter: string,
): Promise<string> {
  const path = session.scratch('sge.ndjson');
  await writeFile(path, measures.map((measure) => `${JSON.stringify(measure)}\n`).join(''));
  const raw = session.temporary('sge_raw');
  const table = session.temporary('sge_measures');
  const types = COLUMNS.map((name) => `${literal(name)}: ${literal(name === 'row' ? 'BIGINT' : 'VARCHAR')}`);
  await session.run(
    `create temp table ${raw} (row bigint, ${COLUMNS.slice(1)
      .map((name) => `"${name}" varchar`)
      .join(', ')})`,
  );
  if (measures.length > 0) {
    await session.run(`insert into ${raw} select ${COLUMNS.map((name) => `"${name}"`).join(', ')}
from read_json(${literal(path)}, format = 'newline_delimited', columns = {${types.join(', ')}})`);
  }
  const civil = (text: string) =>
    `try_strptime(regexp_extract(${text}, '^[0-9]{4}-[0-9]{2}-[0-9]{2}'), '%Y-%m-%d')`;
  const utc = (day: string) => `timezone('UTC', timezone('Europe/Paris', ${day}))`;
  await session.run(`create temp table ${table} as
with typed as (
  select *, ${literal(meter)} as meter, upper("timeClass") as class, upper(unit) as measure_unit,
    ${utc(civil('"begin"'))} as starts, ${utc(civil('"end"'))} as ends,
    try_cast(replace(value, ',', '.') as decimal(18, 6)) as number,
    case
      when upper(status) like 'RECTIF%' or upper(status) like 'CORR%' then 'corrected'
      when upper(nature) like 'REEL%' then 'measured'
      when upper(nature) like 'ESTIM%' then 'estimated'
      when upper(nature) like 'CORR%' or upper(nature) like 'RECTIF%' then 'corrected'
    end as known_quality
  from ${raw}
), judged as (
  select *,
    case
      when not regexp_full_match(meter, '[0-9]{14}') then 'meter_malformed'
      when starts is null or ends is null then 'unreadable_date'
      when ends <= starts then 'empty_period'
      when measure_unit not in ('KWH', 'WH', 'MWH') then 'unknown_unit'
      when value = '' then 'absent_value'
      when number is null then 'unreadable_value'
      when number < 0 then 'negative_value'
    end as fault
  from typed
), wholes as (
  select j.row,
    exists (
      select 1 from judged part
      where part.fault is null and part.class not in (${WHOLE.map(literal).join(', ')})
        and part.starts < j.ends and part.ends > j.starts
    ) as doubled
  from judged j
  where j.fault is null and j.class in (${WHOLE.map(literal).join(', ')})
)
select j.row as line, j.row, meter, meter || ' ' || class as series, class, starts, ends, date_diff('minute', starts, ends) as minutes,
  coalesce(fault, case when doubled then 'total_of_classes' end) as rule,
  coalesce(known_quality, 'estimated') as quality,
  case when known_quality is null then nature || ' ' || status end as unknown_nature,
  case known_quality when 'corrected' then 0 when 'measured' then 1 else 2 end as rank,
  -- whole millionths of a kWh: DuckDB divides decimals as floating point
  case measure_unit
    when 'KWH' then (number * 1000000)::hugeint
    when 'MWH' then (number * 1000000)::hugeint * 1000
    when 'WH' then ((number * 1000000)::hugeint * 2 + 1000) // 2000
  end as micro_kwh,
  case coalesce(fault, case when doubled then 'total_of_classes' end)
    when 'meter_malformed' then 'pointId' when 'unreadable_date' then 'dateDebut, dateFin'
    when 'empty_period' then 'dateFin' when 'unknown_unit' then 'unite' when 'total_of_classes' then 'classeTemporelle'
    else 'valeur'
  end as fault_column,
  case coalesce(fault, case when doubled then 'total_of_classes' end)
    when 'meter_malformed' then meter when 'unreadable_date' then "begin" || ' - ' || "end"
    when 'empty_period' then "end" when 'unknown_unit' then unit when 'total_of_classes' then "timeClass"
    else value
  end as fault_value,
  "begin" || ' - ' || "end" as period
from judged j left join wholes using (row)`);
  return table;
}

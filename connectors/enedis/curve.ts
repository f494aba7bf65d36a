import { literal, type ReadingSession } from '../connector.ts';
import { civilOf, instantOf, resolveCivilTime } from './civil-time.ts';
import { isScientific, microKwh, numberOf, QUALITY_RANK, qualityOf, UNITS } from './energy.ts';
import { cellAt, type Section, sectionLines } from './layout.ts';

/** What the options and the headings decide for the curves of a file. */
export interface CurveReading {
  readonly lines: string;
  readonly sections: readonly Section[];
  /** which end of the interval a timestamp marks, where the heading does not say */
  readonly marks: 'start' | 'end';
  /** meter of sections whose heading names none */
  readonly meter?: string;
}

/** Load curve and day rows as intervals: `line`, `series`, `starts`, `ends`, `rank`, `rule`..., see below. */
export interface Curves {
  readonly intervals: string;
  /** rows of quantities that are no active energy: not records */
  readonly otherQuantities: { readonly rows: number; readonly names: string };
  /** rows that are records: intervals and rejected rows */
  readonly rows: number;
  /** timestamps of the repeated hour that stand once */
  readonly lonely: number;
}

/** Reads the `table`, `curve` and `days` sections of a file; one row each, nothing dropped. */
export async function readCurves(session: ReadingSession, reading: CurveReading): Promise<Curves> {
  const cells = session.temporary('enedis_cells');
  const intervals = session.temporary('enedis_curve');
  await session.run(`create temp table ${cells} (line bigint, section integer, kind varchar, marks varchar,
  meter varchar, quantity varchar, direction varchar, stage varchar, unit varchar, stamp varchar, value varchar,
  nature varchar, step varchar, fields bigint, text varchar)`);
  for (const [number, section] of reading.sections.entries()) {
    if (section.kind === 'index') continue;
    await session.run(sectionCells(reading, section, number, cells));
  }
  const [other] = await session.rows<{ many: number | bigint; names: string | null }>(
    `select count(*) as many, string_agg(distinct quantity, ', ' order by quantity) as names from ${cells} where ${isOther('quantity', 'fields')}`,
  );
  if (Number(other?.many) > 0)
    await session.run(`delete from ${cells} where ${isOther('quantity', 'fields')}`);
  const timed = `(select line, section, kind, meter, stamp, value, nature, fields, text, marks,
  concat_ws('|', section, meter, direction, stage) as series,
  case when kind = 'days' then null else ${civilOf('stamp')} end as civil,
  case when kind = 'days' then null else ${instantOf('stamp')} end as instant,
  ${directionOf('direction')} as direction,
  direction as direction_text,
  upper(unit) as unit,
  ${numberOf('value')} as number,
  ${qualityOf('nature', 'stage')} as known_quality,
  ${minutesOf('step')} as stated_minutes, step
from ${cells})`;
  const instants = await resolveCivilTime(session, timed, 'enedis_instants');
  await session.run(`create temp table ${intervals} as
${intervalsSql(instants, reading.sections)}`);
  const [counted] = await session.rows<{ many: number | bigint }>(`select count(*) as many from ${cells}`);
  const [lonely] = await session.rows<{ many: number | bigint }>(
    `select count(*) as many from ${instants} where lonely`,
  );
  return {
    intervals,
    otherQuantities: { rows: Number(other?.many ?? 0), names: other?.names ?? '' },
    rows: Number(counted?.many ?? 0),
    lonely: Number(lonely?.many ?? 0),
  };
}

/** Active power and active energy are read; reactive power, voltage and peak power are other quantities. */
export function isOther(quantity: string, fields: string): string {
  return `${quantity} is not null and ${fields} > 1
  and not regexp_matches(strip_accents(lower(${quantity})), '^(pa|ea|eas|eai|.*active.*)$')
  or regexp_matches(strip_accents(lower(${quantity})), 'reactive|maximale')`;
}

function sectionCells(reading: CurveReading, section: Section, number: number, cells: string): string {
  const { positions } = section;
  const needed = Math.max(...Object.values(positions).filter((at) => at !== positions.nature));
  const cell = (name: string, otherwise?: string) => cellAt(positions[name], otherwise);
  return `insert into ${cells}
select line, ${number}, ${literal(section.kind)}, ${literal(section.marks ?? reading.marks)},
  ${cell('meter', section.meter ?? reading.meter)}, ${cell('quantity', section.quantity)},
  ${cell('direction', section.direction)}, ${cell('stage', section.stage)}, ${cell('unit', section.unit)},
  ${cell('stamp')}, ${cell('value')}, ${cell('nature')}, ${cell('step', section.step)},
  case when len(parts) >= ${needed} then len(parts) else 0 end,
  case when len(parts) < ${needed} or ${cell('meter', section.meter ?? reading.meter)} is null then left(text, 500) end
from (${sectionLines(reading.lines, section)})`;
}

/** SQL: `consumption` or `production`, NULL for what is neither. */
export function directionOf(text: string): string {
  return `case
    when ${text} in ('CONS', 'consumption') then 'consumption'
    when ${text} in ('PROD', 'production') then 'production'
    when regexp_matches(${text}, 'cons|soutir', 'i') then 'consumption'
    when regexp_matches(${text}, 'prod|inject', 'i') then 'production'
  end`;
}

/** `PT30M`, `PT1H`, `30` */
export function minutesOf(step: string): string {
  return `coalesce(
    try_cast(regexp_extract(upper(${step}), '^(?:PT)?([0-9]{1,3})M?$', 1) as integer),
    try_cast(regexp_extract(upper(${step}), '^PT([0-9]{1,2})H$', 1) as integer) * 60
  )`;
}

const PARIS_TO_UTC = (civil: string) => `timezone('UTC', timezone('Europe/Paris', ${civil}))`;

/** First civil day of a `days` row: a day, or the first of a month. */
const FIRST_DAY = `coalesce(
  try_strptime(stamp, '%Y-%m-%d'), try_strptime(stamp, '%d/%m/%Y'), try_strptime(stamp, '%Y-%m'), try_strptime(stamp, '%m/%Y'),
  try_strptime(regexp_extract(stamp, '^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]00:00', 1), '%Y-%m-%d'))`;
const NEXT_DAY = `case when regexp_full_match(stamp, '[0-9]{4}-[0-9]{2}|[0-9]{2}/[0-9]{4}')
  then ${FIRST_DAY} + interval 1 month else ${FIRST_DAY} + interval 1 day end`;

/** Minutes that an interval of a curve may have, as a list of SQL. */
export const STEPS = '[5, 10, 15, 20, 30, 60]';

/** SQL: why a row is no interval; of several reasons the first. NULL for an interval. */
export const RULE = `case
  when fields = 0 then 'field_count'
  when meter is null then 'meter_missing'
  when ${isScientific('meter')} then 'meter_scientific'
  when direction is null then 'unknown_direction'
  when nonexistent then 'nonexistent_hour'
  when (kind <> 'days' and moment is null) or (kind = 'days' and starts is null) then 'unreadable_timestamp'
  when unit is null or unit not in (${UNITS.map(literal).join(', ')}) or (kind = 'days' and unit in ('W', 'KW'))
    then 'unknown_unit'
  when value is null or upper(value) in ('NA', 'N/A', 'NULL') then 'absent_value'
  when number is null or abs(number) >= 1000000000000 then 'unreadable_value'
  when number < 0 then 'negative_value'
  when kind <> 'days' and (step_minutes is null or not list_contains(${STEPS}, step_minutes)) then 'unknown_step'
end`;

/** SQL: heading of the cell that `rule` speaks of. */
export const FAULT_COLUMN = `case rule
  when 'field_count' then null
  when 'meter_missing' then 'Identifiant PRM'
  when 'meter_scientific' then 'Identifiant PRM'
  when 'unknown_direction' then 'Grandeur métier'
  when 'unknown_unit' then 'Unité'
  when 'unknown_step' then 'Pas'
  when 'nonexistent_hour' then 'Horodate'
  when 'unreadable_timestamp' then 'Horodate'
  else 'Valeur'
end`;

/** SQL: text of what `rule` speaks of. */
export const FAULT_VALUE = `case rule
  when 'field_count' then text
  when 'meter_missing' then text
  when 'meter_scientific' then meter
  when 'unknown_direction' then direction_text
  when 'unknown_unit' then unit
  when 'unknown_step' then step
  when 'nonexistent_hour' then stamp
  when 'unreadable_timestamp' then stamp
  else value
end`;

function intervalsSql(placed: string, sections: readonly Section[]): string {
  return `with ${steps(placed, sections)}), bounded as (
  select *,
    case
      when kind = 'days' then ${PARIS_TO_UTC(FIRST_DAY)}
      when marks = 'end' then moment - to_minutes(step_minutes::bigint)
      else moment
    end as starts,
    case
      when kind = 'days' then ${PARIS_TO_UTC(NEXT_DAY)}
      when marks = 'end' then moment
      else moment + to_minutes(step_minutes::bigint)
    end as ends
  from stepped
), judged as (
  select *,
    date_diff('minute', starts, ends) as minutes,
    ${RULE} as rule
  from bounded
)
select line, meter, direction, unit, starts, ends, minutes, rule, nature,
  meter || ' ' || direction as series,
  coalesce(known_quality, 'estimated') as quality,
  known_quality is null as unknown_nature,
  ${QUALITY_RANK(`coalesce(known_quality, 'estimated')`)} as rank,
  case when rule is null then ${microKwh('number', 'unit', 'minutes')} end as micro_kwh,
  ${FAULT_COLUMN} as fault_column,
  ${FAULT_VALUE} as fault_value,
  stamp
from judged`;
}

/** SQL of `stepped`: each row with the minutes of its interval, stated or inferred. */
function steps(placed: string, sections: readonly Section[]): string {
  if (!sections.some(({ kind }) => kind === 'curve'))
    return `stepped as (
  select *, stated_minutes as step_minutes from ${placed}
`;
  return `spaced as (
  -- exports of two columns state no step: the distance to the neighbours does
  select line,
    date_diff('minute', lag(moment) over w, moment) as before,
    date_diff('minute', moment, lead(moment) over w) as after,
    date_diff('minute', lag(moment, 2) over w, lag(moment) over w) as before_that,
    date_diff('minute', lead(moment) over w, lead(moment, 2) over w) as after_that
  from (select distinct on (section, meter, moment) line, section, meter, moment from ${placed}
    where kind = 'curve' and stated_minutes is null and moment is not null
    order by section, meter, moment, line)
  window w as (partition by section, meter order by moment)
), stepped as (
  select p.*,
    coalesce(stated_minutes, case
      when marks = 'end' then ${inferred('before', 'after', 'before_that')}
      else ${inferred('after', 'before', 'after_that')}
    end) as step_minutes
  from ${placed} p left join spaced using (line)
`;
}

/**
 * The step of a row without one: its distance to the neighbour on its own side when the next distance
 * confirms it, else the shorter of the two sides, so that a hole never makes an interval longer.
 */
function inferred(own: string, other: string, further: string): string {
  return `case
    when list_contains([5, 10, 15, 20, 30, 60], ${own}) and (${own} = ${other} or ${own} = ${further}) then ${own}
    else least(${own}, ${other})
  end`;
}

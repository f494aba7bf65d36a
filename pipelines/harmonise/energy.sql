-- model: energy
-- purpose: every energy bought, made or sold, in MWh of net calorific value, by local day; gaps of meters are estimated and say so
-- grain: one row is the intervals of an hour or less of one local day of an electricity meter that stand together in one extract (measured and estimated apart), another staged reading (split where it crosses months, or local days for electricity), one fuel-card line, or one estimated meter-day
-- grain_fr: une ligne est les intervalles d’une heure ou moins d’un jour local d’un compteur électrique qui se suivent dans un extrait (mesurés et estimés à part), un autre relevé reçu (coupé où il passe d’un mois à l’autre, ou en jours locaux pour l’électricité), une ligne de carte carburant, ou un jour de compteur estimé
-- inputs: staged.energy_intervals, staged.gas_readings, staged.meter_readings, model.fuel, reference.meter, reference.month, reference.units, reference.fuels, reference.constants
-- apart: meter of staged.energy_intervals
-- columns: date (date) local day in Europe/Paris, last day of the part of a reading in its month; meter (text) 14 digits or own code; carrier (code) electricity, natural_gas, district_heat, heating_oil, propane, wood, self_generated_solar, or the fuel of vehicles
-- columns: direction (code) consumption (bought), generation (own renewable production), export (given back to the grid); purpose (code) site or vehicle
-- columns: energy_mwh (MWh) net calorific value: gas in kWh PCS is divided by 1.111; null where a unit cannot be converted; method (code) of an estimated row: same_weekday_year_before or mean_of_neighbours
-- columns: last_row (number) of a day of intervals: the row is the sum of the extract's rows from row_number to this one; null of another row; also_from (list) the other rows that an estimate rests on
with horizon as (
  select min(month_start) as first_day, max(month_end) as last_day from reference.month
),
gross_to_net as (
  select value as ratio from reference.constants where name = 'natural_gas_pcs_per_pci'
),
-- dialect-bound: the local clock of Europe/Paris, asked once a day rather than once a row: it is ahead of UTC by less
-- than a day, so that one local midnight falls in each day of UTC
clock as (
  select min(utc_day) as first_day, list(timezone('UTC', timezone('Europe/Paris', (utc_day + 1)::timestamp)) order by utc_day) as midnights
  from (
    select unnest(generate_series(min(interval_start)::date, max(interval_start)::date, interval 1 day))::date as utc_day
    from staged.energy_intervals
  )
),
intervals as not materialized (
  select i.*,
    i.interval_start::date + (i.interval_start >= c.midnights[i.interval_start::date - c.first_day + 1])::integer as day
  from staged.energy_intervals as i
  cross join clock as c
),
-- a day is added up where the intervals are read, and is what the rest looks at: of a curve, a fiftieth of the rows
extract_days as materialized (
  select
    i.meter,
    i.direction,
    i.day,
    i.extract_id,
    i.quality = 'estimated' as is_estimated,
    i.minutes > 60 as is_long,
    sum(i.energy_kwh) as energy_kwh,
    sum(i.minutes)::bigint as minutes,
    count(*) as intervals,
    min(i.row_number) as row_number,
    max(i.row_number) as last_row,
    min(i.interval_start) as first_start,
    max(i.interval_start) as last_start,
    -- dialect-bound: one bit for five minutes, of two days since a local one has 25 hours; two starts within five minutes look repeated, and are looked at
    bitstring_agg((epoch_us(i.interval_start) // 300000000 % 576)::integer, 0, 575) as starts
  from intervals as i
  group by i.meter, i.direction, i.day, i.extract_id, i.quality = 'estimated', i.minutes > 60
),
-- one interval may come twice: corrected prevails over measured over estimated, then the later extract
-- few do, or none: only the days in which one does are looked at by interval
repeated_days as (
  select meter, direction, day
  from extract_days
  group by meter, direction, day
  having bit_count(bit_or(starts)) < sum(intervals)
),
chosen_intervals as (
  select *
  from (
    select
      i.*,
      row_number() over (
        partition by i.meter, i.direction, i.interval_start
        order by case i.quality when 'corrected' then 0 when 'measured' then 1 else 2 end, i.minutes, i.extract_id desc, i.row_number desc
      ) as choice
    from intervals as i
    -- dialect-bound: as a list the few meters are looked for among the intervals; where they are thought to be more
    -- than these, DuckDB lays a hundred million intervals out to find them there
    where i.meter in (select unnest(list(distinct meter)) from repeated_days)
      and (i.meter, i.direction, i.day) in (select (meter, direction, day) from repeated_days)
  )
  where choice = 1
),
curve_days as (
  select meter, direction, day, extract_id, is_estimated, energy_kwh, minutes, intervals, row_number, last_row, first_start, last_start
  from extract_days
  anti join repeated_days using (meter, direction, day)
  where not is_long
  union all
  select meter, direction, day, extract_id, quality = 'estimated', sum(energy_kwh), sum(minutes), count(*), min(row_number), max(row_number), min(interval_start), max(interval_start)
  from chosen_intervals
  where minutes <= 60
  group by meter, direction, day, extract_id, quality = 'estimated'
),
-- intervals between which other rows stand in their extract keep a row each
apart_days as (
  select meter, direction, day, extract_id, is_estimated, first_start, last_start
  from curve_days
  where last_row - row_number + 1 <> intervals
),
settled_intervals as (
  select i.meter, i.direction, i.interval_start, i.minutes, i.energy_kwh, i.quality, i.extract_id, i.row_number
  from intervals as i
  where i.meter in (select unnest(list(distinct meter)) from apart_days)
    and (i.meter, i.direction, i.day) not in (select (meter, direction, day) from repeated_days)
  union all
  select meter, direction, interval_start, minutes, energy_kwh, quality, extract_id, row_number
  from chosen_intervals
),
apart_intervals as (
  select i.meter, i.direction, a.day, i.minutes, i.energy_kwh, a.is_estimated, i.extract_id, i.row_number
  from settled_intervals as i
  join apart_days as a
    on a.meter = i.meter and a.direction = i.direction and a.extract_id = i.extract_id and a.is_estimated = (i.quality = 'estimated')
    and i.interval_start between a.first_start and a.last_start
  where i.minutes <= 60
),
short_pieces as (
  select meter, direction, day, minutes, energy_kwh::decimal(28,6) as energy_kwh, is_estimated, 'curve' as grain, extract_id, row_number,
    case when intervals > 1 then last_row end as last_row
  from curve_days
  where last_row - row_number + 1 = intervals
  union all
  select meter, direction, day, minutes, energy_kwh, is_estimated, 'curve', extract_id, row_number, null
  from apart_intervals
),
long_intervals as (
  select
    i.*,
    timezone('Europe/Paris', timezone('UTC', interval_start)) as local_start,
    timezone('Europe/Paris', timezone('UTC', interval_start + to_minutes(minutes))) as local_end
  from (
    select i.meter, i.direction, i.interval_start, i.minutes, i.energy_kwh, i.quality, i.extract_id, i.row_number
    from intervals as i
    where i.minutes > 60 and (i.meter, i.direction, i.day) not in (select (meter, direction, day) from repeated_days)
    union all
    select meter, direction, interval_start, minutes, energy_kwh, quality, extract_id, row_number
    from chosen_intervals
    where minutes > 60
  ) as i
),
long_days as (
  select
    l.*,
    day_start::date as day,
    date_diff('minute', local_start, local_end) as span,
    date_diff('minute', local_start, least(local_end, day_start + interval 1 day)) as minutes_to_end,
    greatest(date_diff('minute', local_start, day_start), 0) as minutes_to_start
  from long_intervals as l,
    unnest(generate_series(date_trunc('day', local_start), local_end - interval 1 second, interval 1 day)) as days(day_start)
),
-- parts are differences of rounded running totals, so that they add up to the reading exactly
long_pieces as (
  select
    meter,
    direction,
    day,
    case when span = minutes_to_end - minutes_to_start then minutes else minutes_to_end - minutes_to_start end as minutes,
    ((energy_kwh * minutes_to_end / span)::decimal(18,6) - (energy_kwh * minutes_to_start / span)::decimal(18,6))::decimal(28,6) as energy_kwh,
    quality = 'estimated' as is_estimated,
    'index' as grain,
    extract_id,
    row_number,
    null::bigint as last_row
  from long_days
),
interval_pieces as (
  select * from short_pieces
  union all
  select * from long_pieces
),
-- a day told by the curve and by the index counts once, by the one that tells more of it; few meters have an index
days_told_twice as (
  select
    meter,
    direction,
    day,
    case when sum(minutes) filter (where grain = 'curve') >= sum(minutes) filter (where grain = 'index') then 'curve' else 'index' end as kept_grain
  from interval_pieces
  where meter in (select unnest(list(distinct meter)) from long_pieces)
  group by meter, direction, day
  having min(grain) <> max(grain)
),
electricity_pieces as (
  select p.*
  from interval_pieces as p
  left join days_told_twice as d on d.meter = p.meter and d.direction = p.direction and d.day = p.day
  where d.kept_grain is null or d.kept_grain = p.grain
),
gas as (
  select
    g.meter,
    g.start_date,
    g.end_date,
    (g.energy_kwh_pcs / (1000 * r.ratio))::decimal(18,9) as energy_mwh,
    g.quality,
    g.extract_id,
    g.row_number
  from (
    select
      q.*,
      row_number() over (
        partition by meter, start_date, end_date
        order by case quality when 'corrected' then 0 when 'measured' then 1 else 2 end, extract_id desc, row_number desc
      ) as choice
    from staged.gas_readings as q
    where quality <> 'absent'
  ) as g
  cross join gross_to_net as r
  where g.choice = 1
),
other_readings as (
  select
    m.entity,
    m.site,
    m.meter,
    m.carrier,
    m.period_start as start_date,
    m.period_end as end_date,
    case
      when u.dimension = 'energy' then (m.quantity * u.factor)::decimal(18,9)
      when u.dimension = 'energy_gross' then (m.quantity * u.factor / r.ratio)::decimal(18,9)
      else (m.quantity * f.kwh_per_unit * 0.001::decimal(4,3))::decimal(18,9)
    end as energy_mwh,
    m.quality,
    m.extract_id,
    m.row_number
  from (
    select
      q.*,
      row_number() over (
        partition by meter, carrier, period_start, period_end
        order by case quality when 'measured' then 0 when 'billed' then 1 else 2 end, extract_id desc, row_number desc
      ) as choice
    from staged.meter_readings as q
  ) as m
  cross join gross_to_net as r
  left join reference.units as u on u.unit = m.unit and u.dimension in ('energy', 'energy_gross')
  left join reference.fuels as f on f.fuel = m.carrier and f.unit = m.unit
  where m.choice = 1
),
readings as (
  select null::varchar as entity, null::varchar as site, meter, 'natural_gas' as carrier, start_date, greatest(start_date, end_date) as end_date, energy_mwh, quality, extract_id, row_number
  from gas
  union all
  select entity, site, meter, carrier, start_date, greatest(start_date, end_date), energy_mwh, quality, extract_id, row_number
  from other_readings
),
reading_months as (
  select
    r.*,
    least(r.end_date, last_day(month_start::date)) as part_end,
    date_diff('day', r.start_date, r.end_date) + 1 as days,
    date_diff('day', r.start_date, least(r.end_date, last_day(month_start::date))) + 1 as days_to_end,
    greatest(date_diff('day', r.start_date, month_start::date), 0) as days_to_start
  from readings as r,
    unnest(generate_series(date_trunc('month', r.start_date)::timestamp, r.end_date::timestamp, interval 1 month)) as months(month_start)
),
read_rows as (
  select
    entity,
    site,
    meter,
    carrier,
    null::varchar as flow,
    part_end as date,
    ((energy_mwh * days_to_end / days)::decimal(18,9) - (energy_mwh * days_to_start / days)::decimal(18,9))::decimal(18,9) as energy_mwh,
    case when quality = 'estimated' then 'estimated' else 'measured' end as quality,
    case when quality = 'estimated' then 'estimated_by_source' end as method,
    extract_id,
    row_number,
    null::bigint as last_row
  from reading_months
  union all
  select
    null,
    null,
    meter,
    null,
    direction,
    day,
    (energy_kwh * 0.001::decimal(4,3))::decimal(18,9),
    case when is_estimated then 'estimated' else 'measured' end,
    case when is_estimated then 'estimated_by_source' end,
    extract_id,
    row_number,
    last_row
  from electricity_pieces
),
-- how much of each local day is told, by meter: intervals by their minutes, readings by whole days
told_days as (
  select meter, direction as flow, day, sum(minutes) as minutes, true as by_interval
  from electricity_pieces
  group by meter, direction, day
  union all
  select meter, null, day::date, 1440, false
  from (
    select distinct r.meter, d.day
    from readings as r,
      unnest(generate_series(r.start_date::timestamp, r.end_date::timestamp, interval 1 day)) as d(day)
    where r.meter in (select meter from reference.meter)
  )
),
streams as (
  select
    t.meter,
    t.flow,
    bool_or(t.by_interval) as by_interval,
    greatest(min(t.day), min(h.first_day), coalesce(min(m.valid_from), min(t.day))) as first_day,
    least(max(h.last_day), coalesce(max(coalesce(m.valid_to, date '9999-12-31')), max(t.day))) as last_day
  from told_days as t
  cross join horizon as h
  join reference.meter as m on m.meter = t.meter
  group by t.meter, t.flow
),
expected_days as (
  select s.meter, s.flow, s.by_interval, d.day::date as day
  from streams as s, unnest(generate_series(s.first_day::timestamp, s.last_day::timestamp, interval 1 day)) as d(day)
  where s.first_day <= s.last_day
),
day_lengths as (
  -- dialect-bound: 1380, 1440 or 1500 minutes
  select
    day,
    date_diff('minute', timezone('Europe/Paris', day::timestamp), timezone('Europe/Paris', (day + 1)::timestamp)) as minutes
  from (select distinct day from expected_days)
),
told as (
  select
    e.meter,
    e.flow,
    e.day,
    case
      when t.minutes is null then 0
      when e.by_interval and t.minutes < l.minutes then t.minutes
      else l.minutes
    end as minutes_told,
    l.minutes as minutes_expected
  from expected_days as e
  join day_lengths as l on l.day = e.day
  left join told_days as t on t.meter = e.meter and t.flow is not distinct from e.flow and t.day = e.day
),
-- most streams have none
streams_with_gaps as (
  select distinct meter, flow from told where minutes_told < minutes_expected
),
neighbours as (
  select
    t.*,
    max(case when t.minutes_told = t.minutes_expected then t.day end) over (
      partition by t.meter, t.flow order by t.day rows between unbounded preceding and 1 preceding
    ) as day_before,
    min(case when t.minutes_told = t.minutes_expected then t.day end) over (
      partition by t.meter, t.flow order by t.day rows between 1 following and unbounded following
    ) as day_after
  from told as t
  join streams_with_gaps as s on s.meter = t.meter and s.flow is not distinct from t.flow
),
gaps as (
  select
    g.*,
    case when y.day is not null then 'same_weekday_year_before' else 'mean_of_neighbours' end as method,
    y.day as year_before
  from neighbours as g
  left join told as y
    on y.meter = g.meter and y.flow is not distinct from g.flow and y.day = g.day - 364 and y.minutes_told = y.minutes_expected
  where g.minutes_told < g.minutes_expected
),
-- a day further than a month away says nothing of this one: the gap then stays a gap
models_of_gaps as (
  select meter, flow, day, minutes_told, minutes_expected, method, year_before as model_day from gaps where year_before is not null
  union all
  select meter, flow, day, minutes_told, minutes_expected, method, day_before from gaps where year_before is null and day_before >= day - 31
  union all
  select meter, flow, day, minutes_told, minutes_expected, method, day_after from gaps where year_before is null and day_after <= day + 31
),
model_days as (
  select distinct meter, flow, model_day from models_of_gaps
),
day_energy as (
  select p.meter, p.direction as flow, p.day, (sum(p.energy_kwh) * 0.001::decimal(4,3))::decimal(18,9) as energy_mwh,
    flatten(list(
      list_transform(range(p.row_number, coalesce(p.last_row, p.row_number) + 1), lambda one: struct_pack(extract_id := p.extract_id, row_number := one))
      order by p.extract_id, p.row_number)) as addresses
  from electricity_pieces as p
  join model_days as d on d.meter = p.meter and d.flow = p.direction and d.model_day = p.day
  where p.meter in (select unnest(list(distinct meter)) from model_days)
  group by p.meter, p.direction, p.day
  union all
  select r.meter, null, d.model_day, sum((r.energy_mwh / (date_diff('day', r.start_date, r.end_date) + 1))::decimal(18,9))::decimal(18,9),
    list(struct_pack(extract_id := r.extract_id, row_number := r.row_number) order by r.extract_id, r.row_number)
  from readings as r
  join model_days as d on d.meter = r.meter and d.flow is null and d.model_day between r.start_date and r.end_date
  group by r.meter, d.model_day
),
estimates as (
  select
    g.meter,
    g.flow,
    g.day,
    g.method,
    (sum(e.energy_mwh) * (max(g.minutes_expected) - max(g.minutes_told)) / (max(g.minutes_expected) * count(*)))::decimal(18,9) as energy_mwh,
    flatten(list(e.addresses order by e.day)) as addresses
  from models_of_gaps as g
  -- a credit note is no consumption to go by: with nothing else beside it, the gap stays a gap
  join day_energy as e
    on e.meter = g.meter and e.flow is not distinct from g.flow and e.day = g.model_day and e.energy_mwh >= 0
  group by g.meter, g.flow, g.day, g.method
),
metered as (
  select entity, site, meter, carrier, flow, date, energy_mwh, quality, method, extract_id, row_number, last_row,
    null::struct(extract_id varchar, row_number bigint)[] as also_from
  from read_rows
  union all
  select null, null, meter, null, flow, day, energy_mwh, 'estimated', method, addresses[1].extract_id, addresses[1].row_number, null,
    case when len(addresses) > 1 then addresses[2:] end
  from estimates
),
-- a meter that moves has one line a place; its dates choose
placed as (
  select
    coalesce(e.entity, m.entity) as entity,
    coalesce(e.site, m.site) as site,
    e.date,
    e.meter,
    coalesce(e.carrier, m.carrier, 'electricity') as carrier,
    e.flow,
    e.energy_mwh,
    e.method,
    e.quality,
    e.extract_id,
    e.row_number,
    e.last_row,
    e.also_from
  from metered as e
  left join reference.meter as m
    on m.meter = e.meter
    and e.date >= coalesce(m.valid_from, date '0001-01-01')
    and e.date <= coalesce(m.valid_to, date '9999-12-31')
)
select
  entity,
  site,
  date,
  meter,
  carrier,
  case
    when carrier = 'self_generated_solar' then 'generation'
    when flow = 'production' then 'export'
    else 'consumption'
  end as direction,
  'site' as purpose,
  energy_mwh,
  method,
  quality,
  extract_id,
  row_number,
  last_row,
  also_from
from placed
union all
select
  entity,
  site,
  date,
  null,
  fuel,
  'consumption',
  'vehicle',
  energy_mwh,
  null,
  quality,
  extract_id,
  row_number,
  null,
  null
from model.fuel
where kind <> 'none'

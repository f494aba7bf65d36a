-- model: pollutant
-- purpose: pollutants given to air, water and soil, by month; a result below the limit of detection counts for half of the limit
-- grain: one row is one declared mass's part in one month, by days
-- grain_fr: une ligne est la part d’une masse déclarée dans un mois, au prorata des jours
-- inputs: staged.pollution_register, reference.units
-- columns: outlet (text); medium (code) air, water, soil; pollutant (code); mass_kg (kg); below_detection (flag); evidence (text)
with converted as (
  select
    p.*,
    greatest(p.period_start, p.period_end) as last_day,
    (p.quantity * 1000 * u.factor * case when p.below_detection then 0.5::decimal(2,1) else 1::decimal(2,1) end)::decimal(18,6) as kg
  from staged.pollution_register as p
  left join reference.units as u on u.unit = p.unit and u.dimension = 'mass' and u.to_unit = 't'
),
months as (
  select
    c.*,
    least(c.last_day, last_day(month_start::date)) as part_end,
    date_diff('day', c.period_start, c.last_day) + 1 as days,
    date_diff('day', c.period_start, least(c.last_day, last_day(month_start::date))) + 1 as days_to_end,
    greatest(date_diff('day', c.period_start, month_start::date), 0) as days_to_start
  from converted as c,
    unnest(generate_series(date_trunc('month', c.period_start)::timestamp, c.last_day::timestamp, interval 1 month)) as months(month_start)
)
select
  entity,
  site,
  part_end as date,
  outlet,
  medium,
  pollutant,
  ((kg * days_to_end / days)::decimal(18,6) - (kg * days_to_start / days)::decimal(18,6))::decimal(18,6) as mass_kg,
  below_detection,
  evidence,
  case when below_detection then 'estimated' else quality end as quality,
  extract_id,
  row_number
from months

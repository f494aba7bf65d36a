-- model: process_emission
-- purpose: gases that a process gives off other than by burning fuel, by month
-- grain: one row is one declared mass's part in one month, by days
-- grain_fr: une ligne est la part d’une masse déclarée dans un mois, au prorata des jours
-- inputs: staged.process_emissions, reference.units
-- columns: process (text); gas (code) CO2, CO2_biogenic, CH4, N2O, SF6, NF3, CF4, C2F6; gas_kg (kg) of the gas itself; evidence (text) such as the verified report of the installation
with converted as (
  select p.*, greatest(p.period_start, p.period_end) as last_day, (p.quantity * 1000 * u.factor)::decimal(18,6) as kg
  from staged.process_emissions as p
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
  process,
  gas,
  ((kg * days_to_end / days)::decimal(18,6) - (kg * days_to_start / days)::decimal(18,6))::decimal(18,6) as gas_kg,
  evidence,
  quality,
  extract_id,
  row_number
from months

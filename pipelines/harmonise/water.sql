-- model: water
-- purpose: water withdrawn, sent back and reused, in m3, by month
-- grain: one row is one reading's part in one month, by days
-- grain_fr: une ligne est la part d’un relevé dans un mois, au prorata des jours
-- inputs: staged.water, reference.units, reference.site, reference.unit_prices
-- columns: meter (text); source (code) network, groundwater, surface, rain; flow (code) withdrawal, discharge, reuse, storage (gained by a reservoir); volume_m3 (m3); stress (flag) site in a basin under high stress; expected_cost_eur (EUR) network water at the reference price
with converted as (
  select w.*, greatest(w.period_start, w.period_end) as last_day_read, (w.quantity * u.factor)::decimal(18,6) as m3
  from (
    select
      q.*,
      row_number() over (
        partition by entity, site, meter, flow, source, period_start, period_end
        order by case quality when 'measured' then 0 when 'billed' then 1 else 2 end, extract_id desc, row_number desc
      ) as choice
    from staged.water as q
  ) as w
  left join reference.units as u on u.unit = w.unit and u.dimension = 'volume' and u.to_unit = 'm3'
  where w.choice = 1
),
months as (
  select
    c.*,
    least(c.last_day_read, last_day(month_start::date)) as part_end,
    date_diff('day', c.period_start, c.last_day_read) + 1 as days,
    date_diff('day', c.period_start, least(c.last_day_read, last_day(month_start::date))) + 1 as days_to_end,
    greatest(date_diff('day', c.period_start, month_start::date), 0) as days_to_start
  from converted as c,
    unnest(generate_series(date_trunc('month', c.period_start)::timestamp, c.last_day_read::timestamp, interval 1 month)) as months(month_start)
),
parts as (
  select
    m.*,
    ((m3 * days_to_end / days)::decimal(18,6) - (m3 * days_to_start / days)::decimal(18,6))::decimal(18,6) as volume_m3
  from months as m
)
select
  p.entity,
  p.site,
  p.part_end as date,
  p.meter,
  p.source,
  p.flow,
  p.volume_m3,
  coalesce(s.water_stress, false) as stress,
  case when p.source = 'network' and p.flow = 'withdrawal' then (p.volume_m3 * u.eur_per_unit)::decimal(18,2) end as expected_cost_eur,
  case when p.quality = 'estimated' then 'estimated' else 'measured' end as quality,
  p.extract_id,
  p.row_number
from parts as p
left join reference.site as s on s.site = p.site
left join reference.unit_prices as u on u.item = 'water_network'

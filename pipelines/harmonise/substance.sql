-- model: substance
-- purpose: substances of concern that enter, arise or leave, by month
-- grain: one row is one substance, flow and site in one month
-- grain_fr: une ligne est une substance, un flux et un site dans un mois
-- inputs: staged.substances, reference.units
-- columns: substance (text); cas (code); hazard (code) main hazard class; very_high_concern (flag); flow (code) procured, generated, emitted, in_products; tonnes (t)
select
  s.entity,
  s.site,
  last_day(s.month) as date,
  s.substance,
  s.cas,
  s.hazard,
  s.very_high_concern,
  s.flow,
  (s.quantity * u.factor)::decimal(18,9) as tonnes,
  'measured' as quality,
  s.extract_id,
  s.row_number
from staged.substances as s
left join reference.units as u on u.unit = s.unit and u.dimension = 'mass' and u.to_unit = 't'

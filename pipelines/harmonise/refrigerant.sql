-- model: refrigerant
-- purpose: refrigerant lost, by mass balance of top-ups
-- grain: one row is one intervention on one piece of equipment
-- grain_fr: une ligne est une intervention sur un équipement
-- inputs: staged.refrigerants
-- columns: equipment (code); fluid (code) as R-410A; first_fill (flag) charge of new equipment: no leak; charged_kg, recovered_kg (kg); net_kg (kg) charged less recovered, 0 for a first fill, not below 0
select
  entity,
  site,
  intervention_date as date,
  equipment,
  regexp_replace(upper(trim(fluid)), '^R[ -]?', 'R-') as fluid,
  first_fill,
  charged_kg,
  recovered_kg,
  (case when first_fill then 0 else greatest(charged_kg - recovered_kg, 0) end)::decimal(18,3) as net_kg,
  certificate,
  'calculated' as quality,
  extract_id,
  row_number
from (
  -- told again by a later extract: counts once, as last told
  select q.*, dense_rank() over (partition by entity, site, equipment, intervention_date order by extract_id desc) as telling
  from staged.refrigerants as q
)
where telling = 1

-- model: material
-- purpose: weight of materials bought and of packaging put on the market, with what is proven to be recycled
-- grain: one row is one material, flow and site in one month
-- grain_fr: une ligne est une matière, un flux et un site dans un mois
-- inputs: staged.material_flows, reference.units
-- columns: flow (code) inflow or packaging; material (code); biological (flag); kg (kg), tonnes (t) negative for returns; secondary_tonnes (t) recycled or reused, 0 without a certificate; certificate (text)
-- columns: family (code) spend family whose spend the weight replaces in emissions, null where it replaces none; supplier_factor_kgco2e_kg (kgCO2e/kg), supplier_document (text) of the supplier
with weighed as (
  select m.*, (m.quantity * u.factor)::decimal(18,9) as tonnes
  from staged.material_flows as m
  left join reference.units as u on u.unit = m.unit and u.dimension = 'mass' and u.to_unit = 't'
)
select
  entity,
  site,
  last_day(month) as date,
  flow,
  material,
  biological,
  (tonnes * 1000)::decimal(18,6) as kg,
  tonnes,
  (tonnes * case when certificate is null then 0 else coalesce(recycled_share_pct, 0) end * 0.01::decimal(3,2))::decimal(18,9) as secondary_tonnes,
  certificate,
  spend_family as family,
  supplier_factor_kgco2e_kg,
  supplier_document,
  'measured' as quality,
  extract_id,
  row_number
from weighed

-- model: energy_source
-- purpose: energy consumed by what it was made from: fossil, nuclear, renewable under an instrument, and the renewable part of the grid that no instrument proves
-- grain: one row is the part of one row of energy_origin that has one source; the parts of a row add up to it
-- grain_fr: une ligne est la part d’une ligne de energy_origin qui a une même source ; les parts d’une ligne s’y additionnent
-- inputs: model.energy_origin, reference.energy_mix
-- apart: entity of model.energy_origin
-- columns: carrier (code); origin (code) as in energy_origin; source (code) fossil, nuclear, renewable, grid_renewable, or unknown where no mix is loaded; energy_mwh (MWh) net calorific value
with mixed as (
  select
    o.*,
    x.nuclear_pct,
    -- up to 18 digits a decimal is a machine word, and rounding it some ten times faster
    case
      when o.energy_mwh between -0.9 and 0.9 then (o.energy_mwh::decimal(9,9) * x.nuclear_pct::decimal(7,4) * 0.01::decimal(2,2))::decimal(18,9)
      else (o.energy_mwh * x.nuclear_pct * 0.01::decimal(3,2))::decimal(18,9)
    end as nuclear_mwh,
    case
      when o.energy_mwh between -0.9 and 0.9 then (o.energy_mwh::decimal(9,9) * x.fossil_pct::decimal(7,4) * 0.01::decimal(2,2))::decimal(18,9)
      else (o.energy_mwh * x.fossil_pct * 0.01::decimal(3,2))::decimal(18,9)
    end as fossil_mwh
  from model.energy_origin as o
  left join reference.energy_mix as x
    on o.origin = 'uncovered' and x.carrier = o.carrier and x.country = o.country
    and o.date between x.valid_from and coalesce(x.valid_to, date '9999-12-31')
),
parts as (
  select
    *,
    case
      when origin = 'uncovered' and nuclear_pct is null then 'unknown'
      when origin = 'uncovered' then 'grid_renewable'
      when renewable then 'renewable'
      when origin = 'contract' then 'unknown'
      else 'fossil'
    end as source,
    -- the last part is what the rounded ones leave
    (energy_mwh - coalesce(nuclear_mwh, 0) - coalesce(fossil_mwh, 0))::decimal(18,9) as part_mwh
  from mixed
  union all
  select *, 'nuclear', nuclear_mwh from mixed where nuclear_mwh <> 0
  union all
  select *, 'fossil', fossil_mwh from mixed where fossil_mwh <> 0
)
select
  entity,
  site,
  date,
  meter,
  carrier,
  direction,
  purpose,
  origin,
  source,
  part_mwh as energy_mwh,
  quality,
  extract_id,
  row_number
from parts

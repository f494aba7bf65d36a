-- model: fuel
-- purpose: what fuel cards paid for, as fuel quantities and energy; tolls, washes and AdBlue keep their cost and carry no energy
-- grain: one row is one line of a fuel-card statement
-- grain_fr: une ligne est une ligne de relevé de carte carburant
-- inputs: staged.fuel_cards, reference.fuel_products, reference.fuels, reference.units, reference.fx
-- columns: card (text) card; country (code) where it was bought; product (text) label of the statement; fuel (code) fuel of data/reference/fuel_products.csv, `unknown` for a label that it lacks
-- columns: kind (code) fuel, electricity, none or unknown; quantity (fuel_unit) negative on credit lines; fuel_unit (code) l, kg or kWh; litres (l) quantity of liquid fuels
-- columns: energy_mwh (MWh) net calorific value, null where the fuel or its calorific value is unknown; amount_eur (EUR) without VAT
with products as (
  select
    c.*,
    upper(regexp_replace(trim(strip_accents(c.product)), '\s+', ' ', 'g')) as label
  from staged.fuel_cards as c
),
signed as (
  -- a credit line gives back fuel, whatever sign its quantity was typed with
  select
    p.*,
    coalesce(m.fuel, 'unknown') as fuel,
    case when p.amount_excl_vat < 0 then -abs(p.quantity) else p.quantity end as signed_quantity
  from products as p
  left join reference.fuel_products as m on m.product = p.label
),
converted as (
  select
    s.*,
    coalesce(f.unit, e.unit) as fuel_unit,
    case
      when f.unit is null and e.unit is not null then (s.signed_quantity * 1000 * u_energy.factor)::decimal(18,3)
      when f.unit = s.unit then s.signed_quantity::decimal(18,3)
      when u_volume.factor is not null then (s.signed_quantity * u_volume.factor)::decimal(18,3)
      when u_mass.factor is not null then (s.signed_quantity * 1000 * u_mass.factor)::decimal(18,3)
    end as fuel_quantity,
    coalesce(f.kwh_per_unit, e.kwh_per_unit) as kwh_per_unit
  from signed as s
  left join reference.fuels as f on f.fuel = s.fuel and f.unit in ('l', 'kg') and s.fuel not in ('propane', 'wood')
  left join reference.fuels as e on e.fuel = s.fuel and e.fuel = 'electricity' and e.unit = 'kWh'
  left join reference.units as u_energy on u_energy.unit = s.unit and u_energy.dimension = 'energy'
  left join reference.units as u_volume on u_volume.unit = s.unit and u_volume.dimension = 'volume' and u_volume.to_unit = 'l' and f.unit = 'l'
  left join reference.units as u_mass on u_mass.unit = s.unit and u_mass.dimension = 'mass' and u_mass.to_unit = 't' and f.unit = 'kg'
)
select
  c.entity,
  null::varchar as site,
  c.transaction_date as date,
  c.card,
  c.country,
  c.product,
  c.fuel,
  case c.fuel when 'none' then 'none' when 'unknown' then 'unknown' when 'electricity' then 'electricity' else 'fuel' end as kind,
  c.fuel_quantity as quantity,
  c.fuel_unit,
  case when c.fuel_unit = 'l' then c.fuel_quantity end as litres,
  (c.fuel_quantity * c.kwh_per_unit * 0.001::decimal(4,3))::decimal(18,9) as energy_mwh,
  (c.amount_excl_vat * x.eur_per_unit)::decimal(18,2) as amount_eur,
  'measured' as quality,
  c.extract_id,
  c.row_number
from converted as c
left join reference.fx as x
  on x.currency = coalesce(c.currency, 'EUR') and c.transaction_date between x.valid_from and x.valid_to

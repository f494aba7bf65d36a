-- model: energy_origin
-- purpose: energy by what it was made from: covered by a contract, own generation, renewable fuel, or the rest
-- grain: one row is the part of one energy row that has one origin; the parts of a row add up to it
-- grain_fr: une ligne est la part d’une ligne d’énergie qui a une même origine ; les parts d’une ligne s’y additionnent
-- inputs: model.energy, model.energy_contract, reference.site, reference.entity, reference.fuels
-- apart: entity of model.energy
-- columns: meter, carrier, direction, purpose as in energy; country (code); origin (code) contract, own_generation, export, fuel or uncovered; instrument (code), certificate (text) of the contract
-- columns: renewable (flag); energy_mwh (MWh) net calorific value, negative for energy given back to the grid; contract_factor (kgCO2e/kWh) of the contract; last_row as in energy
with consumed as (
  select entity, carrier, date_trunc('month', date)::date as month, sum(energy_mwh) as consumed_mwh
  from model.energy
  where direction = 'consumption' and purpose = 'site' and carrier in ('electricity', 'natural_gas')
  group by entity, carrier, date_trunc('month', date)::date
),
covered as (
  select entity, carrier, date_trunc('month', date)::date as month, sum(covered_mwh) as covered_mwh
  from model.energy_contract
  group by entity, carrier, date_trunc('month', date)::date
),
-- a month's certificates cover no more than what the month used; the excess is lost
shares as (
  select
    k.entity,
    k.carrier,
    date_trunc('month', k.date)::date as month,
    k.instrument,
    k.certificate,
    k.renewable,
    k.factor_kgco2e_kwh,
    (k.covered_mwh / greatest(u.consumed_mwh, c.covered_mwh))::decimal(18,12) as share
  from model.energy_contract as k
  join consumed as u on u.entity = k.entity and u.carrier = k.carrier and u.month = date_trunc('month', k.date)::date
  join covered as c on c.entity = k.entity and c.carrier = k.carrier and c.month = date_trunc('month', k.date)::date
  where u.consumed_mwh > 0 and k.covered_mwh > 0
),
share_lists as (
  select entity, carrier, month,
    list(struct_pack(instrument := instrument, certificate := certificate, renewable := renewable, factor := factor_kgco2e_kwh, share := share)) as shares
  from shares
  group by entity, carrier, month
),
located as (
  select
    e.*,
    coalesce(s.country, o.country) as country,
    c.shares,
    list_sum(list_transform(c.shares, lambda one: (e.energy_mwh * one.share)::decimal(18,9))) as covered_mwh
  from model.energy as e
  left join reference.site as s on s.site = e.site
  left join reference.entity as o on o.entity = e.entity
  left join share_lists as c
    on c.entity = e.entity and c.month = date_trunc('month', e.date)::date
    and c.carrier = case when e.direction = 'consumption' and e.purpose = 'site' and e.carrier in ('electricity', 'natural_gas') then e.carrier end
),
-- the rest is what the rounded parts leave, so that nothing is lost
parts as (
  select *, 'contract' as origin, part.instrument as instrument, part.certificate as certificate, part.renewable as renewable, part.factor as contract_factor,
    (energy_mwh * part.share)::decimal(18,9) as part_mwh
  from (select *, unnest(shares) as part from located where shares is not null)
  union all
  select
    l.*,
    null,
    case
      when l.direction = 'generation' then 'own_generation'
      when l.direction = 'export' then 'export'
      when l.carrier in ('electricity', 'district_heat') then 'uncovered'
      else 'fuel'
    end,
    null,
    null,
    l.direction in ('generation', 'export') or coalesce(f.renewable, false),
    null,
    (case when l.direction = 'export' then -l.energy_mwh else l.energy_mwh end - coalesce(l.covered_mwh, 0))::decimal(18,9)
  from located as l
  left join (select fuel, bool_or(renewable) as renewable from reference.fuels group by fuel) as f on f.fuel = l.carrier
  where l.shares is null or l.energy_mwh - l.covered_mwh <> 0
)
select
  entity,
  site,
  date,
  meter,
  carrier,
  direction,
  purpose,
  country,
  origin,
  instrument,
  certificate,
  renewable,
  part_mwh as energy_mwh,
  contract_factor,
  quality,
  extract_id,
  row_number,
  last_row
from parts

-- model: emission
-- purpose: greenhouse gases: each activity times its factor; combustion and generation in scopes 1 and 2, upstream in scope 3
-- grain: one row is one activity row under one scope, category and basis
-- grain_fr: une ligne est une ligne d’activité sous un scope, une catégorie et une base
-- inputs: model.energy, model.energy_origin, model.fuel, model.refrigerant, model.process_emission, model.purchase, model.material, model.freight, model.waste, model.travel, model.mileage, model.commuting, model.value_chain, model.site_month, reference.factors, reference.group_factors, reference.refrigerants, reference.choice, reference.site, reference.entity
-- apart: entity of model.energy, model.energy_origin, model.purchase
-- apart: extract_id of model.travel, model.mileage, model.commuting
-- columns: scope (code) 1, 2, 3, or outside for gases that the Kyoto basket leaves to the Montreal Protocol; category (code) stationary, mobile, process, fugitive, non_kyoto, electricity, heat, c1_purchased, c2_capital, c3_energy, c4_upfreight, c5_waste, c6_travel, c7_commute, c8_upleased, c9_downfreight, c10_processing, c11_use, c12_end_of_life, c13_downleased, c14_franchises, c15_investments; basis (code) location or market in scope 2, else null
-- columns: activity (code); scope_part (code) part of the factor; country (code); quantity (unit) of activity; unit (code) unit of the factor; family (code) spend family of a purchase
-- columns: factor_id (code), factor_kgco2e (kgCO2e per unit): the group's own factor before the national one before the general one, valid on the day; both null where there is none, and tco2e with them: the row stays, and is never 0
-- columns: factor_version, factor_source (text), factor_certainty (code) confirmed or to_confirm, gwp_set (code) assessment report of its warming potentials, uncertainty_pct (%) of the factor, all of the factor used; null for a factor that a contract or a supplier states
-- columns: tco2e (tCO2e); biogenic_tco2e (tCO2) outside the scopes; method (text) contract, supplier, residual_mix or grid_average_without_residual_mix, spend, survey, mass_balance; ets (flag) burnt or processed at an installation of the emissions trading system
-- columns: quality (code) of the row: measured (supplier or verified data), calculated (quantity times factor), estimated, by_spend, survey
with located_energy as (
  select
    e.*,
    coalesce(s.country, o.country) as country,
    (e.energy_mwh::decimal(24,9) * 1000)::decimal(28,9) as kwh
  from model.energy as e
  left join reference.site as s on s.site = e.site
  left join reference.entity as o on o.entity = e.entity
  where e.direction = 'consumption'
),
activities as (
  -- fuels burnt on sites
  select entity, site, date, '1' as scope, 'stationary' as category, null::varchar as basis, carrier as activity, 'combustion' as scope_part,
    country, kwh as quantity, 'kWh_pci' as unit, null::decimal(18,6) as given_factor, null::varchar as given_id, null::varchar as method, null::varchar as family, quality, extract_id, row_number, last_row
  from located_energy
  where purpose = 'site' and carrier not in ('electricity', 'district_heat')
  union all
  select entity, site, date, '3', 'c3_energy', null, carrier, 'upstream', country, kwh, 'kWh_pci', null, null, null, null, quality, extract_id, row_number, last_row
  from located_energy
  where purpose = 'site' and carrier not in ('electricity', 'district_heat')
  -- fuels of vehicles
  union all
  select f.entity, f.site, f.date, '1', 'mobile', null, f.fuel, 'combustion', coalesce(f.country, o.country), f.quantity::decimal(28,9), f.fuel_unit, null, null, null, null, f.quality, f.extract_id, f.row_number, null
  from model.fuel as f
  left join reference.entity as o on o.entity = f.entity
  where f.kind in ('fuel', 'unknown')
  union all
  select f.entity, f.site, f.date, '3', 'c3_energy', null, f.fuel, 'upstream', coalesce(f.country, o.country), f.quantity::decimal(28,9), f.fuel_unit, null, null, null, null, f.quality, f.extract_id, f.row_number, null
  from model.fuel as f
  left join reference.entity as o on o.entity = f.entity
  where f.kind in ('fuel', 'unknown')
  -- refrigerants
  union all
  select r.entity, r.site, r.date, case when k.basket = 'montreal' then 'outside' else '1' end, case when k.basket = 'montreal' then 'non_kyoto' else 'fugitive' end, null, 'refrigerant_' || r.fluid, 'gwp', coalesce(s.country, o.country), r.net_kg::decimal(28,9), 'kg', null, null, 'mass_balance', null, r.quality, r.extract_id, r.row_number, null
  from model.refrigerant as r
  left join reference.refrigerants as k on k.fluid = r.fluid
  left join reference.site as s on s.site = r.site
  left join reference.entity as o on o.entity = r.entity
  where not r.first_fill
  -- processes; biogenic carbon dioxide is outside the scopes
  union all
  select p.entity, p.site, p.date, '1', 'process', null, 'gas_' || p.gas, 'gwp', coalesce(s.country, o.country), p.gas_kg::decimal(28,9), 'kg',
    case when p.gas = 'CO2_biogenic' then 0 end::decimal(18,6), case when p.gas = 'CO2_biogenic' then 'outside_scopes' end, null, null, p.quality, p.extract_id, p.row_number, null
  from model.process_emission as p
  left join reference.site as s on s.site = p.site
  left join reference.entity as o on o.entity = p.entity
  -- bought electricity and heat, by location, by market, and upstream
  union all
  select entity, site, date, '2', case carrier when 'electricity' then 'electricity' else 'heat' end, 'location', carrier, 'generation', country, kwh, 'kWh', null, null, null, null, quality, extract_id, row_number, last_row
  from located_energy
  where carrier in ('electricity', 'district_heat')
  union all
  select entity, site, date, '3', 'c3_energy', null, carrier, 'upstream', country, kwh, 'kWh', null, null, null, null, quality, extract_id, row_number, last_row
  from located_energy
  where carrier in ('electricity', 'district_heat')
  union all
  select entity, site, date, '2', case carrier when 'electricity' then 'electricity' else 'heat' end, 'market', carrier, 'residual', country,
    (energy_mwh::decimal(24,9) * 1000)::decimal(28,9), 'kWh', contract_factor, case when origin = 'contract' then 'contract:' || certificate end,
    case when origin = 'contract' then 'contract' end, null, quality, extract_id, row_number, last_row
  from model.energy_origin
  where direction = 'consumption' and carrier in ('electricity', 'district_heat')
  -- purchases by spend; energy, freight, travel and waste are followed by quantities
  union all
  select p.entity, p.site, p.date, '3', case p.treatment when 'capital' then 'c2_capital' else 'c1_purchased' end, null, 'spend_' || p.nace, 'all_in', o.country,
    (p.amount_eur * 0.001::decimal(4,3))::decimal(28,9), 'kEUR', null, null, 'spend', p.family, 'by_spend', p.extract_id, p.row_number, null
  from model.purchase as p
  left join reference.entity as o on o.entity = p.entity
  left join (
    select distinct entity, family, date_trunc('month', date) as month from model.material where flow = 'inflow' and family is not null
  ) as m on m.entity = p.entity and m.family = p.family and m.month = date_trunc('month', p.date) and p.treatment = 'monetary'
  where p.treatment in ('monetary', 'capital') and p.nace is not null and not p.intragroup and m.family is null
  -- purchases by weight, at the supplier's own factor where it states one; the spend of their family in that month is left out above
  union all
  select m.entity, m.site, m.date, '3', 'c1_purchased', null, 'material_' || m.material, 'all_in', o.country, m.kg::decimal(28,9), 'kg',
    m.supplier_factor_kgco2e_kg::decimal(18,6), case when m.supplier_factor_kgco2e_kg is not null then 'supplier:' || m.supplier_document end,
    case when m.supplier_factor_kgco2e_kg is not null then 'supplier' end, m.family,
    case when m.supplier_factor_kgco2e_kg is not null then 'measured' else 'calculated' end, m.extract_id, m.row_number, null
  from model.material as m
  left join reference.entity as o on o.entity = m.entity
  where m.flow = 'inflow' and m.family is not null
  -- freight
  union all
  select f.entity, f.site, f.date, '3', f.category, null,
    case when f.mode = 'air' then case when f.distance_km < 1000 then 'freight_air_short' when f.distance_km <= 3500 then 'freight_air_medium' else 'freight_air_long' end else 'freight_' || f.mode end,
    'combustion', coalesce(s.country, o.country), f.tonne_km::decimal(28,9), 'tkm', null, null, null, null, f.quality, f.extract_id, f.row_number, null
  from model.freight as f
  left join reference.site as s on s.site = f.site
  left join reference.entity as o on o.entity = f.entity
  where f.category is not null
  -- waste
  union all
  select w.entity, w.site, w.date, '3', 'c5_waste', null, w.activity, 'all_in', coalesce(s.country, o.country), w.tonnes::decimal(28,9), 't', null, null, null, null, w.quality, w.extract_id, w.row_number, null
  from model.waste as w
  left join reference.site as s on s.site = w.site
  left join reference.entity as o on o.entity = w.entity
  -- travel; hotel nights by what they cost
  union all
  select t.entity, t.site, t.date, '3', 'c6_travel', null, t.activity, 'all_in', o.country,
    case when t.mode = 'hotel' then t.amount_eur * 0.001::decimal(4,3) else t.distance_km end::decimal(28,9),
    case when t.mode = 'hotel' then 'kEUR' when t.mode in ('car', 'taxi') then 'km' else 'pkm' end,
    null, null, case when t.mode = 'hotel' then 'spend' end, null,
    case when t.mode = 'hotel' then 'by_spend' else t.quality end, t.extract_id, t.row_number, null
  from model.travel as t
  left join reference.entity as o on o.entity = t.entity
  -- private vehicles on mileage claims
  union all
  select m.entity, m.site, m.date, '3', 'c6_travel', null, m.vehicle, 'all_in', o.country, m.km::decimal(28,9),
    case when m.vehicle = 'bicycle' then 'pkm' else 'km' end, null, null, null, null, m.quality, m.extract_id, m.row_number, null
  from model.mileage as m
  left join reference.entity as o on o.entity = m.entity
  -- leases, products sold, franchises, investments; a stated factor is primary data
  union all
  select v.entity, v.site, v.date, '3', v.category, null, v.activity, v.scope_part, coalesce(v.country, s.country, o.country), v.quantity, v.unit,
    v.stated_kgco2e, 'stated:' || v.document, case when v.document is not null then 'supplier' end, null,
    case when v.document is not null and v.quality <> 'estimated' then 'measured' else v.quality end, v.extract_id, v.row_number, null
  from model.value_chain as v
  left join reference.site as s on s.site = v.site
  left join reference.entity as o on o.entity = v.entity
  -- commuting, from the answers to a survey
  union all
  select c.entity, c.site, c.date, '3', 'c7_commute', null, c.activity, 'all_in', coalesce(s.country, o.country), c.km::decimal(28,9), c.unit, null, null, 'survey', null, 'survey', c.extract_id, c.row_number, null
  from model.commuting as c
  left join reference.site as s on s.site = c.site
  left join reference.entity as o on o.entity = c.entity
),
factor_list as (
  select activity, unit, scope_part, country, null::varchar as site, valid_from, valid_to, factor_id, value_kgco2e, gwp_set, version, source, certainty, uncertainty_pct, 1 as rank
  from reference.factors
  union all
  select activity, unit, scope_part, country, site, valid_from, valid_to, factor_id, value_kgco2e, gwp_set, version, source, certainty, uncertainty_pct, 0
  from reference.group_factors
),
-- warming potentials come by assessment report: one report serves the whole run
usable_factors as (
  select f.*
  from factor_list as f
  cross join reference.choice as c
  where f.scope_part <> 'gwp' or f.gwp_set = c.gwp_set
),
wanted as (
  select distinct activity, scope_part, unit, country, site, date from activities where given_factor is null
),
-- the residual mix before the grid's average, the group's own factor before the national before the general one, the newest of those valid
chosen as (
  select *
  from (
    select
      w.activity,
      w.scope_part,
      w.unit,
      w.country,
      w.site,
      w.date,
      f.factor_id,
      f.value_kgco2e,
      f.gwp_set,
      f.version,
      f.source,
      f.certainty,
      f.uncertainty_pct,
      f.scope_part as found_part,
      row_number() over (
        partition by w.activity, w.scope_part, w.unit, w.country, w.site, w.date
        order by
          case when f.scope_part = w.scope_part then 0 else 1 end,
          f.rank,
          case when f.site is null then 1 else 0 end,
          case when f.country is null then 1 else 0 end,
          f.valid_from desc,
          f.factor_id
      ) as choice
    from wanted as w
    join usable_factors as f
      on f.activity = w.activity
      and f.unit = w.unit
      and (f.scope_part = w.scope_part or (w.scope_part = 'residual' and f.scope_part = 'generation'))
      and (f.country is null or f.country = w.country)
      and (f.site is null or f.site = w.site)
      and w.date between f.valid_from and coalesce(f.valid_to, date '9999-12-31')
  )
  where choice = 1
),
biogenic as (
  select *
  from (
    select
      w.activity,
      w.unit,
      w.date,
      f.value_kgco2e,
      row_number() over (partition by w.activity, w.unit, w.date order by f.valid_from desc, f.factor_id) as choice
    from (select distinct activity, unit, date from activities where scope = '1') as w
    join reference.factors as f
      on f.activity = w.activity and f.unit = w.unit and f.scope_part = 'biogenic' and f.country is null
      and w.date between f.valid_from and coalesce(f.valid_to, date '9999-12-31')
  )
  where choice = 1
),
ets_months as (
  select site, date_trunc('month', date)::date as month from model.site_month where ets
)
-- keys are null where there is nothing to look up: a plain equality joins far faster than a condition beside it
select
  a.entity,
  a.site,
  a.date,
  a.scope,
  a.category,
  a.basis,
  a.activity,
  a.scope_part,
  a.country,
  a.quantity,
  a.unit,
  a.family,
  coalesce(a.given_id, c.factor_id) as factor_id,
  coalesce(a.given_factor, c.value_kgco2e)::decimal(18,8) as factor_kgco2e,
  c.version as factor_version,
  c.source as factor_source,
  c.certainty as factor_certainty,
  c.gwp_set,
  c.uncertainty_pct,
  -- up to 18 digits a decimal is a machine word, and rounding it some ten times faster: nearly every metered row fits
  case
    when a.quantity between -9999 and 9999 and coalesce(a.given_factor, c.value_kgco2e) between 0 and 0.99 then
      ((a.quantity::decimal(18,9)::decimal(10,6) * coalesce(a.given_factor, c.value_kgco2e)::decimal(8,8))::decimal(14,10) * 0.001::decimal(4,3))::decimal(18,10)
    -- and so does nearly every line of a ledger, in thousands of euros
    when a.quantity between -9 and 9 and coalesce(a.given_factor, c.value_kgco2e) between 0 and 999 then
      ((a.quantity::decimal(18,9)::decimal(7,6) * coalesce(a.given_factor, c.value_kgco2e)::decimal(11,8))::decimal(14,10) * 0.001::decimal(4,3))::decimal(18,10)
    else
      ((a.quantity::decimal(22,6) * coalesce(a.given_factor, c.value_kgco2e)::decimal(14,8))::decimal(28,10) * 0.001::decimal(4,3))::decimal(28,10)
  end as tco2e,
  case
    when b.value_kgco2e is not null then
      ((a.quantity::decimal(22,6) * b.value_kgco2e::decimal(14,8))::decimal(28,10) * 0.001::decimal(4,3))::decimal(28,10)
  end as biogenic_tco2e,
  coalesce(
    a.method,
    -- a heat network has no residual mix: it is one supplier
    case
      when a.scope_part <> 'residual' or a.category <> 'electricity' then null
      when c.found_part = 'residual' then 'residual_mix'
      else 'grid_average_without_residual_mix'
    end
  ) as method,
  e.site is not null as ets,
  case when a.quality = 'measured' and a.method is distinct from 'supplier' and a.category <> 'process' then 'calculated' else a.quality end as quality,
  a.extract_id,
  a.row_number,
  a.last_row
from activities as a
left join chosen as c
  on c.activity = case when a.given_factor is null then a.activity end and c.scope_part = a.scope_part and c.unit = a.unit
  and c.country is not distinct from a.country and c.site is not distinct from a.site and c.date = a.date
left join biogenic as b on b.activity = case when a.scope = '1' then a.activity end and b.unit = a.unit and b.date = a.date
left join ets_months as e
  on e.site = case when a.category in ('stationary', 'process') then a.site end and e.month = date_trunc('month', a.date)

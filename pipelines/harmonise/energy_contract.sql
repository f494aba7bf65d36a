-- model: energy_contract
-- purpose: what guarantees of origin, power purchase agreements and supplier-specific contracts cover in each month
-- grain: one row is one contract in one month of its validity
-- grain_fr: une ligne est un contrat dans un mois de sa validité
-- inputs: staged.energy_contracts, reference.month
-- columns: carrier (code); instrument (code) guarantee_of_origin, ppa, supplier_specific; certificate (text); renewable (flag) guarantees and PPAs; covered_mwh (MWh) the volume spread evenly over the days of validity; factor_kgco2e_kwh (kgCO2e/kWh)
with months as (
  select
    c.*,
    m.month_end,
    date_diff('day', c.valid_from, c.valid_to) + 1 as days,
    date_diff('day', c.valid_from, least(c.valid_to, m.month_end)) + 1 as days_to_end,
    greatest(date_diff('day', c.valid_from, m.month_start), 0) as days_to_start
  from staged.energy_contracts as c
  join reference.month as m on m.month_start <= c.valid_to and m.month_end >= c.valid_from
)
select
  entity,
  null::varchar as site,
  month_end as date,
  carrier,
  instrument,
  certificate,
  instrument in ('guarantee_of_origin', 'ppa') as renewable,
  ((covered_mwh * days_to_end / days)::decimal(18,6) - (covered_mwh * days_to_start / days)::decimal(18,6))::decimal(18,6) as covered_mwh,
  factor_kgco2e_kwh,
  'measured' as quality,
  extract_id,
  row_number
from months

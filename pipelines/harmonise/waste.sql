-- model: waste
-- purpose: waste that left the sites, after the register's corrections, by what was done with it
-- grain: one row is one dispatch as it stands: MODIFIER replaces, ANNULER and IGNORER leave none
-- grain_fr: une ligne est une expédition telle qu’elle tient : MODIFIER remplace, ANNULER et IGNORER n’en laissent aucune
-- inputs: staged.waste_register, reference.waste_treatments, reference.waste_natures, reference.unit_prices
-- columns: unique_id (code); waste_code (code) six digits without spaces, star apart; hazardous (flag) flag or star; tonnes (t); treatment (code) performed if known, else planned; treatment_basis (code) final or planned
-- columns: treatment_class (code) recycled, recovered (energy, land), disposed, or pending where the operation is not a final one (R12, R13, D13 to D15); activity (code) key of the emission factor; expected_cost_eur (EUR) at reference prices
with ranked as (
  select
    w.*,
    row_number() over (
      partition by entity, unique_id
      order by case when reason is null then 1 else 0 end, extract_id desc, row_number desc
    ) as choice
  from staged.waste_register as w
  where reason is null or reason <> 'IGNORER'
),
standing as (
  select
    r.*,
    replace(replace(waste_code, ' ', ''), '*', '') as bare_code,
    replace(coalesce(final_treatment, planned_treatment), ' ', '') as treatment,
    case when final_treatment is not null then 'final' else 'planned' end as treatment_basis
  from ranked as r
  where choice = 1 and (reason is null or reason <> 'ANNULER')
),
natures as (
  select n.*, row_number() over (partition by s.extract_id, s.row_number order by length(n.prefix) desc) as choice, s.extract_id as of_extract, s.row_number as of_row
  from standing as s
  join reference.waste_natures as n on starts_with(s.bare_code, n.prefix)
)
select
  s.entity,
  s.site,
  s.dispatch_date as date,
  s.unique_id,
  s.bare_code as waste_code,
  s.waste_name,
  s.hazardous or s.waste_code like '%*%' as hazardous,
  s.weight_t as tonnes,
  s.treatment,
  s.treatment_basis,
  case when t.final then t.class else 'pending' end as treatment_class,
  case
    when t.activity = 'waste_landfill' and n.nature in ('mineral', 'metal') then 'waste_landfill_' || n.nature
    else coalesce(t.activity, 'waste_pending')
  end as activity,
  (s.weight_t * coalesce(p.eur_per_unit, d.eur_per_unit))::decimal(18,2) as expected_cost_eur,
  case when s.weight_kind = 'ESTIME' then 'estimated' else 'measured' end as quality,
  s.extract_id,
  s.row_number
from standing as s
left join reference.waste_treatments as t on t.code = s.treatment
left join natures as n on n.of_extract = s.extract_id and n.of_row = s.row_number and n.choice = 1
left join reference.unit_prices as p on p.item = 'waste_' || s.treatment
left join reference.unit_prices as d on d.item = 'waste_other'

-- model: disability_obligation
-- purpose: the obligation to employ disabled workers (OETH, C. trav. L.5212-1 and following) of each company that declares DSN, over the twelve months that end with each quarter
-- grain: one row is one company and one period of twelve months
-- grain_fr: une ligne est une société et une période de douze mois
-- inputs: model.contract_month, reference.trailing_year, reference.disability_parameters
-- columns: date (date) last day of the twelve months; base (persons) headcount of the obligation: mean of twelve months, part-time and part-months by their share, apprentices left out; units_due (units) the legal share of it, rounded down; units (units) of beneficiaries, present by their share, seniors weighted; units_missing (units); contribution_eur (EUR) before deductions and capping; subject (flag) base reaches the legal size
-- columns: cell (code) company; women, men (persons) employed in the period, which is what the row tells of
with parameter as (
  select
    w.date,
    max(p.value) filter (where p.name = 'headcount_min') as headcount_min,
    max(p.value) filter (where p.name = 'rate') as rate,
    max(p.value) filter (where p.name = 'senior_weight') as senior_weight,
    max(p.value) filter (where p.name = 'senior_age') as senior_age,
    max(p.value) filter (where p.name = 'hourly_minimum_wage') as hourly_minimum_wage
  from reference.trailing_year as w
  join reference.disability_parameters as p on w.date between p.valid_from and coalesce(p.valid_to, date '9999-12-31')
  group by w.date
),
presence as (
  select
    w.date,
    c.entity,
    c.person,
    c.sex,
    c.contract_class,
    c.disability,
    (coalesce(c.fte, 1) * c.days_present / day(c.date))::decimal(18,8) as share,
    year(c.date) - c.birth_year >= k.senior_age as senior,
    k.senior_weight,
    c.extract_id,
    c.row_number
  from model.contract_month as c
  join reference.trailing_year as w on c.date between w.first_day and w.date
  join parameter as k on k.date = w.date
  where c.source = 'dsn' and c.is_employee
),
companies as (
  select
    entity,
    date,
    count(distinct person) filter (where sex = 'F') as women,
    count(distinct person) filter (where sex = 'M') as men,
    (sum(share) filter (where contract_class <> 'apprentice') / 12)::decimal(18,2) as base,
    (coalesce(sum(share * case when senior then senior_weight else 1 end) filter (where disability), 0) / 12)::decimal(18,2) as units,
    arg_min(struct_pack(extract_id := extract_id, row_number := row_number), struct_pack(extract_id := extract_id, row_number := row_number)) as address
  from presence
  group by entity, date
),
due as (
  select c.*, k.hourly_minimum_wage, c.base >= k.headcount_min as subject, floor(c.base * k.rate / 100) as units_due
  from companies as c
  join parameter as k on k.date = c.date
)
select
  d.entity,
  null::varchar as site,
  d.date,
  'company' as cell,
  d.women::integer as women,
  d.men::integer as men,
  d.subject,
  d.base,
  d.units_due::decimal(18,2) as units_due,
  d.units,
  greatest(d.units_due - d.units, 0)::decimal(18,2) as units_missing,
  (greatest(d.units_due - d.units, 0) * d.hourly_minimum_wage * (
    select arg_max(p.value, p.from_headcount)
    from reference.disability_parameters as p
    where p.name = 'coefficient' and d.base >= p.from_headcount and d.date between p.valid_from and coalesce(p.valid_to, date '9999-12-31')
  ))::decimal(18,2) as contribution_eur,
  'calculated' as quality,
  d.address.extract_id as extract_id,
  d.address.row_number as row_number
from due as d

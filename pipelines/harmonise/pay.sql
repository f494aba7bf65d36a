-- model: pay
-- purpose: gross pay and paid hours of each contract; amounts in the month they were paid, hours in the month they were worked for
-- grain: one row is one person's contract in one month
-- grain_fr: une ligne est le contrat d’une personne dans un mois
-- inputs: staged.dsn_pays, staged.dsn_activities, staged.dsn_bonuses, staged.dsn_individuals, reference.dsn_bonus_types, model.declaration, model.person, model.contract_month, reference.constants
-- apart: entity of model.declaration, model.person, model.contract_month; by extract staged.dsn_pays, staged.dsn_activities, staged.dsn_bonuses, staged.dsn_individuals
-- columns: person (hash); contract (code); sex (code); job_class, contract_class (code); is_employee, is_officer (flag); country (code)
-- columns: gross_eur (EUR) pay of DSN type 001, corrections of earlier months included, or the register's gross; paid_hours (h) of DSN activity 01 (a day of a yearly package counts 7 h) and overtime of types 017 and 018, or the register's
-- columns: complementary_eur (EUR) pay beyond base: bonuses of block 52 that are in gross, and overtime; the register's variable part, null where it tells none; outside_eur (EUR) in gross and for no work of the period: precarity, unused leave, notice, time account
-- columns: base_eur (EUR) gross less both; overtime_eur (EUR), overtime_hours (h) of types 017 and 018; rate_hours (h) hours to divide pay by: the paid ones, the legal month for an officer, who has none
-- columns: also_from (list) the other pay rows that it adds up
with constant as (
  select
    max(value) filter (where name = 'hours_per_forfait_day') as hours_per_forfait_day,
    max(value) filter (where name = 'full_month_hours') as full_month_hours
  from reference.constants
),
amounts as (
  select d.entity, d.site, d.date, p.declaration, p.individual, p.contract_number as contract, p.amount as gross_eur, null::decimal(18,2) as paid_hours, p.extract_id, p.row_number
  from staged.dsn_pays as p
  join model.declaration as d on d.extract_id = p.extract_id and d.declaration = p.declaration
  where p.pay_type = '001'
),
activities as (
  select
    d.entity,
    d.site,
    last_day(coalesce(a.period_start, d.month)) as date,
    a.declaration,
    a.individual,
    a.contract_number as contract,
    case when a.measure_unit in ('12', '20') then (a.measure * k.hours_per_forfait_day)::decimal(18,2) else a.measure end as paid_hours,
    a.extract_id,
    a.row_number
  from staged.dsn_activities as a
  join model.declaration as d on d.extract_id = a.extract_id and d.declaration = a.declaration
  cross join constant as k
  where a.activity_type = '01' and coalesce(a.measure_unit, '10') in ('10', '12', '20', '21')
),
hours_of_pay as (
  select d.entity, d.site, last_day(p.period_start) as date, p.declaration, p.individual, p.contract_number as contract, p.pay_type, p.hours as paid_hours, p.extract_id, p.row_number
  from staged.dsn_pays as p
  join model.declaration as d on d.extract_id = p.extract_id and d.declaration = p.declaration
  where p.hours is not null and p.pay_type in ('002', '017', '018')
),
hours as (
  select entity, site, date, declaration, individual, contract, null::decimal(18,2) as gross_eur, paid_hours, extract_id, row_number
  from activities
  union all
  select entity, site, date, declaration, individual, contract, null, paid_hours, extract_id, row_number
  from hours_of_pay
  where pay_type in ('017', '018')
  union all
  -- older files tell the hours with the pay of type 002 and have no activity
  select h.entity, h.site, h.date, h.declaration, h.individual, h.contract, null, h.paid_hours, h.extract_id, h.row_number
  from hours_of_pay as h
  left join (select distinct extract_id, declaration, individual from activities) as a
    on a.extract_id = h.extract_id and a.declaration = h.declaration and a.individual = h.individual
  where h.pay_type = '002' and a.individual is null
),
components as (
  select * from amounts
  union all
  select * from hours
),
-- what is in gross pay and is told again apart: bonuses and overtime
parts as (
  select
    d.entity,
    d.site,
    d.date,
    b.declaration,
    b.individual,
    b.contract_number as contract,
    case when t.pay_part = 'complementary' then b.amount end as complementary_eur,
    case when t.pay_part = 'outside' then b.amount end as outside_eur,
    null::decimal(18,2) as overtime_eur,
    null::decimal(18,2) as overtime_hours,
    b.extract_id,
    b.row_number
  from staged.dsn_bonuses as b
  join model.declaration as d on d.extract_id = b.extract_id and d.declaration = b.declaration
  join reference.dsn_bonus_types as t on t.code = b.bonus_type
  where t.pay_part <> 'none'
  union all
  select d.entity, d.site, d.date, p.declaration, p.individual, p.contract_number, p.amount, null, p.amount, p.hours, p.extract_id, p.row_number
  from staged.dsn_pays as p
  join model.declaration as d on d.extract_id = p.extract_id and d.declaration = p.declaration
  where p.pay_type in ('017', '018')
),
told as (
  select *, null::decimal(18,2) as complementary_eur, null::decimal(18,2) as outside_eur, null::decimal(18,2) as overtime_eur, null::decimal(18,2) as overtime_hours
  from components
  union all by name
  select *, null::decimal(18,2) as gross_eur, null::decimal(18,2) as paid_hours
  from parts
),
identified as (
  select c.*, coalesce(a.person, i.person) as person, case i.sex when '01' then 'M' when '02' then 'F' else 'NR' end as sex
  from told as c
  join staged.dsn_individuals as i on i.extract_id = c.extract_id and i.declaration = c.declaration and i.individual = c.individual
  left join model.person as a on a.entity = c.entity and a.alias = i.person
),
-- a row may be told more than once, as hours and as overtime: its address counts once
addressed as (
  select
    entity,
    date,
    person,
    contract,
    case when gross_eur is null then 1 else 0 end as rank,
    extract_id,
    row_number,
    min(site) as site,
    max(sex) as sex,
    sum(gross_eur) as gross_eur,
    sum(paid_hours) as paid_hours,
    sum(complementary_eur) as complementary_eur,
    sum(outside_eur) as outside_eur,
    sum(overtime_eur) as overtime_eur,
    sum(overtime_hours) as overtime_hours
  from identified
  group by entity, date, person, contract, case when gross_eur is null then 1 else 0 end, extract_id, row_number
),
totals as (
  select
    entity,
    date,
    person,
    contract,
    min(site) as site,
    max(sex) as sex,
    sum(gross_eur)::decimal(18,2) as gross_eur,
    sum(paid_hours)::decimal(18,2) as paid_hours,
    coalesce(sum(complementary_eur), 0)::decimal(18,2) as complementary_eur,
    coalesce(sum(outside_eur), 0)::decimal(18,2) as outside_eur,
    coalesce(sum(overtime_eur), 0)::decimal(18,2) as overtime_eur,
    coalesce(sum(overtime_hours), 0)::decimal(18,2) as overtime_hours,
    -- sorted once it is gathered: a list that is gathered in order, each once, keeps a table a group, which no memory limit moves to disk
    list_sort(list(struct_pack(rank := rank, extract_id := extract_id, row_number := row_number))) as addresses
  from addressed
  group by entity, date, person, contract
),
contracts as (
  select *
  from (
    select c.*, row_number() over (partition by entity, date, person, contract order by entry_date desc, extract_id, row_number) as choice
    from model.contract_month as c
    where source = 'dsn'
  )
  where choice = 1
)
select
  t.entity,
  coalesce(c.site, t.site) as site,
  t.date,
  coalesce(c.country, 'FR') as country,
  t.person,
  t.contract,
  t.sex,
  c.job_class,
  c.contract_class,
  coalesce(c.is_employee, false) as is_employee,
  coalesce(c.is_officer, false) as is_officer,
  t.gross_eur,
  (coalesce(t.gross_eur, 0) - t.complementary_eur - t.outside_eur)::decimal(18,2) as base_eur,
  t.complementary_eur,
  t.outside_eur,
  t.overtime_eur,
  t.overtime_hours,
  t.paid_hours,
  case
    when coalesce(t.paid_hours, 0) = 0 and c.is_officer then (k.full_month_hours * c.days_present / day(t.date))::decimal(18,2)
    else t.paid_hours
  end as rate_hours,
  'measured' as quality,
  t.addresses[1].extract_id as extract_id,
  t.addresses[1].row_number as row_number,
  case
    when len(t.addresses) > 1 then list_transform(t.addresses[2:], lambda a: struct_pack(extract_id := a.extract_id, row_number := a.row_number))
  end as also_from
from totals as t
cross join constant as k
left join contracts as c on c.entity = t.entity and c.date = t.date and c.person = t.person and c.contract is not distinct from t.contract
union all
select
  entity,
  site,
  date,
  country,
  person,
  contract,
  sex,
  job_class,
  contract_class,
  is_employee,
  is_officer,
  gross_eur,
  (gross_eur - complementary_eur)::decimal(18,2),
  complementary_eur,
  0,
  null,
  null,
  paid_hours,
  paid_hours,
  quality,
  extract_id,
  row_number,
  null
from model.contract_month
where source = 'register'

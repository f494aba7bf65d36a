-- model: contract_month
-- purpose: contracts as the payroll of each month tells them, DSN and personnel registers alike, with the end known for each
-- grain: one row is one contract of one person in one month, present or not at the month's end
-- grain_fr: une ligne est un contrat d’une personne dans un mois, présente ou non à la fin du mois
-- inputs: staged.dsn_contracts, staged.dsn_contract_ends, staged.dsn_individuals, staged.hr_register, model.declaration, model.person, reference.entity, reference.site, reference.constants, reference.dsn_contract_natures, reference.dsn_schemes, reference.dsn_job_classes, reference.dsn_exit_reasons, reference.fx
-- columns: date (date) last day of the month; person (hash); contract (code) contract number, `register` outside DSN; sex (code) F, M, X, NR; birth_year (year); country (code)
-- columns: contract_class (code) permanent, temporary, apprentice (professional training included), non_guaranteed (hours not guaranteed, registers only), not_employee; is_employee (flag); is_officer (flag) corporate officer (DSN nature 80); working_time (code) full_time, part_time
-- columns: fte (FTE) contract quota over reference quota, at most 1; job_class (code) executive, manager, intermediate, employee, worker, other; collective_agreement (flag); disability (flag)
-- columns: entry_date (date) start of the contract; exit_date (date) last day, null while it runs; exit_reason (code); theoretical_hours (h) contractual hours of the days in the month; sick_hours (h) as the register tells them
-- columns: gross_eur, complementary_eur (EUR), paid_hours (h) as the register tells them; DSN pay is in model.pay
with constant as (
  select
    max(value) filter (where name = 'full_month_hours') as full_month_hours,
    max(value) filter (where name = 'forfait_year_days') as forfait_year_days
  from reference.constants
),
ends as (
  select
    d.entity,
    coalesce(a.person, i.person) as person,
    e.contract_number,
    e.contract_start,
    e.end_date,
    r.reason,
    e.extract_id,
    e.row_number,
    row_number() over (
      partition by d.entity, coalesce(a.person, i.person), e.contract_number, e.contract_start
      order by d.month desc, e.end_date desc, e.extract_id desc, e.row_number desc
    ) as choice
  from staged.dsn_contract_ends as e
  join model.declaration as d on d.extract_id = e.extract_id and d.declaration = e.declaration
  join staged.dsn_individuals as i on i.extract_id = e.extract_id and i.declaration = e.declaration and i.individual = e.individual
  left join model.person as a on a.entity = d.entity and a.alias = i.person
  left join reference.dsn_exit_reasons as r on r.code = e.reason
),
declared as (
  select
    d.entity,
    coalesce(w.site, d.site) as site,
    coalesce(w.country, o.country) as country,
    d.date,
    coalesce(a.person, i.person) as person,
    case i.sex when '01' then 'M' when '02' then 'F' else 'NR' end as sex,
    year(i.birth_date)::integer as birth_year,
    c.contract_number as contract,
    c.start_date,
    case
      when n.class is null or n.class = 'not_employee' then 'not_employee'
      when s.class in ('apprentice', 'professional_training') then 'apprentice'
      else n.class
    end as contract_class,
    c.nature_code = '80' as is_officer,
    case
      when c.working_time = '10' then 'full_time'
      when c.working_time is null or c.working_time = '99' then
        case when c.quota_contract < c.quota_reference then 'part_time' else 'full_time' end
      else 'part_time'
    end as working_time,
    -- days of a package without their reference count over the year's 218, hours over the legal month
    case
      when c.quota_contract is null then case when c.working_time = '10' then 1 end
      when c.quota_reference > 0 then least(c.quota_contract / c.quota_reference, 1)
      when c.quota_unit = '20' then least(c.quota_contract / k.forfait_year_days, 1)
      when c.quota_unit in ('10', '21') then least(c.quota_contract / k.full_month_hours, 1)
      when c.working_time = '10' then 1
    end::decimal(9,4) as fte,
    coalesce(j.class, 'other') as job_class,
    coalesce(c.idcc, d.idcc) as idcc,
    coalesce(c.disability_status, '99') <> '99' as disability,
    c.extract_id,
    c.row_number,
    row_number() over (
      partition by d.entity, d.date, coalesce(a.person, i.person), c.contract_number, c.start_date
      order by case when w.siret = d.siret then 0 else 1 end, c.quota_contract desc, c.extract_id, c.row_number
    ) as choice
  from staged.dsn_contracts as c
  join model.declaration as d on d.extract_id = c.extract_id and d.declaration = c.declaration
  join staged.dsn_individuals as i on i.extract_id = c.extract_id and i.declaration = c.declaration and i.individual = c.individual
  cross join constant as k
  left join model.person as a on a.entity = d.entity and a.alias = i.person
  left join reference.site as w on w.siret = c.workplace_siret
  left join reference.entity as o on o.entity = d.entity
  left join reference.dsn_contract_natures as n on n.code = c.nature_code
  left join reference.dsn_schemes as s on s.code = c.scheme
  left join reference.dsn_job_classes as j on j.code = c.conventional_status
),
from_dsn as (
  select
    c.entity,
    c.site,
    c.country,
    c.date,
    c.person,
    c.sex,
    c.birth_year,
    c.contract,
    c.contract_class,
    c.is_officer,
    c.working_time,
    c.fte,
    c.job_class,
    c.idcc is not null and c.idcc not in ('9998', '9999') as collective_agreement,
    c.disability,
    c.start_date as entry_date,
    case when e.reason = 'cancelled' then null else e.end_date end as exit_date,
    case when e.reason = 'cancelled' or e.end_date is null then null else coalesce(e.reason, 'other') end as exit_reason,
    null::decimal(18,2) as register_theoretical_hours,
    null::decimal(18,2) as sick_hours,
    null::decimal(18,2) as gross_eur,
    null::decimal(18,2) as complementary_eur,
    null::decimal(18,2) as paid_hours,
    'dsn' as source,
    c.extract_id,
    c.row_number,
    case when e.reason = 'cancelled' then null else e.extract_id end as exit_extract_id,
    case when e.reason = 'cancelled' then null else e.row_number end as exit_row_number
  from declared as c
  left join (
    select *, row_number() over (partition by entity, person, contract_number, start_key order by end_date desc, extract_id desc, row_number desc) as last_choice
    from (select e.*, coalesce(contract_start, date '0001-01-01') as start_key from ends as e where choice = 1)
  ) as e
    on e.entity = c.entity
    and e.person = c.person
    and e.contract_number = c.contract
    and (e.contract_start = c.start_date or e.contract_start is null)
    and e.end_date >= c.start_date
    and e.last_choice = 1
  where c.choice = 1
),
from_register as (
  select
    h.entity,
    h.site,
    coalesce(s.country, o.country) as country,
    last_day(h.month) as date,
    coalesce(a.person, h.person) as person,
    h.sex,
    h.birth_year::integer as birth_year,
    'register' as contract,
    h.contract_class,
    false as is_officer,
    case when h.fte_rate < 1 then 'part_time' else 'full_time' end as working_time,
    h.fte_rate::decimal(9,4) as fte,
    h.job_class,
    h.collective_agreement,
    h.disability,
    h.entry_date,
    h.exit_date,
    case when h.exit_date is not null then coalesce(h.exit_reason, 'other') end as exit_reason,
    h.theoretical_hours,
    h.absence_hours_sick as sick_hours,
    (h.gross_pay * x.eur_per_unit)::decimal(18,2) as gross_eur,
    (h.variable_pay * x.eur_per_unit)::decimal(18,2) as complementary_eur,
    h.paid_hours,
    'register' as source,
    h.extract_id,
    h.row_number,
    case when h.exit_date is not null then h.extract_id end as exit_extract_id,
    case when h.exit_date is not null then h.row_number end as exit_row_number
  from (
    -- a month delivered again replaces the person's rows of the earlier delivery
    select q.*, dense_rank() over (partition by entity, person, last_day(month) order by extract_id desc) as delivery
    from staged.hr_register as q
  ) as h
  left join model.person as a on a.entity = h.entity and a.alias = h.person
  left join reference.site as s on s.site = h.site
  left join reference.entity as o on o.entity = h.entity
  left join reference.fx as x on x.currency = h.currency and last_day(h.month) between x.valid_from and x.valid_to
  where h.delivery = 1
),
both_sources as (
  select * from from_dsn
  union all
  select * from from_register
),
present as (
  select
    b.*,
    greatest(date_diff('day', greatest(b.entry_date, date_trunc('month', b.date)::date), least(coalesce(b.exit_date, b.date), b.date)) + 1, 0) as days_present
  from both_sources as b
)
select
  p.entity,
  p.site,
  p.date,
  p.country,
  p.person,
  p.contract,
  p.sex,
  p.birth_year,
  p.contract_class,
  p.contract_class <> 'not_employee' as is_employee,
  p.is_officer,
  p.working_time,
  p.fte,
  p.job_class,
  p.collective_agreement,
  p.disability,
  p.entry_date,
  p.exit_date,
  p.exit_reason,
  p.days_present,
  coalesce(
    p.register_theoretical_hours,
    (k.full_month_hours * p.fte * p.days_present / day(p.date))::decimal(18,2)
  )::decimal(18,2) as theoretical_hours,
  p.sick_hours,
  p.gross_eur,
  p.complementary_eur,
  p.paid_hours,
  p.source,
  p.exit_extract_id,
  p.exit_row_number,
  'measured' as quality,
  p.extract_id,
  p.row_number
from present as p
cross join constant as k

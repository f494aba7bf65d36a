-- model: equality_person
-- purpose: who counts in the index of pay equality (C. trav. D.1142-2 and following), over the twelve months that end with each quarter
-- grain: one row is one person of one company that declares DSN, for one period of twelve months
-- grain_fr: une ligne est une personne d’une société qui déclare en DSN, pour une période de douze mois
-- inputs: model.contract_month, model.absence, model.pay, model.pay_review, reference.trailing_year, reference.constants
-- apart: entity of model.contract_month, model.absence, model.pay, model.pay_review
-- columns: date (date) last day of the twelve months; person (hash); sex (code); class (code) worker, employee, intermediate, manager (executives included); age_band (code) under_30, 30_39, 40_49, 50_over, by year of birth, exact on 31 December
-- columns: counted (flag) present more than half of the days, absences other than paid leave, training and short time taken off; apprentices and professional training left out; pay_eur (EUR) pay of the period less overtime, precarity, unused leave and notice, over hours paid, for a full-time year; null without paid hours
-- columns: raised, promoted (flag) at least one individual raise, one promotion in the period; first_day (date) of the period
with months as (
  select
    w.date,
    c.entity,
    c.person,
    c.date as month,
    least(sum(c.days_present), day(c.date)) as days_present
  from model.contract_month as c
  join reference.trailing_year as w on c.date between w.first_day and w.date
  where c.source = 'dsn' and c.is_employee and c.contract_class <> 'apprentice'
  group by w.date, c.entity, c.person, c.date
),
presence as (
  select date, entity, person, sum(days_present) as days_present from months group by date, entity, person
),
last_contract as (
  select *
  from (
    select
      w.date as period,
      w.first_day,
      w.days,
      c.*,
      row_number() over (
        partition by w.date, c.entity, c.person order by c.date desc, c.fte desc nulls last, c.entry_date desc, c.contract, c.extract_id, c.row_number
      ) as choice
    from model.contract_month as c
    join reference.trailing_year as w on c.date between w.first_day and w.date
    where c.source = 'dsn' and c.is_employee and c.contract_class <> 'apprentice'
  )
  where choice = 1
),
-- one stoppage told under each of several contracts is one absence
away_once as (
  select entity, person, date, kind, max(calendar_days) as calendar_days
  from model.absence
  where calendar_days is not null and kind not in ('paid_leave', 'training', 'short_time')
  group by entity, person, date, kind
),
away as (
  select w.date, a.entity, a.person, sum(a.calendar_days) as days_away
  from away_once as a
  join reference.trailing_year as w on a.date between w.first_day and w.date
  group by w.date, a.entity, a.person
),
paid as (
  select
    w.date,
    p.entity,
    p.person,
    sum(p.base_eur + p.complementary_eur - p.overtime_eur) as amount,
    sum(p.paid_hours - p.overtime_hours) as hours
  from model.pay as p
  join reference.trailing_year as w on p.date between w.first_day and w.date
  where p.is_employee and p.contract_class <> 'apprentice'
  group by w.date, p.entity, p.person
),
decided as (
  select
    w.date,
    r.entity,
    r.person,
    bool_or(r.kind = 'individual_raise') as raised,
    bool_or(r.kind = 'promotion') as promoted
  from model.pay_review as r
  join reference.trailing_year as w on r.date between w.first_day and w.date
  group by w.date, r.entity, r.person
)
select
  l.entity,
  null::varchar as site,
  l.period as date,
  l.first_day,
  l.person,
  l.sex,
  case
    when l.job_class in ('executive', 'manager') then 'manager'
    when l.job_class in ('intermediate', 'worker') then l.job_class
    else 'employee'
  end as class,
  case
    when year(l.period) - l.birth_year < 30 then 'under_30'
    when year(l.period) - l.birth_year < 40 then '30_39'
    when year(l.period) - l.birth_year < 50 then '40_49'
    else '50_over'
  end as age_band,
  (p.days_present - coalesce(a.days_away, 0)) * 2 > l.days and l.sex in ('F', 'M') as counted,
  case when y.hours > 0 then (y.amount / y.hours * k.full_month_hours * 12)::decimal(18,2) end as pay_eur,
  coalesce(d.raised, false) as raised,
  coalesce(d.promoted, false) as promoted,
  'calculated' as quality,
  l.extract_id,
  l.row_number
from last_contract as l
cross join (select max(value) filter (where name = 'full_month_hours') as full_month_hours from reference.constants) as k
join presence as p on p.date = l.period and p.entity = l.entity and p.person = l.person
left join away as a on a.date = l.period and a.entity = l.entity and a.person = l.person
left join paid as y on y.date = l.period and y.entity = l.entity and y.person = l.person
left join decided as d on d.date = l.period and d.entity = l.entity and d.person = l.person

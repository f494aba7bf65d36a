-- model: absence
-- purpose: days and hours away, cut at the bounds of months and of contracts
-- grain: one row is one stoppage in one month, or one person's month of sickness in a personnel register
-- grain_fr: une ligne est un arrêt dans un mois, ou le mois de maladie d’une personne dans un registre du personnel
-- inputs: model.stoppage, model.contract_month, reference.month, reference.constants
-- columns: date (date) last day away in the month; kind (code) as in stoppage; person (hash); sex (code); calendar_days (d); absence_hours (h) contractual hours of those days: legal month x FTE x days / days of the month; health (flag) sickness, work or commuting accident, occupational disease
with constant as (
  select max(value) filter (where name = 'full_month_hours') as full_month_hours from reference.constants
),
contracts as (
  select *
  from (
    select c.*, row_number() over (partition by entity, date, person, contract order by entry_date desc, extract_id, row_number) as choice
    from model.contract_month as c
    where source = 'dsn'
  )
  where choice = 1
),
cut as (
  select
    s.entity,
    coalesce(c.site, s.site) as site,
    least(s.last_day, m.month_end, coalesce(c.exit_date, m.month_end)) as last_day,
    greatest(s.date, m.month_start, coalesce(c.entry_date, m.month_start)) as first_day,
    m.days as days_of_month,
    s.person,
    c.sex,
    s.kind,
    c.fte,
    coalesce(c.is_employee, true) as is_employee,
    s.quality,
    s.extract_id,
    s.row_number
  from model.stoppage as s
  join reference.month as m on m.month_start <= s.last_day and m.month_end >= s.date
  left join contracts as c on c.entity = s.entity and c.date = m.month_end and c.person = s.person and c.contract is not distinct from s.contract
)
select
  c.entity,
  c.site,
  c.last_day as date,
  c.person,
  c.sex,
  c.kind,
  c.kind in ('sickness', 'work_accident', 'commuting_accident', 'occupational_disease') as health,
  c.is_employee,
  (date_diff('day', c.first_day, c.last_day) + 1)::integer as calendar_days,
  (k.full_month_hours * c.fte * (date_diff('day', c.first_day, c.last_day) + 1) / c.days_of_month)::decimal(18,2) as absence_hours,
  c.quality,
  c.extract_id,
  c.row_number
from cut as c
cross join constant as k
where c.last_day >= c.first_day
union all
select
  entity,
  site,
  date,
  person,
  sex,
  'sickness',
  true,
  is_employee,
  null,
  sick_hours,
  quality,
  extract_id,
  row_number
from model.contract_month
where source = 'register' and sick_hours <> 0

-- model: commuting
-- purpose: home-to-work travel by mode, the answers to a survey carried to the headcount of the site
-- grain: one row is one answer in one month that the survey speaks for
-- grain_fr: une ligne est une réponse dans un mois pour lequel l’enquête parle
-- inputs: staged.commute_survey, model.employment, reference.month, reference.constants
-- columns: mode (code); activity (code) key of the emission factor; unit (code) km of the vehicle for cars and motorbikes, pkm else; answers (answers), headcount (persons) of the site in the month
-- columns: km (unit) there and back, times days a week, times weeks worked a year over twelve, times headcount over answers; for a car, over its occupants
with weeks as (
  select value as per_year from reference.constants where name = 'commute_weeks_per_year'
),
answers as (
  select s.*, count(*) over (partition by s.site, s.valid_from, s.valid_to) as answers
  from staged.commute_survey as s
),
present as (
  select site, date_trunc('month', date)::date as month, count(distinct person) as headcount
  from model.employment
  where is_employee and site is not null
  group by site, date_trunc('month', date)::date
)
select
  a.entity,
  a.site,
  m.month_end as date,
  a.mode,
  case a.mode
    when 'car' then 'car'
    when 'bus' then 'city_bus'
    when 'train' then 'rail_regional'
    else a.mode
  end as activity,
  case when a.mode in ('car', 'electric_car', 'motorbike') then 'km' else 'pkm' end as unit,
  a.answers,
  p.headcount,
  (
    (2 * a.distance_km * a.days_per_week)::decimal(18,4) * w.per_year * p.headcount
    / (12 * a.answers * case when a.mode in ('car', 'electric_car') then coalesce(a.occupants, 1) else 1 end)
  )::decimal(18,6) as km,
  'survey' as quality,
  a.extract_id,
  a.row_number
from answers as a
cross join weeks as w
join reference.month as m on m.month_start >= date_trunc('month', a.valid_from) and m.month_start <= a.valid_to
join present as p on p.site = a.site and p.month = m.month_start

-- model: stoppage
-- purpose: work stoppages and other suspensions as the last declaration that tells them knows them
-- grain: one row is one stoppage of one contract
-- grain_fr: une ligne est un arrêt d’un contrat
-- inputs: staged.dsn_absences, staged.dsn_suspensions, staged.dsn_individuals, model.declaration, model.person, reference.dsn_absence_reasons, reference.dsn_suspension_reasons
-- columns: date (date) first day away; last_day (date) day before the return, else planned end, else end of the last month that tells it; kind (code) sickness, work_accident, commuting_accident, occupational_disease, maternity, paternity, or a kind of suspension; accident_date (date); person (hash); contract (code); source (code) stoppage, suspension
with told as (
  select
    d.entity,
    d.site,
    d.month,
    coalesce(p.person, i.person) as person,
    a.contract_number as contract,
    coalesce(r.kind, 'other') as kind,
    a.last_day_worked + 1 as first_day,
    coalesce(a.return_date - 1, a.planned_end, d.date) as last_day,
    a.accident_date,
    'stoppage' as source,
    a.extract_id,
    a.row_number
  from staged.dsn_absences as a
  join model.declaration as d on d.extract_id = a.extract_id and d.declaration = a.declaration
  join staged.dsn_individuals as i on i.extract_id = a.extract_id and i.declaration = a.declaration and i.individual = a.individual
  left join model.person as p on p.entity = d.entity and p.alias = i.person
  left join reference.dsn_absence_reasons as r on r.code = a.reason
  union all
  select
    d.entity,
    d.site,
    d.month,
    coalesce(p.person, i.person),
    s.contract_number,
    coalesce(r.kind, case when s.reason = '998' then 'cancelled' else 'other' end),
    s.start_date,
    coalesce(s.end_date, d.date),
    null,
    'suspension',
    s.extract_id,
    s.row_number
  from staged.dsn_suspensions as s
  join model.declaration as d on d.extract_id = s.extract_id and d.declaration = s.declaration
  join staged.dsn_individuals as i on i.extract_id = s.extract_id and i.declaration = s.declaration and i.individual = s.individual
  left join model.person as p on p.entity = d.entity and p.alias = i.person
  left join reference.dsn_suspension_reasons as r on r.code = s.reason
),
-- a stoppage is told again in every month that it touches, with an end that moves
ranked as (
  select
    t.*,
    row_number() over (
      partition by entity, person, contract, source, first_day
      order by month desc, extract_id desc, row_number desc
    ) as choice
  from told as t
)
select
  entity,
  site,
  first_day as date,
  person,
  contract,
  kind,
  last_day,
  accident_date,
  source,
  'measured' as quality,
  extract_id,
  row_number
from ranked
where choice = 1 and kind <> 'cancelled' and last_day >= first_day

-- model: work_stoppage
-- purpose: accidents at work as payroll declares them, to set against the safety register
-- grain: one row is one accident with a stop of one person: relapses and extensions of the same accident are one
-- grain_fr: une ligne est un accident avec arrêt d’une personne : rechutes et prolongations d’un même accident n’en font qu’un
-- inputs: model.stoppage
-- columns: date (date) of the accident, else first day away; person (hash); stop_days (d) calendar days of its stoppages, planned ones included; country (code)
with stops as (
  select
    s.*,
    coalesce(accident_date, date - 1) as happened_on,
    row_number() over (partition by entity, person, coalesce(accident_date, date - 1) order by date, contract, extract_id, row_number) as choice
  from model.stoppage as s
  where kind = 'work_accident'
)
select
  entity,
  site,
  happened_on as date,
  'FR' as country,
  person,
  (date_diff('day', date, last_day) + 1)::integer as stop_days,
  quality,
  extract_id,
  row_number
from stops
where choice = 1

-- model: working_time
-- purpose: hours worked, as the time system tells them, and contractual hours of employees
-- grain: one row is one month's hours of a population on a site, or one contract's contractual hours in a month
-- grain_fr: une ligne est les heures d’une population d’un site dans un mois, ou les heures contractuelles d’un contrat dans un mois
-- inputs: staged.hours_worked, model.contract_month
-- columns: worker_type (code) employee, temporary, contractor; hours_worked (h) of the time system, null on contractual rows; theoretical_hours (h) contractual, null on the others
select
  entity,
  site,
  last_day(month) as date,
  worker_type,
  hours as hours_worked,
  null::decimal(18,2) as theoretical_hours,
  'measured' as quality,
  extract_id,
  row_number
from (
  select
    h.*,
    dense_rank() over (partition by entity, site, last_day(month), worker_type order by extract_id desc) as choice
  from staged.hours_worked as h
)
where choice = 1
union all
select
  entity,
  site,
  date,
  'employee',
  null,
  theoretical_hours,
  'calculated',
  extract_id,
  row_number
from model.contract_month
where is_employee

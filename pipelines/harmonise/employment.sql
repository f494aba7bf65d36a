-- model: employment
-- purpose: who is employed at each month's end
-- grain: one row is one contract of one person, present on the last day of the month (a last day of work is a day present)
-- grain_fr: une ligne est un contrat d’une personne présente le dernier jour du mois (un dernier jour de travail est un jour de présence)
-- inputs: model.contract_month
-- columns: person (hash); contract (code); sex, birth_year, country; contract_class (code) permanent, temporary, apprentice, not_employee; is_employee (flag) false for interns, officers and temps of agencies
-- columns: working_time (code) full_time, part_time; fte (FTE); job_class (code); entry_date, exit_date (date); is_main (flag) the one contract that stands for the person in the entity and month
-- columns: collective_agreement, disability (flag); headcount (persons) 1 on the main contract of an employee, else 0
with present as (
  select *
  from model.contract_month
  where entry_date <= date and (exit_date is null or exit_date >= date)
),
ranked as (
  select
    p.*,
    row_number() over (
      partition by entity, person, date
      order by case when is_employee then 0 else 1 end, fte desc nulls last, entry_date, contract, extract_id, row_number
    ) as choice
  from present as p
)
select
  entity,
  site,
  date,
  country,
  person,
  contract,
  sex,
  birth_year,
  contract_class,
  is_employee,
  working_time,
  fte,
  job_class,
  entry_date,
  exit_date,
  choice = 1 as is_main,
  collective_agreement,
  disability,
  case when choice = 1 and is_employee then 1 else 0 end as headcount,
  source,
  quality,
  extract_id,
  row_number
from ranked

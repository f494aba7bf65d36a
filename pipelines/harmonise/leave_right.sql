-- model: leave_right
-- purpose: whether an employee is entitled to family leave by the law of the country of the contract (ESRS S1-15 93(a), AR 97)
-- grain: one row is one employee at one month's end, in one entity
-- grain_fr: une ligne est un salarié à une fin de mois, dans une entité
-- inputs: model.employment, reference.family_leave_rights
-- columns: person (hash); sex, country (code); entitled (flag) true where the law of the country entitles every employee, null where the reference table does not tell
select
  e.entity,
  e.site,
  e.date,
  e.person,
  e.sex,
  e.country,
  case when r.country is not null then true end as entitled,
  e.quality,
  e.extract_id,
  e.row_number
from model.employment as e
left join reference.family_leave_rights as r
  on r.country = e.country and e.date between r.valid_from and coalesce(r.valid_to, date '9999-12-31')
where e.is_employee and e.is_main

-- model: telework
-- purpose: employees with a telework agreement in force at each month's end
-- grain: one row is one agreement of one person employed at one month's end
-- grain_fr: une ligne est un accord d’une personne employée à une fin de mois
-- inputs: staged.telework_agreements, model.person, model.employment
-- columns: person (hash); sex (code)
select
  e.entity,
  e.site,
  e.date,
  e.person,
  e.sex,
  'measured' as quality,
  t.extract_id,
  t.row_number
from (
  -- told again by a later extract: counts once, as last told
  select q.*, dense_rank() over (partition by entity, person, valid_from order by extract_id desc) as telling
  from staged.telework_agreements as q
) as t
left join model.person as a on a.entity = t.entity and a.alias = t.person
join model.employment as e
  on e.entity = t.entity and e.person = coalesce(a.person, t.person) and e.is_main and e.is_employee
  and e.date between t.valid_from and coalesce(t.valid_to, date '9999-12-31')
where t.telling = 1

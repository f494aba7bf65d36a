-- model: site_cover
-- purpose: whether the site of each employee has a certified safety management system and workers' representatives
-- grain: one row is one employee in one entity at one month's end
-- grain_fr: une ligne est un salarié dans une entité à une fin de mois
-- inputs: model.employment, model.site_month
-- columns: person (hash); country (code); safety_system, worker_representatives (persons) 1 where the site has it, 0 where it has not, null where the site register does not say
select
  e.entity,
  e.site,
  e.date,
  e.person,
  e.country,
  case when s.safety_system then 1 when not s.safety_system then 0 end::integer as safety_system,
  case when s.worker_representatives then 1 when not s.worker_representatives then 0 end::integer as worker_representatives,
  e.quality,
  e.extract_id,
  e.row_number
from model.employment as e
left join model.site_month as s on s.site = e.site and s.date = e.date
where e.is_main and e.is_employee

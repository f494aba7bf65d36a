-- model: badge
-- purpose: badges of employees in access control or the time system, to set against headcount
-- grain: one row is one site's badges in one month
-- grain_fr: une ligne est les badges d’un site dans un mois
-- inputs: staged.badges
-- columns: date (date) last day of the month; active_badges (badges) held by employees on that day, visitors and outside firms left out
select
  entity,
  site,
  last_day(month) as date,
  active_badges::integer as active_badges,
  'measured' as quality,
  extract_id,
  row_number
from (
  select b.*, row_number() over (partition by entity, site, last_day(month) order by extract_id desc, row_number desc) as choice
  from staged.badges as b
)
where choice = 1

-- model: exposed_function
-- purpose: people whose function the risk map exposes to corruption, and whether their certificate holds
-- grain: one row is one person in one month
-- grain_fr: une ligne est une personne dans un mois
-- inputs: staged.exposed_functions, model.person
-- columns: date (date) last day of the month; person (hash); function (text); certified (flag) the certificate holds on that day
with ranked as (
  select
    f.*,
    last_day(f.month) as date,
    coalesce(a.person, f.person) as one_person,
    row_number() over (partition by f.entity, last_day(f.month), coalesce(a.person, f.person) order by f.extract_id desc, f.row_number desc) as choice
  from staged.exposed_functions as f
  left join model.person as a on a.entity = f.entity and a.alias = f.person
)
select
  entity,
  null::varchar as site,
  date,
  one_person as person,
  function,
  coalesce(certificate_until >= date, false) as certified,
  'measured' as quality,
  extract_id,
  row_number
from ranked
where choice = 1

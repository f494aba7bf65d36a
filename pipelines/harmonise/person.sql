-- model: person
-- purpose: the pseudonyms under which one person is known: social security number, temporary number before it, and matricule
-- grain: one row is one pseudonym of one person in one entity
-- grain_fr: une ligne est un pseudonyme d’une personne dans une entité
-- inputs: staged.dsn_individuals, staged.hr_register, model.declaration
-- columns: alias (hash) a pseudonym; person (hash) the pseudonym that all models use: that of the last social security number known for the matricule, else the alias itself
with declared as (
  select d.entity, d.site, d.date, i.person, i.registration_number, i.extract_id, i.row_number
  from staged.dsn_individuals as i
  join model.declaration as d on d.extract_id = i.extract_id and d.declaration = i.declaration
),
-- a temporary number gives way to the final one that comes under the same matricule
matricules as (
  select entity, registration_number, person
  from (
    select
      entity,
      registration_number,
      person,
      row_number() over (partition by entity, registration_number order by date desc, extract_id desc, row_number desc) as choice
    from declared
    where registration_number is not null
  )
  where choice = 1
),
aliases as (
  select d.entity, d.site, d.date, d.person as alias, coalesce(m.person, d.person) as person, 1 as rank, d.extract_id, d.row_number
  from declared as d
  left join matricules as m on m.entity = d.entity and m.registration_number = d.registration_number
  union all
  select d.entity, d.site, d.date, d.registration_number, m.person, 0, d.extract_id, d.row_number
  from declared as d
  join matricules as m on m.entity = d.entity and m.registration_number = d.registration_number
  union all
  select entity, site, last_day(month), person, person, 2, extract_id, row_number
  from staged.hr_register
)
select entity, site, date, alias, person, null::varchar as quality, extract_id, row_number
from (
  select
    a.*,
    row_number() over (partition by entity, alias order by date desc, rank, extract_id desc, row_number desc) as choice
  from aliases as a
)
where choice = 1

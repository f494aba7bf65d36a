-- model: executive_variable
-- purpose: variable pay of executives and the part of it that hangs on sustainability targets
-- grain: one row is one executive and one fiscal year
-- grain_fr: une ligne est un dirigeant et un exercice
-- inputs: staged.executive_variable_pay, reference.fx, model.person
-- columns: date (date) end of the year; person (hash); variable_eur, sustainability_eur (EUR)
select
  t.entity,
  null::varchar as site,
  t.year_end as date,
  coalesce(a.person, t.person) as person,
  (t.variable_amount * x.eur_per_unit)::decimal(18,2) as variable_eur,
  (t.sustainability_amount * x.eur_per_unit)::decimal(18,2) as sustainability_eur,
  'measured' as quality,
  t.extract_id,
  t.row_number
from (
  -- told again by a later extract: counts once, as last told
  select q.*, dense_rank() over (partition by entity, person, year_end order by extract_id desc) as telling
  from staged.executive_variable_pay as q
) as t
left join model.person as a on a.entity = t.entity and a.alias = t.person
left join reference.fx as x on x.currency = t.currency and t.year_end between x.valid_from and x.valid_to
where t.telling = 1

-- model: training
-- purpose: training sessions by person, absentees kept and told apart
-- grain: one row is one person in one session
-- grain_fr: une ligne est une personne dans une session
-- inputs: staged.training_log, model.person, reference.fx
-- columns: person (hash); sex (code); topic (code); hours (h) really followed: 0 for an absentee; completed (flag); mode (code); cost_eur (EUR) without VAT
select
  t.entity,
  null::varchar as site,
  t.session_date as date,
  coalesce(a.person, t.person) as person,
  t.sex,
  t.topic,
  case when t.completed then t.hours else 0 end::decimal(9,2) as hours,
  t.completed,
  t.mode,
  t.supplier,
  (t.cost_excl_vat * x.eur_per_unit)::decimal(18,2) as cost_eur,
  'measured' as quality,
  t.extract_id,
  t.row_number
from (
  -- told again by a later extract: counts once, as last told
  select q.*, dense_rank() over (partition by entity, person, session_date, topic order by extract_id desc) as telling
  from staged.training_log as q
) as t
left join model.person as a on a.entity = t.entity and a.alias = t.person
left join reference.fx as x on x.currency = coalesce(t.currency, 'EUR') and t.session_date between x.valid_from and x.valid_to
where t.telling = 1

-- model: performance_review
-- purpose: performance and career reviews: who was eligible, and whose was held
-- grain: one row is one eligible person in one campaign
-- grain_fr: une ligne est une personne éligible dans une campagne
-- inputs: staged.performance_reviews, model.person
-- columns: date (date) on which the campaign closed; person (hash); sex (code); held (flag)
select
  t.entity,
  null::varchar as site,
  t.campaign_end as date,
  coalesce(a.person, t.person) as person,
  t.sex,
  t.held,
  'measured' as quality,
  t.extract_id,
  t.row_number
from (
  -- told again by a later extract: counts once, as last told
  select q.*, dense_rank() over (partition by entity, person, campaign_end order by extract_id desc) as telling
  from staged.performance_reviews as q
) as t
left join model.person as a on a.entity = t.entity and a.alias = t.person
where t.telling = 1

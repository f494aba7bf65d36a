-- model: patent
-- purpose: patent families by the day of their first filing
-- grain: one row is one family as an extract tells it; a family counts once
-- grain_fr: une ligne est une famille telle qu’un extrait la dit ; une famille compte une fois
-- inputs: staged.patents
-- columns: family (code); title (text); granted_date (date)
select
  t.entity,
  null::varchar as site,
  t.priority_date as date,
  t.family,
  t.title,
  t.granted_date,
  'measured' as quality,
  t.extract_id,
  t.row_number
from (
  -- told again by a later extract: counts once, as last told
  select q.*, dense_rank() over (partition by entity, family order by extract_id desc) as telling
  from staged.patents as q
) as t
where t.telling = 1

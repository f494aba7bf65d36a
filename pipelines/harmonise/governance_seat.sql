-- model: governance_seat
-- purpose: seats of boards and executive committees at each month's end: the last composition known then
-- grain: one row is one seat in one month
-- grain_fr: une ligne est un siège dans un mois
-- inputs: staged.governance_bodies, reference.month
-- columns: body (code) board, executive_committee; member (hash); sex (code); independent, employee_director (flag); as_of (date) of the composition
with compositions as (
  select m.month_end, b.entity, b.body, max(b.as_of) as as_of
  from reference.month as m
  join staged.governance_bodies as b on b.as_of <= m.month_end
  group by m.month_end, b.entity, b.body
)
select
  b.entity,
  null::varchar as site,
  c.month_end as date,
  b.body,
  b.member,
  b.sex,
  coalesce(b.independent, false) as independent,
  coalesce(b.employee_director, false) as employee_director,
  b.as_of,
  'measured' as quality,
  b.extract_id,
  b.row_number
from compositions as c
join staged.governance_bodies as b on b.entity = c.entity and b.body = c.body and b.as_of = c.as_of

-- model: continuity_plan
-- purpose: business-continuity plans at each month's end: the last register known then
-- grain: one row is one plan in one month
-- grain_fr: une ligne est un plan dans un mois
-- inputs: staged.continuity_plans, reference.month
-- columns: plan (code); scope (text); last_test (date); test_result (code); tested (flag) exercised in the twelve months before, and passed at least in part
with registers as (
  select m.month_end, p.entity, max(p.as_of) as as_of
  from reference.month as m
  join staged.continuity_plans as p on p.as_of <= m.month_end
  group by m.month_end, p.entity
)
select
  p.entity,
  p.site,
  r.month_end as date,
  p.plan,
  p.scope,
  p.last_test,
  p.test_result,
  coalesce(p.last_test > (r.month_end - interval 1 year)::date and p.last_test <= r.month_end and p.test_result in ('passed', 'partial'), false) as tested,
  p.as_of,
  'measured' as quality,
  p.extract_id,
  p.row_number
from registers as r
join staged.continuity_plans as p on p.entity = r.entity and p.as_of = r.as_of

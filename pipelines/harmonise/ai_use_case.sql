-- model: ai_use_case
-- purpose: uses of artificial intelligence at each month's end: the last inventory known then
-- grain: one row is one use case in one month
-- grain_fr: une ligne est un cas d’usage dans un mois
-- inputs: staged.ai_use_cases, reference.month, reference.fx
-- columns: use_case (code); name, owner (text); department (code); risk_class (code); dpia (flag); status (code); in_use (flag) pilot or production; inventoried (flag) has an owner, a risk class and an answer on its impact assessment; annual_value_eur (EUR) as claimed; value_evidence (text); valued (flag) has an annual value; evidenced (flag) and a document that shows it; duplicated (flag) in use, and its purpose is served by another department's or company's system in use too
with inventories as (
  select m.month_end, u.entity, max(u.as_of) as as_of
  from reference.month as m
  join staged.ai_use_cases as u on u.as_of <= m.month_end
  group by m.month_end, u.entity
)
select
  u.entity,
  null::varchar as site,
  i.month_end as date,
  u.use_case,
  u.name,
  u.department,
  u.purpose,
  u.owner,
  u.risk_class,
  u.dpia,
  u.status,
  u.status in ('pilot', 'production') as in_use,
  coalesce(u.owner, '') <> '' and u.risk_class is not null and u.dpia is not null as inventoried,
  (u.annual_value * x.eur_per_unit)::decimal(18,2) as annual_value_eur,
  u.value_evidence,
  u.annual_value is not null as valued,
  u.annual_value is not null and coalesce(u.value_evidence, '') <> '' as evidenced,
  u.status in ('pilot', 'production')
    and count(distinct case when u.status in ('pilot', 'production') then u.entity || '/' || u.department end)
      over (partition by i.month_end, u.purpose) > 1 as duplicated,
  u.as_of,
  'measured' as quality,
  u.extract_id,
  u.row_number
from inventories as i
join staged.ai_use_cases as u on u.entity = i.entity and u.as_of = i.as_of
left join reference.fx as x on x.currency = coalesce(u.currency, 'EUR') and u.as_of between x.valid_from and x.valid_to

-- model: project
-- purpose: what projects spent, month by month
-- grain: one row is one project in one month
-- grain_fr: une ligne est un projet dans un mois
-- inputs: staged.projects, reference.fx
-- columns: date (date) last day of the month; project (code), name (text); department (code); kind (code) rd, capex, digital, organisation; spent_eur (EUR) of the month; budget_eur (EUR) of the whole project; planned_end, forecast_end (date); status (code); sustainable (flag) tagged and signed off as serving a sustainability goal; evidence (text)
with ranked as (
  select p.*, row_number() over (partition by entity, project, last_day(month) order by extract_id desc, row_number desc) as choice
  from staged.projects as p
)
select
  r.entity,
  null::varchar as site,
  last_day(r.month) as date,
  r.project,
  r.name,
  r.department,
  r.kind,
  (r.spent * x.eur_per_unit)::decimal(18,2) as spent_eur,
  (r.budget * x.eur_per_unit)::decimal(18,2) as budget_eur,
  r.planned_end,
  r.forecast_end,
  r.status,
  coalesce(r.sustainable, false) as sustainable,
  r.evidence,
  'measured' as quality,
  r.extract_id,
  r.row_number
from ranked as r
left join reference.fx as x on x.currency = r.currency and last_day(r.month) between x.valid_from and x.valid_to
where r.choice = 1

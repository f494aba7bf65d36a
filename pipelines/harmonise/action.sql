-- model: action
-- purpose: the actions that serve the objectives, in euros
-- grain: one row is one action
-- grain_fr: une ligne est une action
-- inputs: staged.actions, reference.fx
-- columns: date (date) due date; action, objective (code); name_fr, name_en (text); department (code), owner (text); status (code); start_date, due_date, done_date (date); budget_eur, spent_eur, claimed_saving_eur, annual_cost_eur (EUR, the last two a year); expected_effect (expected_unit), effect_from (date)
-- columns: project (code); abatement (tCO2e a year); lifetime_years; evidence, evidence_file (text), evidence_sha256 (hex); depends_on (codes separated by | or a comma)
with ranked as (
  select a.*, row_number() over (partition by action order by extract_id desc, row_number desc) as choice
  from staged.actions as a
)
select
  r.entity,
  r.site,
  r.due_date as date,
  r.action,
  r.objective,
  r.name_fr,
  r.name_en,
  r.department,
  r.owner,
  r.project,
  r.start_date,
  r.due_date,
  r.status,
  r.done_date,
  (r.budget * x.eur_per_unit)::decimal(18,2) as budget_eur,
  (r.spent * x.eur_per_unit)::decimal(18,2) as spent_eur,
  r.expected_effect,
  r.expected_unit,
  r.effect_from,
  r.abatement,
  (r.annual_cost * x.eur_per_unit)::decimal(18,2) as annual_cost_eur,
  r.lifetime_years,
  (r.claimed_saving * x.eur_per_unit)::decimal(18,2) as claimed_saving_eur,
  r.evidence,
  r.evidence_file,
  lower(r.evidence_sha256) as evidence_sha256,
  r.depends_on,
  'measured' as quality,
  r.extract_id,
  r.row_number
from ranked as r
left join reference.fx as x on x.currency = coalesce(r.currency, 'EUR') and coalesce(r.start_date, r.due_date) between x.valid_from and x.valid_to
where r.choice = 1

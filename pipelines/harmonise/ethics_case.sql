-- model: ethics_case
-- purpose: reports to the ethics line as last known; a case that is confirmed later changes the period of its report
-- grain: one row is one case
-- grain_fr: une ligne est un dossier
-- inputs: staged.ethics_log, reference.fx
-- columns: case_id (code); kind (code) corruption, discrimination, harassment, fraud, other; status (code) open, confirmed, dismissed; fine_eur (EUR) paid under a final decision
with ranked as (
  select e.*, row_number() over (partition by entity, "case" order by extract_id desc, row_number desc) as choice
  from staged.ethics_log as e
)
select
  r.entity,
  null::varchar as site,
  r.report_date as date,
  r."case" as case_id,
  r.kind,
  r.status,
  (coalesce(r.fine_amount, 0) * coalesce(x.eur_per_unit, case when r.fine_amount is null then 1 end))::decimal(18,2) as fine_eur,
  'measured' as quality,
  r.extract_id,
  r.row_number
from ranked as r
left join reference.fx as x on x.currency = coalesce(r.currency, 'EUR') and r.report_date between x.valid_from and x.valid_to
where r.choice = 1

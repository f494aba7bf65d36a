-- model: legal_case
-- purpose: legal proceedings as last known: pending at each month's end, and decided in the month of their final decision
-- grain: one row is one case at one month's end at which it is pending, and one row in the month of its final decision
-- grain_fr: une ligne est une affaire à chaque fin de mois où elle est en cours, et une ligne le mois de sa décision définitive
-- inputs: staged.legal_cases, reference.month, reference.fx
-- columns: date (date) last day of the month; case_id (code); kind (code); state (code) pending, decided; outcome (code) convicted, dismissed, settled, pending; convicted (flag) decided by a conviction; fine_eur (EUR) of a conviction, at the rate of the day of the decision: a provision is no fine
with ranked as (
  select c.*, row_number() over (partition by entity, "case" order by extract_id desc, row_number desc) as choice
  from staged.legal_cases as c
),
standing as (
  select * from ranked where choice = 1
),
placed as (
  select s.*, m.month_end, 'pending' as state
  from standing as s
  join reference.month as m on s.opened <= m.month_end and (s.decided is null or s.decided > m.month_end)
  union all
  select s.*, m.month_end, 'decided' as state
  from standing as s
  join reference.month as m on s.decided between m.month_start and m.month_end
)
select
  p.entity,
  null::varchar as site,
  p.month_end as date,
  p."case" as case_id,
  p.kind,
  p.state,
  p.outcome,
  p.state = 'decided' and p.outcome = 'convicted' as convicted,
  case
    when p.state <> 'decided' or p.outcome <> 'convicted' or p.fine_amount is null then 0
    else p.fine_amount * x.eur_per_unit
  end::decimal(18,2) as fine_eur,
  'measured' as quality,
  p.extract_id,
  p.row_number
from placed as p
left join reference.fx as x on x.currency = coalesce(p.currency, 'EUR') and p.decided between x.valid_from and x.valid_to

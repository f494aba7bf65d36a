-- model: travel_cost
-- purpose: what travel costs as human resources knows it: bookings of the agency and lines of expense claims
-- grain: one row is one booking line of the agency, or one line of an expense claim
-- grain_fr: une ligne est une ligne de réservation de l’agence, ou une ligne de note de frais
-- inputs: model.travel, staged.expense_claims, reference.fx
-- columns: origin (code) agency, claim; kind (code) mode of the booking or nature of the expense; document (code) ticket or claim
-- columns: amount_eur (EUR) without VAT, negative for a refund or a line taken back
with claims as (
  select
    q.*,
    -- told again by a later extract: counts once, as last told
    dense_rank() over (partition by q.entity, q.claim, q.line order by q.extract_id desc) as telling
  from staged.expense_claims as q
)
select
  entity,
  null::varchar as site,
  date,
  'agency' as origin,
  mode as kind,
  ticket as document,
  amount_eur,
  quality,
  extract_id,
  row_number
from model.travel
union all
select
  c.entity,
  null::varchar as site,
  c.expense_date as date,
  'claim' as origin,
  c.kind,
  c.claim as document,
  (c.amount_excl_vat * x.eur_per_unit)::decimal(18,2) as amount_eur,
  'measured' as quality,
  c.extract_id,
  c.row_number
from claims as c
left join reference.fx as x on x.currency = c.currency and c.expense_date between x.valid_from and x.valid_to
where c.telling = 1

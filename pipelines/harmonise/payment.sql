-- model: payment
-- purpose: what payment practice is measured on, invoice by invoice as the law's table counts them: paid in a month, or received, due and still open at a month's end
-- grain: one row is one invoice line at one month's end: once in the month of its payment, and at each month's end at which it is open past its due date
-- inputs: model.invoice, reference.month
-- columns: date (date) last day of the month; supplier, invoice (code); state (code) paid, open; days_late (d) from the due date to the payment or to the month's end, 0 when in terms; bucket (code) in_terms, 1-30, 31-60, 61-90, 91+ (C. com. D.441-6); amount_eur (EUR) without VAT; amount_incl_vat_eur (EUR); payment_days (d) from invoice to payment; disputed (flag) told apart, as the law does; due_date (date)
-- columns: invoices (count) 1 on the first line of an invoice, 0 on its others, so that an invoice of several lines counts once; invoice_days (d) payment days on that line
with eligible as (
  select i.*
  from model.invoice as i
  -- a credit note is no payment of ours, and the group's own invoices are not the market's terms
  where i.amount_incl_vat_eur > 0 and not i.intragroup
),
placed as (
  select e.*, m.month_end, 'paid' as state, greatest(0, date_diff('day', e.due_date, e.payment_date)) as days_late
  from eligible as e
  join reference.month as m on e.payment_date between m.month_start and m.month_end
  union all
  select e.*, m.month_end, 'open' as state, date_diff('day', e.due_date, m.month_end) as days_late
  from eligible as e
  join reference.month as m
    on e.date <= m.month_end and e.due_date < m.month_end and (e.payment_date is null or e.payment_date > m.month_end)
)
select
  entity,
  site,
  month_end as date,
  supplier,
  invoice,
  state,
  days_late::integer as days_late,
  case
    when days_late = 0 then 'in_terms'
    when days_late <= 30 then '1-30'
    when days_late <= 60 then '31-60'
    when days_late <= 90 then '61-90'
    else '91+'
  end as bucket,
  amount_eur,
  amount_incl_vat_eur,
  payment_days,
  disputed,
  due_date,
  case when line = 1 then 1 else 0 end::integer as invoices,
  case when line = 1 then payment_days else 0 end::integer as invoice_days,
  quality,
  extract_id,
  row_number
from (
  select
    p.*,
    row_number() over (partition by entity, supplier, invoice, state, month_end order by days_late desc, extract_id, row_number) as line
  from placed as p
)

-- model: receipt
-- purpose: payment practice of customers, as the second half of the law's table counts it (C. com. D.441-6): invoices issued, due and still open at a month's end, or collected in a month
-- grain: one row is one invoice line at one month's end: once in the month of its payment, and at each month's end at which it is open past its due date
-- inputs: staged.customer_invoices, reference.month, reference.fx
-- columns: date (date) last day of the month; customer, invoice (code); state (code) paid, open; days_late (d) from the due date to the payment or to the month's end, 0 when in terms; bucket (code) in_terms, 1-30, 31-60, 61-90, 91+; amount_incl_vat_eur (EUR); disputed (flag) told apart, as the law does; due_date (date)
-- columns: invoices (count) 1 on the first line of an invoice, 0 on its others
with standing as (
  select i.*, dense_rank() over (partition by entity, customer, invoice order by extract_id desc) as choice
  from staged.customer_invoices as i
),
eligible as (
  select s.*, (s.amount_incl_vat * x.eur_per_unit)::decimal(18,2) as amount_incl_vat_eur
  from standing as s
  left join reference.fx as x on x.currency = s.currency and s.invoice_date between x.valid_from and x.valid_to
  -- a credit note is no invoice to collect, and the group's own invoices are not the market's terms
  where s.choice = 1 and s.amount_incl_vat > 0 and not coalesce(s.intragroup, false)
),
placed as (
  select e.*, m.month_end, 'paid' as state, greatest(0, date_diff('day', e.due_date, e.payment_date)) as days_late
  from eligible as e
  join reference.month as m on e.payment_date between m.month_start and m.month_end
  union all
  select e.*, m.month_end, 'open' as state, date_diff('day', e.due_date, m.month_end) as days_late
  from eligible as e
  join reference.month as m
    on e.invoice_date <= m.month_end and e.due_date < m.month_end and (e.payment_date is null or e.payment_date > m.month_end)
)
select
  p.entity,
  null::varchar as site,
  p.month_end as date,
  p.customer,
  p.invoice,
  p.state,
  p.days_late::integer as days_late,
  case
    when p.days_late = 0 then 'in_terms'
    when p.days_late <= 30 then '1-30'
    when p.days_late <= 60 then '31-60'
    when p.days_late <= 90 then '61-90'
    else '91+'
  end as bucket,
  p.amount_incl_vat_eur,
  coalesce(p.disputed, false) as disputed,
  p.due_date,
  case
    when row_number() over (
      partition by p.entity, p.customer, p.invoice, p.state, p.month_end order by p.days_late desc, p.extract_id, p.row_number
    ) = 1 then 1
    else 0
  end::integer as invoices,
  'measured' as quality,
  p.extract_id,
  p.row_number
from placed as p

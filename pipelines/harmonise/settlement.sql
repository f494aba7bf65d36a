-- model: settlement
-- purpose: what payment practice is measured on, of suppliers and of customers, invoice by invoice as the law's two tables count them (C. com. D.441-6): paid in a month, or issued, due and still open at a month's end
-- grain: one row is one invoice line at one month's end: once in the month of its payment, and at each month's end at which it is open past its due date
-- grain_fr: une ligne est une ligne de facture à une fin de mois : une fois le mois de son paiement, et à chaque fin de mois où elle est ouverte et échue
-- inputs: model.invoice, staged.suppliers, staged.customer_invoices, reference.month, reference.fx
-- columns: date (date) last day of the month; side (code) purchase, sale; partner, invoice (code); state (code) paid, open; days_late (d) from the due date to the payment or to the month's end, 0 when in terms; bucket (code) in_terms, 1-30, 31-60, 61-90, 91+; amount_incl_vat_eur (EUR); disputed (flag) told apart, as the law does; due_date (date)
-- columns: payment_days (d) from invoice to payment; amount_days (EUR.d) amount with VAT times payment days; sme (flag) the supplier is micro, small or medium (decree 2008-1354), null where the register does not tell its size, and for a customer
-- columns: invoices (count) 1 on the first line of an invoice, 0 on its others, so that an invoice of several lines counts once; invoice_days (d) payment days on that line
-- columns: also_from (list) the supplier's row in the register
with sized as (
  select s.supplier, s.size in ('micro', 'small_medium') as sme, s.extract_id, s.row_number
  from (
    select q.*, row_number() over (partition by supplier order by extract_id desc, row_number desc) as choice
    from staged.suppliers as q
  ) as s
  where s.choice = 1 and s.size is not null
),
-- a credit note is no payment, and the group's own invoices are not the market's terms
eligible as (
  select
    i.entity,
    i.site,
    'purchase' as side,
    i.supplier as partner,
    i.invoice,
    i.date as issued,
    i.due_date,
    i.payment_date,
    i.amount_incl_vat_eur,
    i.disputed,
    z.sme,
    case when z.supplier is not null then [struct_pack(extract_id := z.extract_id, row_number := z.row_number)] end as also_from,
    i.quality,
    i.extract_id,
    i.row_number
  from model.invoice as i
  left join sized as z on z.supplier = i.supplier
  where i.amount_incl_vat_eur > 0 and not i.intragroup
  union all
  select
    c.entity,
    null,
    'sale',
    c.customer,
    c.invoice,
    c.invoice_date,
    c.due_date,
    c.payment_date,
    (c.amount_incl_vat * x.eur_per_unit)::decimal(18,2),
    coalesce(c.disputed, false),
    null,
    null,
    'measured',
    c.extract_id,
    c.row_number
  from (
    -- told again by a later extract: counts once, as last told
    select q.*, dense_rank() over (partition by entity, customer, invoice order by extract_id desc) as telling
    from staged.customer_invoices as q
  ) as c
  left join reference.fx as x on x.currency = c.currency and c.invoice_date between x.valid_from and x.valid_to
  where c.telling = 1 and c.amount_incl_vat > 0 and not coalesce(c.intragroup, false)
),
placed as (
  select e.*, m.month_end, 'paid' as state, greatest(0, date_diff('day', e.due_date, e.payment_date)) as days_late
  from eligible as e
  join reference.month as m on e.payment_date between m.month_start and m.month_end
  union all
  select e.*, m.month_end, 'open' as state, date_diff('day', e.due_date, m.month_end) as days_late
  from eligible as e
  join reference.month as m
    on e.issued <= m.month_end and e.due_date < m.month_end and (e.payment_date is null or e.payment_date > m.month_end)
),
ranked as (
  select
    p.*,
    date_diff('day', p.issued, p.payment_date)::integer as payment_days,
    row_number() over (
      partition by entity, side, partner, invoice, state, month_end order by days_late desc, extract_id, row_number
    ) as line
  from placed as p
)
select
  entity,
  site,
  month_end as date,
  side,
  partner,
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
  amount_incl_vat_eur,
  payment_days,
  (amount_incl_vat_eur * payment_days)::decimal(28,2) as amount_days,
  sme,
  disputed,
  due_date,
  case when line = 1 then 1 else 0 end::integer as invoices,
  case when line = 1 then payment_days else 0 end::integer as invoice_days,
  quality,
  extract_id,
  row_number,
  also_from
from ranked

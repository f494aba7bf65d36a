-- model: invoice
-- purpose: supplier invoices with their payment, and the energy that they bill
-- grain: one row is one invoice line of the last extract that tells the invoice
-- grain_fr: une ligne est une ligne de facture du dernier extrait qui la dit
-- inputs: staged.supplier_invoices, reference.fx
-- columns: date (date) of the invoice; payment_date, due_date (date); supplier, invoice (code); amount_eur (EUR) without VAT; amount_incl_vat_eur (EUR); paid (flag); counted (flag) paid, not a credit note, not disputed, not within the group: what payment practice is measured on
-- columns: payment_days (d) from invoice to payment; on_time (flag) paid by the due date; amount_days (EUR.d) amount with VAT times payment days; energy_carrier (code); billed_mwh (MWh) as billed: gas in gross calorific value; disputed, intragroup (flag)
with standing as (
  select
    i.*,
    dense_rank() over (partition by entity, supplier, invoice order by extract_id desc) as choice
  from staged.supplier_invoices as i
),
converted as (
  select
    s.*,
    (s.amount_excl_vat * x.eur_per_unit)::decimal(18,2) as amount_eur,
    (s.amount_incl_vat * x.eur_per_unit)::decimal(18,2) as amount_incl_vat_eur,
    date_diff('day', s.invoice_date, s.payment_date)::integer as payment_days
  from standing as s
  left join reference.fx as x on x.currency = s.currency and s.invoice_date between x.valid_from and x.valid_to
  where s.choice = 1
)
select
  entity,
  null::varchar as site,
  invoice_date as date,
  due_date,
  payment_date,
  supplier,
  invoice,
  amount_eur,
  amount_incl_vat_eur,
  payment_date is not null as paid,
  payment_date is not null and amount_incl_vat > 0 and not coalesce(disputed, false) and not coalesce(intragroup, false) as counted,
  payment_days,
  payment_date <= due_date as on_time,
  (amount_incl_vat_eur * payment_days)::decimal(28,2) as amount_days,
  energy_carrier,
  (energy_kwh * 0.001::decimal(4,3))::decimal(18,6) as billed_mwh,
  coalesce(disputed, false) as disputed,
  coalesce(intragroup, false) as intragroup,
  'measured' as quality,
  extract_id,
  row_number
from converted

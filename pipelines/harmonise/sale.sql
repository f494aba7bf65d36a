-- model: sale
-- purpose: what is invoiced to customers, the denominator of late receipts
-- grain: one row is one invoice line of the last extract that tells the invoice, credit notes included
-- grain_fr: une ligne est une ligne de facture du dernier extrait qui la dit, avoirs compris
-- inputs: staged.customer_invoices, reference.fx
-- columns: date (date) of the invoice; customer, invoice (code); amount_incl_vat_eur (EUR); intragroup (flag)
select
  s.entity,
  null::varchar as site,
  s.invoice_date as date,
  s.customer,
  s.invoice,
  (s.amount_incl_vat * x.eur_per_unit)::decimal(18,2) as amount_incl_vat_eur,
  coalesce(s.intragroup, false) as intragroup,
  'measured' as quality,
  s.extract_id,
  s.row_number
from (
  select i.*, dense_rank() over (partition by entity, customer, invoice order by extract_id desc) as choice
  from staged.customer_invoices as i
) as s
left join reference.fx as x on x.currency = s.currency and s.invoice_date between x.valid_from and x.valid_to
where s.choice = 1

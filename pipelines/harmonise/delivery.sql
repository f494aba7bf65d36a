-- model: delivery
-- purpose: deliveries to customers, to set against revenue
-- grain: one row is one delivery line
-- grain_fr: une ligne est une ligne de livraison
-- inputs: staged.deliveries, reference.fx
-- columns: delivery (code); customer_country (code); intragroup (flag); amount_eur (EUR) without VAT
select
  d.entity,
  d.site,
  d.delivery_date as date,
  d.delivery,
  d.customer_country,
  d.intragroup,
  (d.amount_excl_vat * x.eur_per_unit)::decimal(18,2) as amount_eur,
  'measured' as quality,
  d.extract_id,
  d.row_number
from (
  -- told again by a later extract: counts once, as last told
  select q.*, dense_rank() over (partition by entity, delivery, delivery_date order by extract_id desc) as telling
  from staged.deliveries as q
) as d
left join reference.fx as x on x.currency = d.currency and d.delivery_date between x.valid_from and x.valid_to
where d.telling = 1

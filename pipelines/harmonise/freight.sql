-- model: freight
-- purpose: shipments in tonne-kilometres, with who pays: paid by us is category 4, outbound paid by the customer category 9
-- grain: one row is one shipment
-- grain_fr: une ligne est une expédition
-- inputs: staged.freight, reference.units, reference.fx
-- columns: shipment (code); direction (code) inbound, outbound; paid_by_us (flag); mode (code); weight_t (t); distance_km (km); tonne_km (t.km); category (code) c4_upfreight, c9_downfreight, null for inbound freight in the price of the goods; amount_eur (EUR) without VAT
with weighed as (
  select f.*, (f.weight * u.factor)::decimal(18,6) as weight_t
  from (
    -- a shipment told again by a later extract counts once, as last told
    select q.*, dense_rank() over (partition by entity, shipment order by extract_id desc) as delivery
    from staged.freight as q
  ) as f
  left join reference.units as u on u.unit = f.weight_unit and u.dimension = 'mass' and u.to_unit = 't'
  where f.delivery = 1
)
select
  w.entity,
  w.site,
  w.shipment_date as date,
  w.shipment,
  w.direction,
  w.paid_by_us,
  w.mode,
  w.weight_t,
  w.distance_km,
  (w.weight_t * w.distance_km)::decimal(28,6) as tonne_km,
  case when w.paid_by_us then 'c4_upfreight' when w.direction = 'outbound' then 'c9_downfreight' end as category,
  (w.amount_excl_vat * x.eur_per_unit)::decimal(18,2) as amount_eur,
  'measured' as quality,
  w.extract_id,
  w.row_number
from weighed as w
left join reference.fx as x on x.currency = coalesce(w.currency, 'EUR') and w.shipment_date between x.valid_from and x.valid_to

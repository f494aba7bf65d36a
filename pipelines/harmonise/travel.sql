-- model: travel
-- purpose: business trips by mode and distance, net of refunds; the day of travel decides the period
-- grain: one row is one booking line of the agency
-- grain_fr: une ligne est une ligne de réservation de l’agence
-- inputs: staged.travel, model.person, reference.units, reference.fx
-- columns: person (hash); ticket (code); mode (code) air, rail, car, taxi, hotel; kind (code) sale, refund, exchange; distance_km (km) negative on refunds, none on exchanges (the sale has it); haul (code) short, medium, long for planes
-- columns: nights (nights) net; activity (code) key of the emission factor; amount_eur (EUR) without VAT, negative on refunds
with measured as (
  select
    t.*,
    case t.kind when 'refund' then -1 when 'exchange' then 0 else 1 end as sign,
    (t.distance * u.factor)::decimal(18,3) as distance_km_each
  from (
    -- told again by a later extract: counts once, as last told; a refund is of another kind than its sale
    select q.*, dense_rank() over (partition by entity, ticket, kind, mode, travel_date order by extract_id desc) as telling
    from staged.travel as q
  ) as t
  left join reference.units as u
    on u.unit = coalesce(t.distance_unit, 'km') and u.dimension = 'distance' and u.to_unit = 'km'
  where t.telling = 1
)
select
  m.entity,
  null::varchar as site,
  m.travel_date as date,
  coalesce(a.person, m.traveller) as person,
  m.ticket,
  m.mode,
  m.kind,
  m.class,
  (abs(m.distance_km_each) * m.sign)::decimal(18,3) as distance_km,
  case when m.mode = 'air' then
    case when abs(m.distance_km_each) < 1000 then 'short' when abs(m.distance_km_each) <= 3500 then 'medium' else 'long' end
  end as haul,
  (abs(m.nights) * m.sign)::integer as nights,
  case
    when m.mode = 'air' then case when abs(m.distance_km_each) < 1000 then 'air_short' when abs(m.distance_km_each) <= 3500 then 'air_medium' else 'air_long' end
    when m.mode = 'rail' then case when abs(m.distance_km_each) >= 200 then 'rail_high_speed' else 'rail_regional' end
    when m.mode in ('car', 'taxi') then 'car'
    when m.mode = 'hotel' then 'spend_I'
  end as activity,
  (case when m.kind = 'refund' then -abs(m.amount_excl_vat) else m.amount_excl_vat end * x.eur_per_unit)::decimal(18,2) as amount_eur,
  m.country,
  'measured' as quality,
  m.extract_id,
  m.row_number
from measured as m
left join model.person as a on a.entity = m.entity and a.alias = m.traveller
left join reference.fx as x on x.currency = coalesce(m.currency, 'EUR') and m.travel_date between x.valid_from and x.valid_to

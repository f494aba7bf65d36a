-- model: mileage
-- purpose: business trips in private vehicles, as mileage claims tell them
-- grain: one row is one trip of one claim; a negative distance takes back a trip claimed before
-- grain_fr: une ligne est un trajet d’une note de frais ; une distance négative reprend un trajet demandé avant
-- inputs: staged.mileage_claims, model.person, reference.units
-- columns: person (hash); claim (code); vehicle (code) car, electric_car, motorbike, bicycle: the activity of its factor; km (km) of the vehicle, whoever rides along
select
  t.entity,
  null::varchar as site,
  t.travel_date as date,
  coalesce(a.person, t.person) as person,
  t.claim,
  t.vehicle,
  (t.distance * u.factor)::decimal(18,3) as km,
  'measured' as quality,
  t.extract_id,
  t.row_number
from (
  -- told again by a later extract: counts once, as last told
  select q.*, dense_rank() over (partition by entity, claim, travel_date order by extract_id desc) as telling
  from staged.mileage_claims as q
) as t
left join model.person as a on a.entity = t.entity and a.alias = t.person
left join reference.units as u
  on u.unit = coalesce(t.distance_unit, 'km') and u.dimension = 'distance' and u.to_unit = 'km'
where t.telling = 1

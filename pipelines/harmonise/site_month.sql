-- model: site_month
-- purpose: what the site register says of each site at each month's end: areas, nature, allowances
-- grain: one row is one site in one month in which it belongs to the group
-- grain_fr: une ligne est un site dans un mois où il appartient au groupe
-- inputs: staged.site_register, reference.site, reference.month
-- columns: floor_area_m2 (m2); land_area_ha, sealed_area_ha, nature_area_ha (ha); sensitive (code) none, near, in; sensitive_area (text); ets (flag) holds a permit of the emissions trading system; safety_system, worker_representatives (flag) null where the register does not say
with ordered as (
  select
    r.*,
    lead(r.valid_from) over (partition by r.site order by r.valid_from, r.extract_id, r.row_number) as next_from
  from staged.site_register as r
)
select
  o.entity,
  o.site,
  m.month_end as date,
  o.floor_area_m2,
  o.land_area_ha,
  o.sealed_area_ha,
  o.nature_area_ha,
  o.sensitive,
  o.sensitive_area,
  o.ets_permit is not null as ets,
  o.safety_system,
  o.worker_representatives,
  'measured' as quality,
  o.extract_id,
  o.row_number
from ordered as o
join reference.site as s on s.site = o.site
join reference.month as m
  on m.month_end >= o.valid_from
  and (o.next_from is null or m.month_end < o.next_from)
  and m.month_end >= coalesce(s.entry_date, date '0001-01-01')
  and m.month_end <= coalesce(s.exit_date, date '9999-12-31')

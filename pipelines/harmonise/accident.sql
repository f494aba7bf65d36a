-- model: accident
-- purpose: events of the safety register as last written
-- grain: one row is one event
-- grain_fr: une ligne est un évènement
-- inputs: staged.safety_register, reference.site, reference.entity
-- columns: in_france (flag) where payroll declares stoppages by DSN; event (code); worker_type (code) employee, temporary, contractor; kind (code); recordable (flag) accident at work with or without stop, not refused by the health insurance; with_stop (flag) recordable with a stop; fatal (flag); lost_days (d) calendar days; status (code)
with ranked as (
  select s.*, row_number() over (partition by entity, event order by extract_id desc, row_number desc) as choice
  from staged.safety_register as s
)
select
  r.entity,
  r.site,
  r.event_date as date,
  coalesce(s.country, o.country) = 'FR' as in_france,
  r.event,
  r.worker_type,
  r.kind,
  r.status,
  r.kind in ('accident_with_stop', 'accident_without_stop') and r.status <> 'refused' as recordable,
  r.kind = 'accident_with_stop' and r.status <> 'refused' as with_stop,
  r.fatal,
  r.lost_days::integer as lost_days,
  'measured' as quality,
  r.extract_id,
  r.row_number
from ranked as r
left join reference.site as s on s.site = r.site
left join reference.entity as o on o.entity = r.entity
where r.choice = 1

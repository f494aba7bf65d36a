-- model: security_incident
-- purpose: security incidents and breaches of personal data, by the day of their discovery
-- grain: one row is one incident as last known
-- grain_fr: une ligne est un incident tel que connu en dernier
-- inputs: staged.security_incidents
-- columns: incident (code); kind (code) cyber, data_breach, both; severity (code) minor, major; notified_anssi, notified_dpa (flag) to the national cybersecurity agency, to the data protection authority; people_affected (persons)
select
  t.entity,
  null::varchar as site,
  t.discovered as date,
  t.incident,
  t.kind,
  t.severity,
  coalesce(t.notified_anssi, false) as notified_anssi,
  coalesce(t.notified_dpa, false) as notified_dpa,
  t.people_affected,
  'measured' as quality,
  t.extract_id,
  t.row_number
from (
  -- told again by a later extract: counts once, as last told
  select q.*, dense_rank() over (partition by entity, incident order by extract_id desc) as telling
  from staged.security_incidents as q
) as t
where t.telling = 1

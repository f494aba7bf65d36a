-- model: lost_time
-- purpose: calendar days lost to accidents at work, in the months in which they were lost
-- grain: one row is one event in one month; days after the last month of the run are not lost yet
-- grain_fr: une ligne est un évènement dans un mois ; les jours d’après le dernier mois du cycle ne sont pas encore perdus
-- inputs: model.accident, reference.month
-- columns: event (code); worker_type (code); with_stop (flag) recordable accident with a stop; lost_days (d) the day of the accident not counted
select
  a.entity,
  a.site,
  least(m.month_end, (a.date + a.lost_days)) as date,
  a.event,
  a.worker_type,
  a.with_stop,
  (date_diff('day', greatest(m.month_start, a.date + 1), least(m.month_end, (a.date + a.lost_days))) + 1)::integer as lost_days,
  a.quality,
  a.extract_id,
  a.row_number
from model.accident as a
join reference.month as m on m.month_start <= (a.date + a.lost_days) and m.month_end >= a.date + 1
where a.lost_days > 0

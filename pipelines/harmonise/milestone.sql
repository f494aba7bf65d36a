-- model: milestone
-- purpose: what each action is to reach, and when
-- grain: one row is one milestone of an action
-- grain_fr: une ligne est un jalon d’une action
-- inputs: staged.milestones, model.action
-- columns: date (date) due date; action, milestone (code); name_fr, name_en (text); due_date, done_date (date); depends_on (codes separated by | or a comma)
with ranked as (
  select m.*, row_number() over (partition by action, milestone order by extract_id desc, row_number desc) as choice
  from staged.milestones as m
)
select
  a.entity,
  null::varchar as site,
  r.due_date as date,
  r.action,
  r.milestone,
  r.name_fr,
  r.name_en,
  r.due_date,
  r.done_date,
  r.depends_on,
  'measured' as quality,
  r.extract_id,
  r.row_number
from ranked as r
left join model.action as a on a.action = r.action
where r.choice = 1

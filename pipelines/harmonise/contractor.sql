-- model: contractor
-- purpose: self-employed people at work for the group at each month's end
-- grain: one row is one engagement in one month at whose end it runs
-- grain_fr: une ligne est une mission dans un mois à la fin duquel elle court
-- inputs: staged.contractors, reference.month
-- columns: contractor (hash)
select
  c.entity,
  c.site,
  m.month_end as date,
  c.contractor,
  'measured' as quality,
  c.extract_id,
  c.row_number
from (
  -- told again by a later extract: counts once, as last told
  select q.*, dense_rank() over (partition by entity, site, contractor, valid_from order by extract_id desc) as telling
  from staged.contractors as q
) as c
join reference.month as m on m.month_end between c.valid_from and coalesce(c.valid_to, date '9999-12-31')
where c.telling = 1

-- model: equality_score
-- purpose: points of the index of pay equality, part by part, as the scales of the texts give them
-- grain: one row is one part of the index for one company of at least the legal size and one period of twelve months
-- grain_fr: une ligne est une partie de l’Index pour une société d’au moins la taille légale et une période de douze mois
-- inputs: model.equality_cell, model.equality_person, model.employment, reference.equality_index_parameters, reference.equality_index_scales
-- columns: part (code); result (%, points of rate or persons) rounded to one decimal, positive when men have more; calculable (flag); points, max_points; catch_up (flag) full points because the gap favours the sex that pay puts at a disadvantage; index_calculable (flag) the maximum of the calculable parts reaches the legal minimum
-- columns: cell (code) the part; women, men (persons) counted in the company; headcount (persons) mean of month-ends, apprentices left out
with parameter as (
  select
    d.date,
    max(p.value) filter (where p.name = 'headcount_min') as headcount_min,
    max(p.value) filter (where p.name = 'five_indicators_above') as five_indicators_above,
    max(p.value) filter (where p.name = 'valid_share') as valid_share,
    max(p.value) filter (where p.name = 'calculable_min') as calculable_min
  from (select distinct date from model.equality_person) as d
  join reference.equality_index_parameters as p on d.date between p.valid_from and coalesce(p.valid_to, date '9999-12-31')
  group by d.date
),
companies as (
  select
    entity,
    date,
    any_value(first_day) as first_day,
    count(*) filter (where counted and sex = 'F') as women,
    count(*) filter (where counted and sex = 'M') as men,
    arg_min(struct_pack(extract_id := extract_id, row_number := row_number), person) as address
  from model.equality_person
  group by entity, date
),
sizes as (
  select c.entity, c.date, count(distinct struct_pack(month := e.date, person := e.person)) / 12 as headcount
  from companies as c
  join model.employment as e on e.entity = c.entity and e.date between c.first_day and c.date
  where e.is_employee and e.contract_class <> 'apprentice'
  group by c.entity, c.date
),
subject as (
  select c.*, s.headcount, p.part, k.valid_share, k.calculable_min
  from companies as c
  join sizes as s on s.entity = c.entity and s.date = c.date
  join parameter as k on k.date = c.date
  join (
    values ('pay_gap', true, true), ('raises', true, false), ('promotions', true, false),
      ('raises_promotions', false, true), ('maternity', true, true), ('top_earners', true, true)
  ) as p(part, above, below)
    on case when s.headcount > k.five_indicators_above then p.above else p.below end
  where s.headcount >= k.headcount_min
),
results as (
  select
    s.entity,
    s.date,
    s.part,
    case s.part
      when 'maternity' then (100 * max(g.reached) / nullif(max(g.women), 0))::decimal(18,1)
      when 'top_earners' then max(g.reached)::decimal(18,1)
      else round(sum(g.weighted), 1)::decimal(18,1)
    end as result,
    -- of 50 to 250: the gap in persons counts where it is the smaller
    case when s.part = 'raises_promotions' then round(sum(g.weighted) * least(max(g.women), max(g.men)) / 100, 1)::decimal(18,1) end as in_persons,
    case s.part
      when 'pay_gap' then coalesce(sum(g.women + g.men) filter (where g.valid), 0) * 100 >= max(s.valid_share) * max(s.women + s.men) and bool_or(g.valid)
      when 'raises' then coalesce(sum(g.women + g.men) filter (where g.valid), 0) * 100 >= max(s.valid_share) * max(s.women + s.men) and bool_or(g.valid) and sum(g.reached) > 0
      when 'promotions' then coalesce(sum(g.women + g.men) filter (where g.valid), 0) * 100 >= max(s.valid_share) * max(s.women + s.men) and bool_or(g.valid) and sum(g.reached) > 0
      when 'raises_promotions' then bool_and(g.valid) and sum(g.reached) > 0
      when 'maternity' then coalesce(max(g.women), 0) > 0
      else coalesce(bool_and(g.valid), false)
    end as calculable
  from subject as s
  left join model.equality_cell as g on g.entity = s.entity and g.date = s.date and g.part = s.part
  group by s.entity, s.date, s.part
),
-- what the scale is read with: the size of a gap, the share not raised, the number of the under-represented sex
readings as (
  select
    r.*,
    coalesce(r.calculable, false) as is_calculable,
    case r.part
      when 'maternity' then 100 - r.result
      when 'raises_promotions' then least(abs(r.result), abs(r.in_persons))
      else abs(r.result)
    end as reading,
    max(case when r.part = 'pay_gap' and r.calculable then sign(r.result) end) over (partition by r.entity, r.date) as pay_favours
  from results as r
),
scored as (
  select
    r.entity,
    r.date,
    r.part,
    r.result,
    r.is_calculable,
    r.part in ('raises', 'promotions', 'raises_promotions') and coalesce(sign(r.result) * r.pay_favours, 0) < 0 as catch_up,
    max(s.points) as max_points,
    arg_min(s.points, coalesce(s.upper, 9999)) filter (where s.upper is null or r.reading <= s.upper) as points_of_scale
  from readings as r
  join reference.equality_index_scales as s
    on s.part = r.part and r.date between s.valid_from and coalesce(s.valid_to, date '9999-12-31')
  group by all
),
added as (
  select
    *,
    case when not is_calculable then 0 when catch_up then max_points else points_of_scale end as points,
    sum(case when is_calculable then max_points else 0 end) over (partition by entity, date) as max_calculable
  from scored
)
select
  a.entity,
  null::varchar as site,
  a.date,
  a.part,
  a.part as cell,
  s.women::integer as women,
  s.men::integer as men,
  s.headcount::decimal(18,2) as headcount,
  case when a.is_calculable then a.result end as result,
  a.is_calculable as calculable,
  a.is_calculable and a.catch_up as catch_up,
  a.points::integer as points,
  a.max_points::integer as max_points,
  a.max_calculable >= s.calculable_min as index_calculable,
  'calculated' as quality,
  s.address.extract_id as extract_id,
  s.address.row_number as row_number
from added as a
join subject as s on s.entity = a.entity and s.date = a.date and s.part = a.part

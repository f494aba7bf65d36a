-- model: obligation
-- purpose: which company a national obligation concerns, by country and size: it tells "not applicable" from "missing"
-- grain: one row is one obligation of one company whose staff is known, or that is not French, over the twelve months that end with each quarter
-- grain_fr: une ligne est une obligation d’une société dont l’effectif est connu, ou qui n’est pas française, sur les douze mois qui finissent avec chaque trimestre
-- inputs: model.employment, model.disability_obligation, reference.entity, reference.trailing_year, reference.equality_index_parameters
-- columns: date (date) last day of the twelve months; obligation (code) equality_index, executives, disability; bound (flag) the obligation concerns the company; headcount (persons) mean of month-ends, apprentices left out, part-time at its share (C. trav. L.1111-2, L.1111-3)
-- columns: extract_id, row_number a row of its staff; null where the company is not French and its staff not known: the perimeter alone says so
-- columns: cell (code) the obligation; women, men (persons) employed in the period, which is what the row tells of
with staffed as (
  select
    e.entity,
    w.date,
    sum(case when not e.is_main or e.contract_class = 'apprentice' then 0 when e.working_time = 'part_time' then coalesce(e.fte, 1) else 1 end) / 12 as headcount,
    count(distinct e.person) filter (where e.sex = 'F') as women,
    count(distinct e.person) filter (where e.sex = 'M') as men,
    arg_min(struct_pack(extract_id := e.extract_id, row_number := e.row_number), struct_pack(date := e.date, person := e.person, extract_id := e.extract_id, row_number := e.row_number)) as address
  from model.employment as e
  join reference.trailing_year as w on e.date between w.first_day and w.date
  where e.is_employee
  group by e.entity, w.date
),
companies as (
  select * from staffed
  union all
  -- that the law does not concern a company abroad needs none of its data
  select o.entity, w.date, null, 0, 0, null
  from reference.entity as o
  cross join reference.trailing_year as w
  where o.country <> 'FR' and not exists (select 1 from staffed as s where s.entity = o.entity and s.date = w.date)
),
-- C. trav. L.1142-8 and L.1142-11: companies of at least the legal size; C. trav. L.5212-1: see disability_obligation
told as (
  select c.*, p.obligation, o.country = 'FR' and c.headcount >= p.value as bound
  from companies as c
  join reference.entity as o on o.entity = c.entity
  join (
    select case name when 'headcount_min' then 'equality_index' else 'executives' end as obligation, value, valid_from, valid_to
    from reference.equality_index_parameters
    where name in ('headcount_min', 'executives_headcount_min')
  ) as p on c.date between p.valid_from and coalesce(p.valid_to, date '9999-12-31')
  union all
  -- the size of a French company that pays by DSN alone is known
  select c.*, 'disability', o.country = 'FR' and coalesce(d.subject, false)
  from companies as c
  join reference.entity as o on o.entity = c.entity
  left join model.disability_obligation as d on d.entity = c.entity and d.date = c.date
  where o.country <> 'FR' or d.entity is not null
)
select
  entity,
  null::varchar as site,
  date,
  obligation,
  coalesce(bound, false) as bound,
  headcount::decimal(18,2) as headcount,
  obligation as cell,
  women::integer as women,
  men::integer as men,
  'calculated' as quality,
  address.extract_id as extract_id,
  address.row_number as row_number
from told

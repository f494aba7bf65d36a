-- model: obligation
-- purpose: which company a national obligation concerns, by country and size: it tells "not applicable" from "missing"
-- grain: one row is one obligation of one company whose staff is known, over the twelve months that end with each quarter
-- inputs: model.employment, model.disability_obligation, reference.entity, reference.trailing_year, reference.equality_index_parameters
-- columns: date (date) last day of the twelve months; obligation (code) equality_index, disability; bound (flag) the obligation concerns the company; headcount (persons) mean of month-ends, apprentices left out
-- columns: cell (code) the obligation; women, men (persons) employed in the period, which is what the row tells of
with companies as (
  select
    e.entity,
    w.date,
    count(distinct struct_pack(month := e.date, person := e.person)) filter (where e.contract_class <> 'apprentice') / 12 as headcount,
    count(distinct e.person) filter (where e.sex = 'F') as women,
    count(distinct e.person) filter (where e.sex = 'M') as men,
    arg_min(struct_pack(extract_id := e.extract_id, row_number := e.row_number), struct_pack(date := e.date, person := e.person, extract_id := e.extract_id, row_number := e.row_number)) as address
  from model.employment as e
  join reference.trailing_year as w on e.date between w.first_day and w.date
  where e.is_employee
  group by e.entity, w.date
),
-- C. trav. L.1142-8: companies of at least the legal size; C. trav. L.5212-1: see disability_obligation
told as (
  select c.*, 'equality_index' as obligation, o.country = 'FR' and c.headcount >= p.value as bound
  from companies as c
  join reference.entity as o on o.entity = c.entity
  join reference.equality_index_parameters as p
    on p.name = 'headcount_min' and c.date between p.valid_from and coalesce(p.valid_to, date '9999-12-31')
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

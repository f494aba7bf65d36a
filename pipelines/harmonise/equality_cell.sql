-- model: equality_cell
-- purpose: the groups that the index of pay equality compares, each with its gap and what it weighs
-- grain: one row is one group of one company, part of the index and period of twelve months
-- grain_fr: une ligne est un groupe d’une société, pour une partie de l’Index et une période de douze mois
-- inputs: model.equality_person, model.stoppage, model.contract_month, model.pay_review, reference.equality_index_parameters
-- columns: part (code) pay_gap by class and age band, raises and promotions by class, raises_promotions of the whole company, maternity (women back in the period from a leave during which their class was raised), top_earners; cell (code) the group
-- columns: women, men (persons); valid (flag) enough of both sexes to compare; gap (%, or points of rate) positive when men have more, before the threshold of relevance; weighted (%) what the group adds to the gap of the company: gap beyond the threshold, by its share of the valid people, 0 for a group that is not valid
-- columns: reached (persons) for maternity, women raised since; for top_earners, the number of the under-represented sex
with parameter as (
  select
    d.date,
    max(p.value) filter (where p.name = 'cell_min') as cell_min,
    max(p.value) filter (where p.name = 'class_min') as class_min,
    max(p.value) filter (where p.name = 'company_min') as company_min,
    max(p.value) filter (where p.name = 'relevance_threshold') as relevance_threshold,
    max(p.value) filter (where p.name = 'top_earners') as top_earners
  from (select distinct date from model.equality_person) as d
  join reference.equality_index_parameters as p on d.date between p.valid_from and coalesce(p.valid_to, date '9999-12-31')
  group by d.date
),
counted as (
  select * from model.equality_person where counted
),
pays as (
  select
    entity,
    date,
    class || ' ' || age_band as cell,
    count(*) filter (where sex = 'F') as women,
    count(*) filter (where sex = 'M') as men,
    avg(pay_eur) filter (where sex = 'F') as mean_women,
    avg(pay_eur) filter (where sex = 'M') as mean_men,
    arg_min(struct_pack(extract_id := extract_id, row_number := row_number), person) as address
  from counted
  where pay_eur is not null
  group by entity, date, class, age_band
),
rates as (
  select
    c.entity,
    c.date,
    p.part,
    case when p.part = 'raises_promotions' then 'company' else c.class end as cell,
    count(*) filter (where c.sex = 'F') as women,
    count(*) filter (where c.sex = 'M') as men,
    count(*) filter (where c.sex = 'F' and case p.part when 'raises' then c.raised when 'promotions' then c.promoted else c.raised or c.promoted end) as women_reached,
    count(*) filter (where c.sex = 'M' and case p.part when 'raises' then c.raised when 'promotions' then c.promoted else c.raised or c.promoted end) as men_reached,
    arg_min(struct_pack(extract_id := c.extract_id, row_number := c.row_number), c.person) as address
  from counted as c
  cross join (values ('raises'), ('promotions'), ('raises_promotions')) as p(part)
  group by c.entity, c.date, p.part, case when p.part = 'raises_promotions' then 'company' else c.class end
),
gaps as (
  select
    g.entity,
    g.date,
    'pay_gap' as part,
    g.cell,
    g.women,
    g.men,
    least(g.women, g.men) >= k.cell_min and g.mean_men > 0 as valid,
    (100 * (g.mean_men - g.mean_women) / nullif(g.mean_men, 0))::decimal(18,10) as gap,
    k.relevance_threshold as threshold,
    null::bigint as reached,
    g.address
  from pays as g
  join parameter as k on k.date = g.date
  union all
  select
    r.entity,
    r.date,
    r.part,
    r.cell,
    r.women,
    r.men,
    least(r.women, r.men) >= case when r.part = 'raises_promotions' then k.company_min else k.class_min end,
    (100 * (r.men_reached / nullif(r.men, 0) - r.women_reached / nullif(r.women, 0)))::decimal(18,10),
    0,
    r.women_reached + r.men_reached,
    r.address
  from rates as r
  join parameter as k on k.date = r.date
),
-- the last leave of each woman that ended in the period, her return included
leaves as (
  select
    e.entity,
    e.date,
    e.person,
    e.class,
    min(s.date) as first_day,
    max(s.last_day) as last_day,
    any_value(struct_pack(extract_id := e.extract_id, row_number := e.row_number)) as address
  from model.equality_person as e
  join model.stoppage as s on s.entity = e.entity and s.person = e.person and s.kind = 'maternity'
  where e.sex = 'F' and s.last_day + 1 between e.first_day and e.date
  group by e.entity, e.date, e.person, e.class
),
back as (
  select
    l.*,
    exists (
      select 1 from model.pay_review as r where r.entity = l.entity and r.person = l.person and r.date between l.first_day and l.date
    ) as raised
  from leaves as l
  where exists (
    select 1 from model.contract_month as c
    where c.entity = l.entity and c.person = l.person and c.entry_date <= l.last_day and (c.exit_date is null or c.exit_date > l.last_day)
  )
  and exists (
    select 1
    from model.pay_review as r
    join model.equality_person as o on o.entity = r.entity and o.person = r.person and o.date = l.date and o.class = l.class
    where r.entity = l.entity and r.person <> l.person and r.date between l.first_day and l.last_day
  )
),
ranked as (
  select
    c.*,
    row_number() over (partition by c.entity, c.date order by c.pay_eur desc, c.person) as place
  from counted as c
  where c.pay_eur is not null
),
leaders as (
  select
    r.entity,
    r.date,
    count(*) filter (where r.sex = 'F') as women,
    count(*) filter (where r.sex = 'M') as men,
    arg_min(struct_pack(extract_id := r.extract_id, row_number := r.row_number), r.person) as address,
    count(*) = any_value(k.top_earners) as valid
  from ranked as r
  join parameter as k on k.date = r.date
  where r.place <= k.top_earners
  group by r.entity, r.date
),
groups as (
  select * from gaps
  union all
  select entity, date, 'maternity', 'returned', count(*), 0, true, null, 0, count(*) filter (where raised), arg_min(address, person)
  from back
  group by entity, date
  union all
  select entity, date, 'top_earners', 'top', women, men, valid, null, 0, least(women, men), address
  from leaders
)
select
  entity,
  null::varchar as site,
  date,
  part,
  cell,
  women::integer as women,
  men::integer as men,
  valid,
  gap,
  case
    when not valid or gap is null then 0
    else sign(gap) * greatest(abs(gap) - threshold, 0) * (women + men) / sum(case when valid then women + men end) over (partition by entity, date, part)
  end::decimal(18,10) as weighted,
  reached::integer as reached,
  'calculated' as quality,
  address.extract_id as extract_id,
  address.row_number as row_number
from groups

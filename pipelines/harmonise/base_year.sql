-- model: base_year
-- purpose: emissions of the base year carried to the same month of each later year, so that a window meets the base year's same months in its own perimeter
-- grain: one row is one extract's part of the emissions of one entity, site, scope, category and basis on one day of the base year, carried to one year; or one declared emission of an acquired entity in one month, in place of what its own extracts tell of that scope
-- grain_fr: une ligne est la part d’un extrait dans les émissions d’une entité, d’un site, d’un scope, d’une catégorie et d’une base, un jour de l’année de base, ramenée à un an ; ou une émission déclarée d’une entité acquise dans un mois, à la place de ce que ses propres extraits disent de ce scope
-- inputs: model.emission, reference.base_year, reference.base_restatement, reference.month
-- columns: date (date) the day carried; base_date (date) the day of the base year; scope, category, basis (code) as in emission, category restated for declared emissions; tco2e (tCO2e); source (text) of a declared emission
-- columns: row_number is that of the first of the extract's rows of the day: the base year's own figures open each of them
with history as (
  select min(month_start) as first_day, max(month_end) as last_day from reference.month
),
years as (
  select b.base_start, b.base_end, y.years
  from reference.base_year as b, history as h, unnest(generate_series(0, 40)) as y(years)
  where b.base_start + to_years(y.years) <= h.last_day
),
daily as (
  select
    e.entity,
    e.site,
    e.date as base_date,
    e.scope,
    e.category,
    e.basis,
    sum(e.tco2e)::decimal(28,10) as tco2e,
    null::varchar as source,
    case when bool_or(e.quality = 'estimated') then 'estimated' else 'calculated' end as quality,
    e.extract_id,
    min(e.row_number) as row_number
  from model.emission as e
  join reference.base_year as b on e.date between b.base_start and b.base_end
  left join (select distinct entity, scope from reference.base_restatement) as r on r.entity = e.entity and r.scope = e.scope
  where e.tco2e is not null and r.entity is null
  group by e.entity, e.site, e.date, e.scope, e.category, e.basis, e.extract_id
),
-- a declared year is spread evenly over its months: differences of rounded running totals add up to it
declared as (
  select
    r.entity,
    null::varchar as site,
    last_day((b.base_start + to_months(m.place))::date) as base_date,
    r.scope,
    'restated' as category,
    r.basis,
    ((r.tco2e * (m.place + 1) / 12)::decimal(28,10) - (r.tco2e * m.place / 12)::decimal(28,10))::decimal(28,10) as tco2e,
    r.source,
    'estimated' as quality,
    r.extract_id,
    r.row_number
  from reference.base_restatement as r
  cross join reference.base_year as b
  cross join (select unnest(generate_series(0, 11))::integer as place) as m
),
base as (
  select * from daily
  union all
  select * from declared
)
select
  b.entity,
  b.site,
  (b.base_date + to_years(y.years::integer))::date as date,
  b.base_date,
  b.scope,
  b.category,
  b.basis,
  b.tco2e,
  b.source,
  b.quality,
  b.extract_id,
  b.row_number
from base as b
cross join years as y

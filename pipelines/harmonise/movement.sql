-- model: movement
-- purpose: hires and departures of employees, by continuous employment: a fixed term that becomes permanent, or a contract that follows the next day, is one employment
-- grain: one row is one hire or one departure of one person in one entity
-- grain_fr: une ligne est une embauche ou un départ d’une personne dans une entité
-- inputs: model.contract_month
-- columns: date (date) first day for a hire, last day for a departure; kind (code) hire, leaver; person (hash); sex (code); contract_class (code) of the first or last contract; job_class (code)
-- columns: reason (code) of a departure: resignation, dismissal, retirement, end_of_temporary, mutual, trial_period, death, transfer, other; intragroup (flag) the same person leaves one entity of the perimeter and enters another within two days, or within a month where the departure says that it is a transfer: counts for the entity, not for the group; a transfer that nobody enters is a departure
with months_ranked as (
  select
    c.*,
    row_number() over (partition by entity, person, contract, entry_date order by date desc, extract_id desc, row_number desc) as from_last,
    row_number() over (partition by entity, person, contract, entry_date order by date, extract_id, row_number) as from_first
  from model.contract_month as c
  where is_employee
),
contracts as (
  select
    f.entity,
    f.person,
    f.contract,
    f.entry_date,
    l.exit_date,
    l.exit_reason,
    f.sex,
    f.site as first_site,
    l.site as last_site,
    f.contract_class as first_class,
    l.contract_class as last_class,
    f.job_class as first_job,
    l.job_class as last_job,
    f.extract_id as first_extract,
    f.row_number as first_row,
    l.exit_extract_id as last_extract,
    l.exit_row_number as last_row
  from months_ranked as f
  join months_ranked as l
    on l.entity = f.entity and l.person = f.person and l.contract = f.contract and l.entry_date = f.entry_date and l.from_last = 1
  where f.from_first = 1
),
linked as (
  select
    c.*,
    max(coalesce(exit_date, date '9999-12-30')) over (
      partition by entity, person order by entry_date, contract rows between unbounded preceding and 1 preceding
    ) as employed_until
  from contracts as c
),
numbered as (
  select
    l.*,
    sum(case when employed_until is null or entry_date > employed_until + 1 then 1 else 0 end) over (
      partition by entity, person order by entry_date, contract rows unbounded preceding
    ) as employment
  from linked as l
),
starts as (
  select *
  from (
    select n.*, row_number() over (partition by entity, person, employment order by entry_date, contract, first_extract, first_row) as choice
    from numbered as n
  )
  where choice = 1
),
finishes as (
  select *
  from (
    select
      n.*,
      row_number() over (partition by entity, person, employment order by coalesce(exit_date, date '9999-12-31') desc, entry_date desc, contract) as choice
    from numbered as n
  )
  where choice = 1 and exit_date is not null
),
-- who leaves one entity and enters another: a transfer that says so may have a month between
passages as (
  select f.entity as left_entity, f.person, f.employment as left_employment, s.entity as entered_entity, s.employment as entered_employment
  from finishes as f
  join starts as s
    on s.person = f.person
    and s.entity <> f.entity
    and s.entry_date between f.exit_date and f.exit_date + case when f.exit_reason = 'transfer' then 31 else 2 end
)
select
  s.entity,
  s.first_site as site,
  s.entry_date as date,
  'hire' as kind,
  s.person,
  s.sex,
  s.first_class as contract_class,
  s.first_job as job_class,
  null as reason,
  exists (
    select 1 from passages as p where p.entered_entity = s.entity and p.person = s.person and p.entered_employment = s.employment
  ) as intragroup,
  'measured' as quality,
  s.first_extract as extract_id,
  s.first_row as row_number
from starts as s
union all
select
  f.entity,
  f.last_site,
  f.exit_date,
  'leaver',
  f.person,
  f.sex,
  f.last_class,
  f.last_job,
  f.exit_reason,
  exists (
    select 1 from passages as p where p.left_entity = f.entity and p.person = f.person and p.left_employment = f.employment
  ),
  'measured',
  f.last_extract,
  f.last_row
from finishes as f

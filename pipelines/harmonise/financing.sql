-- model: financing
-- purpose: what a company owes its shareholders and lenders, and its fixed assets, at each month's end, as its ledger has it: opening entries and all since
-- grain: one row is one ledger line of accounts 10 to 17 or of class 2 at one month's end, from its day to the end of its fiscal year or of its ledger
-- grain_fr: une ligne est une ligne d’écriture des comptes 10 à 17 ou de classe 2 à une fin de mois, de sa date à la fin de son exercice ou de son fichier
-- inputs: model.ledger, reference.month
-- columns: date (date) month's end; booked (date) of the line; kind (code) equity (accounts 10 to 14), debt (16 and 17), fixed_assets (class 2, amortisation and impairment taken off); account (code); amount (EUR) debit less credit
with years as (
  select entity, start, lead(start) over (partition by entity order by start) as next_start
  from (select distinct entity, min(date) as start from model.ledger where opening and entity is not null group by entity, extract_id)
),
known as (
  select entity, max(date) as last_day from model.ledger where entity is not null group by entity
)
select
  l.entity,
  null::varchar as site,
  m.month_end as date,
  l.date as booked,
  case when starts_with(l.account, '2') then 'fixed_assets' when left(l.account, 2) in ('16', '17') then 'debt' else 'equity' end as kind,
  l.account,
  l.amount,
  l.quality,
  l.extract_id,
  l.row_number
from model.ledger as l
join known as k on k.entity = l.entity
join years as y on y.entity = l.entity and l.date >= y.start and (y.next_start is null or l.date < y.next_start)
join reference.month as m
  on m.month_end >= l.date and m.month_start <= k.last_day and (y.next_start is null or m.month_end < y.next_start)
where left(l.account, 2) in ('10', '11', '12', '13', '14', '16', '17') or starts_with(l.account, '2')

-- model: it_account
-- purpose: active IT accounts, to set against headcount
-- grain: one row is one entity's accounts in one month
-- grain_fr: une ligne est les comptes d’une entité dans un mois
-- inputs: staged.it_accounts
-- columns: date (date) last day of the month; active_accounts (accounts)
select
  entity,
  null::varchar as site,
  last_day(month) as date,
  active_accounts::integer as active_accounts,
  'measured' as quality,
  extract_id,
  row_number
from (
  select a.*, row_number() over (partition by entity, last_day(month) order by extract_id desc, row_number desc) as choice
  from staged.it_accounts as a
)
where choice = 1

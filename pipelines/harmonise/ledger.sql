-- model: ledger
-- purpose: ledger lines with their entity, side, supplier and what to leave out; where two extracts tell the same days of a company, the one that closes later prevails
-- grain: one row is one line of an entry
-- grain_fr: une ligne est une ligne d’écriture
-- inputs: staged.fec_entries, reference.entity, reference.intragroup
-- apart: siren of staged.fec_entries
-- columns: account (code); account_class (code) first digit; amount (EUR) debit less credit; auxiliary (code) of the line; supplier, customer (code) the one third party of the entry, null where it has several
-- columns: accrual (flag) the entry has a line on an account of accrued or deferred items (408, 418, 428, 438, 448, 468, 486, 487 of the PCG)
-- columns: opening (flag) carried over from the year before; intragroup (flag) the entry's third parties are all companies of the group; journal (code), entry (code), label (text)
with extents as (
  select siren, coalesce(closing_date, date '9999-12-31') as closing, min(entry_date) as first_day
  from staged.fec_entries
  group by siren, coalesce(closing_date, date '9999-12-31')
),
-- an interim file gives way to a later one of the same year that tells the same days
standing as (
  select e.*, coalesce(e.closing_date, date '9999-12-31') as closing
  from staged.fec_entries as e
  where not exists (
    select 1
    from extents as x
    where x.siren = e.siren
      and x.closing > coalesce(e.closing_date, date '9999-12-31')
      and x.first_day <= e.entry_date
  )
),
accruing as (
  select distinct siren, closing, journal_code, entry_number
  from standing
  where entry_number is not null and left(account, 3) in ('408', '418', '428', '438', '448', '468', '486', '487')
),
third_parties as (
  select
    s.siren,
    s.closing,
    s.journal_code,
    s.entry_number,
    case when count(distinct case when s.account like '40%' then s.auxiliary end) = 1
      then max(case when s.account like '40%' then s.auxiliary end) end as supplier,
    case when count(distinct case when s.account like '41%' then s.auxiliary end) = 1
      then max(case when s.account like '41%' then s.auxiliary end) end as customer,
    bool_and(g.auxiliary is not null) as intragroup
  from standing as s
  join reference.entity as e on e.siren = s.siren
  left join reference.intragroup as g on g.entity = e.entity and g.auxiliary = s.auxiliary
  where s.auxiliary is not null and s.entry_number is not null and (s.account like '40%' or s.account like '41%')
  group by s.siren, s.closing, s.journal_code, s.entry_number
)
select
  e.entity,
  null::varchar as site,
  s.entry_date as date,
  s.siren,
  s.journal_code as journal,
  s.entry_number as entry,
  s.account,
  left(s.account, 1) as account_class,
  (s.debit - s.credit)::decimal(18,2) as amount,
  s.auxiliary,
  coalesce(t.supplier, case when s.account like '40%' then s.auxiliary end) as supplier,
  coalesce(t.customer, case when s.account like '41%' then s.auxiliary end) as customer,
  upper(s.journal_code) in ('AN', 'RAN', 'ANO', 'ANV', 'OUV')
    or regexp_matches(upper(strip_accents(coalesce(s.journal_label, ''))), 'A[ -]?NOUVEAU|REPORT A NOUV|OUVERTURE') as opening,
  a.entry_number is not null as accrual,
  coalesce(t.intragroup, false) or own.auxiliary is not null as intragroup,
  s.document_ref,
  s.label,
  'measured' as quality,
  s.extract_id,
  s.row_number
from standing as s
left join reference.entity as e on e.siren = s.siren
left join third_parties as t
  on t.siren = s.siren and t.closing = s.closing and t.journal_code = s.journal_code and t.entry_number = s.entry_number
left join accruing as a
  on a.siren = s.siren and a.closing = s.closing and a.journal_code = s.journal_code and a.entry_number = s.entry_number
left join reference.intragroup as own on own.entity = e.entity and own.auxiliary = s.auxiliary

-- model: taxonomy
-- purpose: ledger lines that make the three indicators of Article 8 of the Taxonomy Regulation, each with the one activity that it belongs to and the state of its evidence
-- grain: one row is one ledger line of one indicator (turnover, capex, opex)
-- grain_fr: une ligne est une ligne comptable d’un indicateur (chiffre d’affaires, CapEx, OpEx)
-- inputs: model.ledger, reference.taxonomy_scope, reference.taxonomy_mapping, reference.taxonomy_activities, reference.constants
-- apart: extract_id of model.ledger
-- columns: kpi (code) turnover, capex, opex; account (code), label (text); amount_eur (EUR) revenue and additions positive, credit notes and corrections negative; activity (code) null for a line that no activity claims; objective (code)
-- columns: assessed (flag) false for an activity left unassessed because immaterial; eligible (flag) an assessed activity of the delegated acts; aligned (flag) eligible, with substantial contribution, no significant harm, minimum safeguards, and a document of evidence; materiality_eur (EUR) share of the line that may stay unassessed: the threshold of the simplified rules times the amount; intragroup (flag)
-- columns: also_from (list) the rows of the mapping and of the activity
with scoped as (
  select
    l.*,
    s.kpi,
    s.included,
    row_number() over (partition by l.extract_id, l.row_number, s.kpi order by length(s.account_prefix) desc) as choice
  from model.ledger as l
  join reference.taxonomy_scope as s on starts_with(l.account, s.account_prefix)
  -- an addition comes from a supplier: transfers between asset accounts are not additions
  where not l.opening and (s.kpi <> 'capex' or l.supplier is not null)
),
claimed as (
  select
    k.*,
    m.activity,
    m.extract_id as mapping_extract,
    m.row_number as mapping_row,
    -- the most telling mapping wins: own entity, then tag, then supplier, then the longest account
    row_number() over (
      partition by k.extract_id, k.row_number, k.kpi
      order by
        (m.entity is not null)::integer desc,
        (m.label_contains is not null)::integer desc,
        (m.supplier is not null)::integer desc,
        length(m.account_prefix) desc,
        m.row_number
    ) as mapping_choice
  from scoped as k
  left join reference.taxonomy_mapping as m
    on m.kpi = k.kpi
    and starts_with(k.account, m.account_prefix)
    and (m.entity is null or m.entity = k.entity)
    and (m.label_contains is null or contains(lower(k.label), lower(m.label_contains)))
    and (m.supplier is null or m.supplier = k.supplier)
  where k.choice = 1 and k.included
),
evidenced as (
  select
    c.*,
    a.objective,
    a.activity is null or a.assessed as assessed,
    a.activity is not null and a.assessed as eligible,
    a.activity is not null and a.assessed
      and coalesce(a.substantial_contribution and a.dnsh and a.safeguards, false)
      and coalesce(a.evidence, '') <> '' as aligned,
    a.extract_id as activity_extract,
    a.row_number as activity_row,
    row_number() over (partition by c.extract_id, c.row_number, c.kpi order by a.valid_from desc) as activity_choice
  from claimed as c
  left join reference.taxonomy_activities as a
    on a.activity = c.activity
    and c.date between coalesce(a.valid_from, date '0001-01-01') and coalesce(a.valid_to, date '9999-12-31')
  where c.mapping_choice = 1
),
rule as (
  select max(value) filter (where name = 'taxonomy_materiality_share') as materiality_share
  from reference.constants
)
select
  e.entity,
  e.site,
  e.date,
  e.kpi,
  e.account,
  e.label,
  e.supplier,
  e.activity,
  e.objective,
  (case when e.kpi = 'turnover' then -e.amount else e.amount end)::decimal(18,2) as amount_eur,
  e.assessed,
  e.eligible,
  e.aligned,
  (case when e.kpi = 'turnover' then -e.amount else e.amount end * r.materiality_share)::decimal(24,6) as materiality_eur,
  e.intragroup,
  e.quality,
  e.extract_id,
  e.row_number,
  list_concat(
    case when e.activity is not null
      then [struct_pack(extract_id := e.mapping_extract, row_number := e.mapping_row)] else [] end,
    case when e.activity_row is not null
      then [struct_pack(extract_id := e.activity_extract, row_number := e.activity_row)] else [] end
  ) as also_from
from evidenced as e
cross join rule as r
where e.activity_choice = 1

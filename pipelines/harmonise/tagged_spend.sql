-- model: tagged_spend
-- purpose: what the ledger says was spent for an action or a project: expense (class 6) and asset (class 2) lines that bear its code, as the group's ledger_tags.csv declares; VAT, third parties, cash, depreciation and openings left out, so that a purchase counts once
-- grain: one row is one tagged ledger line
-- grain_fr: une ligne est une ligne comptable étiquetée
-- inputs: model.ledger, model.action, model.project, reference.ledger_tags
-- columns: code (code) as the line bears it; action (code) that it is for, by its own code or its project's, null when no action has it; project (code) null when no register has it
-- columns: amount_eur (EUR) debit less credit; account, journal, entry (code), document_ref, label (text); rule (code) that found the tag
with spending as (
  select *
  from model.ledger
  where account_class in ('2', '6')
    and left(account, 2) not in ('28', '29', '68')
    and not opening
),
tagged as (
  select
    l.*,
    t.rule,
    coalesce(
      t.code,
      upper(nullif(regexp_extract(
        case t.field when 'document_ref' then l.document_ref when 'auxiliary' then l.auxiliary when 'account' then l.account else l.label end,
        t.pattern,
        1
      ), ''))
    ) as code,
    t.row_number as precedence
  from spending as l
  join reference.ledger_tags as t
    on (t.entity is null or t.entity = l.entity)
    and regexp_matches(
      coalesce(case t.field when 'document_ref' then l.document_ref when 'auxiliary' then l.auxiliary when 'account' then l.account else l.label end, ''),
      t.pattern
    )
),
-- a line that several rules find is for what the first of them says
first_found as (
  select *, row_number() over (partition by extract_id, row_number order by precedence) as choice
  from tagged
  where code is not null
),
owned as (
  select code, min(action) as action
  from (
    select action as code, action from model.action
    union all
    select project as code, action from model.action where project is not null
  )
  group by code
),
projects as (
  select distinct project from model.project
)
select
  f.entity,
  null::varchar as site,
  f.date,
  f.code,
  o.action,
  p.project,
  f.amount as amount_eur,
  f.account,
  f.journal,
  f.entry,
  f.document_ref,
  f.label,
  f.rule,
  'measured' as quality,
  f.extract_id,
  f.row_number
from first_found as f
left join owned as o on o.code = f.code
left join projects as p on p.project = f.code
where f.choice = 1

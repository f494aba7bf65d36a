-- model: declaration
-- purpose: the monthly DSN that stand: a replacing one (type 03, 05) takes the place of the earlier one of its establishment, month and fraction, a cancelling one (04) leaves none
-- grain: one row is one monthly declaration that stands
-- grain_fr: une ligne est une déclaration mensuelle qui tient
-- inputs: staged.dsn_declarations, reference.entity, reference.site
-- columns: declaration (number) its line in the extract; siret (code) establishment; month (date) first day of the month; declared_month (date) last day; idcc (code) collective agreement
with ranked as (
  select
    d.*,
    row_number() over (
      partition by siret, month, coalesce(fraction, '11')
      order by
        coalesce(try_cast(declaration_order as integer), 0) desc,
        case when declaration_type in ('03', '04', '05') then 0 else 1 end,
        extract_id desc,
        declaration desc
    ) as choice
  from staged.dsn_declarations as d
  where nature = '01'
)
select
  e.entity,
  s.site,
  last_day(r.month) as date,
  r.declaration,
  r.siret,
  r.month,
  r.declaration_type,
  r.idcc,
  null::varchar as quality,
  r.extract_id,
  r.row_number
from ranked as r
left join reference.site as s on s.siret = r.siret
left join reference.entity as e on e.siren = r.siren
where r.choice = 1 and r.declaration_type <> '04'

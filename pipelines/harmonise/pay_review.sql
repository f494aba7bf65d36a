-- model: pay_review
-- purpose: raises and promotions as the personnel department decided them: payroll tells amounts, not decisions
-- grain: one row is one decision for one person
-- grain_fr: une ligne est une décision pour une personne
-- inputs: staged.pay_reviews, model.person
-- columns: date (date) from which it holds; person (hash); kind (code) individual_raise (base pay, no promotion with it), general_raise, promotion (to a higher level or coefficient, its raise included)
with ranked as (
  select
    r.*,
    row_number() over (partition by entity, person, effective_date, kind order by extract_id desc, row_number desc) as choice
  from staged.pay_reviews as r
)
select
  r.entity,
  null::varchar as site,
  r.effective_date as date,
  coalesce(a.person, r.person) as person,
  r.kind,
  'measured' as quality,
  r.extract_id,
  r.row_number
from ranked as r
left join model.person as a on a.entity = r.entity and a.alias = r.person
where r.choice = 1

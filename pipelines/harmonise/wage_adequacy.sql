-- model: wage_adequacy
-- purpose: hourly base pay of each employee against the adequate wage of the country (ESRS S1-10)
-- grain: one row is one person's contract in one month, apprentices left out
-- grain_fr: une ligne est le contrat d’une personne dans un mois, alternants exclus
-- inputs: model.pay, reference.wage_benchmarks
-- apart: entity of model.pay
-- columns: person (hash); country (code); below (persons) 1 where base pay over paid hours is under the benchmark, 0 where it is not, null where the country has no benchmark; a month without paid hours or base pay has no row
select
  p.entity,
  p.site,
  p.date,
  p.person,
  p.country,
  case when p.base_eur < b.hourly_eur * p.paid_hours then 1 when b.hourly_eur is not null then 0 end::integer as below,
  p.quality,
  p.extract_id,
  p.row_number
from model.pay as p
left join reference.wage_benchmarks as b
  on b.country = p.country and p.date between b.valid_from and coalesce(b.valid_to, date '9999-12-31')
where p.is_employee and p.contract_class <> 'apprentice' and p.paid_hours > 0 and p.base_eur > 0

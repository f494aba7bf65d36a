-- model: country_tax
-- purpose: income tax, revenue and profit by country of a fiscal year (GRI 207-4)
-- grain: one row is one company, one country and one fiscal year
-- grain_fr: une ligne est une société, un pays et un exercice
-- inputs: staged.tax_by_country, reference.fx
-- columns: date (date) end of the fiscal year; country (code) of the tax jurisdiction; revenue_eur, profit_eur, tax_paid_eur, tax_accrued_eur (EUR)
select
  t.entity,
  null::varchar as site,
  t.fiscal_year_end as date,
  t.country,
  (t.revenue_third_party * x.eur_per_unit)::decimal(18,2) as revenue_eur,
  (t.profit_before_tax * x.eur_per_unit)::decimal(18,2) as profit_eur,
  (t.tax_paid * x.eur_per_unit)::decimal(18,2) as tax_paid_eur,
  (t.tax_accrued * x.eur_per_unit)::decimal(18,2) as tax_accrued_eur,
  'measured' as quality,
  t.extract_id,
  t.row_number
from (
  -- told again by a later extract: counts once, as last told
  select q.*, dense_rank() over (partition by entity, country, fiscal_year_end order by extract_id desc) as telling
  from staged.tax_by_country as q
) as t
left join reference.fx as x on x.currency = t.currency and t.fiscal_year_end between x.valid_from and x.valid_to
where t.telling = 1

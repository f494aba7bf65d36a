-- model: supplier_spend
-- purpose: spend with suppliers outside the group and what the supplier register says of them
-- grain: one row is one invoice line
-- grain_fr: une ligne est une ligne de facture
-- inputs: model.invoice, staged.suppliers, reference.entity
-- columns: supplier (code); supplier_country (code) null for a supplier that the register lacks; family (code); amount_eur (EUR) without VAT, credit notes negative; local (flag) supplier in the entity's country; code_signed, esg_assessed, sheltered (flag) false for a supplier that the register lacks; in_register (flag)
-- columns: also_from (list) the supplier's row in the register
with register as (
  select *
  from (
    select s.*, row_number() over (partition by supplier order by extract_id desc, row_number desc) as choice
    from staged.suppliers as s
  )
  where choice = 1
)
select
  i.entity,
  i.site,
  i.date,
  i.supplier,
  r.country as supplier_country,
  r.family,
  i.amount_eur,
  coalesce(r.country = e.country, false) as local,
  coalesce(r.code_signed, false) as code_signed,
  coalesce(r.esg_assessed, false) as esg_assessed,
  coalesce(r.sheltered, false) as sheltered,
  r.supplier is not null as in_register,
  i.quality,
  i.extract_id,
  i.row_number,
  case when r.supplier is not null then [struct_pack(extract_id := r.extract_id, row_number := r.row_number)] end as also_from
from model.invoice as i
left join register as r on r.supplier = i.supplier
left join reference.entity as e on e.entity = i.entity
where not i.intragroup

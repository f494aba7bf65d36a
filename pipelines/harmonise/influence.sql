-- model: influence
-- purpose: political contributions and what representation of interests costs
-- grain: one row is one entry of the register
-- grain_fr: une ligne est une inscription au registre
-- inputs: staged.influence_register, reference.fx
-- columns: kind (code) political_contribution, lobbying; beneficiary (text); country (code); in_kind (flag); amount_eur (EUR)
select
  t.entity,
  null::varchar as site,
  t.entry_date as date,
  t.kind,
  t.beneficiary,
  t.country,
  coalesce(t.in_kind, false) as in_kind,
  (t.amount * x.eur_per_unit)::decimal(18,2) as amount_eur,
  'measured' as quality,
  t.extract_id,
  t.row_number
from (
  -- told again by a later extract: counts once, as last told
  select q.*, dense_rank() over (partition by entity, entry_date, kind, beneficiary order by extract_id desc) as telling
  from staged.influence_register as q
) as t
left join reference.fx as x on x.currency = t.currency and t.entry_date between x.valid_from and x.valid_to
where t.telling = 1

-- model: purchase
-- purpose: purchases and additions to fixed assets from the ledger, by spend family, with the branch that its monetary factor is of
-- grain: one row is one ledger line of class 60 to 62, or one debit of 20, 21, 23 against a supplier of assets; opening lines are not purchases
-- grain_fr: une ligne est une ligne comptable des classes 60 à 62, ou un débit des comptes 20, 21, 23 contre un fournisseur d’immobilisations ; les à-nouveaux ne sont pas des achats
-- inputs: model.ledger, reference.spend_families
-- apart: extract_id of model.ledger
-- columns: account (code); family (code); nace (code) branch of the monetary factor; treatment (code) monetary, physical (followed by quantities elsewhere), capital or excluded; amount_eur (EUR) without VAT, credit notes negative; intragroup (flag)
with prefixed as (
  select
    l.*,
    f.family,
    f.nace,
    f.treatment,
    row_number() over (partition by l.extract_id, l.row_number order by length(f.prefix) desc) as choice
  from model.ledger as l
  join reference.spend_families as f on starts_with(l.account, f.prefix)
  where not l.opening
    and (
      left(l.account, 2) in ('60', '61', '62')
      or (left(l.account, 2) in ('20', '21', '23') and l.supplier is not null)
    )
)
select
  entity,
  site,
  date,
  account,
  family,
  nace,
  treatment,
  supplier,
  amount as amount_eur,
  intragroup,
  quality,
  extract_id,
  row_number
from prefixed
where choice = 1

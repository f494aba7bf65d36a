-- model: carbon_credit
-- purpose: carbon credits cancelled; they are never taken off emissions
-- grain: one row is one cancellation of one serial number; a serial number told twice counts once, by the later extract
-- grain_fr: une ligne est une annulation d’un numéro de série ; un numéro dit deux fois compte une fois, selon le dernier extrait
-- inputs: staged.carbon_credits
-- columns: serial (text); project, standard (text); kind (code) reduction or removal; vintage (year); tco2e (tCO2e); within_eu (flag)
select
  entity,
  null::varchar as site,
  cancellation_date as date,
  serial,
  project,
  standard,
  kind,
  vintage,
  quantity_tco2e as tco2e,
  within_eu,
  'measured' as quality,
  extract_id,
  row_number
from (
  select
    c.*,
    row_number() over (partition by serial order by extract_id desc, row_number desc) as choice
  from staged.carbon_credits as c
)
where choice = 1 and cancellation_date is not null

-- model: value_chain
-- purpose: activities of scope 3 categories 8 and 10 to 15, at the minimum boundary of the GHG Protocol's Scope 3 Standard (table 5.4): scopes 1 and 2 of lessors, lessees, franchisees and investees, direct use of products, treatment at the end of their life
-- grain: one row is one line of the register, as last told
-- grain_fr: une ligne est une ligne du registre, telle que dite en dernier
-- inputs: staged.scope3_activities, reference.fuels
-- columns: category (code); line (code); activity (code) and scope_part (code) of its factor: generation of electricity and heat, combustion of fuels, all_in of the rest; country (code)
-- columns: quantity (unit) times the group's share; unit (code); stated_kgco2e (kgCO2e per unit) and document (text) of a factor that the other party states; 1,000 for emissions given in tCO2e
select
  t.entity,
  t.site,
  t.activity_date as date,
  t.category,
  t.line,
  t.activity,
  case
    when t.activity in ('electricity', 'district_heat') then 'generation'
    when t.activity in (select fuel from reference.fuels) then 'combustion'
    else 'all_in'
  end as scope_part,
  t.country,
  (t.quantity::decimal(20,6) * (coalesce(t.share_pct, 100) * 0.01::decimal(3,2))::decimal(9,6))::decimal(28,9) as quantity,
  t.unit,
  case when t.unit = 'tCO2e' then 1000 else t.stated_kgco2e end::decimal(18,6) as stated_kgco2e,
  case when t.unit = 'tCO2e' or t.stated_kgco2e is not null then coalesce(t.document, 'no document') end as document,
  case when coalesce(t.estimated, false) then 'estimated' else 'calculated' end as quality,
  t.extract_id,
  t.row_number
from (
  -- told again by a later extract: counts once, as last told
  select q.*, dense_rank() over (partition by entity, category, line, activity_date order by extract_id desc) as telling
  from staged.scope3_activities as q
) as t
where t.telling = 1

-- model: project_standing
-- purpose: where each project stands on its calendar and its budget, at each month's end
-- grain: one row is one project at one month's end, from its last report known then; a project that ended counts in the month of its end only
-- grain_fr: une ligne est un projet à une fin de mois, selon son dernier rapport alors connu ; un projet fini ne compte que le mois de sa fin
-- inputs: model.project, reference.month
-- columns: date (date) last day of the month; project (code), name (text); department, kind (code); status (code) planned, running, done, stopped; spent_to_date_eur (EUR) all months reported until then; budget_eur (EUR) of the whole project; planned_end, forecast_end (date); on_time (flag) forecast to end, or ended, by its planned end: null when it has no planned end; on_budget (flag) spent no more than its budget; followed (flag) running or planned, or done in the month
-- columns: also_from (list) the earlier reports whose spending is in spent_to_date_eur
with reports as (
  select
    m.month_end,
    p.*,
    row_number() over (partition by m.month_end, p.entity, p.project order by p.date desc) as choice,
    sum(p.spent_eur) over (partition by m.month_end, p.entity, p.project) as spent_to_date_eur,
    list(struct_pack(extract_id := p.extract_id, row_number := p.row_number)) over (
      partition by m.month_end, p.entity, p.project
      order by p.date
      rows between unbounded preceding and unbounded following
    ) as reports
  from reference.month as m
  join model.project as p on p.date <= m.month_end
)
select
  entity,
  site,
  month_end as date,
  project,
  name,
  department,
  kind,
  status,
  spent_to_date_eur::decimal(18,2) as spent_to_date_eur,
  budget_eur,
  planned_end,
  forecast_end,
  case when planned_end is not null then
    -- late without a word: the planned end is past and the project still runs
    coalesce(forecast_end, planned_end) <= planned_end and (status = 'done' or planned_end >= month_end)
  end as on_time,
  spent_to_date_eur <= budget_eur as on_budget,
  status in ('planned', 'running') or (status = 'done' and date = month_end) as followed,
  quality,
  extract_id,
  row_number,
  reports as also_from
from reports
where choice = 1

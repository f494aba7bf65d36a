import type { Arbitration } from '../alignment/arbitration/arbitrate.ts';
import type { Finding, ReconciliationResult } from '../alignment/finding.ts';
import type { AlignmentMatrix } from '../alignment/matrix.ts';
import type { SpendShare } from '../alignment/spend-share.ts';
import type { MissingSource } from '../collect/collect.ts';
import { shiftQuarter } from '../configuration/period.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { Coverage, IndexLine } from '../frameworks/answer.ts';
import type { Catalogue, Measure } from '../indicators/catalogue.ts';
import { type Figure, GROUP, type MeasureValue } from '../indicators/figure.ts';
import { type FigureMethods, methodKey } from '../indicators/figure-methods.ts';
import { type MeasureOrigin, measureOrigins } from '../indicators/measure-origins.ts';
import { contributionRows, type Window } from '../indicators/measure-rows.ts';
import { tableColumns } from '../indicators/measure-values.ts';
import { fewestPeople, peopleContributions, shownColumns } from '../indicators/people-lines.ts';
import { quarantineSelect } from '../indicators/record.ts';
import { faultWords } from '../language/faults.ts';
import type { Language } from '../language/wording.ts';
import type { Action, Standing } from '../objectives/objective.ts';
import type { Plan } from '../plan.ts';
import type { Agenda } from '../review/agenda.ts';
import { noReview } from '../review/decision.ts';
import type { FollowedResolution } from '../review/follow-up.ts';
import type { PastDecisions } from '../review/last-decisions.ts';
import type { Contract } from '../stage/contract.ts';
import { sourceIn, withFrenchSource } from '../stage/source-text.ts';
import type { StagedExtract } from '../stage/staged-extract.ts';
import type { Answering } from '../warehouse/kept-results.ts';
import {
  type ChangedFigure,
  type ContributingRow,
  type ExtractFacts,
  type FactorFacts,
  type MeasureContributions,
  type MeasureOrigins,
  type QuarantinedRow,
  quarantineCap,
  type ReportContent,
  type RunFacts,
} from './content.ts';
import { gatherEmissions } from './gather-emissions.ts';
import { rememberWithheld } from './withheld.ts';

/** What the steps before have found. */
export interface Results {
  readonly plan: Plan;
  readonly run: Omit<RunFacts, 'period' | 'from' | 'to' | 'language' | 'suppressionThreshold'>;
  readonly catalogue: Catalogue;
  readonly contracts: ReadonlyMap<string, Contract>;
  readonly figures: readonly Figure[];
  readonly methods: FigureMethods;
  readonly measures: readonly MeasureValue[];
  /** measure values that must not be shown, as `placeOf` writes them */
  readonly withheld: ReadonlySet<string>;
  readonly standings: readonly Standing[];
  readonly actions: readonly Action[];
  readonly reconciliations: readonly ReconciliationResult[];
  readonly arbitration: Arbitration | null;
  readonly matrix: AlignmentMatrix | null;
  readonly spend: readonly SpendShare[];
  readonly findings: readonly Finding[];
  readonly agenda: Agenda;
  readonly followed: readonly FollowedResolution[];
  readonly pastDecisions: PastDecisions;
  readonly frameworks: { readonly coverage: readonly Coverage[]; readonly lines: readonly IndexLine[] };
  readonly staged: readonly StagedExtract[];
  readonly missing: readonly MissingSource[];
  /** package of the run before this one */
  readonly previousFolder: string | null;
  /** figures that an earlier run told differently */
  readonly changes: readonly ChangedFigure[];
}

/** The methods of one period's figures, by `methodKey`, in the order of the figures. */
export function methodsOf(
  figures: readonly Figure[],
  methods: FigureMethods,
  period: string,
): Record<string, string> {
  return Object.fromEntries(
    figures.flatMap((figure): [string, string][] => {
      const method = figure.period === period ? methods.get(figure) : undefined;
      return method === undefined ? [] : [[methodKey(figure), method]];
    }),
  );
}

/** Everything that the documents show, in the shape that they show it. */
export async function gatherContent(warehouse: Answering, results: Results): Promise<ReportContent> {
  const { plan, catalogue, staged } = results;
  const { configuration } = plan.project;
  const { quarter, language } = plan;
  const known = new Set(results.standings.map((s) => s.objective.id));
  rememberWithheld(results.measures, results.withheld);
  return {
    run: {
      ...results.run,
      period: quarter.id,
      from: quarter.from,
      to: quarter.to,
      language,
      suppressionThreshold: configuration.thresholds.suppress_below,
    },
    ...groupFacts(configuration),
    catalogue,
    figures: results.figures,
    methods: methodsOf(results.figures, results.methods, quarter.id),
    measures: results.measures,
    objectives: results.standings,
    looseActions: results.actions.filter(
      (action) => action.objective === null || !known.has(action.objective),
    ),
    reconciliations: results.reconciliations,
    arbitration: results.arbitration,
    matrix: results.matrix,
    spend: results.spend,
    findings: results.findings,
    agenda: results.agenda,
    followed: results.followed,
    pastDecisions: results.pastDecisions,
    frameworks: results.frameworks,
    extracts: staged.map((one) => extractFacts(one, results.contracts)),
    missingSources: results.missing.map((one) => missingFacts(one, results.contracts)),
    quarantine: await gatherQuarantine(warehouse, language),
    factors: await gatherFactors(warehouse, language),
    emissions: await gatherEmissions(
      warehouse,
      catalogue,
      plan.windows,
      quarter.id,
      language,
      results.previousFolder,
    ),
    publication: null,
    review: noReview,
    changes: results.changes,
    contributions: await gatherContributions(
      warehouse,
      catalogue,
      plan.windows,
      quarter.id,
      `out/${quarter.id}/${results.run.id}`,
      results.measures,
      configuration.thresholds.suppress_below,
    ),
    origins: await gatherOrigins(warehouse, catalogue, plan.windows, quarter.id, results.measures),
  };
}

/** The group, its companies and its sites as the configuration declares them. */
export function groupFacts(
  configuration: Configuration,
): Pick<ReportContent, 'group' | 'entities' | 'sites'> {
  return {
    group: configuration.group,
    entities: configuration.perimeter.entities.map((e) => ({
      id: e.id,
      name: e.name,
      country: e.country,
      siren: e.siren ?? null,
      parent: e.parent,
      method: e.method,
      share: e.share,
      entry: e.entry,
      exit: e.exit,
    })),
    sites: configuration.perimeter.sites.map(({ id, entity, name, city, country, entry, exit }) => ({
      id,
      entity,
      name,
      city,
      country,
      entry,
      exit,
    })),
  };
}

export function extractFacts(one: StagedExtract, contracts: ReadonlyMap<string, Contract>): ExtractFacts {
  const { extract } = one;
  return {
    id: extract.extractId,
    source: extract.source.id,
    contract: one.contracts.length === 1 ? (one.contracts[0] as string) : extract.source.connector,
    connector: extract.source.connector,
    department: contracts.get(one.contracts[0] ?? '')?.department ?? '',
    name: extract.name,
    sha256: extract.sha256,
    bytes: extract.bytes,
    rowsRead: one.rowsRead,
    rowsStaged: one.rowsStaged,
    rowsQuarantined: one.rowsQuarantined,
    remarks: one.remarks.map(({ code, severity, message }) => ({ code, severity, message })),
  };
}

export function missingFacts({ source, message }: MissingSource, contracts: ReadonlyMap<string, Contract>) {
  const department = contracts.get(source.contract ?? '')?.department ?? source.connector;
  return { source: source.id, department, message };
}

/** The measures that some row makes in these periods: the others need not be asked. */
function withRows(values: readonly MeasureValue[], ...periods: readonly string[]): ReadonlySet<string> {
  return new Set(
    values.flatMap((one) => (one.rows > 0 && periods.includes(one.period) ? [one.measure] : [])),
  );
}

/** Rows shown for each measure; the rest by the command that is printed beside them. */
const contributionCap = 40;

/** The largest rows behind the group's measures at the run's quarter; none for measures that open to totals only. */
export async function gatherContributions(
  warehouse: Answering,
  catalogue: Catalogue,
  windows: readonly Window[],
  period: string,
  runFolder: string,
  values: readonly MeasureValue[],
  /** smallest number of people that is shown */
  threshold: number,
): Promise<MeasureContributions[]> {
  const filled = withRows(values, period);
  const columns = await tableColumns(warehouse);
  const window = windows.find((w) => w.period === period && w.basis === 'quarter') as Window;
  const found: MeasureContributions[] = [];
  for (const measure of catalogue.measures) {
    if (measure.opens !== 'rows') continue;
    const about = {
      measure: measure.id,
      period,
      basis: 'quarter' as const,
      command: `concordance trace ${runFolder} ${measure.id} --csv`,
    };
    if (!filled.has(measure.id)) {
      found.push({ ...about, total: 0, rows: [] });
      continue;
    }
    const own = columns(measure.table);
    const of = measure.people ? peopleContributions : contributionRows;
    const contributions = of(measure, own, GROUP, window);
    const few = measure.people ? await fewestPeople(warehouse, measure, contributions) : null;
    const order = `abs(l.contribution) desc nulls last, ${measure.people ? 'l.line' : 'l.extract_id, l.row_number, l.date'}`;
    const rows = await warehouse.rows<ContributingRow & { total: number }>(
      `with c as (select *, count(*) over () as total from (${contributions})),
        largest as (select * from c as l order by ${order} limit ${contributionCap})
      select ${shownColumns(measure, window)}, contribution, share, quality, total::integer as total,
        ${measure.people ? "''" : `coalesce(${detailOf(measure, own)}, '')`} as detail
      from largest as l order by ${order}`,
    );
    found.push({
      ...about,
      total: rows[0]?.total ?? 0,
      rows: few !== null && few < threshold ? [] : rows.map(({ total: _total, ...row }) => row),
    });
  }
  return found;
}

/** Extracts listed for a measure value; the rest is counted. */
const originCap = 8;

/** The extracts behind every measure, at the run's period and the year before. */
export async function gatherOrigins(
  warehouse: Answering,
  catalogue: Catalogue,
  windows: readonly Window[],
  period: string,
  values: readonly MeasureValue[],
): Promise<MeasureOrigins[]> {
  const filled = withRows(values, period, shiftQuarter(period, -4));
  const columns = await tableColumns(warehouse);
  const shown = windows.filter((w) => w.period === period || w.period === shiftQuarter(period, -4));
  const measures = catalogue.measures.filter(({ id }) => filled.has(id));
  const found: MeasureOrigins[] = [];
  for (const [measure, origins] of await measureOrigins(warehouse, measures, columns, shown, originCap)) {
    // those of one value stand together
    for (let from = 0; from < origins.length; ) {
      const { entity, period: at, basis, of } = origins[from] as MeasureOrigin;
      const extracts = origins.slice(from, from + Math.min(of, originCap));
      found.push({
        measure,
        entity,
        period: at,
        basis,
        extracts: extracts.map(({ extract, rows, contribution }) => ({ extract, rows, contribution })),
        more: of - extracts.length,
      });
      from += extracts.length;
    }
  }
  return found;
}

/** What else the row says, in one text: `carrier electricity; meter 3000…`. Never what identifies a person. */
function detailOf(measure: Measure, columns: { has(column: string): boolean }): string {
  const telling = [
    'carrier',
    'meter',
    'fuel',
    'product',
    'mode',
    'activity',
    'category',
    'account',
    'label',
    'family',
    'supplier',
    'treatment',
    'waste_code',
    'waste_name',
    'kind',
    'topic',
    'contract_class',
    'job_class',
    'working_time',
    'worker_type',
    'reason',
    'source',
    'project',
    'use_case',
    'plan',
    'body',
    'method',
    'factor_id',
  ];
  const parts = telling
    .filter((name) => columns.has(name))
    .map((name) => `case when m.${name} is not null then '${name} ' || m.${name}::varchar end`);
  if (parts.length === 0) return "''";
  return `(select min(concat_ws('; ', ${parts.join(', ')})) from model.${measure.table} as m
    where m.extract_id = l.extract_id and m.row_number = l.row_number and m.${measure.date}::date = l.date and (${measure.filter}))`;
}

export async function gatherQuarantine(warehouse: Answering, language: Language): Promise<QuarantinedRow[]> {
  const words = await faultWords(language);
  return warehouse.rows<QuarantinedRow>(
    `${quarantineSelect(words)} order by extract_id, row_number, column_name, rule limit ${quarantineCap}`,
  );
}

/** The factors that the run's emissions used. */
export async function gatherFactors(warehouse: Answering, language: Language): Promise<FactorFacts[]> {
  return warehouse.rows<FactorFacts>(
    `select factor_id as id, label_${language} as label, value_kgco2e::varchar as value, 'kgCO2e/' || unit as unit, ${sourceIn[language]} as source, version,
       valid_from::varchar as "validFrom", valid_to::varchar as "validTo", certainty
     from ${withFrenchSource('factors', 'group_factors')}
     where factor_id in (select factor_id from model.emission) order by factor_id`,
  );
}

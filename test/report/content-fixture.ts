import { Decimal } from 'decimal.js';
import { quartersBetween, shiftQuarter } from '../../pipelines/configuration/period.ts';
import { type Figure, GROUP, type MeasureValue } from '../../pipelines/indicators/figure.ts';
import { methodKey } from '../../pipelines/indicators/figure-methods.ts';
import { computeFigures } from '../../pipelines/indicators/figures.ts';
import { standings } from '../../pipelines/objectives/standing.ts';
import type { Language, MeasureContributions, ReportContent } from '../../pipelines/report/content.ts';
import { agendaOf } from '../../pipelines/review/agenda.ts';
import { noReview } from '../../pipelines/review/decision.ts';
import { sampleActions, sampleObjectives } from './fixture/actions.ts';
import { sampleArbitration } from './fixture/arbitration.ts';
import { sampleCatalogue, series } from './fixture/catalogue.ts';
import { sampleEmissions } from './fixture/emissions.ts';
import {
  sampleChanges,
  sampleEntities,
  sampleExtracts,
  sampleFactors,
  sampleMissingSources,
  sampleQuarantine,
  sampleSites,
} from './fixture/facts.ts';
import { sampleFindings, sampleReconciliations } from './fixture/findings.ts';
import { sampleFrameworks } from './fixture/frameworks.ts';
import { sampleMatrix, sampleSpend } from './fixture/matrix.ts';
import { sampleFollowed } from './fixture/resolutions.ts';

const period = '2026-Q3';
const history = quartersBetween('2024-Q3', period);

/**
 * What the run of 2026-Q3 of the sample group could look like: four entities, nine quarters, every status
 * of a figure (complete, estimated, partial, missing, not calculable, suppressed) and hostile text.
 * Figures and standings come from the real rules over invented measure values; nothing is random.
 */
export function sampleContent(language: Language): ReportContent {
  const catalogue = sampleCatalogue();
  const measures = sampleMeasures();
  const figures = computeFigures(catalogue, measures);
  const actions = sampleActions(language);
  const objectives = standings(
    sampleObjectives(),
    catalogue.indicators,
    figures,
    actions,
    period,
    (standing) => sentenceOf(standing, language),
  );
  const declared = new Set(objectives.map((o) => o.objective.id));
  const findings = sampleFindings(language);
  return {
    run: {
      id: '2026-Q3-7c1e90b4',
      period,
      from: '2026-07-01',
      to: '2026-09-30',
      language,
      state: 'draft',
      codeVersion: '0.1.0',
      previousRun: '2026-Q2-51d0aa37',
      restates: null,
      hashes: {
        configuration: '0a'.repeat(32),
        catalogue: '1b'.repeat(32),
        factors: '2c'.repeat(32),
        extracts: '3d'.repeat(32),
      },
      suppressionThreshold: 5,
    },
    group: { name: 'Orvanne', currency: 'EUR' },
    entities: sampleEntities,
    sites: sampleSites,
    catalogue,
    figures,
    methods: sampleMethods(figures),
    measures,
    objectives,
    looseActions: actions.filter((action) => action.objective === null || !declared.has(action.objective)),
    reconciliations: sampleReconciliations(language),
    findings,
    followed: sampleFollowed(language),
    pastDecisions: { told: [], held: 0 },
    agenda: agendaOf(objectives, actions, findings, [], period, (one) => one.label[language]),
    frameworks: sampleFrameworks(catalogue, figures, period, language),
    arbitration: sampleArbitration(language),
    matrix: sampleMatrix(language),
    spend: sampleSpend,
    extracts: sampleExtracts,
    missingSources: sampleMissingSources(language),
    quarantine: sampleQuarantine(language),
    factors: sampleFactors(language),
    emissions: sampleEmissions(language),
    publication: null,
    review: noReview,
    changes: sampleChanges(),
    contributions: sampleContributions(measures),
    origins: sampleOrigins(measures),
  };
}

/** Measure values of every entity and of the group: flows add up over quarters and entities. */
function sampleMeasures(): MeasureValue[] {
  const values: MeasureValue[] = [];
  const entities = sampleEntities.map((e) => e.id);
  for (const one of series) {
    const measure = sampleCatalogue().measures.find((m) => m.id === one.id);
    if (!measure) throw new Error(`fixture: no measure ${one.id}`);
    const quarterValue = (entity: string, quarter: string) => {
      const index = history.indexOf(quarter);
      if (index < 0) return null;
      return one.at(entity, index, Number(quarter.slice(6)));
    };
    for (const basis of ['quarter', 'ttm'] as const) {
      for (const quarter of history) {
        const quarters =
          basis === 'quarter' ? [quarter] : [-3, -2, -1, 0].map((n) => shiftQuarter(quarter, n));
        if (quarters.some((q) => !history.includes(q))) continue;
        const own = entities.map((entity) => {
          const parts = quarters.map((q) => quarterValue(entity, q));
          const known = parts.filter((p): p is number => p !== null);
          const total = known.reduce((sum, p) => sum.plus(p), new Decimal(0));
          const value =
            known.length === 0
              ? null
              : measure.time === 'stock_end'
                ? parts.at(-1) === null
                  ? null
                  : new Decimal(parts.at(-1) as number)
                : measure.time === 'stock_average'
                  ? total.dividedBy(known.length)
                  : total;
          return { entity, value, coverage: known.length / parts.length };
        });
        // the acquired entity has no measures before it enters the perimeter
        const inScope = own.filter((o) => o.entity !== 'OES' || quarters.some((q) => q >= '2026-Q2'));
        const known = inScope.filter((o) => o.value !== null);
        const group = known.reduce((sum, o) => sum.plus(o.value as Decimal), new Decimal(0));
        const estimated = one.estimated?.(quarter) ?? 0;
        const write = (entity: string, value: Decimal | null, coverage: number) =>
          values.push({
            measure: one.id,
            entity,
            period: quarter,
            basis,
            value: value === null ? null : value.toDecimalPlaces(10).toFixed(),
            divisor: measure.time === 'stock_average' ? (basis === 'quarter' ? 3 : 12) : 1,
            rows:
              value === null
                ? 0
                : Math.max(1, Math.round(Math.sqrt(value.abs().toNumber())) * quarters.length),
            unvalued: 0,
            coverage: Math.round(coverage * 1e6) / 1e6,
            estimatedShare:
              value === null || value.isZero() ? null : entity === 'OFR' || entity === GROUP ? estimated : 0,
          });
        for (const o of inScope) write(o.entity, o.value, o.coverage);
        write(
          GROUP,
          known.length === 0 ? null : group,
          inScope.reduce((sum, o) => sum + o.coverage, 0) / inScope.length,
        );
      }
    }
  }
  return values;
}

function sentenceOf(
  standing: { objective: { label: Record<Language, string> }; status: string },
  language: Language,
) {
  const words: Record<string, Record<Language, string>> = {
    achieved: { fr: 'est atteint', en: 'is achieved' },
    on_track: { fr: 'suit sa trajectoire', en: 'follows its trajectory' },
    drifting: { fr: 'dérive de sa trajectoire', en: 'is drifting from its trajectory' },
    off_track: { fr: 'est hors trajectoire', en: 'is off its trajectory' },
    unknown: { fr: 'ne peut être situé : indicateur absent', en: 'cannot be placed: no indicator value' },
  };
  const label = standing.objective.label[language];
  return language === 'fr'
    ? `L’objectif « ${label} » ${words[standing.status]?.fr}.`
    : `Objective “${label}” ${words[standing.status]?.en}.`;
}

/** Two extracts behind each value, the second of which is hostile. */
function sampleOrigins(measures: readonly MeasureValue[]): ReportContent['origins'] {
  return measures
    .filter((v) => v.value !== null && [period, shiftQuarter(period, -4)].includes(v.period))
    .map(({ measure, entity, period: at, basis, value }) => {
      const most = new Decimal(value as string).times(0.75).toDecimalPlaces(4);
      return {
        measure,
        entity,
        period: at,
        basis,
        extracts: [
          { extract: `${measure}/2026.csv`, rows: 30, contribution: most.toFixed() },
          {
            extract: `<b>${measure}</b>`,
            rows: 10,
            contribution: new Decimal(value as string).minus(most).toFixed(),
          },
        ],
        more: basis === 'ttm' ? 3 : 0,
      };
    });
}

/** Rows behind the group's quarter, whose contributions add up to its value; the last measure is capped. */
function sampleContributions(measures: readonly MeasureValue[]): MeasureContributions[] {
  const opened = ['electricity', 'gas', 'fuel', 'waste_total', 'water_withdrawal', 'accidents', 'revenue'];
  return opened.map((measure, m) => {
    const ofMeasure = measures.filter(
      (v) => v.measure === measure && v.period === period && v.basis === 'quarter',
    );
    const rows = ofMeasure
      .filter((v) => v.entity !== GROUP && v.value !== null && Number(v.value) !== 0)
      .flatMap((v) => {
        const part = new Decimal(v.value as string).dividedBy(4).toDecimalPlaces(4, Decimal.ROUND_DOWN);
        const last = new Decimal(v.value as string).minus(part.times(3));
        return [part, part, part, last].map((contribution, i) => ({
          line: null,
          entity: v.entity,
          site: sampleSites.find((s) => s.entity === v.entity)?.id ?? null,
          date: `2026-${['07', '08', '09', '09'][i]}-${['31', '31', '30', '15'][i]}`,
          contribution: contribution.toFixed(),
          share: '1.000000',
          quality: measure === 'electricity' && v.entity === 'OFR' && i === 3 ? 'estimated' : 'measured',
          extract: sampleExtracts[m % sampleExtracts.length]?.id ?? '',
          row: 12 + i * 31 + m,
          last_row: measure === 'electricity' ? 12 + i * 31 + m + 47 : null,
          detail:
            measure === 'revenue' ? '=cmd|account 701000' : `meter 300099000000${m}${i}; carrier ${measure}`,
        }));
      })
      .sort((a, b) => Number(b.contribution) - Number(a.contribution) || a.row - b.row);
    const capped = measure === 'revenue' ? rows.slice(0, 6) : rows;
    return {
      measure,
      period,
      basis: 'quarter' as const,
      total: measure === 'revenue' ? 48_213 : rows.length,
      command: `concordance trace out/2026-Q3/2026-Q3-7c1e90b4 ${measure} --csv`,
      rows: capped,
    };
  });
}

/** Group figures of energy: measured by most meters, estimated for one; other figures say nothing. */
function sampleMethods(figures: readonly Figure[]): Record<string, string> {
  return Object.fromEntries(
    figures
      .filter((one) => one.period === period && one.value !== null && one.indicator.startsWith('energy.'))
      .map((one) => [methodKey(one), 'estimated:same_weekday_year_before + measured']),
  );
}

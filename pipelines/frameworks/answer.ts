import type { Bilingual } from '../configuration/bilingual.ts';
import { groupedBy } from '../grouped-by.ts';
import type { Catalogue, Indicator, Measure } from '../indicators/catalogue.ts';
import { type Basis, type Figure, GROUP } from '../indicators/figure.ts';
import { measuresIn } from '../indicators/measures-in.ts';
import type { ChosenFramework } from './choose.ts';
import type { Datapoint } from './framework.ts';
import { type FrameworkLibrary, versionKey } from './load.ts';

/**
 * What a run says of a datapoint:
 * - `answered`: every indicator of it has a value on complete data, measured or estimated
 * - `partial`: some of it: data are incomplete, an indicator has no value, or the indicators leave a part out
 * - `not_calculable`: the data are there, and there is nothing to calculate (an empty denominator)
 * - `missing`: no indicator answers it, or none has data
 * - `not_applicable`: outside the module reported, or declared so in the configuration, with its reason
 */
export type Answer = 'answered' | 'partial' | 'not_calculable' | 'missing' | 'not_applicable';

/** One datapoint of one framework version and, for each indicator of it, its figure for the group. */
export interface IndexLine {
  readonly framework: string;
  readonly version: string;
  readonly datapoint: Datapoint;
  readonly answer: Answer;
  /** why it does not apply, or what the indicators leave out; in the reader's language */
  readonly remark: string;
  readonly figures: readonly AnsweringFigure[];
  /** names of the sources that would complete it, in the reader's language; empty when it is answered */
  readonly needed: readonly string[];
}

export interface AnsweringFigure {
  readonly indicator: string;
  /** the group, or a company where the obligation is each company's */
  readonly entity: string;
  readonly period: string;
  readonly basis: Basis;
  /** undefined where the run has no such figure: its history is too short for twelve months */
  readonly figure: Figure | undefined;
}

export interface Asked {
  readonly library: FrameworkLibrary;
  readonly chosen: readonly ChosenFramework[];
  readonly catalogue: Catalogue;
  /** label of each contract, by id */
  readonly contracts: ReadonlyMap<string, { readonly label: Bilingual }>;
  readonly figures: readonly Figure[];
  readonly period: string;
  readonly language: 'fr' | 'en';
}

/** Which datapoints of the chosen frameworks the run answers, line by line, in the order of the frameworks. */
export function frameworkIndex(asked: Asked): IndexLine[] {
  const figures = groupedBy(
    asked.figures.filter(({ period }) => period === asked.period),
    ({ indicator, basis }) => `${indicator}|${basis}`,
  );
  const indicators = new Map(asked.catalogue.indicators.map((one) => [one.id, one]));
  return asked.chosen.flatMap((one) => {
    const { id, version } = one.framework;
    const datapoints = asked.library.datapoints.get(versionKey(id, version)) ?? [];
    return datapoints.map((datapoint) => lineOf(datapoint, one, asked, indicators, figures));
  });
}

function lineOf(
  datapoint: Datapoint,
  chosen: ChosenFramework,
  asked: Asked,
  indicators: ReadonlyMap<string, Indicator>,
  figures: ReadonlyMap<string, readonly Figure[]>,
): IndexLine {
  const { language } = asked;
  const answering = datapoint.by.flatMap((id): AnsweringFigure[] => {
    const basis = annualBasis(indicators.get(id) as Indicator, figures);
    const found = figures.get(`${id}|${basis}`) ?? [];
    const place = { indicator: id, period: asked.period, basis };
    const group = found.find((f) => f.entity === GROUP);
    // of an obligation of each company, those that have the figure; without one, those that lack it; without
    // one, it concerns none
    if (chosen.framework.scope === 'company' || group?.status === 'not_applicable') {
      const concerned = found.filter((f) => f.entity !== GROUP && f.status !== 'not_applicable');
      const told = concerned.filter((f) => f.status !== 'missing');
      const lacking = group?.status === 'not_applicable' ? concerned : [];
      const companies = told.length > 0 ? told : lacking;
      if (companies.length > 0)
        return companies.map((figure) => ({ ...place, entity: figure.entity, figure }));
    }
    return [{ ...place, entity: GROUP, figure: group }];
  });
  const outside = chosen.notApplicable.get(datapoint.id) ?? outsideModule(datapoint, chosen)?.label[language];
  const unbound = answering.length > 0 && answering.every((a) => a.figure?.status === 'not_applicable');
  const reason =
    outside ??
    (unbound ? indicators.get(answering[0]?.indicator as string)?.applies?.otherwise[language] : undefined);
  const answer = reason === undefined ? answerOf(answering, datapoint.lacks !== undefined) : 'not_applicable';
  const unanswered = answer === 'missing' || answer === 'partial';
  const silent = answering.filter((a) => a.figure === undefined || incomplete(a.figure));
  const needed = unanswered
    ? [
        ...new Set([
          ...datapoint.needs,
          ...silent.flatMap((a) => contractsOf(indicators.get(a.indicator) as Indicator, asked.catalogue)),
        ]),
      ].map((id) => (asked.library.sources.get(id) ?? asked.contracts.get(id))?.label[language] ?? id)
    : [];
  return {
    framework: chosen.framework.id,
    version: chosen.framework.version,
    datapoint,
    answer,
    remark: reason ?? (unanswered || answer === 'not_calculable' ? (datapoint.lacks?.[language] ?? '') : ''),
    figures: answering,
    needed,
  };
}

/** A framework reports a year: twelve months where the indicator has them, else the quarter. */
function annualBasis(indicator: Indicator, figures: ReadonlyMap<string, readonly Figure[]>): Basis {
  const hasYear = indicator.bases.includes('ttm') && figures.has(`${indicator.id}|ttm`);
  return hasYear || !indicator.bases.includes('quarter') ? 'ttm' : 'quarter';
}

/** The module of a datapoint that lies beyond the one reported under. */
function outsideModule(datapoint: Datapoint, chosen: ChosenFramework) {
  if (chosen.module === undefined) return undefined;
  const { modules } = chosen.framework;
  const reported = modules.findIndex((one) => one.id === chosen.module);
  return modules.slice(reported + 1).find((one) => one.id === datapoint.module);
}

function answerOf(figures: readonly AnsweringFigure[], lacksSomething: boolean): Answer {
  const states = figures.map((a) => a.figure?.status ?? 'missing').filter((s) => s !== 'not_applicable');
  if (figures.length > 0 && states.length === 0) return 'not_applicable';
  if (states.every((s) => s === 'missing')) return 'missing';
  if (states.every((s) => s === 'not_calculable')) return 'not_calculable';
  const whole = states.every((s) => s === 'complete' || s === 'estimated' || s === 'suppressed');
  return whole && !lacksSomething ? 'answered' : 'partial';
}

const incomplete = (figure: Figure): boolean => figure.status === 'missing' || figure.status === 'partial';

/** The contracts that an indicator's measures need. */
function contractsOf(indicator: Indicator, catalogue: Catalogue): string[] {
  const used = new Set(measuresIn(indicator));
  return catalogue.measures.filter((m: Measure) => used.has(m.id)).flatMap((m) => m.contracts);
}

/** How many datapoints of a framework have each answer. */
export interface Coverage {
  readonly framework: string;
  readonly version: string;
  readonly title: Bilingual;
  readonly chosenBy: ChosenFramework['chosenBy'];
  /** the part reported under; null: the whole */
  readonly module: Bilingual | null;
  readonly total: number;
  readonly answers: Readonly<Record<Answer, number>>;
  /** the same, by disclosure, in the order of the framework */
  readonly disclosures: readonly {
    readonly disclosure: string;
    readonly total: number;
    readonly answers: Readonly<Record<Answer, number>>;
  }[];
}

export function coverageOf(chosen: readonly ChosenFramework[], lines: readonly IndexLine[]): Coverage[] {
  return chosen.map(({ framework, chosenBy, module }) => {
    const own = lines.filter((l) => l.framework === framework.id && l.version === framework.version);
    const disclosures = [...new Set(own.map((l) => l.datapoint.disclosure))];
    return {
      framework: framework.id,
      version: framework.version,
      title: framework.title,
      chosenBy,
      module: framework.modules.find((one) => one.id === module)?.label ?? null,
      total: own.length,
      answers: countsOf(own),
      disclosures: disclosures.map((disclosure) => {
        const part = own.filter((l) => l.datapoint.disclosure === disclosure);
        return { disclosure, total: part.length, answers: countsOf(part) };
      }),
    };
  });
}

function countsOf(lines: readonly IndexLine[]): Record<Answer, number> {
  const counts = { answered: 0, partial: 0, not_calculable: 0, missing: 0, not_applicable: 0 };
  for (const line of lines) counts[line.answer] += 1;
  return counts;
}

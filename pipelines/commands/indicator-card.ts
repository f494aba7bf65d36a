import type { FrameworkLibrary } from '../frameworks/load.ts';
import type { Model } from '../harmonise/harmonise.ts';
import { aggregationText } from '../indicators/aggregation-text.ts';
import type {
  Catalogue,
  Indicator,
  Measure,
  Reconciliation,
  StandardReference,
} from '../indicators/catalogue.ts';
import { consolidationOf, measuresOfIndicator } from '../indicators/consolidation.ts';
import { dayName, number, type Rounding, unitInWords } from '../language/quantity.ts';
import { typography } from '../language/typography.ts';
import type { Language, Say } from '../language/wording.ts';
import type { Contract } from '../stage/contract.ts';

/** What a card is written from. */
export interface Shelves {
  readonly catalogue: Catalogue;
  readonly contracts: ReadonlyMap<string, Contract>;
  readonly library: FrameworkLibrary;
  readonly models: readonly Model[];
}

/** Everything that a reader needs to compute an indicator again, without reading code. */
export function indicatorCard(one: Indicator, shelves: Shelves, language: Language, say: Say): string {
  const { catalogue, contracts, library, models } = shelves;
  const measures = measuresOfIndicator(one, catalogue);
  const prose = (text: string) => typography(text, language);
  const line = (key: string, text: string) => `${`${say(key)} `.padEnd(18, '.')} ${prose(text)}`;
  const lines = [
    `${one.id}  ${one.label[language]}`,
    '',
    prose(one.definition[language]),
    ...(one.notes ? [prose(one.notes[language])] : []),
    '',
    line('unit', `${unitInWords(one.unit, language)} (${roundingText(one.decimals, say)})`),
    line('numerator', inWords(one.numerator, measures, language)),
    line(
      'denominator',
      one.denominator === undefined ? say('no_denominator') : inWords(one.denominator, measures, language),
    ),
    ...(one.scale === 1 ? [] : [line('scale', `× ${grouped(one.scale, language)}`)]),
    line('in_ids', formulaInIds(one)),
    line('windows', one.bases.map((basis) => say(`bases.${basis}`)).join(', ')),
    line('consolidation', say(`consolidations.${consolidationOf(one, catalogue)}`)),
    line('progress', say(`directions.${one.direction}`)),
    line('absence', say('absence_rule')),
    line(
      'protection',
      one.suppress_below ? say('protected', { people: one.suppress_below }) : say('unprotected'),
    ),
    ...(one.applies
      ? [
          line(
            'applies',
            say('applies_rule', { otherwise: one.applies.otherwise[language], measure: one.applies.measure }),
          ),
        ]
      : []),
    ...(one.material ? [line('material', say('material_rule'))] : []),
    '',
    say('measures'),
    ...measures.flatMap((m) => measureLines(m, contracts, models, language, say)),
    '',
    say('standards'),
    ...(one.standards.length === 0 ? [`  ${say('no_standard')}`] : []),
    ...one.standards.map((s) => `  ${referenceText(s, library, language, say)}`),
    '',
    say('datapoints'),
    ...datapointLines(one, library, language, say),
    '',
    line(
      'used_in',
      usedIn(one, catalogue)
        .map((r) => reconciliationText(r, language, say))
        .join(' ; ') || say('everywhere'),
    ),
    '',
  ];
  return lines.join('\n');
}

function roundingText(rounding: Rounding, say: Say): string {
  if (typeof rounding !== 'number') return say('significant', { figures: rounding.significant });
  return say(['no_decimal', 'one_decimal'][rounding] ?? 'decimals', { decimals: rounding });
}

const grouped = (scale: number, language: Language) =>
  number(String(scale), String(scale).split('.')[1]?.length ?? 0, language);

function formulaInIds(one: Indicator): string {
  const divided = one.denominator ? ` / (${one.denominator})` : '';
  return `${divided ? `(${one.numerator})` : one.numerator}${divided}${one.scale === 1 ? '' : ` × ${one.scale}`}`;
}

/** An expression with each measure by its name. */
function inWords(expression: string, measures: readonly Measure[], language: Language): string {
  const names = new Map(measures.map((m) => [m.id, m.label[language]]));
  return expression.replace(/[a-z][a-z0-9_]*/g, (id) => {
    const name = names.get(id);
    return name === undefined ? id : `[${name}]`;
  });
}

function measureLines(
  m: Measure,
  contracts: ReadonlyMap<string, Contract>,
  models: readonly Model[],
  language: Language,
  say: Say,
): string[] {
  const model = models.find((one) => one.name === m.table);
  const sources = m.contracts.map((id) => {
    const contract = contracts.get(id);
    return contract
      ? `${contract.label[language]} (${id}, ${say(`departments.${contract.department}`)})`
      : id;
  });
  const aside = [
    ...(m.eliminate_intragroup ? [say('eliminated')] : []),
    ...(m.opens === 'rows' ? [] : [say(`opens.${m.opens}`)]),
  ];
  return [
    `  ${m.id}  ${m.label[language]} (${unitInWords(m.unit, language)})`,
    `    ${aggregationText(m, language)}${m.filter === 'true' ? '' : ` ${say('where')} ${m.filter}`}`,
    `    ${say(`times.${m.time}`)}${aside.length > 0 ? ` ; ${aside.join(' ; ')}` : ''}`,
    `    model.${m.table}: ${model?.grain[language] ?? ''}`,
    `    ${say('sources')} ${sources.join(', ')}`,
  ];
}

function referenceText(
  s: StandardReference,
  library: FrameworkLibrary,
  language: Language,
  say: Say,
): string {
  const framework = library.frameworks.find((f) => f.id === s.framework && f.version === s.version);
  const from = s.valid_from ?? framework?.valid_from ?? null;
  const to = s.valid_to ?? framework?.valid_to ?? null;
  const dates = [
    ...(from ? [say('valid_from', { day: dayName(from, language) })] : []),
    ...(to ? [say('valid_to', { day: dayName(to, language) })] : []),
  ].join(' ');
  const paragraph = s.paragraph ? ` §${s.paragraph}` : '';
  const doubt = s.certainty === 'to_confirm' ? ` (${say('to_confirm')})` : '';
  const checked =
    s.certainty === 'confirmed' && framework?.checked_against
      ? ` (${say('checked', { text: framework.checked_against[language] })})`
      : '';
  return `${s.framework} ${s.version} ${s.disclosure}${paragraph}${doubt}  ${framework?.title[language] ?? ''}${dates ? `, ${dates}` : ''}${checked}`;
}

function datapointLines(one: Indicator, library: FrameworkLibrary, language: Language, say: Say): string[] {
  const found: string[] = [];
  for (const [version, datapoints] of library.datapoints) {
    for (const d of datapoints.filter((point) => point.by.includes(one.id)))
      found.push(
        `  ${version}  ${d.disclosure}  ${d.id}  ${d.title[language]}${d.certainty === 'to_confirm' ? ` (${say('to_confirm')})` : ''}`,
      );
  }
  return found.length > 0 ? found.sort() : [`  ${say('no_datapoint')}`];
}

/** Reconciliations that look at the same measures. */
export function usedIn(one: Indicator, catalogue: Catalogue): readonly Reconciliation[] {
  const ids = new Set(measuresOfIndicator(one, catalogue).map((m) => m.id));
  return catalogue.reconciliations.filter((r) => ids.has(r.left.measure) || ids.has(r.right.measure));
}

const reconciliationText = (one: Reconciliation, language: Language, say: Say): string =>
  say('reconciliation', { label: one.label[language], id: one.id });

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
import { semicolon, typography } from '../language/typography.ts';
import type { Language, Say } from '../language/wording.ts';
import type { Contract } from '../stage/contract.ts';
import type { Parameter } from '../stage/parameters.ts';

/** What a card is written from. */
export interface Shelves {
  readonly catalogue: Catalogue;
  readonly contracts: ReadonlyMap<string, Contract>;
  readonly library: FrameworkLibrary;
  readonly models: readonly Model[];
  readonly parameters: readonly Parameter[];
  /** what columns of harmonised tables mean, by `table.column`, in the language of the card */
  readonly columns: ReadonlyMap<string, string>;
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
    ...titled(say('columns'), columnLines(measures, shelves.columns)).map(prose),
    ...titled(say('parameters'), parameterLines(one, measures, shelves, language, say)).map(prose),
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
        .join(semicolon(language)) || say('everywhere'),
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
    `    ${say(`times.${m.time}`)}${aside.length > 0 ? semicolon(language) + aside.join(semicolon(language)) : ''}`,
    `    model.${m.table}: ${model?.grain[language] ?? ''}`,
    `    ${say('sources')} ${sources.join(', ')}`,
  ];
}

const titled = (title: string, lines: readonly string[]) =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];

/** What the columns mean that the measures name, each once. */
function columnLines(measures: readonly Measure[], columns: ReadonlyMap<string, string>): string[] {
  const meanings = measures.flatMap((m) =>
    columnsOf(m).flatMap((column) => {
      const meaning = columns.get(`${m.table}.${column}`) ?? columns.get(`any.${column}`);
      return meaning === undefined ? [] : [`${m.table}.${column}: ${meaning}`];
    }),
  );
  return [...new Set(meanings)];
}

/** Names in a measure's expressions, texts in quotes left out; those that are no columns have no meaning either. */
export function columnsOf(m: Measure): string[] {
  const expressions = [m.filter, m.value, m.key, m.per].filter((text) => text !== undefined).join(' ');
  return [...new Set(expressions.replace(/'[^']*'/g, ' ').match(/[a-z][a-z0-9_]*/g) ?? [])];
}

/** Tables that a model reads whole, not by names. */
const wholly = new Set(['wage_benchmarks', 'energy_mix', 'family_leave_rights']);

/**
 * Thresholds, coefficients and scales that the models of the measures read, and the models that these are made of,
 * with their source and what of them is to be confirmed. What decides whom an obligation concerns is told apart.
 */
function parameterLines(
  one: Indicator,
  measures: readonly Measure[],
  { models, parameters }: Shelves,
  language: Language,
  say: Say,
): string[] {
  const own = measures.filter((m) => m.id !== one.applies?.measure);
  const inputs = (name: string) => models.find((m) => m.name === name)?.inputs ?? [];
  /** whether rows of these contracts come through the model */
  const carries = (name: string, contracts: readonly string[]): boolean =>
    inputs(name).some((input) =>
      input.startsWith('model.')
        ? carries(input.slice('model.'.length), contracts)
        : contracts.includes(input.replace(/^staged\./, '')),
    );
  const near = own.flatMap((m) => [
    m.table,
    ...inputs(m.table)
      .filter((input) => input.startsWith('model.'))
      .map((input) => input.slice('model.'.length))
      .filter((name) => carries(name, m.contracts)),
  ]);
  const read = models.filter((m) => near.includes(m.name));
  // a scale is read for the parts that the measures name, all of them where they name none
  const parts = own.flatMap((m) => [...m.filter.matchAll(/part = '(\w+)'/g)].map(([, part]) => part));
  const used = parameters.filter(({ table, name }) =>
    read.some(
      (m) =>
        m.inputs.includes(`reference.${table}`) &&
        (table === 'equality_index_scales'
          ? parts.length === 0 || parts.includes(name)
          : wholly.has(table) || m.sql.includes(`'${name}'`)),
    ),
  );
  const lines = new Map<string, string[]>();
  for (const p of used) {
    const dates = [
      ...(p.from ? [say('valid_from', { day: dayName(p.from, language) })] : []),
      ...(p.to ? [say('valid_to', { day: dayName(p.to, language) })] : []),
    ].join(' ');
    const value = plain(p.value, language);
    // the steps of a scale are one line, and so are the countries that have a right
    const list = p.table === 'equality_index_scales' || p.table === 'family_leave_rights';
    const step =
      p.table === 'family_leave_rights'
        ? p.name
        : list
          ? say(p.bound === null ? 'step_above' : 'step', { bound: plain(p.bound ?? '0', language), value })
          : `${value} ${say(`parameter_units.${slug(p.unit)}`)}${p.bound === null ? '' : ` ${say('from_headcount', { people: plain(p.bound, language) })}`}`;
    const doubt = p.toConfirm ? ` (${say('to_confirm')})` : '';
    const [part, country = p.name] = p.name.split(' ') as [string, string?];
    const named =
      {
        wage_benchmarks: 'wage_benchmark',
        family_leave_rights: 'family_leave',
        energy_mix: `mix_${part}`,
        equality_index_scales: `scale.${p.name}`,
      }[p.table] ?? p.name;
    const label = say(`parameter_names.${named}`, { country });
    const key = `${label}|${dates}|${p.source[language]}${list ? '' : `|${step}`}`;
    const tail = `${dates ? `, ${dates}` : ''}${doubt}. ${p.source[language]}`;
    const held = lines.get(key) ?? [label, tail];
    lines.set(key, [...held, step]);
  }
  return [...lines.values()].map(
    ([label, tail, ...steps]) => `${label}${say('colon')} ${steps.join(semicolon(language))}${tail}`,
  );
}

const plain = (value: string, language: Language) =>
  number(value, value.split('.')[1]?.length ?? 0, language);

const slug = (unit: string) =>
  unit
    .toLowerCase()
    .replace(/%/g, 'per_cent')
    .replace(/[^a-z]+/g, '_');

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

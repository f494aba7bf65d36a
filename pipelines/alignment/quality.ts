import { Decimal } from 'decimal.js';
import { identifier } from '../../connectors/connector.ts';
import type { MissingSource } from '../collect/collect.ts';
import type { Indicator } from '../indicators/catalogue.ts';
import { type Figure, GROUP } from '../indicators/figure.ts';
import { type CodeWords, codeWords } from '../language/codes.ts';
import { listed, percentage, quantity } from '../language/quantity.ts';
import type { Language, Say } from '../language/wording.ts';
import type { StagedExtract } from '../stage/staged-extract.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Finding } from './finding.ts';

export interface QualityView {
  readonly staged: readonly StagedExtract[];
  readonly missing: readonly MissingSource[];
  readonly indicators: readonly Indicator[];
  readonly figures: readonly Figure[];
  readonly period: string;
  readonly quarantineThreshold: number;
  readonly language: Language;
  readonly say: Say;
}

/** What is wrong with the data: sources, quarantine, remarks, estimates, coverage, rows without a factor. */
export async function qualityFindings(warehouse: Warehouse, view: QualityView): Promise<Finding[]> {
  return [
    ...sources(view),
    ...extracts(view),
    ...headlines(view),
    ...(await unvalued(warehouse, view)),
    ...(await withoutResidualMix(warehouse, view)),
    ...(await unplaced(warehouse, view)),
    ...(await unconverted(warehouse, view)),
  ];
}

function sources({ missing, say }: QualityView): Finding[] {
  return missing.map(({ source, message }) => ({
    id: `source:${source.id}`,
    kind: 'source',
    severity: 'critical',
    sentence: say('source.missing', { source: source.id, message }),
    figures: [],
  }));
}

function extracts({ staged, quarantineThreshold, say, language }: QualityView): Finding[] {
  return staged.flatMap(({ extract, rowsRead, rowsQuarantined, remarks }) => {
    const findings: Finding[] = [];
    const share = rowsRead === 0 ? 0 : rowsQuarantined / rowsRead;
    if (share > quarantineThreshold) {
      findings.push({
        id: `quality:quarantine:${extract.extractId}`,
        kind: 'quality',
        severity: 'major',
        sentence: say('quality.quarantine', {
          extract: extract.extractId,
          quarantined: rowsQuarantined,
          read: rowsRead,
          share: percentage(share, 1, language),
          threshold: percentage(quarantineThreshold, 1, language),
        }),
        figures: [
          { name: say('names.rows_quarantined'), value: String(rowsQuarantined), unit: 'count' },
          { name: say('names.rows_read'), value: String(rowsRead), unit: 'count' },
        ],
      });
    }
    remarks
      .filter((remark) => remark.severity === 'error')
      .forEach((remark, i) => {
        findings.push({
          id: `quality:remark:${extract.extractId}:${remark.code}:${i + 1}`,
          kind: 'quality',
          severity: 'major',
          sentence: say('quality.remark', {
            extract: extract.extractId,
            // the code leads to the connector's README
            message: `${remark.code} ${remark.message}`,
          }),
          figures: [],
        });
      });
    return findings;
  });
}

/** Estimates and gaps in the material figures of the group at the run's period. */
function headlines({ indicators, figures, period, say, language }: QualityView): Finding[] {
  return indicators
    .filter((indicator) => indicator.material)
    .flatMap((indicator) => {
      const figure = figures.find(
        (f) =>
          f.indicator === indicator.id &&
          f.entity === GROUP &&
          f.period === period &&
          f.basis === indicator.bases[0],
      );
      if (!figure || figure.value === null) return [];
      const findings: Finding[] = [];
      const about = {
        kind: 'quality' as const,
        severity: 'minor' as const,
        indicator: indicator.id,
        entity: GROUP,
      };
      const shown = [{ name: indicator.label[language], value: figure.value, unit: indicator.unit }];
      if (figure.estimatedShare > 0) {
        findings.push({
          id: `quality:estimated:${indicator.id}`,
          ...about,
          sentence: say('quality.estimated', {
            indicator: indicator.label[language],
            share:
              figure.estimatedShare < 0.0005
                ? say('quality.under', { share: percentage(0.001, 1, language) })
                : percentage(figure.estimatedShare, 1, language),
            method: say('estimate_method'),
          }),
          figures: shown,
        });
      }
      if (figure.coverage < 1) {
        findings.push({
          id: `quality:partial:${indicator.id}`,
          ...about,
          sentence: say('quality.partial', {
            indicator: indicator.label[language],
            coverage: percentage(figure.coverage, 1, language),
          }),
          figures: shown,
        });
      }
      return findings;
    });
}

/** Activities that no factor fits: visible, and counted in no total. Apart, those whose factors are of other dates. */
async function unvalued(warehouse: Warehouse, { say, language }: QualityView): Promise<Finding[]> {
  const lacking = await warehouse.rows<Lacking>(
    `select activity, country, scope_part as part, unit, count(*) as rows, sum(quantity)::varchar as quantity
     from model.emission where tco2e is null group by all order by activity, country, part, unit`,
  );
  const outdated = await warehouse.rows<{
    activity: string;
    rows: number;
    first: string;
    last: string;
    valid: string;
  }>(
    `with factor as (
       select activity, unit, scope_part, country, valid_from, valid_to from reference.factors
       union all select activity, unit, scope_part, country, valid_from, valid_to from reference.group_factors)
     select e.activity, count(distinct (e.extract_id, e.row_number)) as rows, min(e.date)::varchar as first, max(e.date)::varchar as last,
       min(f.valid_from)::varchar || ' – ' || case when bool_or(f.valid_to is null) then '…' else max(f.valid_to)::varchar end as valid
     from model.emission as e
     join factor as f on f.activity = e.activity and f.unit = e.unit and (f.scope_part = e.scope_part or (e.scope_part = 'residual' and f.scope_part = 'generation'))
       and (f.country is null or f.country = e.country)
     where e.tco2e is null and not (e.date between f.valid_from and coalesce(f.valid_to, date '9999-12-31'))
     group by e.activity order by e.activity`,
  );
  const codes = await codeWords(language);
  const findings: Finding[] = outdated.map(({ activity, rows, first, last, valid }) => ({
    id: `quality:factor_dates:${activity}`,
    kind: 'quality',
    severity: 'major',
    sentence: say('quality.factor_dates', {
      activity: codes('activity', activity),
      rows,
      first,
      last,
      valid,
    }),
    figures: [{ name: say('names.rows'), value: String(rows), unit: 'count' }],
  }));
  if (lacking.length > 0) {
    const rows = lacking.reduce((sum, one) => sum + Number(one.rows), 0);
    findings.push({
      id: 'quality:unvalued:emission',
      kind: 'quality',
      severity: 'major',
      sentence: say('quality.unvalued', {
        rows,
        lacks: listed(
          lacking.map((one) => lackText(one, language, say, codes)),
          language,
        ),
      }),
      figures: [{ name: say('names.rows'), value: String(rows), unit: 'count' }],
    });
  }
  return findings;
}

/** Activity that no factor fits, by what a factor would have to be of. */
interface Lacking {
  readonly activity: string;
  readonly country: string | null;
  readonly part: string;
  readonly unit: string;
  readonly rows: number;
  readonly quantity: string | null;
}

function countryText(country: string | null, say: Say, codes: CodeWords): string {
  return country === null ? say('quality.no_country') : codes('country', country);
}

function lackText(one: Lacking, language: Language, say: Say, codes: CodeWords): string {
  return say('quality.lacking', {
    activity: codes('activity', one.activity),
    country: countryText(one.country, say, codes),
    part: say(`quality.parts.${one.part}`),
    amount: quantity(one.quantity, one.unit, 0, language),
    rows: one.rows,
  });
}

/** Market-based electricity of the last twelve months whose residual mix is not loaded: the grid's average stands for it, by country. */
async function withoutResidualMix(warehouse: Warehouse, { say, language }: QualityView): Promise<Finding[]> {
  const countries = await warehouse.rows<{ country: string | null; kwh: string; tonnes: string }>(
    `select country, sum(quantity)::varchar as kwh, sum(tco2e)::varchar as tonnes from model.emission
     where basis = 'market' and method = 'grid_average_without_residual_mix' and tco2e is not null
       and date > (select max(month_end) - interval 12 month from reference.month)
     group by country order by country`,
  );
  if (countries.length === 0) return [];
  const tonnes = Decimal.sum(...countries.map((one) => one.tonnes)).toFixed();
  const codes = await codeWords(language);
  return [
    {
      id: 'quality:residual_mix',
      kind: 'quality',
      severity: 'minor',
      sentence: say('quality.residual_mix', {
        countries: listed(
          countries.map(
            (one) => `${countryText(one.country, say, codes)} (${quantity(one.kwh, 'kWh', 0, language)})`,
          ),
          language,
        ),
        tonnes: quantity(tonnes, 'tCO2e', 0, language),
      }),
      figures: [{ name: say('names.emissions'), value: tonnes, unit: 'tCO2e' }],
    },
  ];
}

/** Models whose rows may concern the whole group. */
const groupWide = ['action', 'milestone'];

/** Rows that no entity of the perimeter owns on their day (a meter read after its last day): they count nowhere. */
async function unplaced(warehouse: Warehouse, { say }: QualityView): Promise<Finding[]> {
  const tables = await warehouse.rows<{ name: string }>(
    `select table_name as name from information_schema.columns
     where table_schema = 'model' and column_name = 'entity' and table_catalog = current_database() order by table_name`,
  );
  const findings: Finding[] = [];
  for (const { name } of tables.filter((table) => !groupWide.includes(table.name))) {
    const rows = await warehouse.rows<{ extract: string; rows: number; first: number }>(
      `select extract_id as extract, count(*) as rows, min(row_number) as first from model.${identifier(name)}
       where entity is null group by extract_id order by extract_id`,
    );
    if (rows.length === 0) continue;
    const total = rows.reduce((sum, one) => sum + Number(one.rows), 0);
    findings.push({
      id: `quality:unplaced:${name}`,
      kind: 'quality',
      severity: 'major',
      sentence: say('quality.unplaced', { rows: total, table: name, where: places(rows) }),
      figures: [{ name: say('names.rows'), value: String(total), unit: 'count' }],
    });
  }
  return findings;
}

/** Quantities that could not be brought to the common unit: their rows stand, without a value. */
const quantities = [
  { table: 'energy', column: 'energy_mwh', where: "purpose = 'site'" },
  { table: 'fuel', column: 'quantity', where: "kind in ('fuel', 'electricity')" },
  { table: 'water', column: 'volume_m3', where: 'true' },
  { table: 'freight', column: 'weight_t', where: 'true' },
];

async function unconverted(warehouse: Warehouse, { say }: QualityView): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { table, column, where } of quantities) {
    const rows = await warehouse.rows<{ extract: string; rows: number; first: number }>(
      `select extract_id as extract, count(*) as rows, min(row_number) as first from model.${table}
       where ${column} is null and ${where} group by extract_id order by extract_id`,
    );
    if (rows.length === 0) continue;
    const total = rows.reduce((sum, one) => sum + Number(one.rows), 0);
    findings.push({
      id: `quality:unconverted:${table}`,
      kind: 'quality',
      severity: 'major',
      sentence: say('quality.unconverted', { rows: total, table, where: places(rows) }),
      figures: [{ name: say('names.rows'), value: String(total), unit: 'count' }],
    });
  }
  return findings;
}

/** The first extracts with the first row in each: `water/w.csv 2, water/x.csv 7, …` */
function places(rows: readonly { extract: string; first: number }[]): string {
  const shown = rows.slice(0, 3).map((one) => `${one.extract} ${one.first}`);
  return [...shown, ...(rows.length > shown.length ? ['…'] : [])].join(', ');
}

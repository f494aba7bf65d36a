import type { Bilingual } from '../../configuration/bilingual.ts';
import { sourceIn, withFrenchSource } from '../../stage/source-text.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import type { StagedRow } from './staged-row.ts';

/** A conversion, a factor or an estimate on the way from a staged row to a harmonised one. */
export interface Step {
  readonly kind: 'sum' | 'unit' | 'gross_to_net' | 'currency' | 'factor' | 'estimate';
  /** `5,76 EUR` is the text of a person; this is `{ from, by, to }` with their units */
  readonly from: string;
  readonly by: string;
  readonly to: string;
  /** id, version and doubt of the factor, separated by commas; code of the method; '' where there is none */
  readonly reference: string;
  /** who published it; null where nobody did */
  readonly source: Bilingual | null;
}

interface Factor {
  readonly factor_id: string;
  readonly value_kgco2e: string;
  readonly unit: string;
  readonly version: string | null;
  readonly source: Bilingual | null;
  readonly certainty: string | null;
  readonly valid_from: string;
}

/** The reference tables that conversions come from; all are small. */
export interface Rules {
  readonly factors: ReadonlyMap<string, Factor>;
  readonly fx: readonly {
    readonly currency: string;
    readonly valid_from: string;
    readonly valid_to: string;
    readonly eur_per_unit: string;
    readonly source: Bilingual;
  }[];
  /** what each unit can be turned into; a volume, into litres or cubic metres */
  readonly units: ReadonlyMap<
    string,
    readonly {
      readonly to_unit: string;
      readonly dimension: string;
      readonly factor: string;
      readonly source: Bilingual;
    }[]
  >;
  readonly fuels: ReadonlyMap<string, { readonly kwh_per_unit: string | null; readonly source: Bilingual }>;
  readonly grossToNet: { readonly value: string; readonly source: Bilingual } | undefined;
}

const source = `{ fr: ${sourceIn.fr}, en: ${sourceIn.en} } as source`;

export async function readRules(warehouse: Warehouse): Promise<Rules> {
  const factors = await warehouse.rows<Factor>(
    `select factor_id, value_kgco2e::varchar as value_kgco2e, unit, version, ${source}, certainty, valid_from::varchar as valid_from
     from ${withFrenchSource('factors', 'group_factors')} order by valid_from`,
  );
  const fx = await warehouse.rows<Rules['fx'][number]>(
    `select currency, valid_from::varchar as valid_from, coalesce(valid_to, date '9999-12-31')::varchar as valid_to, eur_per_unit::varchar as eur_per_unit, ${source} from ${withFrenchSource('fx')} order by currency, valid_from`,
  );
  const units = await warehouse.rows<{
    unit: string;
    to_unit: string;
    dimension: string;
    factor: string;
    source: Bilingual;
  }>(
    `select unit, to_unit, dimension, rtrim(rtrim(factor::varchar, '0'), '.') as factor, ${source} from ${withFrenchSource('units')} order by unit, to_unit`,
  );
  const fuels = await warehouse.rows<{
    fuel: string;
    unit: string;
    kwh_per_unit: string | null;
    source: Bilingual;
  }>(`select fuel, unit, kwh_per_unit::varchar as kwh_per_unit, ${source} from ${withFrenchSource('fuels')}`);
  const [grossToNet] = await warehouse.rows<{ value: string; source: Bilingual }>(
    `select value::varchar as value, ${source} from ${withFrenchSource('constants')} where name = 'natural_gas_pcs_per_pci'`,
  );
  return {
    factors: new Map(factors.map((one) => [one.factor_id, one])),
    fx,
    units: new Map(
      [...new Set(units.map((one) => one.unit))].map((unit) => [
        unit,
        units.filter((one) => one.unit === unit),
      ]),
    ),
    fuels: new Map(fuels.map((one) => [`${one.fuel}|${one.unit}`, one])),
    grossToNet,
  };
}

const text = (value: unknown) => (value === null || value === undefined ? '' : String(value));

/** What turned the staged rows (or the row's own activity) into the harmonised row's value. */
export function stepsOf(
  table: string,
  values: Readonly<Record<string, unknown>>,
  staged: readonly StagedRow[],
  rules: Rules,
  /** staged rows that it rests on, where they are not all given */
  rests = staged.length,
): Step[] {
  const steps: Step[] = [];
  // what we estimated rests on rows that other values were made of
  const ours =
    values.quality === 'estimated' && values.method !== undefined && values.method !== 'estimated_by_source';
  for (const { values: received } of ours ? [] : staged.slice(0, 1)) {
    if (rests > 1 && received.energy_kwh !== undefined)
      steps.push({
        kind: 'sum',
        from: `${rests}`,
        by: 'kWh',
        to: `${text(values.energy_mwh)} MWh`,
        reference: '',
        source: null,
      });
    steps.push(
      ...unitStep(values, received, rules),
      ...gasStep(values, received, rules),
      ...fxStep(values, received, rules),
    );
  }
  if (values.method !== undefined && values.quality === 'estimated') {
    const to = values.energy_mwh === undefined ? '' : `${text(values.energy_mwh)} MWh`;
    steps.push({
      kind: 'estimate',
      from: `${staged.length}`,
      by: text(values.method),
      to,
      reference: text(values.method),
      source: null,
    });
  }
  if (table === 'emission' && values.factor_kgco2e !== undefined) {
    const id = text(values.factor_id);
    const factor = rules.factors.get(id);
    steps.push({
      kind: 'factor',
      from: `${text(values.quantity)} ${text(values.unit)}`,
      by: `${text(values.factor_kgco2e)} kgCO2e/${text(values.unit)} × 0.001`,
      to: `${text(values.tco2e)} tCO2e`,
      // a factor that a contract or a supplier states is in no table
      reference: [
        id === '' ? text(values.method) : id,
        factor?.version,
        factor?.certainty === 'to_confirm' ? 'to_confirm' : undefined,
      ]
        .filter(Boolean)
        .join(', '),
      source: factor?.source ?? null,
    });
  }
  return steps;
}

function unitStep(
  values: Readonly<Record<string, unknown>>,
  received: Readonly<Record<string, unknown>>,
  rules: Rules,
): Step[] {
  const unit = text(received.unit);
  // an activity in the unit that was received is not converted
  if (unit === '' || unit === values.unit) return [];
  const quantity = text(received.quantity);
  const carrier = text(received.carrier ?? received.product);
  const listed = rules.units.get(unit) ?? [];
  const heat = rules.fuels.get(`${carrier}|${unit}`);
  // what is metered in energy is energy already
  if (heat?.kwh_per_unit && !listed.some((one) => one.to_unit === 'MWh'))
    return [
      {
        kind: 'unit',
        from: `${quantity} ${unit}`,
        by: `${heat.kwh_per_unit} kWh/${unit}`,
        to: 'kWh PCI',
        reference: carrier,
        source: heat.source,
      },
    ];
  const wanted = values.volume_m3 === undefined ? text(values.fuel_unit ?? values.unit) : 'm3';
  const known = listed.find((one) => one.to_unit === wanted) ?? listed[0];
  if (!known || known.to_unit === unit) return [];
  const gross = known.dimension === 'energy_gross' && rules.grossToNet;
  return [
    {
      kind: 'unit',
      from: `${quantity} ${unit}`,
      by: `${known.factor} ${known.to_unit}/${unit}`,
      to: known.to_unit,
      reference: '',
      source: known.source,
    },
    ...(gross
      ? [
          {
            kind: 'gross_to_net' as const,
            from: `${quantity} ${unit}`,
            by: `÷ ${gross.value}`,
            to: values.energy_mwh === undefined ? 'MWh PCI' : `${text(values.energy_mwh)} MWh PCI`,
            reference: 'natural_gas_pcs_per_pci',
            source: gross.source,
          },
        ]
      : []),
  ];
}

function gasStep(
  values: Readonly<Record<string, unknown>>,
  received: Readonly<Record<string, unknown>>,
  rules: Rules,
): Step[] {
  const gross = text(received.energy_kwh_pcs);
  if (gross === '' || !rules.grossToNet) return [];
  return [
    {
      kind: 'gross_to_net',
      from: `${gross} kWh PCS`,
      by: `÷ (1000 × ${rules.grossToNet.value})`,
      to: `${text(values.energy_mwh)} MWh PCI`,
      reference: 'natural_gas_pcs_per_pci',
      source: rules.grossToNet.source,
    },
  ];
}

function fxStep(
  values: Readonly<Record<string, unknown>>,
  received: Readonly<Record<string, unknown>>,
  rules: Rules,
): Step[] {
  const currency = text(received.currency);
  const day = text(values.date);
  if (currency === '' || currency === 'EUR') return [];
  const rate = rules.fx.find(
    (one) => one.currency === currency && one.valid_from <= day && day <= one.valid_to,
  );
  if (!rate) return [];
  const amount = text(received.amount_excl_vat ?? received.amount ?? received.gross ?? '');
  return [
    {
      kind: 'currency',
      from: `${amount} ${currency}`.trim(),
      by: `${rate.eur_per_unit} EUR/${currency}`,
      to: values.amount_eur === undefined ? 'EUR' : `${text(values.amount_eur)} EUR`,
      reference: `${rate.valid_from} – ${rate.valid_to}`,
      source: rate.source,
    },
  ];
}

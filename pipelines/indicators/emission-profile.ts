import { Decimal } from 'decimal.js';
import type { Answering } from '../warehouse/kept-results.ts';
import type { Window } from './measure-rows.ts';

/** Emissions of the group in one category, or in a total of categories, by how they are known. Decimal text, tCO2e. */
export interface EmissionProfile {
  /** `stationary`, `c1_purchased`..., or `scope1`, `scope2_location`, `scope2_market`, `scope3`, `total_market` */
  readonly category: string;
  readonly scope: string;
  readonly basis: string | null;
  readonly tco2e: string;
  readonly biogenic: string;
  /** parts of `tco2e`, which add up to it */
  readonly byQuality: Readonly<
    Record<'measured' | 'calculated' | 'estimated' | 'by_spend' | 'survey', string>
  >;
  /** activity rows without a factor: in no total */
  readonly unvalued: number;
  /** half-width of the 95 % interval as a share of `tco2e`; null where that is zero */
  readonly uncertainty: number | null;
  /** the same in tCO2e */
  readonly plusOrMinus: string;
}

interface Line {
  readonly scope: string;
  readonly category: string;
  readonly basis: string | null;
  readonly factor: string;
  readonly quality: string;
  readonly tco2e: string;
  readonly biogenic: string;
  readonly unvalued: number;
  readonly factor_pct: string;
  readonly activity_pct: string;
}

const totals: Readonly<Record<string, (line: Line) => boolean>> = {
  scope1: (line) => line.scope === '1',
  scope2_location: (line) => line.scope === '2' && line.basis === 'location',
  scope2_market: (line) => line.scope === '2' && line.basis === 'market',
  scope3: (line) => line.scope === '3',
  total_market: (line) => ['1', '2', '3'].includes(line.scope) && line.basis !== 'location',
};

/**
 * What the group's emissions of a window are known from, and how surely.
 *
 * Uncertainty is propagated by the IPCC's approach 1 (2006 Guidelines, volume 1, chapter 3; GHG Protocol
 * guidance on uncertainty): factor and activity combine as the root of the sum of squares; rows of one
 * factor and quality are added first, as they err together; different factors are taken as independent.
 * Uncertainties of the activity are those of data/reference/constants.csv.
 */
export async function emissionProfiles(warehouse: Answering, window: Window): Promise<EmissionProfile[]> {
  const lines = await warehouse.rows<Line>(`with constant as (
      select max(value) filter (where name = 'activity_uncertainty_measured_pct') as measured,
        max(value) filter (where name = 'activity_uncertainty_estimated_pct') as estimated,
        max(value) filter (where name = 'activity_uncertainty_by_spend_pct') as by_spend,
        max(value) filter (where name = 'activity_uncertainty_survey_pct') as survey,
        max(value) filter (where name = 'stated_factor_uncertainty_pct') as stated
      from reference.constants)
    select t.scope, t.category, t.basis, coalesce(t.factor_id, '') as factor, t.quality,
      coalesce(sum(t.tco2e * e.weight), 0)::decimal(38,10)::varchar as tco2e,
      coalesce(sum(t.biogenic_tco2e * e.weight), 0)::decimal(38,10)::varchar as biogenic,
      (count(*) filter (where t.tco2e is null))::integer as unvalued,
      max(coalesce(t.uncertainty_pct, k.stated))::varchar as factor_pct,
      max(case t.quality when 'estimated' then k.estimated when 'by_spend' then k.by_spend when 'survey' then k.survey else k.measured end)::varchar as activity_pct
    from model.emission as t
    join reference.entity as e on e.entity = t.entity
    cross join constant as k
    where e.weight <> 0 and t.date between date '${window.from}' and date '${window.to}'
      and t.date >= coalesce(e.entry_date, date '0001-01-01') and t.date <= coalesce(e.exit_date, date '9999-12-31')
    group by all order by all`);
  const categories = [...new Set(lines.map((l) => `${l.scope}|${l.category}|${l.basis ?? ''}`))].sort();
  return [
    ...categories.map((key) => {
      const own = lines.filter((l) => `${l.scope}|${l.category}|${l.basis ?? ''}` === key);
      const { scope, category, basis } = own[0] as Line;
      return profile(category, scope, basis, own);
    }),
    ...Object.entries(totals).map(([name, belongs]) => {
      const own = lines.filter(belongs);
      const basis = name.startsWith('scope2_') ? name.slice(7) : name === 'total_market' ? 'market' : null;
      return profile(name, name === 'total_market' ? '1, 2, 3' : name.slice(5, 6), basis, own);
    }),
  ];
}

function profile(
  category: string,
  scope: string,
  basis: string | null,
  lines: readonly Line[],
): EmissionProfile {
  const sum = (of: (line: Line) => string, which: readonly Line[] = lines) =>
    which.reduce((total, line) => total.plus(of(line)), new Decimal(0));
  const total = sum((line) => line.tco2e);
  const halfWidth = combined(lines);
  const quality = (name: string) =>
    sum(
      (line) => line.tco2e,
      lines.filter((line) => line.quality === name),
    ).toFixed();
  return {
    category,
    scope,
    basis,
    tco2e: total.toFixed(),
    biogenic: sum((line) => line.biogenic).toFixed(),
    byQuality: {
      measured: quality('measured'),
      calculated: quality('calculated'),
      estimated: quality('estimated'),
      by_spend: quality('by_spend'),
      survey: quality('survey'),
    },
    unvalued: lines.reduce((count, line) => count + line.unvalued, 0),
    uncertainty: total.isZero() ? null : halfWidth.dividedBy(total.abs()).toDecimalPlaces(4).toNumber(),
    plusOrMinus: halfWidth.toDecimalPlaces(6).toFixed(),
  };
}

/** Root of the sum of squares over factors and qualities, in tCO2e. */
function combined(lines: readonly Line[]): Decimal {
  const together = new Map<string, { tco2e: Decimal; pct: Decimal }>();
  for (const line of lines) {
    const key = `${line.factor}|${line.quality}`;
    const pct = new Decimal(line.factor_pct).pow(2).plus(new Decimal(line.activity_pct).pow(2)).sqrt();
    const before = together.get(key);
    together.set(key, { tco2e: (before?.tco2e ?? new Decimal(0)).plus(line.tco2e), pct });
  }
  return [...together.values()]
    .reduce((squares, { tco2e, pct }) => squares.plus(tco2e.times(pct).dividedBy(100).pow(2)), new Decimal(0))
    .sqrt();
}

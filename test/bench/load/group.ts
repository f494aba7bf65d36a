import { withLuhnKey } from '../../../data/sample/identifiers.ts';
import { type Load, metersOf } from './size.ts';

/** The four quarters that the load covers; the last one is the one to report. */
export const quarters = ['2025-Q4', '2026-Q1', '2026-Q2', '2026-Q3'] as const;
export const period = '2026-Q3';
export const firstMonth = '2025-10';
export const lastMonth = '2026-09';

export interface Company {
  readonly id: string;
  readonly siren: string;
  readonly site: string;
  readonly siret: string;
  /** meters of electricity, fourteen digits */
  readonly meters: readonly string[];
  readonly people: number;
  readonly ledgerRows: number;
}

/**
 * The companies of a load: people, meters and ledger lines are dealt out as evenly as whole numbers go. The
 * first company is the parent of all. SIREN and SIRET keep their keys, in a range that no company has.
 */
export function companiesOf(load: Load): Company[] {
  const meters = metersOf(load);
  const dealt = (whole: number, place: number) =>
    Math.floor((whole * (place + 1)) / load.entities) - Math.floor((whole * place) / load.entities);
  let meter = 0;
  return Array.from({ length: load.entities }, (_, place) => {
    const siren = withLuhnKey(`998${String(place).padStart(5, '0')}`);
    const own = dealt(meters, place);
    const company = {
      id: `C${String(place + 1).padStart(4, '0')}`,
      siren,
      site: `S${String(place + 1).padStart(4, '0')}`,
      siret: withLuhnKey(`${siren}0001`),
      meters: Array.from({ length: own }, (_, n) => `309980${String(meter + n).padStart(8, '0')}`),
      people: dealt(load.people, place),
      ledgerRows: dealt(load.ledgerRows, place),
    };
    meter += own;
    return company;
  });
}

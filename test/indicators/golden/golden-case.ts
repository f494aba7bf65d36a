import type { Warehouse } from '../../../pipelines/warehouse/warehouse.ts';
import type { Rows } from '../../harmonise/harmonised.ts';

/** One small set of staged rows, and the figures that a hand calculation gives for it. */
export interface GoldenCase {
  readonly name: string;
  /** quarter that the figures are of; 2025-Q4 ends the calendar year 2025 */
  readonly period: string;
  /** rows by contract, for entities A, B (French) and D (German) */
  readonly staged: Record<string, Rows>;
  /** `contract@entity` that has not come, where all others have */
  readonly missing?: readonly string[];
  /** done to the reference tables, such as a date of entry in the perimeter */
  readonly before?: (warehouse: Warehouse) => Promise<void>;
  /** done to the harmonised tables before the measures are taken */
  readonly after?: (warehouse: Warehouse) => Promise<void>;
  /** expected value by `indicator`, `indicator@entity` or `indicator@entity@basis`; a status in angle brackets where there is no value */
  readonly figures: Record<string, number | `<${string}>`>;
}

const monthsOf = (from: string, to: string): string[] => {
  const months: string[] = [];
  for (let at = `${from.slice(0, 7)}-01`; at <= to; ) {
    months.push(at);
    const [year, month] = at.split('-').map(Number) as [number, number];
    at = month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, '0')}-01`;
  }
  return months;
};

/** So many people alike, in a personnel register of an entity (D unless named) from `first` to `last` month. */
export interface Crowd {
  readonly name: string;
  readonly count: number;
  readonly entity?: 'A' | 'B' | 'D';
  readonly sex: 'F' | 'M' | 'X';
  readonly born?: number;
  readonly class?: string;
  readonly contract?: string;
  readonly fte?: number;
  readonly entry?: string;
  readonly exit?: string;
  readonly reason?: string;
  /** monthly gross pay, variable part of it, paid hours */
  readonly gross?: number;
  readonly variable?: number;
  readonly hours?: number;
  readonly covered?: boolean;
  readonly disabled?: boolean;
  readonly sickHours?: number;
  readonly theoreticalHours?: number;
}

/** The register of 2025 that tells these crowds month by month, until their exit. */
export function registerOf(crowds: readonly Crowd[], months = monthsOf('2025-01-01', '2025-12-31')): Rows {
  const lines = [
    'entity  site  person  month  sex  birth_year  contract_class  fte_rate  job_class  entry_date  exit_date  exit_reason  gross_pay  variable_pay  paid_hours  currency  collective_agreement  disability  absence_hours_sick  theoretical_hours',
  ];
  for (const crowd of crowds) {
    const entry = crowd.entry ?? '2015-01-01';
    for (const month of months) {
      if (month.slice(0, 7) < entry.slice(0, 7)) continue;
      if (crowd.exit && month.slice(0, 7) > crowd.exit.slice(0, 7)) continue;
      const leaves = crowd.exit?.slice(0, 7) === month.slice(0, 7);
      for (let i = 0; i < crowd.count; i += 1) {
        lines.push(
          [
            crowd.entity ?? 'D',
            `S${crowd.entity ?? 'D'}`,
            `${crowd.name}-${i}`,
            month,
            crowd.sex,
            crowd.born ?? 1985,
            crowd.contract ?? 'permanent',
            crowd.fte ?? 1,
            crowd.class ?? 'worker',
            entry,
            leaves ? crowd.exit : '-',
            leaves ? (crowd.reason ?? 'other') : '-',
            crowd.gross ?? 3000,
            crowd.variable ?? 0,
            crowd.hours ?? 150,
            'EUR',
            crowd.covered ?? false,
            crowd.disabled ?? false,
            crowd.sickHours ?? 0,
            crowd.theoreticalHours ?? 150,
          ].join('  '),
        );
      }
    }
  }
  return lines.join('\n');
}

/** A person of entity A in the monthly DSN of 2025. */
export interface Declared {
  readonly person: string;
  readonly sex: 'F' | 'M';
  readonly born?: string;
  readonly disabled?: boolean;
  readonly quota?: number;
  /** a second contract beside C1, of so many hours a month, that ends on a day */
  readonly second?: { readonly quota: number; readonly end: string };
}

/**
 * Monthly DSN of entity A over 2025; stoppages (S21.G00.60) and suspensions (S21.G00.65) are told in the month they end.
 *
 * @param stoppages lines `person  reason  last_day_worked  planned_end`
 */
export function dsnOf(
  people: readonly Declared[],
  stoppages: readonly (readonly [string, string, string, string])[] = [],
): Record<string, Rows> {
  const head = 'declaration  siret  month  nature  declaration_type';
  const tables: Record<string, string[]> = {
    dsn_declarations: [`${head}  declaration_order  fraction  siren  idcc`],
    dsn_individuals: [`${head}  individual  person  registration_number  sex  birth_date`],
    dsn_contracts: [
      `${head}  individual  contract_number  start_date  conventional_status  nature_code  scheme  quota_unit  quota_reference  quota_contract  working_time  idcc  workplace_siret  disability_status`,
    ],
    dsn_absences: [`${head}  individual  contract_number  reason  last_day_worked  planned_end`],
    dsn_contract_ends: [`${head}  individual  contract_number  contract_start  end_date  reason`],
  };
  monthsOf('2025-01-01', '2025-12-31').forEach((month, m) => {
    const at = `${m + 1}  11111111100011  ${month}  01  01`;
    tables.dsn_declarations?.push(`${at}  1  11  111111111  3248`);
    people.forEach((one, i) => {
      const quota = one.quota ?? 151.67;
      tables.dsn_individuals?.push(
        `${at}  ${i + 1}  ${one.person}  M${i}  ${one.sex === 'F' ? '02' : '01'}  ${one.born ?? '1985-01-01'}`,
      );
      const contract = (number: string, hours: number) =>
        `${at}  ${i + 1}  ${number}  2020-01-01  07  01  99  10  151.67  ${hours}  ${hours < 151.67 ? '20' : '10'}  3248  11111111100011  ${one.disabled ? '01' : '-'}`;
      tables.dsn_contracts?.push(contract('C1', quota));
      const { second } = one;
      if (second && month.slice(0, 7) <= second.end.slice(0, 7))
        tables.dsn_contracts?.push(contract('C2', second.quota));
      if (second?.end.slice(0, 7) === month.slice(0, 7))
        tables.dsn_contract_ends?.push(`${at}  ${i + 1}  C2  2020-01-01  ${second.end}  031`);
      for (const [person, reason, last, end] of stoppages) {
        if (person === one.person && end.slice(0, 7) === month.slice(0, 7))
          tables.dsn_absences?.push(`${at}  ${i + 1}  C1  ${reason}  ${last}  ${end}`);
      }
    });
  });
  return Object.fromEntries(
    Object.entries(tables)
      .filter(([, lines]) => lines.length > 1)
      .map(([name, lines]) => [`${name}@dsn`, lines.join('\n')]),
  );
}

import type { Addressing, ReadingSession, Remark } from '../connector.ts';

/** What a layout's reader leaves for the SQL that all layouts share. */
export interface Delivered {
  readonly table: string;
  readonly addressing: Addressing;
  /** rows under the heading */
  readonly rows: number;
  readonly remarks: readonly Remark[];
  readonly facts: Readonly<Record<string, string>>;
}

/**
 * Columns of the raw table, text as delivered; `first` and `last` are ISO days, both included. `period` is the
 * text that a person finds in the file; `fault` is a rule that the layout's reader found broken.
 */
export const RAW_COLUMNS = [
  'row',
  'meter',
  'period',
  'first',
  'last',
  'volume',
  'coefficient',
  'energy',
  'nature',
  'qualification',
  'status',
  'fault',
  'fault_column',
  'fault_value',
] as const;

export function rawTable(table: string): string {
  return `create temp table ${table} (${RAW_COLUMNS.map((name) => `${name} ${name === 'row' ? 'bigint' : 'varchar'}`).join(', ')})`;
}

/** A PCE in a text: 14 digits, or GI and six digits for the large meters. */
export function meterIn(text: string): string | undefined {
  return /(?<![0-9])[0-9]{14}(?![0-9])|\bGI ?[0-9]{6}(?![0-9])/i
    .exec(text)?.[0]
    .replace(' ', '')
    .toUpperCase();
}

const number = (text: string, type: string) =>
  `try_cast(replace(regexp_replace(${text}, '[\\s\\x{00A0}\\x{202F}]', '', 'g'), ',', '.') as ${type})`;

/** Wording of GRDF, without accents: `Mesuré`, `Estimé`, `Corrigé`, `Absence de Données`, `Réel`. */
const quality = (text: string) => `case
    when strip_accents(lower(${text})) like 'mesur%' or strip_accents(lower(${text})) like 'reel%' then 'measured'
    when strip_accents(lower(${text})) like 'estim%' then 'estimated'
    when strip_accents(lower(${text})) like 'corr%' or strip_accents(lower(${text})) like 'rectif%' then 'corrected'
    when strip_accents(lower(${text})) like 'absen%' then 'absent'
  end`;

/**
 * Makes the readings of a file: table with `line` (unique), `series` (the meter), `starts` and `ends` (days,
 * `ends` after the last), `rank`, `rule` and what the record set gives.
 */
export async function settleReadings(session: ReadingSession, raw: string): Promise<string> {
  const table = session.temporary('grdf_readings');
  await session.run(`create temp table ${table} as
with typed as (
  select *,
    try_strptime(first, '%Y-%m-%d') as starts,
    try_strptime(last, '%Y-%m-%d') + interval 1 day as ends,
    ${number('volume', 'decimal(18, 3)')} as volume_m3,
    ${number('coefficient', 'decimal(18, 6)')} as kwh_per_m3,
    ${number('energy', 'decimal(18, 3)')} as energy_kwh_pcs,
    coalesce(${quality('qualification')}, ${quality('nature')}) as known_quality,
    coalesce(qualification, nature) as wording
  from ${raw}
), judged as (
  select *,
    case
      when fault is not null then fault
      when meter is null then 'meter_missing'
      when regexp_full_match(meter, '[0-9][.,]?[0-9]*[eE][+]?[0-9]+') then 'meter_scientific'
      when starts is null or ends is null then 'unreadable_period'
      when ends <= starts then 'empty_period'
      when energy is null then 'absent_reading'
      when energy_kwh_pcs is null then 'unreadable_energy'
      when volume is not null and volume_m3 is null then 'unreadable_volume'
      when coefficient is not null and kwh_per_m3 is null then 'unreadable_coefficient'
      when energy_kwh_pcs < 0 then 'negative_energy'
    end as rule
  from typed
)
select row as line, row, meter, meter as series, starts, ends, volume_m3, kwh_per_m3, energy_kwh_pcs, rule, period, status,
  case known_quality when 'absent' then 'estimated' else coalesce(known_quality, case when wording is null then 'measured' else 'estimated' end) end as quality,
  case when known_quality is null then wording end as unknown_wording,
  -- a final reading prevails over a provisional one, then a corrected over a measured over an estimated one
  (case when strip_accents(lower(status)) like 'provisoire%' then 3 else 0 end
    + case known_quality when 'corrected' then 0 when 'measured' then 1 else 2 end)::integer as rank,
  case rule
    when fault then fault_column
    when 'meter_missing' then 'pce' when 'meter_scientific' then 'pce'
    when 'unreadable_period' then 'period' when 'empty_period' then 'period'
    when 'unreadable_volume' then 'volume' when 'unreadable_coefficient' then 'coefficient'
    else 'energy'
  end as fault_column,
  case rule
    when fault then fault_value
    when 'meter_missing' then period when 'meter_scientific' then meter
    when 'unreadable_period' then period when 'empty_period' then period
    when 'unreadable_volume' then volume when 'unreadable_coefficient' then coefficient
    when 'absent_reading' then coalesce(wording, '')
    else energy
  end as fault_value
from judged`);
  return table;
}

/**
 * SQL of energies in millionths of a kWh, as whole numbers: DuckDB divides decimals as floating point, which
 * would round differently from one sum to the next.
 */

/** Decimal number as Enedis writes it: point or comma, no thousands separator but spaces. */
export function numberOf(text: string): string {
  return `coalesce(try_cast(${text} as decimal(18, 6)), try_cast(replace(regexp_replace(${text}, '[\\s\\x{00A0}\\x{202F}]', '', 'g'), ',', '.') as decimal(18, 6)))`;
}

/** Millionths of a kWh of a value over `minutes`, of a unit in capitals; half a millionth rounds up. NULL for an unknown unit. */
export function microKwh(value: string, unit: string, minutes: string): string {
  const micro = `(${value}::decimal(24, 6) * 1000000::decimal(7, 0))::hugeint`;
  const over = (numerator: string, denominator: number) =>
    denominator === 1 ? numerator : `(2 * ${numerator} + ${denominator}) // ${2 * denominator}`;
  // almost every value is a whole number of watts, for which 64 bits are enough
  return `case
    when ${unit} = 'W' and ${value} between 0 and 999999999 and ${value}::bigint = ${value}
      then ((2 * ${value}::bigint * 1000000 * ${minutes} + 60000) // 120000)::hugeint
    else case ${unit}
    when 'W' then ${over(`${micro} * ${minutes}`, 60_000)}
    when 'KW' then ${over(`${micro} * ${minutes}`, 60)}
    when 'WH' then ${over(micro, 1000)}
    when 'KWH' then ${micro}
    end
  end`;
}

/** Text of a kWh number with six decimals from its millionths. */
export function kwhText(micro: string): string {
  return `(${micro}::decimal(32, 0) * 0.000001::decimal(6, 6))::varchar`;
}

/** DECIMAL(18, 6) of kWh from its millionths, of which there are less than 10^18. */
export function kwhOf(micro: string): string {
  return `(${micro}::decimal(18, 0) * 0.000001::decimal(6, 6))::decimal(18, 6)`;
}

export const UNITS = ['W', 'KW', 'WH', 'KWH'];

/** SQL: instant of a UTC timestamp as text, `2026-03-29T00:30:00Z`. */
export function instantText(timestamp: string): string {
  return `strftime(${timestamp}, '%Y-%m-%dT%H:%M:%SZ')`;
}

/**
 * SQL: quality from the letter of the row, else from the processing step (BRUT, CORRIGE) that the export
 * names. NULL for a letter that is not known.
 *
 * A list of many is asked as a list: DuckDB turns a long IN into a join, which loses the order of the rows.
 *
 * B, C and E are met in files; the others are those of Enedis' guides to its load-curve flows.
 */
export function qualityOf(nature: string, stage: string): string {
  const processing = `strip_accents(upper(coalesce(${stage}, '')))`;
  return `case
    when ${nature} = 'B' then 'measured'
    when ${nature} is null then case
      when ${processing} like '%CORR%' then 'corrected'
      when ${processing} like '%ESTIM%' then 'estimated'
      else 'measured'
    end
    when list_contains(['B', 'BRUT', 'BRUTE', 'R', 'REEL', 'REELLE', 'S', 'T', 'F', 'G'], strip_accents(upper(${nature}))) then 'measured'
    when list_contains(['C', 'CORRIGE', 'CORRIGEE', 'D', 'K'], strip_accents(upper(${nature}))) then 'corrected'
    when list_contains(['E', 'ESTIME', 'ESTIMEE', 'H', 'P'], strip_accents(upper(${nature}))) then 'estimated'
  end`;
}

export const QUALITY_RANK = (quality: string) =>
  `case ${quality} when 'corrected' then 0 when 'measured' then 1 else 2 end`;

/** SQL: a meter number that a spreadsheet has turned into 1,91258E+13 has lost its digits. */
export function isScientific(meter: string): string {
  return `contains(upper(${meter}), 'E') and regexp_full_match(${meter}, '[0-9][.,]?[0-9]*[eE][+]?[0-9]+')`;
}

/**
 * SQL for the text of a value: dates in ISO, instants in UTC, numbers with a point, nested values as JSON.
 *
 * A whole number held as DOUBLE, as pandas writes identifiers with gaps, is given without `.0` and without
 * exponent as long as it is exact.
 *
 * @param column SQL of the column
 * @param type DuckDB's name of its type
 */
export function textOf(column: string, type: string): string {
  if (/(\[\d*\]|^STRUCT\b.*|^MAP\b.*|^UNION\b.*)$/s.test(type)) return `to_json(${column})::varchar`;
  switch (type.replace(/\(.*/s, '')) {
    case 'VARCHAR':
      return column;
    case 'FLOAT':
    case 'DOUBLE':
      return `case when isfinite(${column}) and ${column} = trunc(${column}) and abs(${column}) < 9007199254740992
        then ${column}::bigint::varchar else ${column}::varchar end`;
    case 'TIMESTAMP WITH TIME ZONE':
      return `replace((${column} at time zone 'UTC')::varchar, ' ', 'T') || 'Z'`;
    case 'TIMESTAMP':
    case 'TIMESTAMP_S':
    case 'TIMESTAMP_MS':
    case 'TIMESTAMP_NS':
      return `replace(${column}::varchar, ' ', 'T')`;
    case 'BLOB':
      // older writers do not mark their texts as UTF-8
      return `coalesce(try(decode(${column})), ${column}::varchar)`;
    default:
      return `${column}::varchar`;
  }
}

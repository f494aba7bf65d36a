/**
 * A reference table to read `source` and `source_fr` from. A catalogue of a group may leave the French text out, and
 * a run sealed before there was one has no such column: `source_fr` is then null.
 *
 * @example `select unit, source, coalesce(source_fr, source) as source_fr from ${withFrenchSource('units')}`
 */
export function withFrenchSource(...tables: readonly [string, ...string[]]): string {
  const read = tables.map((table) => `union all by name select * from reference.${table}`);
  return `(select null::varchar as source_fr where false ${read.join(' ')})`;
}

/** What of it says the source in a language, for a select. */
export const sourceIn = { fr: 'coalesce(source_fr, source)', en: 'source' } as const;

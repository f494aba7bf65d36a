import { Fault } from '../fault.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

/**
 * Refuses two factors that could both be chosen for one day: same activity, part, unit, country, site and,
 * for warming potentials, assessment report, in the same file. Which one were used would be chance.
 * The group's own file goes before the built-in one and may repeat it.
 *
 * @throws {Fault} FAC-001 naming both factors and the first day they share; FAC-002 for dates the wrong way round
 */
export async function refuseFactorOverlaps(warehouse: Warehouse): Promise<void> {
  const overlaps = await warehouse.rows<{
    file: string;
    one: string;
    other: string;
    lines: string;
    day: string;
  }>(
    `with factor as (
       select factor_id, activity, scope_part, unit, country, null::varchar as site, gwp_set, valid_from, valid_to, extract_id, row_number from reference.factors
       union all
       select factor_id, activity, scope_part, unit, country, site, gwp_set, valid_from, valid_to, extract_id, row_number from reference.group_factors
       union all
       select 'energy_mix', carrier, 'mix', '%', country, null, null, valid_from, valid_to, extract_id, row_number from reference.energy_mix)
     select a.extract_id as file, a.factor_id as one, b.factor_id as other, (a.row_number + 1)::varchar || ', ' || (b.row_number + 1)::varchar as lines,
       greatest(a.valid_from, b.valid_from)::varchar as day
     from factor as a join factor as b
       on a.extract_id = b.extract_id and a.row_number < b.row_number and a.activity = b.activity and a.scope_part = b.scope_part and a.unit = b.unit
       and a.country is not distinct from b.country and a.site is not distinct from b.site
       and (a.scope_part <> 'gwp' or a.gwp_set is not distinct from b.gwp_set)
       and a.valid_from <= coalesce(b.valid_to, date '9999-12-31') and b.valid_from <= coalesce(a.valid_to, date '9999-12-31')
     order by file, a.row_number, b.row_number`,
  );
  if (overlaps.length > 0) {
    throw new Fault(
      'FAC-001',
      `${overlaps.length} pair(s) of factors hold on the same day:\n${overlaps
        .map((o) => `  ${o.file}, lines ${o.lines}: ${o.one} and ${o.other}, from ${o.day}`)
        .join('\n')}\n`,
      'Give the older one a valid_to on the day before the newer one begins.',
      { exitStatus: 2 },
    );
  }
  const turned = await warehouse.rows<{ file: string; factor_id: string; line: number }>(
    `select extract_id as file, factor_id, row_number + 1 as line from (
       select extract_id, factor_id, row_number, valid_from, valid_to from reference.factors
       union all select extract_id, factor_id, row_number, valid_from, valid_to from reference.group_factors)
     where valid_from is null or valid_to < valid_from order by file, line`,
  );
  if (turned.length > 0) {
    throw new Fault(
      'FAC-002',
      `Dates of ${turned.map((o) => `${o.factor_id} (${o.file}, line ${o.line})`).join(', ')} are empty or the wrong way round.`,
      'Write valid_from as yyyy-mm-dd, and valid_to on the same day or later, or leave valid_to empty.',
      { exitStatus: 2 },
    );
  }
}

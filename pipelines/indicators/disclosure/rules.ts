import type { Warehouse } from '../../warehouse/warehouse.ts';

/** What a package says about the protection of people. */
export interface Rules {
  /** smallest number of people that is shown */
  readonly threshold: number;
  /** entities that do not count in the group */
  readonly outside: ReadonlySet<string>;
}

/** Smallest group of people that is shown, where a configuration says nothing else. */
const usualThreshold = 5;

/** Without a perimeter every entity counts in the group. */
export function rulesOf(
  threshold = usualThreshold,
  perimeter: readonly { readonly id: string; readonly method: string }[] = [],
): Rules {
  const counts = ({ method }: { method: string }) => method === 'full' || method === 'proportional';
  return { threshold, outside: new Set(perimeter.filter((one) => !counts(one)).map(({ id }) => id)) };
}

/** The same with the perimeter of a run's database. */
export async function rulesIn(warehouse: Warehouse, threshold: number | undefined): Promise<Rules> {
  const perimeter = await warehouse.rows<{ id: string; method: string }>(
    'select entity as id, method from reference.entity order by entity',
  );
  return rulesOf(threshold, perimeter);
}

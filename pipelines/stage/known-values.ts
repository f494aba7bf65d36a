import { literal } from '../../connectors/connector.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Column } from './contract.ts';

/**
 * The values that a cell may have, as ENUM types: whether a text is one of them is then a cast, which leaves
 * rows in their order. A subquery would be a join, after which they had to be sorted.
 */
export class KnownValues {
  private readonly declared = new Map<string, string>();

  constructor(private readonly warehouse: Warehouse) {}

  /** Declares those that the SQL names, unless they stand already. */
  async declare(values: readonly ValueSet[]): Promise<void> {
    for (const { type, query } of values) {
      if (this.declared.get(type) === query) continue;
      await this.warehouse.run(
        `create or replace temp type ${type} as enum (select distinct value from (${query}) as known(value) where value is not null order by value)`,
      );
      this.declared.set(type, query);
    }
  }
}

/** A type, and the SELECT of its values. */
export interface ValueSet {
  readonly type: string;
  readonly query: string;
}

/** SQL: whether a text is one of the values; a text that is NULL is not. */
export function isKnown(text: string, { type }: ValueSet): string {
  return `try_cast(${text} as ${type}) is not null`;
}

const queries: Readonly<Record<NonNullable<Column['list']>, string>> = {
  entity: 'select entity from reference.entity',
  siren: 'select siren from reference.entity',
  site: 'select site from reference.site',
  meter: 'select meter from reference.meter',
  currency: 'select currency from reference.fx',
  unit: 'select unit from reference.units',
};

/** Codes that a contract lists, as a type. */
export const codesOf = (values: readonly unknown[]) =>
  `enum(${values.map((one) => literal(String(one))).join(', ')})`;

/** What a column's list knows; of units, those of its dimensions. */
export function listOf({ list, dimensions }: Column): ValueSet | undefined {
  if (!list) return undefined;
  if (!dimensions) return { type: `known_${list}`, query: queries[list] };
  return {
    type: `known_${[list, ...dimensions].join('_')}`,
    query: `${queries[list]} where dimension in (${dimensions.map(literal).join(', ')})`,
  };
}

/** Entities, SIREN or meters of entities that a source covers. */
export function coveredBy(list: 'entity' | 'siren' | 'meter', entities: readonly string[]): ValueSet {
  return {
    type: `covered_${list}`,
    query: `${queries[list]} where entity in (${entities.map(literal).join(', ')})`,
  };
}

/** `entity|site` of each site. */
export const sitesOfEntities: ValueSet = {
  type: 'known_entity_site',
  query: "select entity || '|' || site from reference.site",
};

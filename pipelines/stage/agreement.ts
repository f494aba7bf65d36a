import { identifier, literal } from '../../connectors/connector.ts';
import { fault, type Rule } from './cell.ts';
import type { Column, Contract } from './contract.ts';
import { coveredBy, isKnown, listOf, sitesOfEntities, type ValueSet } from './known-values.ts';

/**
 * What the cells of a row must agree on with each other and with their source, as SQL over the columns of `typed`:
 * the entity is one that the source covers, the site is the entity's, the currency has a rate on that day, an
 * end does not precede its beginning.
 * A value that no list knows has its own fault and is not judged twice.
 */
export function disagreements(contract: Contract, entities: readonly string[]): Rule[] {
  const columns = Object.entries(contract.columns);
  const listed = (list: Column['list']) => columns.find(([, column]) => column.list === list)?.[0];
  const [entity, site] = (['entity', 'site'] as const).map(listed);
  const rules = owners(contract).map(({ name, list }) => {
    const key = list === 'siren' ? `left(${identifier(name)}, 9)` : identifier(name);
    return foreign(name, key, whole(list), coveredBy(list, entities));
  });
  if (entity && site) {
    const [e, s] = [identifier(entity), identifier(site)];
    const stranger = `not (${isKnown(`${e} || '|' || ${s}`, sitesOfEntities)})`;
    rules.push({
      suspect: `${e} is not null and ${s} is not null and ${stranger}`,
      broken: `${isKnown(e, whole('entity'))} and ${isKnown(s, whole('site'))} and ${stranger}`,
      fault: fault(site, s, 'site_of_another_entity', { entity: e }),
    });
  }
  const currency = listed('currency');
  if (currency && contract.period_column) {
    const [c, day] = [identifier(currency), identifier(contract.period_column)];
    rules.push({
      joins: true,
      broken: `${c} in (select currency from reference.fx) and ${day} is not null
        and not exists (select 1 from reference.fx as rate where rate.currency = typed.${c} and typed.${day} between rate.valid_from and rate.valid_to)`,
      fault: fault(currency, c, 'no_rate', { day }),
    });
  }
  for (const [name, { not_before }] of columns) {
    if (!not_before) continue;
    const [end, start] = [identifier(name), identifier(not_before)];
    rules.push({
      broken: `${end} < ${start}`,
      fault: fault(name, `${end}::varchar`, 'end_before_start', {
        start,
        start_column: literal(not_before),
      }),
    });
  }
  return rules;
}

/** The values that the cells of a contract are looked up in, for a source of these entities. */
export function valuesOf(contract: Contract, entities: readonly string[]): ValueSet[] {
  const columns = Object.values(contract.columns);
  const lists = columns.flatMap((column) => listOf(column) ?? []);
  const covered = owners(contract).map(({ list }) => coveredBy(list, entities));
  const pairs = (['entity', 'site'] as const).every((list) => columns.some((one) => one.list === list));
  return [...lists, ...covered, ...(pairs ? [sitesOfEntities] : [])];
}

/** Columns that say whose a row is: the entity, its SIREN, else the meter. */
function owners(contract: Contract): { name: string; list: 'entity' | 'siren' | 'meter' }[] {
  const listed = (list: 'entity' | 'siren' | 'meter') =>
    Object.entries(contract.columns).flatMap(([name, column]) =>
      column.list === list ? [{ name, list }] : [],
    )[0];
  const entity = listed('entity');
  return [entity, listed('siren'), entity ? undefined : listed('meter')].flatMap((one) => one ?? []);
}

/** A list of no dimension. */
const whole = (list: NonNullable<Column['list']>) => listOf({ list } as Column) as ValueSet;

/** A row of an entity that its source does not cover would count in no coverage: it is refused. */
function foreign(name: string, key: string, known: ValueSet, covered: ValueSet): Rule {
  return {
    suspect: `${key} is not null and not (${isKnown(key, covered)})`,
    broken: `${isKnown(key, known)} and not (${isKnown(key, covered)})`,
    fault: fault(name, identifier(name), 'entity_not_of_source'),
  };
}

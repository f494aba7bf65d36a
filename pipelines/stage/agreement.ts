import { identifier, literal } from '../../connectors/connector.ts';
import { fault, type Rule } from './cell.ts';
import type { Column, Contract } from './contract.ts';

/**
 * What the cells of a row must agree on with each other and with their source, as SQL over the columns of `typed`:
 * the entity is one that the source covers, the site is the entity's, the currency has a rate on that day, an
 * end does not precede its beginning.
 * A value that no list knows has its own fault and is not judged twice.
 */
export function disagreements(contract: Contract, entities: readonly string[]): Rule[] {
  const covered = entities.map(literal).join(', ');
  const columns = Object.entries(contract.columns);
  const listed = (list: Column['list']) => columns.find(([, column]) => column.list === list)?.[0];
  const [entity, siren, site, meter] = (['entity', 'siren', 'site', 'meter'] as const).map(listed);
  const rules: Rule[] = [];
  if (entity)
    rules.push(
      foreign(entity, identifier(entity), 'select entity as key, entity from reference.entity', covered),
    );
  if (siren)
    rules.push(
      foreign(
        siren,
        `left(${identifier(siren)}, 9)`,
        'select siren as key, entity from reference.entity where siren is not null',
        covered,
      ),
    );
  if (meter && !entity)
    rules.push(
      foreign(meter, identifier(meter), 'select meter as key, entity from reference.meter', covered),
    );
  if (entity && site) {
    const [e, s] = [identifier(entity), identifier(site)];
    const stranger = `${e} || '|' || ${s} not in (select entity || '|' || site from reference.site)`;
    rules.push({
      suspect: stranger,
      broken: `${e} in (select entity from reference.entity) and ${s} in (select site from reference.site) and ${stranger}`,
      fault: fault(
        site,
        s,
        'site_of_another_entity',
        `'Column ${site}: "' || ${s} || '" is not a site of ' || ${e} || '. Correct the entity or the site.'`,
      ),
    });
  }
  const currency = listed('currency');
  if (currency && contract.period_column) {
    const [c, day] = [identifier(currency), identifier(contract.period_column)];
    rules.push({
      broken: `${c} in (select currency from reference.fx) and ${day} is not null
        and not exists (select 1 from reference.fx as rate where rate.currency = typed.${c} and typed.${day} between rate.valid_from and rate.valid_to)`,
      fault: fault(
        currency,
        c,
        'no_rate',
        `'Column ${currency}: "' || ${c} || '" has no rate on ' || ${day}::varchar || ' in reference/fx.csv. Add the rate, or correct the date.'`,
      ),
    });
  }
  for (const [name, { not_before }] of columns) {
    if (!not_before) continue;
    const [end, start] = [identifier(name), identifier(not_before)];
    rules.push({
      broken: `${end} < ${start}`,
      fault: fault(
        name,
        `${end}::varchar`,
        'end_before_start',
        `'Column ${name}: ' || ${end}::varchar || ' is before ' || ${start}::varchar || ' in column ${not_before}. Correct one of the two dates.'`,
      ),
    });
  }
  return rules;
}

/** A row of an entity that its source does not cover would count in no coverage: it is refused. */
function foreign(name: string, key: string, owners: string, covered: string): Rule {
  return {
    broken: `${key} in (select key from (${owners}) group by key having not bool_or(entity in (${covered})))`,
    fault: fault(
      name,
      identifier(name),
      'entity_not_of_source',
      `'Column ${name}: "' || ${identifier(name)} || '" belongs to an entity that the source does not cover. Add it to \`entities\` of the source, or correct the extract.'`,
    ),
  };
}

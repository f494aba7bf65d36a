import { GROUP } from './figure.ts';

/** What a reader calls a perimeter that is named by ids: `GROUP`, `A`, `A+B`, or sites as `site:X+Y`. */
export type NameOf = (place: string) => string;

interface Named {
  readonly id: string;
  readonly name: string;
}

/**
 * Names from the configuration; an id that it has not stays as it is.
 *
 * @example placeNames({ entities, sites }, 'groupe')('site:LOR+ANG') // 'Fonderie de Lorient, Assemblage d’Angers'
 */
export function placeNames(
  { entities, sites }: { readonly entities: readonly Named[]; readonly sites: readonly Named[] },
  group: string,
): NameOf {
  const companies = new Map(entities.map((one) => [one.id, one.name]));
  const places = new Map(sites.map((one) => [one.id, one.name]));
  return (place) => {
    if (place === GROUP) return group;
    const onSites = place.startsWith('site:');
    return (onSites ? place.slice('site:'.length) : place)
      .split('+')
      .map((id) => (onSites ? undefined : companies.get(id)) ?? places.get(id) ?? id)
      .join(', ');
  };
}

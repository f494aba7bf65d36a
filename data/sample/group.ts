import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The perimeter as `concordance.yaml` declares it: the generator adds nothing to it. */
export interface GroupEntity {
  readonly id: EntityId;
  readonly name: string;
  readonly country: string;
  readonly siren: string;
  readonly entry: string | null;
}

export interface GroupSite {
  readonly id: SiteId;
  readonly entity: EntityId;
  readonly name: string;
  readonly city: string;
  readonly siret?: string;
  readonly area_m2: number;
  readonly entry: string | null;
  readonly exit: string | null;
}

export type EntityId = 'ORV' | 'OFR' | 'ODE' | 'OES';
export type SiteId = 'NAN' | 'REN' | 'LOR' | 'ANG' | 'VIE' | 'LYO' | 'HAN' | 'KAS' | 'ZAR';

const declared = parse(readFileSync(new URL('concordance.yaml', import.meta.url), 'utf8')) as {
  perimeter: { entities: GroupEntity[]; sites: GroupSite[] };
};

export const entities: readonly GroupEntity[] = declared.perimeter.entities;
export const sites: readonly GroupSite[] = declared.perimeter.sites;

export function entity(id: EntityId): GroupEntity {
  return found(entities, id);
}

export function site(id: SiteId): GroupSite {
  return found(sites, id);
}

function found<T extends { id: string }>(items: readonly T[], id: string): T {
  const item = items.find((candidate) => candidate.id === id);
  if (!item) throw new Error(`concordance.yaml declares no ${id}`);
  return item;
}

/** First and last month of the history. */
export const firstMonth = '2024-07';
export const finalMonth = '2026-09';

/** Month that Bombas Ebro enters the perimeter. */
export const acquisitionMonth = '2026-05';
/** Last month of Vierzon. */
export const vierzonLastMonth = '2025-12';

/** True when the site works for the group in that month. */
export function isOpen(place: GroupSite, month: string): boolean {
  return (
    (place.entry === null || place.entry.slice(0, 7) <= month) &&
    (place.exit === null || place.exit.slice(0, 7) >= month)
  );
}

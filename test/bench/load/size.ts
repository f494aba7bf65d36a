/** How much data a group of the load has. */
export interface Load {
  /** rows of half-hour load curves over the four quarters; rounded to whole meters */
  readonly intervalRows: number;
  /** ledger lines, over all companies */
  readonly ledgerRows: number;
  /** people, each declared in twelve monthly DSN */
  readonly people: number;
  readonly entities: number;
}

/** The reference load: 100 million intervals, 10 million ledger lines, 100,000 people over 12 months, 1,000 companies. */
export const L: Load = {
  intervalRows: 100_000_000,
  ledgerRows: 10_000_000,
  people: 100_000,
  entities: 1000,
};

/** A load so many times the reference one; S is a hundredth of L. No part of it is ever empty. */
export function share(factor: number): Load {
  const part = (whole: number) => Math.max(1, Math.round(whole * factor));
  return {
    intervalRows: part(L.intervalRows),
    ledgerRows: part(L.ledgerRows),
    people: part(L.people),
    entities: part(L.entities),
  };
}

/** `S`, `L`, or a share of L such as `0.001`. */
export function loadOf(size: string): Load {
  if (size === 'L') return L;
  if (size === 'S') return share(0.01);
  const factor = Number(size);
  if (!(factor > 0)) throw new Error(`size ${size} is neither S, L nor a share of L such as 0.001`);
  return share(factor);
}

/** Half-hours of a year of 365 days: both clock changes lie in it and cancel out. */
export const yearOfHalfHours = 365 * 48;

export function metersOf(load: Load): number {
  return Math.max(1, Math.round(load.intervalRows / yearOfHalfHours));
}

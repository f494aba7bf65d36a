/** Draws of the sample group. Each stream has its name: adding one never shifts another. */
export interface Random {
  /** uniform in [0, 1) */
  next(): number;
  /** whole number in [from, to], both included */
  int(from: number, to: number): number;
  pick<T>(items: readonly T[]): T;
  chance(probability: number): boolean;
  /** roughly normal (sum of three uniforms), mean 0, standard deviation 1, within ±3 */
  normal(): number;
  /** `mean` times 1 + `spread` x normal */
  around(mean: number, spread: number): number;
}

const seed = 'orvanne-2';

/**
 * A stream of draws (mulberry32), the same for the same name on every machine.
 *
 * @example stream('fuel/ORV/2026-07').int(1, 6)
 */
export function stream(name: string): Random {
  let state = fnv1a(`${seed}/${name}`);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const normal = (): number => (next() + next() + next() - 1.5) * 2;
  return {
    next,
    int: (from, to) => from + Math.floor(next() * (to - from + 1)),
    pick: <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T,
    chance: (probability) => next() < probability,
    normal,
    around: (mean, spread) => mean * (1 + spread * normal()),
  };
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

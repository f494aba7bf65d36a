/** Spearman's rank correlation with its one-sided p-value of opposition (as low a coefficient by chance). */
export interface RankCorrelation {
  readonly rho: number;
  readonly p: number;
  /** number of pairs */
  readonly n: number;
}

/** Up to this many pairs the p-value is exact, over all permutations of the ranks at hand. */
const exactUpTo = 8;

/**
 * Spearman's rho of two series (midranks for ties). The p-value is the share of permutations with as low a
 * rho: all of them up to eight pairs; beyond, Fisher's z with the variance 1.06 / (n - 3) (Fieller, Hartley
 * and Pearson, Biometrika 44, 1957). Null where a series does not move, or with fewer than four pairs.
 */
export function rankCorrelation(first: readonly number[], second: readonly number[]): RankCorrelation | null {
  const n = Math.min(first.length, second.length);
  if (n < 4) return null;
  const [a, b] = [centred(ranks(first)), centred(ranks(second))];
  const size = Math.sqrt(product(a, a) * product(b, b));
  if (size === 0) return null;
  const observed = product(a, b);
  const rho = observed / size;
  return { rho, p: n <= exactUpTo ? exactShare(a, b, observed) : fisherShare(rho, n), n };
}

/** Ranks from 1, equal values sharing the mean of theirs. */
export function ranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function product(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}

function exactShare(a: readonly number[], b: readonly number[], observed: number): number {
  let low = 0;
  let all = 0;
  const used = b.map(() => false);
  const place = (i: number, sum: number): void => {
    if (i === a.length) {
      all += 1;
      if (sum <= observed + 1e-9) low += 1;
      return;
    }
    b.forEach((value, j) => {
      if (used[j]) return;
      used[j] = true;
      place(i + 1, sum + (a[i] as number) * value);
      used[j] = false;
    });
  };
  place(0, 0);
  return low / all;
}

function fisherShare(rho: number, n: number): number {
  const bounded = Math.max(-0.999999, Math.min(0.999999, rho));
  return normalBelow(Math.atanh(bounded) * Math.sqrt((n - 3) / 1.06));
}

/** The normal distribution function, to 1e-7 (Abramowitz and Stegun 26.2.17). */
function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  const tail =
    density *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z < 0 ? tail : 1 - tail;
}

/** p-values adjusted for being many (Holm, Scandinavian Journal of Statistics 6, 1979), in the order given. */
export function holm(p: readonly number[]): number[] {
  const order = p.map((_, i) => i).sort((a, b) => (p[a] as number) - (p[b] as number));
  const adjusted = new Array<number>(p.length);
  let highest = 0;
  order.forEach((index, rank) => {
    highest = Math.max(highest, Math.min(1, (p[index] as number) * (p.length - rank)));
    adjusted[index] = highest;
  });
  return adjusted;
}

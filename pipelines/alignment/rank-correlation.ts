/** Spearman's rank correlation with its one-sided p-value of opposition (as low a coefficient by chance). */
export interface RankCorrelation {
  readonly rho: number;
  readonly p: number;
  /** number of pairs */
  readonly n: number;
}

/** Up to this many orders of the pairs the p-value is exact, over all of them. */
const exactUpTo = 400_000;

/**
 * Spearman's rho of two series (midranks for ties), after the mean of its season is taken from each value, so that
 * two series that only share a year's rhythm are not related. The p-value is the share of orders with as low a rho,
 * where values change places within their season: all of them where there are at most 400,000; beyond, Fisher's z
 * with the variance 1.06 / (n - 3) (Fieller, Hartley and Pearson, Biometrika 44, 1957), n less a pair for each season
 * after the first. A season with one pair tells nothing and is left out. Null where a series does not move, or with
 * fewer than four pairs.
 */
export function rankCorrelation(
  first: readonly number[],
  second: readonly number[],
  seasons: readonly number[] = first.map(() => 0),
): RankCorrelation | null {
  const strata = [...new Set(seasons)]
    .map((season) => first.map((_, i) => i).filter((i) => seasons[i] === season))
    .filter((places) => places.length > 1);
  const n = strata.flat().length;
  if (n < 4) return null;
  const apart = (values: readonly number[]) =>
    centred(
      ranks(
        strata.flatMap((places) =>
          deviations(
            places.map((i) => values[i] as number),
            values,
          ),
        ),
      ),
    );
  const [a, b] = [apart(first), apart(second)];
  const size = Math.sqrt(product(a, a) * product(b, b));
  if (size === 0) return null;
  const observed = product(a, b);
  const rho = observed / size;
  const lengths = strata.map((places) => places.length);
  const orders = lengths.reduce((all, length) => all * factorial(length), 1);
  return {
    rho,
    p: orders <= exactUpTo ? exactShare(a, b, lengths, observed) : fisherShare(rho, n - strata.length + 1),
    n,
  };
}

/** From their mean, in billionths of the largest of all: what differs by rounding alone is equal. */
function deviations(values: readonly number[], all: readonly number[]): number[] {
  const scale = Math.max(...all.map(Math.abs)) || 1;
  return centred(values).map((value) => Math.round((value / scale) * 1e9));
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

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

/** Share of the orders of b within runs of these lengths whose product with a is as low. */
function exactShare(
  a: readonly number[],
  b: readonly number[],
  lengths: readonly number[],
  observed: number,
): number {
  let low = 0;
  let all = 0;
  const used = b.map(() => false);
  const ends = lengths.map((_, i) => lengths.slice(0, i + 1).reduce((sum, length) => sum + length, 0));
  const place = (i: number, sum: number): void => {
    if (i === a.length) {
      all += 1;
      if (sum <= observed + 1e-9) low += 1;
      return;
    }
    const run = ends.findIndex((end) => i < end);
    const end = ends[run] as number;
    for (let j = end - (lengths[run] as number); j < end; j += 1) {
      if (used[j]) continue;
      used[j] = true;
      place(i + 1, sum + (a[i] as number) * (b[j] as number));
      used[j] = false;
    }
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

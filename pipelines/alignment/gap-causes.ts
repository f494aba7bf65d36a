import { Decimal } from 'decimal.js';

/** Why two departments see one reality differently. All but `unexplained` are likely causes, not proofs. */
export const gapCauses = [
  'missing_extract',
  'perimeter',
  'unit',
  'classification',
  'accrual',
  'timing',
  'unexplained',
] as const;
export type GapCause = (typeof gapCauses)[number];

/** A part of a gap: the parts of a gap add up to it exactly. */
export interface GapPart {
  readonly cause: GapCause;
  readonly entity: string;
  /** first day of the month; null for what no month holds, such as the rounding of an average */
  readonly month: string | null;
  /** left less right, in the unit of the reconciliation */
  readonly amount: Decimal;
  /** what points to the cause: contracts that have not come, a site, a factor, a code, the other month */
  readonly evidence: string;
}

export type Side = 'left' | 'right';

/** What one entity and month (and site, where the rows say it) hold on both sides; null: no row. */
export interface GapCell {
  readonly month: string;
  readonly site: string | null;
  readonly left: Decimal | null;
  readonly right: Decimal | null;
}

/** Amounts on a neighbouring account or code of one side, by month. */
export interface Neighbour {
  readonly side: Side;
  readonly label: string;
  /** the rows are tied to the side's own by a common code (a supplier): they need not match the gap */
  readonly tied: boolean;
  readonly months: ReadonlyMap<string, Decimal>;
}

/** Amounts that one side books ahead of what the other sees, by month: they are part of what it holds. */
export interface Accrual {
  readonly side: Side;
  readonly label: string;
  readonly months: ReadonlyMap<string, Decimal>;
}

/** Everything known of one entity for one reconciliation. */
export interface EntityGap {
  readonly entity: string;
  readonly cells: readonly GapCell[];
  /** months of the window, in order */
  readonly months: readonly string[];
  /** months before the window, in order, where a gap of the window may come from; none for stocks */
  readonly before: readonly string[];
  /** contracts that should have come for a side and month, and have not */
  readonly absent: (side: Side, month: string) => readonly string[];
  /** some source delivers the entity to that side */
  readonly sourced: Readonly<Record<Side, boolean>>;
  /** the site lies outside its dates of entry and exit in that month */
  readonly outside: (site: string, month: string) => boolean;
  /** both sides count events: that two months differ by one is no sign that it is the same one */
  readonly events: boolean;
  readonly accruals: readonly Accrual[];
  readonly neighbours: readonly Neighbour[];
  /** ratios that betray a unit: 10, 1000, 1.111 */
  readonly factors: readonly number[];
  /** accepted gap as a share of the larger side */
  readonly tolerance: number;
}

/** Part of a month's gap that must come back in the next one for the gap to be called one of timing. */
const reversedShare = 0.5;
/** A sum matches a gap when it is within this share of it. */
const matching = new Decimal('0.01');

const zero = new Decimal(0);
const other = (side: Side): Side => (side === 'left' ? 'right' : 'left');

/**
 * Splits the gap of an entity into likely causes, month by month. Each rule takes what it can show and
 * leaves the rest to the next: extract not delivered, perimeter (an entity or a site on one side only),
 * unit (sides in the ratio of a declared factor), accrual (what one side books before the other sees it),
 * classification (amounts on a neighbouring code), timing (a month's gap that the neighbouring month reverses by
 * at least half, or that a month of the quarter before reverses whole). The rest is `unexplained`.
 *
 * The amounts add up to the sum over `months` of left less right, exactly.
 */
export function explainGap(gap: EntityGap): GapPart[] {
  const parts: GapPart[] = [];
  const rest = new Map<string, Decimal>();
  const take = (cause: GapCause, month: string, amount: Decimal, evidence: string) => {
    if (amount.isZero()) return;
    rest.set(month, (rest.get(month) ?? zero).minus(amount));
    if (!gap.before.includes(month)) parts.push({ cause, entity: gap.entity, month, amount, evidence });
  };
  const months = [...gap.before, ...gap.months];
  const units = unitMonths(gap);
  for (const month of months) {
    const cells = gap.cells.filter((cell) => cell.month === month);
    rest.set(month, sum(cells.map(difference)));
    const absent = absentSide(gap, month, rest.get(month) as Decimal);
    if (absent) {
      take('missing_extract', month, rest.get(month) as Decimal, absent.join(', '));
      continue;
    }
    const lone = loneSide(gap);
    if (lone) {
      take('perimeter', month, rest.get(month) as Decimal, gap.entity);
      continue;
    }
    for (const { site, amount } of loneSites(gap, month)) take('perimeter', month, amount, site);
    for (const { amount, factor, site } of units.get(month) ?? [])
      take('unit', month, amount, site === null ? `× ${factor}` : `${site} × ${factor}`);
    for (const accrual of gap.accruals) {
      const amount = accrued(accrual, month, rest.get(month) as Decimal);
      take('accrual', month, amount, accrual.label);
    }
    for (const neighbour of gap.neighbours) {
      const amount = neighbouring(neighbour, month, rest.get(month) as Decimal);
      take('classification', month, amount, neighbour.label);
    }
  }
  if (gap.before.length > 0) {
    shiftBetween(months, rest, take);
    if (!gap.events) catchUp(months, rest, take);
  }
  for (const month of gap.months) take('unexplained', month, rest.get(month) ?? zero, '');
  return parts;
}

/** The amounts of a gap by cause, in the order of {@link gapCauses}, without those that are zero. */
export function byCause(parts: readonly GapPart[]): { cause: GapCause; amount: Decimal }[] {
  return gapCauses
    .map((cause) => ({ cause, amount: sum(parts.filter((p) => p.cause === cause).map((p) => p.amount)) }))
    .filter(({ amount }) => !amount.isZero());
}

function sum(amounts: readonly Decimal[]): Decimal {
  return amounts.reduce((total, amount) => total.plus(amount), zero);
}

function difference(cell: GapCell): Decimal {
  return (cell.left ?? zero).minus(cell.right ?? zero);
}

/** The contracts not delivered on the side that is short; undefined where both have come, or the gap goes the other way. */
function absentSide(gap: EntityGap, month: string, amount: Decimal): readonly string[] | undefined {
  const short: Side = amount.isNegative() ? 'left' : 'right';
  if (amount.isZero() || !gap.sourced[short]) return undefined;
  const absent = gap.absent(short, month);
  return absent.length > 0 ? absent : undefined;
}

/** The one side that knows the entity at all, where the other has neither source nor row. */
function loneSide(gap: EntityGap): Side | undefined {
  return (['left', 'right'] as const).find(
    (side) => !gap.sourced[other(side)] && gap.cells.every((cell) => cell[other(side)] === null),
  );
}

/** Sites that one side only knows, in the whole window or in a month outside the site's dates. */
function loneSites(gap: EntityGap, month: string): { site: string; amount: Decimal }[] {
  if (!sitesOnBothSides(gap)) return [];
  return gap.cells
    .filter((cell) => cell.month === month && cell.site !== null)
    .filter((cell) => (cell.left === null) !== (cell.right === null))
    .filter((cell) => {
      const site = cell.site as string;
      const missing: Side = cell.left === null ? 'left' : 'right';
      return gap.outside(site, month) || gap.cells.every((one) => one.site !== site || one[missing] === null);
    })
    .map((cell) => ({ site: cell.site as string, amount: difference(cell) }));
}

function sitesOnBothSides(gap: EntityGap): boolean {
  return (['left', 'right'] as const).every((side) =>
    gap.cells.some((cell) => cell.site !== null && cell[side] !== null),
  );
}

/** Months (and sites, where both sides say them) whose sides stand in the ratio of a declared factor. */
function unitMonths(gap: EntityGap): Map<string, { amount: Decimal; factor: number; site: string | null }[]> {
  const bySite = sitesOnBothSides(gap);
  const found = new Map<string, { amount: Decimal; factor: number; site: string | null }[]>();
  for (const month of [...gap.before, ...gap.months]) {
    const cells = gap.cells.filter((cell) => cell.month === month);
    const units = bySite
      ? cells.filter((cell) => cell.site !== null)
      : [{ month, site: null, left: sideSum(cells, 'left'), right: sideSum(cells, 'right') }];
    const wrong = units.flatMap((cell) => {
      const factor = factorBetween(cell.left, cell.right, gap);
      return factor === undefined ? [] : [{ amount: difference(cell), factor, site: cell.site }];
    });
    if (wrong.length > 0) found.set(month, wrong);
  }
  // a ratio near one, such as that of gross and net calorific value, may be chance in one month
  const seen = (factor: number, site: string | null) =>
    [...found.values()].filter((list) => list.some((one) => one.factor === factor && one.site === site))
      .length;
  for (const [month, list] of found)
    found.set(
      month,
      list.filter((one) => one.factor >= 2 || seen(one.factor, one.site) >= 2),
    );
  return found;
}

function sideSum(cells: readonly GapCell[], side: Side): Decimal | null {
  const known = cells.flatMap((cell) => cell[side] ?? []);
  return known.length === 0 ? null : sum(known);
}

function factorBetween(left: Decimal | null, right: Decimal | null, gap: EntityGap): number | undefined {
  if (left === null || right === null || left.isZero() || right.isZero()) return undefined;
  if (left.isNegative() !== right.isNegative()) return undefined;
  const ratio = Decimal.max(left.abs(), right.abs()).dividedBy(Decimal.min(left.abs(), right.abs()));
  const band = Math.max(0.01, gap.tolerance);
  return gap.factors.find((factor) => ratio.dividedBy(factor).minus(1).abs().lessThanOrEqualTo(band));
}

/** What of a month's gap one side booked ahead: no more than the gap, and only in its direction. */
function accrued({ side, months }: Accrual, month: string, gap: Decimal): Decimal {
  const amount = months.get(month);
  if (amount === undefined || gap.isZero()) return zero;
  const effect = side === 'left' ? amount : amount.negated();
  if (effect.isZero() || effect.isNegative() !== gap.isNegative()) return zero;
  // an accrual that is larger than the gap is not what makes it
  if (effect.abs().greaterThan(gap.abs().times(matching.plus(1)))) return zero;
  return effect.abs().lessThan(gap.abs()) ? effect : gap;
}

/** What of a month's gap its neighbouring code accounts for: no more than the gap, and only in its direction. */
function neighbouring(neighbour: Neighbour, month: string, gap: Decimal): Decimal {
  const amount = neighbour.months.get(month);
  if (amount === undefined || amount.isZero() || gap.isZero()) return zero;
  // moving an amount to the right lowers the gap, moving it to the left raises it
  const effect = neighbour.side === 'right' ? amount : amount.negated();
  if (effect.isNegative() !== gap.isNegative()) return zero;
  const excess = effect.abs().minus(gap.abs());
  const near = excess.abs().lessThanOrEqualTo(gap.abs().times(matching));
  if (!near && (!neighbour.tied || excess.greaterThan(gap.abs().times('0.1')))) return zero;
  return effect.abs().lessThan(gap.abs()) ? effect : gap;
}

/** Takes from neighbouring months of opposite gaps what one reverses of the other. */
function shiftBetween(
  months: readonly string[],
  rest: ReadonlyMap<string, Decimal>,
  take: (cause: GapCause, month: string, amount: Decimal, evidence: string) => void,
): void {
  months.slice(1).forEach((month, i) => {
    const earlier = months[i] as string;
    const [first, second] = [rest.get(earlier) ?? zero, rest.get(month) ?? zero];
    if (first.isZero() || second.isZero() || first.isNegative() === second.isNegative()) return;
    const smaller = Decimal.min(first.abs(), second.abs());
    if (smaller.lessThan(Decimal.max(first.abs(), second.abs()).times(reversedShare))) return;
    take('timing', earlier, first.isNegative() ? smaller.negated() : smaller, month.slice(0, 7));
    take('timing', month, second.isNegative() ? smaller.negated() : smaller, earlier.slice(0, 7));
  });
}

/** Takes from two months that are not neighbours the same gap, once each way: booked late, or corrected since. */
function catchUp(
  months: readonly string[],
  rest: ReadonlyMap<string, Decimal>,
  take: (cause: GapCause, month: string, amount: Decimal, evidence: string) => void,
): void {
  months.forEach((month, i) => {
    for (const earlier of months.slice(0, Math.max(0, i - 1)).reverse()) {
      const [first, second] = [rest.get(earlier) ?? zero, rest.get(month) ?? zero];
      if (first.isZero() || second.isZero() || first.isNegative() === second.isNegative()) continue;
      const [smaller, larger] = [
        Decimal.min(first.abs(), second.abs()),
        Decimal.max(first.abs(), second.abs()),
      ];
      if (larger.minus(smaller).greaterThan(larger.times(matching))) continue;
      take('timing', earlier, first.isNegative() ? smaller.negated() : smaller, month.slice(0, 7));
      take('timing', month, second.isNegative() ? smaller.negated() : smaller, earlier.slice(0, 7));
    }
  });
}

/** What anybody may add up: the whole is the sum of its parts, once each counts at its share in the group. */
export interface Sum<Cell> {
  readonly whole: Cell;
  readonly parts: readonly Cell[];
}

/**
 * Which of the hidden cells the sums give to somebody who knows every other cell: exactly those whose value is
 * the same in every solution. Their share, 1 or another, changes no cell's being determined, for it is the
 * same in all sums of a cell; so each counts as 1 or -1, and the elimination is exact in whole numbers modulo a prime.
 */
export function determined<Cell>(
  sums: Iterable<Sum<Cell>>,
  hidden: ReadonlySet<Cell>,
  asked: Iterable<Cell>,
): Set<Cell> {
  const columns = new Map<Cell, number>();
  const columnOf = (cell: Cell) => {
    const column = columns.get(cell) ?? columns.size;
    columns.set(cell, column);
    return column;
  };
  const echelon: Row[] = [];
  // for each column, the row that it leads
  const leads = new Map<number, number>();
  for (const { whole, parts } of sums) {
    const row: Row = new Map();
    if (hidden.has(whole)) add(row, columnOf(whole), 1);
    for (const part of parts) if (hidden.has(part)) add(row, columnOf(part), prime - 1);
    reduce(row, echelon, leads);
    const [lead] = row.keys();
    if (lead === undefined) continue;
    leads.set(lead, echelon.length);
    echelon.push(scaled(row, inverse(row.get(lead) as number)));
  }
  const found = new Set<Cell>();
  for (const cell of asked) {
    const column = columns.get(cell);
    if (column === undefined) continue;
    const one: Row = new Map([[column, 1]]);
    reduce(one, echelon, leads);
    if (one.size === 0) found.add(cell);
  }
  return found;
}

/** Coefficients that are not 0, by column. */
type Row = Map<number, number>;

/** The largest under 2^26: products of two remainders stay exact in a double. */
const prime = 67_108_859;

/** Takes the rows of the echelon off `row` until none of their leads is left in it. */
function reduce(row: Row, echelon: readonly Row[], leads: ReadonlyMap<number, number>): void {
  for (;;) {
    // a row holds no lead of those before it: the earliest is taken off first, and none comes back
    let next = Number.POSITIVE_INFINITY;
    let lead = 0;
    for (const column of row.keys()) {
      const place = leads.get(column) ?? Number.POSITIVE_INFINITY;
      if (place < next) {
        next = place;
        lead = column;
      }
    }
    if (next === Number.POSITIVE_INFINITY) return;
    const times = prime - (row.get(lead) as number);
    for (const [column, value] of echelon[next] as Row) add(row, column, (value * times) % prime);
  }
}

function add(row: Row, column: number, value: number): void {
  const sum = ((row.get(column) ?? 0) + value) % prime;
  if (sum === 0) row.delete(column);
  else row.set(column, sum);
}

function scaled(row: Row, by: number): Row {
  return new Map([...row].map(([column, value]) => [column, (value * by) % prime]));
}

/** By Fermat: a^(p-2). */
function inverse(value: number): number {
  let result = 1;
  let power = value;
  for (let left = prime - 2; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = (result * power) % prime;
    power = (power * power) % prime;
  }
  return result;
}

/** A number of DuckDB has room for so many of them. */
const most = 62;

/** Conditions that several measures ask of the rows of one table, which are read once for all: each is a bit of a number that a row has. */
export class Conditions {
  private readonly texts: readonly string[];

  /** @param texts SQL over the table's row */
  constructor(texts: readonly string[]) {
    this.texts = [...new Set(texts)];
  }

  /** Whether one number has a bit for each. */
  get fit(): boolean {
    return this.texts.length <= most;
  }

  /** SQL that gives a row its number. */
  get number(): string {
    const bits = this.texts.map((text, at) => `case when (${text}) then ${2n ** BigInt(at)} else 0 end`);
    return `(${bits.join(' + ')})::bigint`;
  }

  /** SQL over a row with that number: whether it meets the condition. */
  met(text: string, number = 'conditions'): string {
    return `${number} & ${2n ** BigInt(this.texts.indexOf(text))} <> 0`;
  }
}

/** SQL of what meets any of these. */
export const anyOf = (texts: readonly string[]): string =>
  [...new Set(texts)].map((text) => `(${text})`).join(' or ');

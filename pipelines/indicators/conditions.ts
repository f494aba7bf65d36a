/** A number of DuckDB has room for so many of them. */
const most = 62;

/** Conditions that several measures ask of the rows of one table, which are read once for all: each is a bit of a number that a row has. */
export class Conditions {
  private readonly texts: readonly string[];

  /**
   * @param filters SQL over the table's row: rows that meet one of them are read
   * @param asked what else is asked of these rows
   */
  constructor(
    private readonly filters: readonly string[],
    asked: readonly string[] = [],
  ) {
    this.texts = [...new Set([...filters, ...asked])];
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

  /** SQL over the table's row: whether it is read. */
  get any(): string {
    return [...new Set(this.filters)].map((text) => `(${text})`).join(' or ');
  }

  /** SQL over a row with that number: whether it meets the condition. */
  met(text: string, number = 'conditions'): string {
    return `(${number} & ${2n ** BigInt(this.texts.indexOf(text))} <> 0)`;
  }
}

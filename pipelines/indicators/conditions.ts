import type { Measure } from './catalogue.ts';

/** A number of DuckDB has room for so many of them. */
const most = 62;

/** Conditions that several measures ask of the rows of one table, which are read once for all: each is a bit of a number that a row has. */
export class Conditions {
  private readonly texts: readonly string[];
  /** SQL over the table's row: whether it is read */
  readonly any: string;

  /**
   * @param filters SQL over the table's row: rows that meet one of them are read
   * @param asked what else is asked of these rows
   */
  constructor(filters: readonly string[], asked: readonly string[] = []) {
    this.texts = [...new Set([...filters, ...asked])];
    this.any = [...new Set(filters)].map((text) => `(${text})`).join(' or ');
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

  /** The place of the condition among them, which names it in less than its text. */
  placeOf(text: string): number {
    return this.texts.indexOf(text);
  }

  /** SQL over a row with that number as `conditions`: whether it meets the condition. */
  met(text: string): string {
    return `(conditions & ${2n ** BigInt(this.placeOf(text))} <> 0)`;
  }
}

/** The filters of measures. */
export const filtersOf = (measures: readonly Measure[]): Conditions =>
  new Conditions(measures.map(({ filter }) => filter));

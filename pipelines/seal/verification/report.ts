import type { Say } from '../../language/wording.ts';

export type Check =
  | 'seal'
  | 'signature'
  | 'chain'
  | 'manifest'
  | 'definition'
  | 'warehouse'
  | 'conservation'
  | 'extracts'
  | 'harmonise'
  | 'measures'
  | 'opening'
  | 'figures'
  | 'decisions'
  | 'workbook'
  | 'board'
  | 'unchecked';

/** One difference between a package and what it ought to be. */
export interface Difference {
  readonly check: Check;
  /** file, table, sheet and cell, or page */
  readonly place: string;
  /** what is wrong there, in the language asked for */
  readonly what: string;
}

/** Gathers what a verification finds; sentences come from `templates/language/<language>/verify.yaml`. */
export class Findings {
  readonly differences: Difference[] = [];
  /** what could not be checked, and why: never silently left out */
  readonly notes: string[] = [];
  /** how much was checked, by check */
  readonly checked: Record<string, number> = {};

  /** @param strict what could not be checked is a difference too */
  constructor(
    readonly say: Say,
    private readonly strict = false,
  ) {}

  differs(
    check: Check,
    place: string,
    key: string,
    values: Readonly<Record<string, string | number>> = {},
  ): void {
    this.differences.push({ check, place, what: this.say(`differences.${key}`, values) });
  }

  note(key: string, values: Readonly<Record<string, string | number>> = {}): void {
    const what = this.say(`notes.${key}`, values);
    if (this.strict && key !== 'models_alike')
      this.differences.push({ check: 'unchecked', place: key.replaceAll('_', ' '), what });
    else this.notes.push(what);
  }
}

/** Where a row stands: the extract and the row's number in it. */
export interface Address {
  readonly extract: string;
  readonly row: number;
}

/** A row as its contract staged it: typed values, by column. */
export interface StagedRow extends Address {
  readonly contract: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Which window of time a figure covers, ending with a quarter. */
export type Basis = 'quarter' | 'ttm';

export type Status =
  /** all expected data were there and measured */
  | 'complete'
  /** complete, but part of it is estimated: see `estimatedShare` */
  | 'estimated'
  /** some expected data have not come: see `coverage` */
  | 'partial'
  /** the denominator is empty: there is nothing to calculate */
  | 'not_calculable'
  /** no data have come */
  | 'missing'
  /** the obligation does not concern the company, or has no meaning for the group: nothing is expected */
  | 'not_applicable'
  /** not shown, to protect people in a small group */
  | 'suppressed'
  /** a reviewer put another value in its place, and another person approved it; only once published */
  | 'overridden'
  /** a reviewer rejected it: it is no figure any more; only once published */
  | 'rejected';

/** The id of the whole perimeter where an entity's id is expected. */
export const GROUP = 'GROUP';

/**
 * A measure for one entity (or {@link GROUP}) and one window.
 * Quantities are decimal text (`"1234.5600"`), never floating point.
 */
export interface MeasureValue {
  readonly measure: string;
  readonly entity: string;
  /** the quarter that the window ends with, `2026-Q3` */
  readonly period: string;
  readonly basis: Basis;
  /** null when missing */
  readonly value: string | null;
  /** number of month-ends averaged over; 1 for flows and stocks at end */
  readonly divisor: number;
  /** harmonised rows behind it */
  readonly rows: number;
  /** rows among them that have no value, such as an activity without an emission factor */
  readonly unvalued: number;
  /** part of the expected entity-months whose extract has come, 0 to 1 */
  readonly coverage: number;
  /** part of the value that is estimated, 0 to 1; null when the value is zero or missing */
  readonly estimatedShare: number | null;
}

/** An indicator for one entity (or {@link GROUP}) and one window, in one run. */
export interface Figure {
  readonly indicator: string;
  readonly entity: string;
  readonly period: string;
  readonly basis: Basis;
  /** decimal text, unrounded (12 decimals at most); null unless complete, estimated or partial */
  readonly value: string | null;
  readonly unit: string;
  readonly numerator: string | null;
  /** null when the indicator has no denominator, or when it is not known */
  readonly denominator: string | null;
  readonly coverage: number;
  readonly estimatedShare: number;
  readonly status: Status;
}

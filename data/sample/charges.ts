import type { Day } from './calendar.ts';
import type { EntityId, SiteId } from './group.ts';

/** What a department bought, before it is an invoice: the ledger and the invoice register come from it. */
export interface Charge {
  readonly entity: EntityId;
  readonly supplier: string;
  /** ledger account that it goes to */
  readonly account: string;
  readonly day: Day;
  /** cents, without VAT; negative for a credit note */
  readonly cents: number;
  readonly site?: SiteId;
  /** code of the project or action, as the accountant writes it in the entry's label */
  readonly tag?: string;
  readonly energy?: { readonly carrier: 'electricity' | 'natural_gas'; readonly kwh: number };
}

/** An extract and what it cost. */
export interface Costed<T> {
  readonly rows: readonly T[];
  readonly charges: readonly Charge[];
}

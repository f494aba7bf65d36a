import type { ReconciliationResult } from '../../../alignment/finding.ts';

/** The text id by which an explanation is read back. */
export function reconciliationId(one: ReconciliationResult): string {
  return `reconciliation:${one.reconciliation}:${one.entity}:${one.period}:${one.basis}`;
}

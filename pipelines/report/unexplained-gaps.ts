import type { ReconciliationResult } from '../alignment/finding.ts';
import { GROUP } from '../indicators/figure.ts';
import type { ReportContent } from './content.ts';
import { reconciliationId } from './workbook/sheets/reconciliation-id.ts';

/**
 * Gaps between departments beyond their tolerance that no reviewer has explained, of this run or of one before:
 * the first page of both documents names them, and nothing is published with one. The group's gap is told by
 * those of its entities, where they have one.
 */
export function unexplainedGaps({
  reconciliations,
  review,
}: Pick<ReportContent, 'reconciliations' | 'review'>): ReconciliationResult[] {
  const explained = new Set(review.explanations.map((one) => one.reconciliation));
  const differing = reconciliations.filter((one) => one.status === 'differs');
  return differing.filter(
    (one) =>
      !explained.has(reconciliationId(one)) &&
      one.explanation === null &&
      (one.entity !== GROUP ||
        !differing.some((o) => o.reconciliation === one.reconciliation && o.entity !== GROUP)),
  );
}

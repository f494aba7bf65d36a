import type { ReconciliationResult } from '../alignment/finding.ts';
import { gapsByEntity } from '../alignment/findings.ts';
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
  return gapsByEntity(reconciliations).filter(
    (one) => !explained.has(reconciliationId(one)) && one.explanation === null,
  );
}

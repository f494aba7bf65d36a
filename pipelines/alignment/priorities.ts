import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Problem } from './arbitration/option.ts';
import type { Priorities } from './contradictions.ts';
import { nearNames } from './duplicates.ts';
import type { Finding } from './finding.ts';
import type { Link } from './links.ts';
import { type AlignmentMatrix, alignmentMatrix } from './matrix.ts';
import {
  componentFindings,
  measuredFindings,
  oppositeFindings,
  sameIndicator,
  twoTargets,
} from './opposition.ts';
import { type SpendShare, spendFindings, spendShares } from './spend-share.ts';
import { unanswered } from './unanswered.ts';
import { waitingFindings } from './waiting.ts';

export interface AlignedPriorities {
  readonly findings: readonly Finding[];
  readonly matrix: AlignmentMatrix;
  readonly spend: readonly SpendShare[];
}

/** Contradictions between priorities beyond those of one indicator, and the matrix of departments by objectives. */
export async function alignPriorities(
  warehouse: Warehouse,
  priorities: Priorities,
  facts: { readonly links: readonly Link[]; readonly problem: Problem; readonly periodEnd: string },
): Promise<AlignedPriorities> {
  const same = sameIndicator(priorities);
  const component = componentFindings(priorities, facts.links);
  const declared = [...same, ...component.map(({ opposition }) => opposition)];
  const measured = measuredFindings(priorities, declared);
  const spend = spendShares(priorities);
  return {
    findings: [
      ...oppositeFindings(priorities, same),
      ...twoTargets(priorities),
      ...component.map(({ finding }) => finding),
      ...measured.map(({ finding }) => finding),
      ...unanswered(priorities),
      ...spendFindings(priorities, spend),
      ...waitingFindings(priorities, facts.periodEnd),
      ...(await nearNames(warehouse, priorities)),
    ],
    // a correlation is no cause: it is told, and makes no cell of the matrix
    matrix: alignmentMatrix(priorities, declared, facts.problem),
    spend,
  };
}

import { Decimal } from 'decimal.js';
import type { Finding } from '../../alignment/finding.ts';
import type { ReportContent } from '../content.ts';

const severityOrder: readonly Finding['severity'][] = ['critical', 'major', 'minor'];
/** What a board decides on first, among findings of one severity. */
const kindOrder: readonly Finding['kind'][] = [
  'contradiction',
  'drift',
  'reconciliation',
  'action',
  'claim',
  'source',
  'quality',
  'privacy',
];

type Ground = Pick<ReportContent, 'agenda' | 'group'>;

/**
 * Findings in the order in which a board needs them: the gravest first. Of one severity, no more than two of a
 * kind before each kind had its turn; of one kind, the most material first: a drift by its place on the agenda,
 * what has an amount of money by the largest one.
 */
export function rankFindings(findings: readonly Finding[], ground: Ground): Finding[] {
  return severityOrder.flatMap((severity) => {
    const ranked = findings
      .filter((finding) => finding.severity === severity)
      .map((finding, index) => ({ finding, index, size: sizeOf(finding, ground) }))
      .sort(
        (a, b) =>
          kindOrder.indexOf(a.finding.kind) - kindOrder.indexOf(b.finding.kind) ||
          b.size.comparedTo(a.size) ||
          a.index - b.index,
      )
      .map(({ finding }) => finding);
    return byTurns(ranked);
  });
}

function byTurns(ranked: readonly Finding[]): Finding[] {
  const seen = new Map<string, number>();
  const first: Finding[] = [];
  const rest: Finding[] = [];
  for (const finding of ranked) {
    const count = seen.get(finding.kind) ?? 0;
    seen.set(finding.kind, count + 1);
    (count < 2 ? first : rest).push(finding);
  }
  return [...first, ...rest];
}

/** Comparable among findings of one kind only. */
function sizeOf({ kind, objective, figures }: Finding, { agenda, group }: Ground): Decimal {
  if (kind === 'drift')
    return new Decimal(agenda.items.find((one) => one.objective === objective)?.materiality ?? 0);
  return Decimal.max(
    0,
    ...figures.flatMap(({ value, unit }) =>
      value === null || unit !== group.currency ? [] : new Decimal(value).abs(),
    ),
  );
}

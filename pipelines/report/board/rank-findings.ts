import type { Finding } from '../../alignment/finding.ts';

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

/** Findings in the order in which a board needs them, no more than two of a kind before each kind had its turn. */
export function rankFindings(findings: readonly Finding[]): Finding[] {
  const ranked = findings
    .map((finding, index) => ({ finding, index }))
    .sort(
      (a, b) =>
        severityOrder.indexOf(a.finding.severity) - severityOrder.indexOf(b.finding.severity) ||
        kindOrder.indexOf(a.finding.kind) - kindOrder.indexOf(b.finding.kind) ||
        a.index - b.index,
    )
    .map(({ finding }) => finding);
  const seen = new Map<string, number>();
  const first: Finding[] = [];
  const rest: Finding[] = [];
  for (const finding of ranked) {
    const key = `${finding.severity}|${finding.kind}`;
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    (count < 2 ? first : rest).push(finding);
  }
  return [...first, ...rest];
}

import type { Finding } from './finding.ts';

/** What makes the run end with status 3: a source missing or unreadable, a gap beyond tolerance that nobody has explained, quarantine over its threshold. */
export function gatesOf(findings: readonly Finding[]): string[] {
  const gates =
    /^(source|reconciliation|quality:quarantine|quality:remark|quality:unplaced|quality:unconverted):/;
  const explained = (finding: Finding) => finding.kind === 'reconciliation' && finding.severity === 'minor';
  return findings
    .filter((finding) => gates.test(finding.id) && !explained(finding))
    .map((finding) => finding.sentence);
}

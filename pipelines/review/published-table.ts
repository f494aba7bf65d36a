import type { Figure } from '../indicators/figure.ts';
import { idOf } from './applied.ts';
import type { Review } from './decision.ts';

const heads = [
  'indicator',
  'entity',
  'period',
  'basis',
  'value',
  'unit',
  'status',
  'computed_value',
  'computed_status',
  'decision',
  'decided_by',
  'decided_on',
  'reason',
  'overridden_by',
  'evidence',
  'evidence_sha256',
];

/**
 * `published.csv`: every figure as it is published, with what the run computed and who decided beside it.
 * `figures.csv` stays what the rows make.
 */
export function publishedTable(
  computed: readonly Figure[],
  published: readonly Figure[],
  review: Review,
): string {
  const decided = new Map(review.figures.map((one) => [one.figure, one]));
  const rows = published.map((figure, i) => {
    const before = computed[i] as Figure;
    const one = decided.get(idOf(figure));
    const final = one?.state === 'approved' || one?.state === 'rejected' ? one : undefined;
    return [
      figure.indicator,
      figure.entity,
      figure.period,
      figure.basis,
      figure.value ?? '',
      figure.unit,
      figure.status,
      before.value ?? '',
      before.status,
      final?.state ?? '',
      final?.decided?.by ?? '',
      final?.decided?.on ?? '',
      (final?.override ? final.override.reason : final?.decided?.reason) ?? '',
      final?.override?.by ?? '',
      final?.override?.evidence ?? '',
      final?.override?.document?.sha256 ?? '',
    ];
  });
  // figures come in the order of the catalogue; the file is sorted like figures.csv
  const sorted = rows.sort((a, b) => (a.slice(0, 4).join('\0') < b.slice(0, 4).join('\0') ? -1 : 1));
  return `${[heads, ...sorted].map((row) => row.map(cell).join(',')).join('\n')}\n`;
}

/** Text that a spreadsheet would run stays text; a number keeps its sign. */
function cell(text: string): string {
  const inert = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

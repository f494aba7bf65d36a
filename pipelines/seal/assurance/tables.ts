import { type Evidence, evidenceState } from '../../collect/evidence.ts';
import type { Catalogue, Measure } from '../../indicators/catalogue.ts';
import { consolidationOf } from '../../indicators/consolidation.ts';
import type { MeasureValue } from '../../indicators/figure.ts';
import type { Window } from '../../indicators/measure-rows.ts';
import type { Language, ReportContent } from '../../report/content.ts';
import { reconciliationId } from '../../report/workbook/sheets/reconciliation-id.ts';
import type { JournalEntry } from '../../review/decision.ts';
import type { Manifest } from '../manifest.ts';
import { csvTable } from './csv.ts';

/** What is said of the lines of a measure: how many, and why there are none. */
export interface Listed {
  readonly measure: Measure;
  /** file of its lines; '' where they are not given */
  readonly file: string;
  /** null where their number is not told either */
  readonly rows: number | null;
  readonly listed: number;
  readonly reason: '' | 'pay_or_health' | 'small_group' | 'statistic' | 'capped';
}

export function measuresTable(listed: readonly Listed[], language: Language): string {
  return csvTable(
    [
      'measure',
      'label',
      'unit',
      'aggregation',
      'time',
      'level',
      'table',
      'filter',
      'value',
      'key',
      'contracts',
      'file',
      'rows',
      'listed',
      'reason',
    ],
    listed.map(({ measure, ...one }) => ({
      measure: measure.id,
      label: measure.label[language],
      unit: measure.unit,
      aggregation: measure.aggregation,
      time: measure.time,
      level: measure.level,
      table: measure.table,
      filter: measure.filter,
      value: measure.value,
      key: measure.key ?? '',
      contracts: measure.contracts,
      ...one,
    })),
  );
}

export function indicatorsTable(
  catalogue: Pick<Catalogue, 'indicators' | 'measures'>,
  language: Language,
): string {
  return csvTable(
    [
      'indicator',
      'label',
      'definition',
      'unit',
      'numerator',
      'denominator',
      'scale',
      'consolidation',
      'bases',
      'material',
      'standards',
    ],
    catalogue.indicators.map((one) => ({
      indicator: one.id,
      label: one.label[language],
      definition: one.definition[language],
      unit: one.unit,
      numerator: one.numerator,
      denominator: one.denominator ?? '',
      scale: one.scale,
      consolidation: consolidationOf(one, catalogue),
      bases: one.bases,
      material: one.material,
      standards: one.standards
        .map((s) => `${s.framework} ${s.version} ${s.disclosure}${s.paragraph ? ` ${s.paragraph}` : ''}`)
        .join('; '),
    })),
  );
}

export function measureValuesTable(values: readonly MeasureValue[]): string {
  return csvTable(
    [
      'measure',
      'entity',
      'period',
      'basis',
      'value',
      'divisor',
      'rows',
      'unvalued',
      'coverage',
      'estimatedShare',
    ],
    values,
  );
}

export function windowsTable(windows: readonly Window[]): string {
  return csvTable(['basis', 'period', 'from', 'to', 'months'], windows);
}

export function reconciliationsTable({ reconciliations, review }: ReportContent): string {
  const told = new Map(review.explanations.map((one) => [one.reconciliation, one]));
  return csvTable(
    [
      'reconciliation',
      'label',
      'owner',
      'entity',
      'period',
      'basis',
      'unit',
      'left_department',
      'left_measure',
      'left',
      'right_department',
      'right_measure',
      'right',
      'gap',
      'gap_share',
      'tolerance',
      'status',
      'sentence',
      'explanation',
      'explained_by',
    ],
    reconciliations.map((one) => {
      const own = told.get(reconciliationId(one));
      return {
        ...one,
        left_department: one.left.department,
        left_measure: one.left.measure,
        left: one.left.value,
        right_department: one.right.department,
        right_measure: one.right.measure,
        right: one.right.value,
        gap_share: one.gapShare,
        explanation: own?.text ?? one.explanation,
        explained_by: own?.by ?? '',
      };
    }),
  );
}

/** Figures that an earlier run or a published one told differently, each change split by cause. */
export function changesTable(changes: ReportContent['changes']): string {
  return csvTable(
    ['indicator', 'entity', 'period', 'basis', 'before', 'after', 'cause', 'parts', 'published'],
    changes.map((one) => ({
      ...one,
      parts: one.parts.map((part) => `${part.cause}: ${part.amount ?? '-'}`).join('; '),
    })),
  );
}

export function decisionsTable(entries: readonly JournalEntry[]): string {
  return csvTable(
    [
      'sequence',
      'kind',
      'subject',
      'decision',
      'by',
      'on',
      'before',
      'after',
      'reason',
      'evidence',
      'comment',
    ],
    entries.map((one) => ({ ...one, before: JSON.stringify(one.from), after: JSON.stringify(one.to) })),
  );
}

/**
 * Evidence that actions and overrides name, and whether it was delivered: `equal`, `other_hash`,
 * `not_delivered`, `no_hash` for a delivered file whose hash nobody stated; then every
 * document delivered.
 */
export function evidenceTable(
  content: ReportContent,
  entries: readonly JournalEntry[],
  delivered: readonly Evidence[],
): string {
  const stateOf = (file: string | null, sha256: string | null): string => {
    if (file !== null && sha256 !== null) return evidenceState(delivered, { file, sha256 });
    return delivered.some((one) => one.file === file) ? 'no_hash' : 'not_delivered';
  };
  // a reviewer names a document in words, or by its file
  const namedBy = (text: string) => delivered.find((one) => text.includes(one.file));
  const actions = [...content.objectives.flatMap((one) => one.actions), ...content.looseActions];
  const unique = [...new Map(actions.map((one) => [one.id, one])).values()];
  return csvTable(
    ['kind', 'subject', 'evidence', 'file', 'sha256', 'state'],
    [
      ...unique
        .filter((one) => one.evidence !== null || one.evidenceFile !== null || one.evidenceSha256 !== null)
        .map((one) => ({
          kind: 'action',
          subject: one.id,
          evidence: one.evidence,
          file: one.evidenceFile,
          sha256: one.evidenceSha256,
          state: stateOf(one.evidenceFile, one.evidenceSha256),
        })),
      ...entries
        .filter((one) => one.evidence !== null)
        .map((one) => {
          // a document that was taken in by its hash is told by it
          const { document } = one;
          const named = document ?? namedBy(one.evidence ?? '');
          return {
            kind: 'override',
            subject: one.subject,
            evidence: one.evidence,
            file: named?.file ?? null,
            sha256: named?.sha256 ?? null,
            state: document ? 'equal' : named ? 'no_hash' : 'not_delivered',
          };
        }),
      ...delivered.map((one) => ({
        kind: 'delivered',
        subject: '',
        evidence: '',
        file: one.file,
        sha256: one.sha256,
        state: '',
      })),
    ],
  );
}

export function extractsTable(extracts: Manifest['extracts']): string {
  return csvTable(
    [
      'id',
      'source',
      'name',
      'connector',
      'contracts',
      'sha256',
      'bytes',
      'rows_read',
      'rows_staged',
      'rows_quarantined',
      'kept',
    ],
    extracts,
  );
}

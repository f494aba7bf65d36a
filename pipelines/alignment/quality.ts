import type { MissingSource } from '../collect/collect.ts';
import type { Indicator } from '../indicators/catalogue.ts';
import { type Figure, GROUP } from '../indicators/figure.ts';
import { percentage } from '../language/quantity.ts';
import type { Language, Say } from '../language/wording.ts';
import type { StagedExtract } from '../stage/stage.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Finding } from './finding.ts';

export interface QualityView {
  readonly staged: readonly StagedExtract[];
  readonly missing: readonly MissingSource[];
  readonly indicators: readonly Indicator[];
  readonly figures: readonly Figure[];
  readonly period: string;
  readonly quarantineThreshold: number;
  readonly language: Language;
  readonly say: Say;
}

/** What is wrong with the data: sources, quarantine, remarks, estimates, coverage, rows without a factor. */
export async function qualityFindings(warehouse: Warehouse, view: QualityView): Promise<Finding[]> {
  return [...sources(view), ...extracts(view), ...headlines(view), ...(await unvalued(warehouse, view))];
}

function sources({ missing, say }: QualityView): Finding[] {
  return missing.map(({ source, message }) => ({
    id: `source:${source.id}`,
    kind: 'source',
    severity: 'critical',
    sentence: say('source.missing', { source: source.id, message }),
    figures: [],
  }));
}

function extracts({ staged, quarantineThreshold, say, language }: QualityView): Finding[] {
  return staged.flatMap(({ extract, rowsRead, rowsQuarantined, remarks }) => {
    const findings: Finding[] = [];
    const share = rowsRead === 0 ? 0 : rowsQuarantined / rowsRead;
    if (share > quarantineThreshold) {
      findings.push({
        id: `quality:quarantine:${extract.extractId}`,
        kind: 'quality',
        severity: 'major',
        sentence: say('quality.quarantine', {
          extract: extract.extractId,
          quarantined: rowsQuarantined,
          read: rowsRead,
          share: percentage(share, 1, language),
          threshold: percentage(quarantineThreshold, 1, language),
        }),
        figures: [
          { name: say('names.rows_quarantined'), value: String(rowsQuarantined), unit: 'count' },
          { name: say('names.rows_read'), value: String(rowsRead), unit: 'count' },
        ],
      });
    }
    remarks
      .filter((remark) => remark.severity === 'error')
      .forEach((remark, i) => {
        findings.push({
          id: `quality:remark:${extract.extractId}:${remark.code}:${i + 1}`,
          kind: 'quality',
          severity: 'major',
          sentence: say('quality.remark', { extract: extract.extractId, message: remark.message }),
          figures: [],
        });
      });
    return findings;
  });
}

/** Estimates and gaps in the material figures of the group at the run's period. */
function headlines({ indicators, figures, period, say, language }: QualityView): Finding[] {
  return indicators
    .filter((indicator) => indicator.material)
    .flatMap((indicator) => {
      const figure = figures.find(
        (f) =>
          f.indicator === indicator.id &&
          f.entity === GROUP &&
          f.period === period &&
          f.basis === indicator.bases[0],
      );
      if (!figure || figure.value === null) return [];
      const findings: Finding[] = [];
      const about = {
        kind: 'quality' as const,
        severity: 'minor' as const,
        indicator: indicator.id,
        entity: GROUP,
      };
      const shown = [{ name: indicator.label[language], value: figure.value, unit: indicator.unit }];
      if (figure.estimatedShare > 0) {
        findings.push({
          id: `quality:estimated:${indicator.id}`,
          ...about,
          sentence: say('quality.estimated', {
            indicator: indicator.label[language],
            share: percentage(figure.estimatedShare, 1, language),
            method: say('estimate_method'),
          }),
          figures: shown,
        });
      }
      if (figure.coverage < 1) {
        findings.push({
          id: `quality:partial:${indicator.id}`,
          ...about,
          sentence: say('quality.partial', {
            indicator: indicator.label[language],
            coverage: percentage(figure.coverage, 1, language),
          }),
          figures: shown,
        });
      }
      return findings;
    });
}

/** Activities that no factor fits: visible, and counted in no total. */
async function unvalued(warehouse: Warehouse, { say }: QualityView): Promise<Finding[]> {
  const rows = await warehouse.rows<{ rows: number; activities: string | null }>(
    `select count(*) as rows, string_agg(distinct activity, ', ' order by activity) as activities
     from model.emission where tco2e is null`,
  );
  const [found] = rows;
  if (!found || found.rows === 0) return [];
  return [
    {
      id: 'quality:unvalued:emission',
      kind: 'quality',
      severity: 'major',
      sentence: say('quality.unvalued', { rows: found.rows, activities: found.activities ?? '' }),
      figures: [{ name: say('names.rows'), value: String(found.rows), unit: 'count' }],
    },
  ];
}

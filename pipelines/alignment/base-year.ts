import { Decimal } from 'decimal.js';
import type { Configuration } from '../configuration/schema.ts';
import { valuesByPlace } from '../indicators/by-place.ts';
import { GROUP, type MeasureValue } from '../indicators/figure.ts';
import { percentage, quantity, quarterName } from '../language/quantity.ts';
import type { Language, Say } from '../language/wording.ts';
import type { Finding } from './finding.ts';

export interface BaseYearView {
  readonly configuration: Configuration;
  readonly measures: readonly MeasureValue[];
  readonly period: string;
  readonly language: Language;
  readonly say: Say;
}

/**
 * What a reader of a reduction must know of its base year: how far a change of perimeter has restated it,
 * and which acquired company has no base-year emissions (GHG Protocol, Corporate Standard, chapter 5).
 */
export function baseYearFindings({
  configuration,
  measures,
  period,
  language,
  say,
}: BaseYearView): Finding[] {
  const base = configuration.carbon.base_year;
  if (!base) return [];
  const values = valuesByPlace(measures);
  const value = (measure: string, entity: string, end: string) => {
    const text = values.get(measure, { entity, period: end, basis: 'ttm' })?.value;
    return text == null ? null : new Decimal(text);
  };
  const findings: Finding[] = [];
  const indicator = 'ghg.reduction_vs_base';
  const original = value('scope12_market', GROUP, base.period);
  const restated = value('base_scope12_market', GROUP, period);
  if (original && restated && !original.isZero()) {
    const change = restated.minus(original).dividedBy(original.abs());
    if (change.abs().greaterThanOrEqualTo(base.threshold)) {
      findings.push({
        id: 'quality:base_year:restated',
        kind: 'quality',
        severity: 'minor',
        indicator,
        entity: GROUP,
        sentence: say('quality.base_year_restated', {
          base: quarterName(base.period, language),
          original: quantity(original.toFixed(), 'tCO2e', 0, language),
          restated: quantity(restated.toFixed(), 'tCO2e', 0, language),
          change: percentage(change.toNumber(), 1, language),
          threshold: percentage(base.threshold, 1, language),
        }),
        figures: [
          { name: say('names.original'), value: original.toFixed(), unit: 'tCO2e' },
          { name: say('names.restated'), value: restated.toFixed(), unit: 'tCO2e' },
        ],
      });
    }
  }
  for (const entity of configuration.perimeter.entities) {
    const now = value('scope12_market', entity.id, period);
    const then = value('base_scope12_market', entity.id, period);
    if (!now || now.isZero() || (then && !then.isZero())) continue;
    findings.push({
      id: `quality:base_year:${entity.id}`,
      kind: 'quality',
      severity: 'major',
      indicator,
      entity: entity.id,
      sentence: say('quality.base_year_missing', {
        entity: entity.name,
        base: quarterName(base.period, language),
      }),
      figures: [{ name: say('names.value'), value: now.toFixed(), unit: 'tCO2e' }],
    });
  }
  return findings;
}

import type { Language } from '../language/wording.ts';
import type { Measure } from './catalogue.ts';

const words = {
  fr: {
    sum: 'somme',
    rows: 'nombre de lignes',
    distinct: 'nombre de valeurs distinctes de',
    number: 'nombre de',
    where: 'où',
    group: (rank: number, of: number) => `dans le groupe ${rank} sur ${of}, rangés par`,
    by: 'par',
    of: 'de',
    but: ', la plus haute exceptée',
    statistics: { mean: 'moyenne', median: 'médiane', highest: 'maximum' },
  },
  en: {
    sum: 'sum',
    rows: 'number of rows',
    distinct: 'number of distinct values of',
    number: 'number of',
    where: 'where',
    group: (rank: number, of: number) => `in group ${rank} of ${of}, in order of`,
    by: 'by',
    of: 'of',
    but: ', the highest left out',
    statistics: { mean: 'mean', median: 'median', highest: 'highest' },
  },
} as const;

/**
 * What a measure does with its rows, in words around the names of its columns.
 *
 * @example aggregationText(measure, 'en') // 'median by person of sum(gross_eur) / sum(paid_hours)'
 */
export function aggregationText(measure: Measure, language: Language): string {
  const say = words[language];
  const sumOf = (value: string) => (value === '1' ? say.rows : `${say.sum}(${value})`);
  const { aggregation, key, per } = measure;
  if (aggregation === 'sum') return sumOf(measure.value);
  if (aggregation === 'distinct') return `${say.distinct} ${key}`;
  const ofKey = per ? `${sumOf(measure.value)} / ${sumOf(per)}` : sumOf(measure.value);
  if (measure.quantile) {
    const { of, rank, counting } = measure.quantile;
    const counted = counting ? ` ${say.where} ${counting}` : '';
    return `${say.number} ${key}${counted} ${say.group(rank, of)} ${ofKey}`;
  }
  const statistic = say.statistics[aggregation as keyof typeof say.statistics] ?? aggregation;
  return `${statistic} ${say.by} ${key} ${say.of} ${ofKey}${measure.except_highest ? say.but : ''}`;
}

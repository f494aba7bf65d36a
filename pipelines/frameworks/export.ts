import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IndexLine } from './answer.ts';

const columns = [
  'framework',
  'version',
  'disclosure',
  'paragraph',
  'datapoint',
  'title',
  'datapoint_unit',
  'module',
  'answer',
  'indicator',
  'entity',
  'period',
  'basis',
  'value',
  'unit',
  'figure_status',
  'source_needed',
  'remark',
  'certainty',
];

/**
 * `framework-index.csv`: one row a datapoint and indicator that answers it, one row for a datapoint that none
 * answers. An empty value is no zero: `figure_status` says which absence it is. Commas, dots, UTF-8, RFC 4180.
 */
export async function exportFrameworkIndex(
  lines: readonly IndexLine[],
  language: 'fr' | 'en',
  folder: string,
): Promise<void> {
  const rows = [columns.join(',')];
  for (const { framework, version, datapoint, answer, figures, needed, remark } of lines) {
    // what is told of the datapoint is written once for all the companies whose figures answer it
    const before = cells(
      framework,
      version,
      datapoint.disclosure,
      datapoint.paragraph ?? '',
      datapoint.id,
      datapoint.title[language],
      datapoint.unit,
      datapoint.module ?? '',
      answer,
    );
    const after = cells(needed.join(' ; '), remark, datapoint.certainty);
    if (figures.length === 0) rows.push(`${before},${cells('', '', '', '', '', '', '')},${after}`);
    for (const { indicator, entity, period, basis, figure } of figures) {
      const { value, unit, status } = figure ?? { value: null, unit: '', status: 'missing' };
      rows.push(`${before},${cells(indicator, entity, period, basis, value ?? '', unit, status)},${after}`);
    }
  }
  await writeFile(join(folder, 'framework-index.csv'), `${rows.join('\n')}\n`);
}

const cells = (...values: readonly string[]): string => values.map(cell).join(',');

/** Quoted where CSV needs it; what a spreadsheet would run as a formula is written as text, numbers aside. */
function cell(value: string): string {
  const inert = /^[=+@\t\r-]/.test(value) && !/^-?\d+(\.\d+)?$/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

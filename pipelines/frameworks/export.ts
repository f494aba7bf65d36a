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
] as const;

/**
 * `framework-index.csv`: one row a datapoint and indicator that answers it, one row for a datapoint that none
 * answers. An empty value is no zero: `figure_status` says which absence it is. Commas, dots, UTF-8, RFC 4180.
 */
export async function exportFrameworkIndex(
  lines: readonly IndexLine[],
  language: 'fr' | 'en',
  folder: string,
): Promise<void> {
  const rows = lines.flatMap((line) => {
    const { datapoint } = line;
    const facts = {
      framework: line.framework,
      version: line.version,
      disclosure: datapoint.disclosure,
      paragraph: datapoint.paragraph ?? '',
      datapoint: datapoint.id,
      title: datapoint.title[language],
      datapoint_unit: datapoint.unit,
      module: datapoint.module ?? '',
      answer: line.answer,
      source_needed: line.needed.join(' ; '),
      remark: line.remark,
      certainty: datapoint.certainty,
    };
    const none = { indicator: '', entity: '', period: '', basis: '', value: '', unit: '', figure_status: '' };
    if (line.figures.length === 0) return [{ ...facts, ...none }];
    return line.figures.map(({ indicator, entity, period, basis, figure }) => ({
      ...facts,
      indicator,
      entity,
      period,
      basis,
      value: figure?.value ?? '',
      unit: figure?.unit ?? '',
      figure_status: figure?.status ?? 'missing',
    }));
  });
  const text = [columns.join(','), ...rows.map((row) => columns.map((c) => cell(row[c])).join(','))];
  await writeFile(join(folder, 'framework-index.csv'), `${text.join('\n')}\n`);
}

/** Quoted where CSV needs it; what a spreadsheet would run as a formula is written as text, numbers aside. */
function cell(value: string): string {
  const inert = /^[=+@\t\r-]/.test(value) && !/^-?\d+(\.\d+)?$/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

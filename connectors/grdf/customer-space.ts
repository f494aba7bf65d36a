import { writeFile } from 'node:fs/promises';
import { ExtractError, type ExtractFile, literal, type ReadingSession, type Remark } from '../connector.ts';
import { type SheetRow, workbookRows } from '../workbook-rows.ts';
import { dayBefore, daysOf } from './period.ts';
import { type Delivered, meterIn, RAW_COLUMNS, rawTable } from './readings.ts';

/** A line of the table, as the readings' SQL takes it; `fault` names what the sheet itself got wrong. */
interface RawReading {
  row: number;
  meter?: string;
  first?: string;
  last?: string;
  period?: string;
  volume?: string;
  coefficient?: string;
  energy?: string;
  qualification?: string;
  fault?: string;
  fault_column?: string;
  fault_value?: string;
}

const HEADINGS = {
  period: /^(date|jour|semaine|mois|periode)/,
  volume: /^volume consomme/,
  coefficient: /^coefficient/,
  energy: /^energie consommee/,
  qualification: /^(qualite|qualification|type)/,
} as const;
type Heading = keyof typeof HEADINGS;

/**
 * Reads the table "Données informatives" of GRDF's customer space: preamble, heading `Date de relevé`, then a
 * row a day, week or month. The PCE is the option's, else the preamble's, else the file name's.
 */
export async function readCustomerSpace(
  extract: ExtractFile,
  session: ReadingSession,
  meterOption: string | undefined,
): Promise<Delivered> {
  for (const sheet of await workbookRows(extract)) {
    const at = sheet.rows.findIndex((row) => headingsOf(row) !== undefined);
    const heading = sheet.rows[at];
    const columns = heading && headingsOf(heading);
    if (!columns) continue;
    const preamble = sheet.rows.slice(0, at);
    const meter = meterOption ?? preambleMeter(preamble) ?? meterIn(extract.name);
    if (meter === undefined) {
      const place = { extract: extract.name, sheet: sheet.name };
      throw new ExtractError('GRD-004', place, { case: 'preamble' });
    }
    const exported = exportDay(preamble);
    const readings = sheet.rows.slice(at + 1).map((row) => rawReading(row, columns, meter));
    const remarks = cutMonths(readings, exported);
    const path = session.scratch('grdf.ndjson');
    await writeFile(path, readings.map((reading) => `${JSON.stringify(reading)}\n`).join(''));
    const table = session.temporary('grdf_raw');
    await session.run(rawTable(table));
    if (readings.length > 0) {
      const types = RAW_COLUMNS.map(
        (name) => `${literal(name)}: ${literal(name === 'row' ? 'BIGINT' : 'VARCHAR')}`,
      );
      await session.run(`insert into ${table} select ${RAW_COLUMNS.join(', ')}
from read_json(${literal(path)}, format = 'newline_delimited', columns = {${types.join(', ')}}) order by row`);
    }
    return {
      table,
      addressing: 'row',
      rows: readings.length,
      remarks,
      facts: { layout: 'customer space', sheet: sheet.name, ...(exported ? { exported } : {}) },
    };
  }
  throw new ExtractError('GRD-003', { extract: extract.name }, { case: 'sheet' });
}

function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[\s\u00a0]+/g, ' ')
    .trim()
    .toLowerCase();
}

/** Columns of the headings, when the row is the heading of the table. */
function headingsOf(row: SheetRow): Partial<Record<Heading, number>> | undefined {
  const found: Partial<Record<Heading, number>> = {};
  for (const { column, text } of row.cells) {
    const heading = plain(text);
    for (const name of Object.keys(HEADINGS) as Heading[]) {
      if (found[name] === undefined && HEADINGS[name].test(heading)) found[name] = column;
    }
  }
  return found.period !== undefined && found.energy !== undefined ? found : undefined;
}

function preambleMeter(preamble: readonly SheetRow[]): string | undefined {
  const row = preamble.find(({ cells }) => cells.some(({ text }) => /n.? ?pce/.test(plain(text))));
  return row && meterIn(row.cells.map(({ text }) => text).join(' '));
}

function exportDay(preamble: readonly SheetRow[]): string | undefined {
  for (const { cells } of preamble) {
    for (const { text } of cells) {
      const day = /^export du ([0-9]{2}\/[0-9]{2}\/[0-9]{4})/.exec(plain(text))?.[1];
      if (day) return daysOf(day)?.first;
    }
  }
  return undefined;
}

function rawReading(row: SheetRow, columns: Partial<Record<Heading, number>>, meter: string): RawReading {
  const reading: RawReading = { row: row.number, meter };
  for (const name of Object.keys(columns) as Heading[]) {
    const cell = row.cells.find(({ column }) => column === columns[name]);
    if (!cell) continue;
    if (cell.kind === 'error' || cell.kind === 'uncalculated') {
      reading.fault = 'cell_error';
      reading.fault_column = name;
      reading.fault_value = cell.text || 'uncalculated formula';
      continue;
    }
    reading[name] = cell.text;
  }
  const days = daysOf(reading.period ?? '');
  if (days) Object.assign(reading, { first: days.first, last: days.last });
  else if (reading.fault === undefined) {
    reading.fault = 'unreadable_period';
    reading.fault_column = 'period';
    reading.fault_value = reading.period ?? row.cells.map(({ text }) => text).join(' | ');
  }
  return reading;
}

/** The month of the export is cut at the export's day; the first month may be cut too, which nothing says. */
function cutMonths(readings: RawReading[], exported: string | undefined): Remark[] {
  const remarks: Remark[] = [];
  const months = readings.filter(({ period }) => daysOf(period ?? '')?.unit === 'month');
  if (exported === undefined || months.length === 0) return remarks;
  const cut = months.find(
    ({ first, last }) => first !== undefined && last !== undefined && first < exported && exported <= last,
  );
  if (cut) {
    cut.last = dayBefore(exported);
    remarks.push({
      code: 'GRD-012',
      case: 'cut',
      severity: 'warning',
      values: { period: (cut.period ?? '').trim(), row: cut.row, exported, last: cut.last },
      row: cut.row,
    });
    const twin = months.find(
      ({ first }) =>
        first?.slice(5, 7) === exported.slice(5, 7) &&
        Number(first.slice(0, 4)) === Number(exported.slice(0, 4)) - 1,
    );
    if (twin && twin === months[0]) {
      remarks.push({
        code: 'GRD-012',
        case: 'start',
        severity: 'warning',
        values: { period: (twin.period ?? '').trim(), row: twin.row },
        row: twin.row,
      });
    }
  }
  return remarks;
}

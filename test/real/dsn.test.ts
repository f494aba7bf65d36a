import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import { beforeAll, describe, expect, it } from 'vitest';
import { dsn } from '../../connectors/dsn/connector.ts';
import { DICTIONARY } from '../../connectors/dsn/dictionary.ts';
import { READ } from '../../connectors/dsn/rubrics.ts';
import { type Row, readAll, type WholeReading } from '../connectors/reading-session.ts';

const folder = new URL('../../../shared/data/dsn/', import.meta.url).pathname;

/**
 * 443 lines, three sendings with return envelopes. Expected counts: `wc -l`, and
 * `awk -F'[.,]' '{b=$1"."$2"."$3; if (b!=p || $4+0<=n) c[b]++; p=b; n=$4+0} END {for (k in c) print k, c[k]}'`.
 */
describe('three end-of-contract sendings in a file, norm P25V01', () => {
  let whole: WholeReading;
  beforeAll(async () => {
    whole = await readAll(dsn, join(folder, 'sample_dsn_P25V01.dsn'));
  });
  const rows = (set: string): Row[] => whole.records[set] as Row[];

  it('every block is one row', () => {
    const counts = Object.fromEntries(Object.keys(whole.records).map((set) => [set, rows(set).length]));
    expect(counts).toEqual({
      declarations: 3,
      individuals: 3,
      contracts: 3,
      contract_changes: 0,
      contract_ends: 3,
      pays: 0,
      activities: 0,
      bonuses: 0,
      absences: 3,
      suspensions: 1,
      other_blocks: 74,
    });
    expect(whole.reading.rowsRead).toBe(90);
    expect(whole.rejects).toEqual([]);
  });

  it('other blocks are the ones that awk counts', () => {
    const counts: Record<string, number> = {};
    for (const { block } of rows('other_blocks')) counts[String(block)] = (counts[String(block)] ?? 0) + 1;
    expect(counts).toEqual({
      'S05.G51.00': 1,
      'S06.G51.00': 4,
      'S10.G00.00': 3,
      'S10.G00.01': 3,
      'S10.G00.02': 3,
      'S10.G00.95': 3,
      'S20.G00.07': 27,
      'S20.G00.96': 3,
      'S21.G00.06': 3,
      'S21.G00.11': 3,
      'S21.G00.15': 4,
      'S21.G00.70': 3,
      'S21.G00.86': 6,
      'S90.G00.90': 3,
      'S95.G51.00': 1,
      'S96.G51.00': 4,
    });
  });

  it('each row has the address of its first line and belongs to its own sending (lines by grep -n)', () => {
    expect(
      rows('declarations').map(({ row_number, siret, nature, month }) => [row_number, siret, nature, month]),
    ).toEqual([
      [34n, '98765432100022', '07', '2025-12-01'],
      [196n, '98765432100013', '07', '2025-12-01'],
      [351n, '98765432100033', '07', '2025-12-01'],
    ]);
    expect(
      rows('absences').map(({ row_number, reason, declaration }) => [row_number, reason, declaration]),
    ).toEqual([
      [141n, '01', '34'],
      [146n, '01', '34'],
      [303n, '03', '196'],
    ]);
    expect(rows('contract_ends').map(({ reason, contract_number }) => [reason, contract_number])).toEqual([
      ['091', '00001'],
      ['043', '00002529082019'],
      ['031', '00001'],
    ]);
  });

  it('the control totals (161, 155, 107 rubrics) hold and only the rubrics of the exchange are remarked', () => {
    expect(whole.reading.remarks?.map(({ code, severity }) => [code, severity])).toEqual([
      ['DSN-011', 'information'],
    ]);
  });

  it('no row holds the names and addresses that the file has in their place', () => {
    const all = JSON.stringify(whole.records, (_, value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    expect(all).not.toMatch(/NOM_TEST|PRENOM|RUE DU TEST|\.invalid/);
  });
});

describe('the data dictionary of the norm', () => {
  const fields = new Map<string, Set<number>>();
  const labels = new Map<string, string>();
  const types = new Map<string, Set<string>>();
  beforeAll(async () => {
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(join(folder, 'dsn-datatypes-CT2024.xlsx'));
    book.getWorksheet('Fields')?.eachRow((row) => {
      const [block, number] = [row.getCell(1).text, row.getCell(2).text];
      if (!/^\d{3}$/.test(number)) return;
      fields.set(block, (fields.get(block) ?? new Set()).add(Number(number)));
      labels.set(`${block}.${number}`, row.getCell(3).text.trim());
    });
    book.getWorksheet('Data Types')?.eachRow((row) => {
      const codes = row
        .getCell(7)
        .text.split(';')
        .map((value) => value.split('=')[0]?.trim() ?? '');
      types.set(row.getCell(1).text, new Set(codes));
    });
  });

  it('is the one that remarks on unknown rubrics rest on', () => {
    const ours = Object.entries(DICTIONARY).map(([block, ranges]) => {
      const numbers = ranges.split(' ').flatMap((range) => {
        const [from = 0, to = from] = range.split('-').map(Number);
        return Array.from({ length: to - from + 1 }, (_, index) => from + index);
      });
      return [block, numbers.join(' ')];
    });
    const theirs = [...fields].map(([block, numbers]) => [
      block,
      [...numbers].sort((a, b) => a - b).join(' '),
    ]);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs));
  });

  it('knows every rubric that is read', () => {
    for (const [block, numbers] of READ) {
      for (const number of numbers) expect(fields.get(block)?.has(number), `${block}.${number}`).toBe(true);
    }
  });

  it.each([
    ['S21.G00.40.007', 'Nature du contrat'],
    ['S21.G00.40.013', 'Quotité de travail du contrat'],
    ['S21.G00.40.072', 'Statut BOETH'],
    ['S21.G00.41.007', 'Ancienne quotité de travail du contrat'],
    ['S21.G00.52.006', 'Numéro du contrat'],
    ['S21.G00.60.002', 'Date du dernier jour travaillé'],
    ['S21.G00.62.002', 'Motif de la rupture du contrat'],
    ['S21.G00.65.001', 'Motif de suspension'],
    ['S90.G00.90.001', 'Nombre total de rubriques'],
  ])('calls %s "%s"', (rubric, label) => {
    expect(labels.get(rubric)).toBe(label);
  });

  it.each([
    ['dsn_contract_natures', 'DSN_NatureContrat'],
    ['dsn_schemes', 'DSN_Dispos_PubEmpFormPro_2'],
    ['dsn_exit_reasons', 'RAC_Rupture_Motif_DSN_phase_1'],
    ['dsn_absence_reasons', 'Arret_Motif_DSN_phase_1'],
    ['dsn_suspension_reasons', 'Motif_suspension'],
    ['dsn_job_classes', 'CCN_Categorie'],
    ['dsn_bonus_types', 'Prime_DSN_phase_1'],
    ['dsn_pay_types', 'DSN_Renumeration_Type'],
  ])('data/reference/%s.csv has the codes of its nomenclature, each once', (file, type) => {
    const lines = readFileSync(new URL(`../../data/reference/${file}.csv`, import.meta.url), 'utf8')
      .trim()
      .split('\n');
    const codes = lines.slice(1).map((line) => line.split(',')[0] as string);
    expect(codes).toEqual([...(types.get(type) ?? [])].sort());
  });
});

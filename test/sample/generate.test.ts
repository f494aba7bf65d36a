import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ExtractOut, writeExtract } from '../../data/sample/extract-files.ts';
import { entities, sites } from '../../data/sample/group.ts';
import { keepsLuhn, nirKey } from '../../data/sample/identifiers.ts';
import { accruedBonus } from '../../data/sample/ledger.ts';
import { sampleExtracts } from '../../data/sample/sample.ts';

const files = new Map<string, Uint8Array>();
const hashes = new Map<string, string>();

async function collect(last: string, visit: (out: ExtractOut) => void): Promise<void> {
  for await (const out of sampleExtracts(last)) visit(out);
}

beforeAll(async () => {
  await collect('2026-09', (out) => {
    files.set(out.path, out.bytes);
    hashes.set(out.path, sha(out.bytes));
  });
});

function sha(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function text(path: string): string {
  const bytes = files.get(path);
  if (!bytes) throw new Error(`no extract ${path}`);
  return Buffer.from(bytes).toString('latin1');
}

function paths(start: string): string[] {
  return [...files.keys()].filter((path) => path.startsWith(start));
}

/** A small CSV without quoted delimiters. */
function rows(path: string, delimiter = ';'): Record<string, string>[] {
  const [heading = '', ...lines] = Buffer.from(files.get(path) ?? [])
    .toString('utf8')
    .trim()
    .split('\r\n');
  const names = heading.split(delimiter);
  return lines.map((line) =>
    Object.fromEntries(line.split(delimiter).map((value, index) => [names[index] ?? '', value])),
  );
}

describe('the generator', () => {
  test('gives the same bytes again', async () => {
    const again = new Map<string, string>();
    await collect('2026-09', (out) => again.set(out.path, sha(out.bytes)));
    expect([...again]).toEqual([...hashes]);
  });

  test('stays small: DSN under 60 MB, everything under 95 MB', () => {
    const size = (start: string): number =>
      paths(start).reduce((sum, path) => sum + (files.get(path)?.length ?? 0), 0);
    expect(size('dsn/')).toBeGreaterThan(25e6);
    expect(size('dsn/')).toBeLessThan(60e6);
    expect(size('')).toBeLessThan(95e6);
  });

  test('as of a quarter, gives what existed then and nothing received later', async () => {
    const then = new Map<string, string>();
    await collect('2026-06', (out) => then.set(out.path, sha(out.bytes)));
    const names = [...then.keys()];
    expect(names.filter((name) => /2026-(0[789]|Q3)|20260930/.test(name))).toEqual([]);
    expect(names.filter((name) => /_replaces|_corrections/.test(name))).toEqual([]);
    expect(names).toContain('fec/999002025FEC20260630.txt');
    // facts of closed months are those told later
    for (const name of [
      'dsn/DSN_99900202500016_2026-06.dsn',
      'waste/register_2026-Q2.csv',
      'fuel/fuel_2026-06.csv',
      'fec/999002025FEC20251231.txt',
    ]) {
      expect(then.get(name), name).toBe(hashes.get(name));
    }
  });
});

describe('identifiers', () => {
  test('SIREN and SIRET keep the key of Luhn', () => {
    for (const entity of entities) expect(keepsLuhn(entity.siren), entity.id).toBe(true);
    for (const site of sites) if (site.siret) expect(keepsLuhn(site.siret), site.id).toBe(true);
  });

  test('a NIR has the form of the norm, the key of two digits, and the birth year and sex of its person', () => {
    const form = /^[12]\d{2}(0[1-9]|1[0-2])(0[1-9]|[1-9]\d)99[0-8]\d{3}$/;
    const lines = text('dsn/DSN_99900202500016_2026-09.dsn').split('\r\n');
    const people = lines.flatMap((line, index) =>
      line.startsWith('S21.G00.30.001') ? [lines.slice(index, index + 5)] : [],
    );
    expect(people.length).toBeGreaterThan(400);
    for (const block of people) {
      const value = (rubric: string): string =>
        block.find((line) => line.startsWith(`S21.G00.30.${rubric}`))?.slice(16, -1) ?? '';
      expect(value('001')).toMatch(form);
      expect(value('001').slice(1, 3)).toBe(value('006').slice(-2));
      expect(value('001')[0]).toBe(value('005') === '01' ? '1' : '2');
      expect(nirKey(value('001'))).toMatch(/^(0[1-9]|[1-8]\d|9[0-7])$/);
    }
    // 97 - 2 55 08 14 168 025 mod 97 = 38, the example of the social security card
    expect(nirKey('2550814168025')).toBe('38');
  });
});

describe('DSN', () => {
  test('every line is a rubric, and the control totals count them and the declaration', () => {
    for (const path of paths('dsn/')) {
      const lines = text(path).split('\r\n');
      expect(lines.pop()).toBe('');
      const wrong = lines.find((line) => !/^S\d{2}\.G\d{2}\.\d{2}\.\d{3},'.+'$/.test(line));
      expect(wrong, path).toBeUndefined();
      expect(lines.slice(-2), path).toEqual([`S90.G00.90.001,'${lines.length}'`, "S90.G00.90.002,'1'"]);
    }
  });

  test('the four mandatory pays of a contract are there, and no hours beside pay of type 001, 002, 003 or 010', () => {
    const lines = text('dsn/DSN_99900202500024_2025-03.dsn').split('\r\n');
    const contracts = lines.filter((line) => line.startsWith('S21.G00.40.009')).length;
    for (const type of ['001', '002', '003', '010']) {
      expect(lines.filter((line) => line === `S21.G00.51.011,'${type}'`).length).toBeGreaterThanOrEqual(
        contracts,
      );
    }
    lines.forEach((line, index) => {
      if (line.startsWith('S21.G00.51.012')) expect(lines[index - 1]).toBe("S21.G00.51.011,'017'");
    });
  });

  test('June 2026 at Lorient is declared twice, the second time in replacement with 25 900 euros more', () => {
    const gross = (path: string): number =>
      [...text(path).matchAll(/51\.011,'001'\r\nS21\.G00\.51\.013,'(-?[\d.]+)'/g)].reduce(
        (sum, [, amount]) => sum + Math.round(Number(amount) * 100),
        0,
      );
    const [first, second] = ['', '_replaces'].map(
      (suffix) => `dsn/DSN_99900202500016_2026-06${suffix}.dsn`,
    ) as [string, string];
    expect(text(second)).toContain("S20.G00.05.002,'03'");
    expect(text(second)).toContain("S20.G00.05.006,'050720261'");
    expect(gross(second) - gross(first)).toBe(74 * 35_000);
  });
});

describe('ledgers', () => {
  test('each entry balances, and the numbers of a journal have no gap', () => {
    for (const path of paths('fec/')) {
      const [heading = '', ...lines] = text(path).replace(/\r\n$/, '').split('\r\n');
      const separator = heading.includes('|') ? '|' : '\t';
      const names = heading.split(separator);
      expect(names).toHaveLength(18);
      const sense = names.includes('Sens');
      const balance = new Map<string, number>();
      const numbers = new Map<string, Set<number>>();
      for (const line of lines) {
        const fields = line.split(separator);
        expect(fields).toHaveLength(18);
        const [a, b] = [fields[11] ?? '', fields[12] ?? ''];
        const amount = sense ? cents(a) * (b === 'C' ? -1 : 1) : cents(a) - cents(b);
        const key = `${fields[0]} ${fields[2]}`;
        balance.set(key, (balance.get(key) ?? 0) + amount);
        const seen = numbers.get(fields[0] ?? '') ?? new Set();
        numbers.set(fields[0] ?? '', seen.add(Number(fields[2]?.slice(2))));
      }
      expect(
        [...balance].filter(([, amount]) => amount !== 0),
        path,
      ).toEqual([]);
      for (const [journal, seen] of numbers) expect(Math.max(...seen), `${path} ${journal}`).toBe(seen.size);
    }
  });

  test('641 and DSN agree within 1 %, but for the bonus accrued at Orvanne Fluides in September 2026', () => {
    const gap = (year: string, months: readonly string[], closing: string): number => {
      const ledger = text(`fec/999002025FEC${closing}.txt`)
        .split('\r\n')
        .map((line) => line.split('\t'))
        .filter(
          ([, , , date = '', account = '']) =>
            account.startsWith('641') && months.includes(`${year}-${date.slice(4, 6)}`),
        )
        .reduce((sum, fields) => sum + cents(fields[11] ?? '') - cents(fields[12] ?? ''), 0);
      let declared = 0;
      for (const path of paths('dsn/DSN_999002025').filter((each) =>
        months.some((month) => each.includes(`_${month}`)),
      )) {
        if (paths(path.replace('.dsn', '_replaces.dsn')).length > 0) continue;
        for (const [, amount] of text(path).matchAll(/51\.011,'001'\r\nS21\.G00\.51\.013,'(-?[\d.]+)'/g))
          declared += Math.round(Number(amount) * 100);
      }
      return (ledger - declared) / declared;
    };
    expect(accruedBonus).toBe(32_400_000);
    expect(gap('2026', ['2026-07', '2026-08', '2026-09'], '20260930')).toBeGreaterThan(0.04);
    expect(gap('2026', ['2026-07', '2026-08', '2026-09'], '20260930')).toBeLessThan(0.05);
    expect(Math.abs(gap('2026', ['2026-04', '2026-05', '2026-06'], '20260930'))).toBeLessThan(0.01);
    expect(Math.abs(gap('2025', ['2025-10', '2025-11', '2025-12'], '20251231'))).toBeLessThan(0.01);
  });
});

function cents(amount: string): number {
  return Math.round(Number(amount.replace(',', '.')) * 100);
}

describe('energy', () => {
  test('a curve has 46 half-hours on the day that loses an hour and 50 on the day that gains one', () => {
    const count = (quarter: string, day: string): number =>
      rows(`energy/curves/LOR_30009900000011_${quarter}.csv`).filter(
        (row) => (row.Horodate ?? '') > `${day} 00:00:00` && (row.Horodate ?? '') <= `${next(day)} 00:00:00`,
      ).length;
    expect(count('2026-Q1', '2026-03-29')).toBe(46);
    expect(count('2025-Q4', '2025-10-26')).toBe(50);
    expect(count('2025-Q4', '2025-10-27')).toBe(48);
  });

  test("Lyon's index stops on 1 August 2026 and its invoices go on", () => {
    const lines = text('energy/indexes/OFR_LYO_30009900000066_2026-Q3.csv')
      .split('\r\n')
      .filter((line) => line.startsWith('2026-'));
    expect(lines.at(-1)?.slice(0, 10)).toBe('2026-08-01');
    const bills = rows('purchasing/invoices_2026-Q3.csv').filter(
      (row) => row.Facture?.includes('2609LYO') && row.Énergie === 'electricity',
    );
    expect(bills).toHaveLength(1);
  });

  test('Angers uses no less after the saving that it declares', () => {
    const mean = (quarter: string): number => {
      const values = rows(`energy/curves/ANG_30009900000033_${quarter}.csv`)
        .map((row) => Number(row.Valeur))
        .filter((value) => !Number.isNaN(value));
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    // 180 MWh a year would be 45 MWh of some 1 100 MWh a quarter: 4 %
    expect(mean('2026-Q2') / mean('2025-Q2')).toBeGreaterThan(0.985);
  });
});

function next(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

describe('the story', () => {
  test('Bombas Ebro enters in May 2026 and Vierzon leaves after December 2025', () => {
    expect(paths('hr/OES_')[0]).toBe('hr/OES_registro_2026-05.xlsx');
    expect(paths('dsn/DSN_99900202500032').at(-1)).toBe('dsn/DSN_99900202500032_2025-12.dsn');
  });

  test('four waste rows received later mend the second quarter of 2026', () => {
    const mended = rows('waste/register_2026-Q2_corrections.csv');
    expect(mended.map((row) => [row.Motif, row['Identifiant unique']])).toEqual([
      ['MODIFIER', 'LOR-202604-120101'],
      ['MODIFIER', 'HAN-202605-150103'],
      ['MODIFIER', 'LOR-202606-100903'],
      ['ANNULER', 'ANG-202605-120101-B'],
    ]);
    const before = rows('waste/register_2026-Q2.csv').map((row) => row['Identifiant unique']);
    for (const row of mended) expect(before).toContain(row['Identifiant unique']);
  });

  test('two departments declare the AI purpose visual-inspection', () => {
    const declared = rows('governance/ai_use_cases.csv').filter(
      (row) => row.Finalité === 'visual-inspection' && row['Situation au'] === '2026-09-30',
    );
    expect(declared.map((row) => row.Direction)).toEqual(['operations', 'innovation']);
  });

  test('a newcomer has a temporary number before a NIR', () => {
    const number = (month: string): string[] => {
      const lines = text(`dsn/DSN_99900202500016_${month}.dsn`).split('\r\n');
      return lines.filter((line) => line.startsWith('S21.G00.30.020')).map((line) => line.slice(16, -1));
    };
    expect(number('2025-07')).toHaveLength(1);
    expect(number('2025-07')[0]).toMatch(/^1999002025F\d{5}$/);
    expect(number('2025-08')).toEqual([]);
  });
});

describe('deliveries', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sample-test-'));
    for (const path of paths('deliveries/'))
      writeExtract(folder, { path, bytes: files.get(path) as Uint8Array });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('are typed, and what leaves is what is sold, within the days around the quarter', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const found = await connection.runAndReadAll(
      `select entity, sum(amount_excl_vat)::decimal(18,2)::double as amount, any_value(typeof(amount_excl_vat)) as type
from read_parquet('${folder}/deliveries/*2025-Q*.parquet') group by entity order by entity`,
    );
    const delivered = found.getRowObjectsJS() as { entity: string; amount: number; type: string }[];
    connection.closeSync();
    instance.closeSync();
    expect(delivered.map((row) => [row.entity, row.type])).toEqual([
      ['ODE', 'DECIMAL(18,2)'],
      ['OFR', 'DECIMAL(18,2)'],
    ]);
    const sold = text('fec/999002025FEC20251231.txt')
      .split('\r\n')
      .map((line) => line.split('\t'))
      .filter((fields) => fields[4] === '701000')
      .reduce((sum, fields) => sum + cents(fields[12] ?? '') - cents(fields[11] ?? ''), 0);
    const amount = delivered.find((row) => row.entity === 'OFR')?.amount ?? 0;
    expect(Math.abs(amount * 100 - sold) / sold).toBeLessThan(0.02);
  });
});

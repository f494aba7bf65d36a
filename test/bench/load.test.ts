import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { glob } from 'tinyglobby';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepsLuhn } from '../../data/sample/identifiers.ts';
import { companiesOf, period } from './load/group.ts';
import { type Written, writeLoad } from './load/load.ts';
import { L, loadOf, metersOf } from './load/size.ts';
import { openLoad, stageLoad } from './load-session.ts';

/** Two companies, one meter (17,520 half-hours in a year), 241 ledger lines, five people. */
const tiny = { intervalRows: 17_520, ledgerRows: 241, people: 5, entities: 2 };

let folder: string;
let written: Written;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concordance-load-'));
  written = await writeLoad(join(folder, 'one'), tiny, 'a');
});
afterAll(() => rm(folder, { recursive: true }));

async function hashes(root: string): Promise<Record<string, string>> {
  const files = (await glob('**/*', { cwd: root })).sort();
  const entries = files.map(async (name) => {
    const bytes = await readFile(join(root, name));
    return [name, createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

describe('the load generator', () => {
  test('writes the same bytes for the same seed, others for another', async () => {
    await writeLoad(join(folder, 'two'), tiny, 'a');
    await writeLoad(join(folder, 'other'), tiny, 'b');
    const one = await hashes(join(folder, 'one'));
    const other = await hashes(join(folder, 'other'));
    // 4 curve files, 2 ledgers and 12 declarations for each of 2 companies, configuration and key
    expect(Object.keys(one)).toHaveLength(4 + 2 * 2 + 2 * 12 + 2);
    expect(await hashes(join(folder, 'two'))).toEqual(one);
    const differing = Object.keys(one).filter((name) => one[name] !== other[name]);
    expect(differing.map((name) => name.split('/')[1] ?? name)).toEqual(
      Array.from({ length: 32 }, (_, n) => (n < 4 ? 'curves' : n < 28 ? 'dsn' : 'fec')),
    );
  });

  test('has the rows that it was asked for, to a whole meter', () => {
    expect(written).toMatchObject({ intervalRows: 17_520, ledgerRows: 241 });
    // 100,000,000 / 17,520 = 5,707.8
    expect(metersOf(L)).toBe(5708);
    expect(loadOf('S')).toEqual({
      intervalRows: 1_000_000,
      ledgerRows: 100_000,
      people: 1000,
      entities: 10,
    });
    const companies = companiesOf(L);
    expect(companies.reduce((sum, one) => sum + one.people, 0)).toBe(100_000);
    expect(companies.reduce((sum, one) => sum + one.ledgerRows, 0)).toBe(10_000_000);
    expect(new Set(companies.flatMap((one) => one.meters)).size).toBe(5708);
    expect(new Set(companies.map((one) => one.siren)).size).toBe(1000);
    expect(companies.every((one) => keepsLuhn(one.siren) && keepsLuhn(one.siret))).toBe(true);
  });

  test('writes ledgers that balance entry by entry', async () => {
    const [file] = await glob('one/extracts/fec/*20260930.txt', { cwd: folder, absolute: true });
    const lines = (await readFile(file as string, 'latin1')).trimEnd().split('\r\n').slice(1);
    const balances = new Map<string, number>();
    for (const line of lines) {
      const fields = line.split('\t');
      const cents = (at: number) => Math.round(Number((fields[at] as string).replace(',', '.')) * 100);
      balances.set(fields[2] as string, (balances.get(fields[2] as string) ?? 0) + cents(11) - cents(12));
    }
    expect(balances.size).toBeGreaterThan(20);
    expect([...balances.values()].every((balance) => balance === 0)).toBe(true);
  });

  test('is read by the connectors without an error, every record staged or quarantined', async () => {
    const session = await openLoad(
      join(folder, 'one', 'concordance.yaml'),
      join(folder, 'work'),
      undefined,
      ':memory:',
    );
    try {
      // one month of declarations tells as much as twelve
      const extracts = session.collected.extracts.filter(({ name }) => !/DSN_.*_20(25|26-0[1-8])/.test(name));
      const staged = await stageLoad({ ...session, collected: { extracts, missing: [] } });
      const rows = (connector: string) =>
        staged
          .filter((one) => one.extract.source.connector === connector)
          .reduce((sum, one) => sum + one.rowsRead, 0);
      expect(rows('enedis')).toBe(17_520);
      expect(rows('fec')).toBe(241);
      expect(staged.flatMap((one) => one.remarks.filter((remark) => remark.severity === 'error'))).toEqual(
        [],
      );
      // only the values written as n.d. break a contract
      const broken = await session.warehouse.rows('select distinct rule, value from staged.quarantine');
      expect(broken).toEqual([{ rule: 'unreadable_value', value: 'n.d.' }]);
      const [people] = await session.warehouse.rows(
        `select count(distinct person) as people, count(distinct siret) as sites from staged.dsn_individuals`,
      );
      expect(people).toEqual({ people: 5, sites: 2 });
      expect(session.plan.quarter.id).toBe(period);
    } finally {
      await session.close();
    }
  });
});

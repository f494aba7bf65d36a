import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { literal } from '../../connectors/connector.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

let folder: string;
let secret: string;
let beside: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concordance-session-'));
  secret = join(folder, 'secret.csv');
  beside = join(folder, 'beside.csv');
  await writeFile(secret, 'a\n1\n');
  await writeFile(beside, 'a\n2\n');
  const made = await Warehouse.open(join(folder, 'warehouse.duckdb'));
  await made.run('create table t as select 3 as a');
  await made.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('SQL of a sealed package reads its own tables and the files named, and nothing else', async () => {
  const sealed = await Warehouse.read(join(folder, 'warehouse.duckdb'), [beside]);
  expect(await sealed.scalar('select a from t')).toBe(3);
  expect(await sealed.scalar(`select a from read_csv(${literal(beside)})`)).toBe(2);
  for (const sql of [
    `select a from read_csv(${literal(secret)})`,
    `select content from read_text(${literal(secret)})`,
    `copy (select 1) to ${literal(join(folder, 'written.csv'))}`,
    `attach ${literal(join(folder, 'other.duckdb'))} as other`,
    'install httpfs',
    'set enable_external_access = true',
    `set allowed_directories = [${literal(folder)}]`,
  ])
    await expect(sealed.run(sql)).rejects.toThrow(/disabled|locked|cannot|Permission/i);
  await sealed.close();
});

test('a session that was shut still writes below the folder that it was left', async () => {
  const session = await Warehouse.open(':memory:');
  const left = await mkdtemp(join(tmpdir(), 'concordance-left-'));
  await session.shut([], [left]);
  await session.run(`copy (select 4 as a) to ${literal(join(left, 'own.csv'))}`);
  expect(await session.scalar(`select a from read_csv(${literal(join(left, 'own.csv'))})`)).toBe(4);
  await expect(session.rows(`select * from read_csv(${literal(secret)})`)).rejects.toThrow(
    /disabled|Permission/i,
  );
  await session.close();
  await rm(left, { recursive: true, force: true });
});

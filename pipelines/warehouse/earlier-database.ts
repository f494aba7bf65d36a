import { createHash } from 'node:crypto';
import { constants, copyFile, mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TableContent } from './content-digest.ts';
import { type Divided, readPart } from './divided.ts';
import { type PackFolder, refuseExhausted } from './pack-folder.ts';
import { type Limits, Warehouse } from './warehouse.ts';

/** What the staged rows of an extract were made of. */
export interface StagedFrom {
  /** name of all that they depend on */
  readonly key: string;
  /** of the extract's bytes */
  readonly sha256: string;
  /** its rows are about people */
  readonly personal: boolean;
}

/** What a table holds by its parts. */
export interface DividedTable extends Divided {
  /** names of all that it was made of besides the rows that its parts are told apart by, one a way to tell them; of a staged table, none */
  readonly madeOf: readonly string[];
}

/** What stands in a database that was copied from an earlier run's, as that run left it. */
export interface EarlierDatabase {
  /** extract -> the key of what its staged rows were made of */
  readonly staged: ReadonlyMap<string, string>;
  /** whether some of them are about people */
  readonly holdsPeople: boolean;
  /** name of a result -> the harmonised table that is it */
  readonly tables: ReadonlyMap<string, TableContent & { readonly table: string }>;
  /** table -> what it holds by its parts, where that was asked */
  readonly divided: ReadonlyMap<string, DividedTable>;
  /** by name, the parts of some measures */
  readonly parts: ReadonlyMap<string, StandingParts>;
}

/** Parts of some measures in `result.measure_part`. */
export interface StandingParts {
  readonly rows: number;
  /** digest of the rows */
  readonly content: string;
  /** name of all that they were made of besides the rows that they are told apart by; empty where they are made whole */
  readonly madeOf: string;
}

/** Size and time of a file, which tell whether it was written to; undefined where there is none. */
export async function markOf(file: string): Promise<string | undefined> {
  const about = await stat(file, { bigint: true }).catch(() => undefined);
  return about && `${about.size} ${about.mtimeNs}`;
}

/** What every name of a result begins with: the versions of the database and of what computes. */
export async function commonGround(warehouse: Pick<Warehouse, 'scalar'>, program: string): Promise<string> {
  const database = await warehouse.scalar<string>('select version()');
  return createHash('sha256')
    .update(JSON.stringify([database, program]))
    .digest('hex');
}

/**
 * Copies the database that was kept last, under the same versions and not written to since, to `file`: what has not
 * changed since need not be read, computed or moved row by row. What does not stand any more is for the steps of the run
 * to take out. DuckDB leaves the bytes of rows that are deleted in its file: a database with rows about people that were
 * withdrawn or told otherwise since is not copied, but one of before their rows came.
 *
 * @param extracts id -> SHA-256 of the extracts of the run
 * @returns undefined where there is none; `file` does not exist then
 */
export async function copyEarlier(
  packs: PackFolder,
  program: string,
  extracts: ReadonlyMap<string, string>,
  file: string,
  limits: Limits,
): Promise<EarlierDatabase | undefined> {
  const session = await Warehouse.open(':memory:', limits);
  try {
    const common = await commonGround(session, program);
    for (const pack of await packs.lastWritten()) {
      const found = await copyOf(session, packs, pack, { common, extracts, file }).catch(refuseExhausted);
      if (found) return found;
      await rm(file, { force: true });
    }
    return undefined;
  } finally {
    await packs.close(session);
    await session.close();
  }
}

async function copyOf(
  session: Warehouse,
  packs: PackFolder,
  pack: string,
  {
    common,
    extracts,
    file,
  }: { readonly common: string; readonly extracts: ReadonlyMap<string, string>; readonly file: string },
): Promise<EarlierDatabase | undefined> {
  const name = await packs.attach(session, pack);
  if (!name) return undefined;
  const [from] = await session.rows<{ file: string; mark: string; common: string }>(
    `select file, mark, common from ${name}.database`,
  );
  if (!from || from.common !== common || (await markOf(from.file)) !== from.mark) return undefined;
  const staged = await session.rows<StagedFrom & { extract: string }>(`from ${name}.staged`);
  if (staged.some(({ extract, personal, sha256 }) => personal && extracts.get(extract) !== sha256))
    return undefined;
  await mkdir(dirname(file), { recursive: true });
  await copyFile(from.file, file, constants.COPYFILE_FICLONE);
  if ((await markOf(from.file)) !== from.mark) return undefined;
  const tables = await session.rows<TableContent & { name: string; from: string }>(`from ${name}.tables`);
  return {
    staged: new Map(staged.map(({ extract, key }) => [extract, key])),
    holdsPeople: staged.some(({ personal }) => personal),
    tables: new Map(
      tables.map(({ name, from, rows, content, columns }) => [
        name,
        { table: from, rows: Number(rows), content, columns },
      ]),
    ),
    divided: await dividedIn(session, name),
    parts: await standingPartsIn(session, name),
  };
}

/** By name, the parts of measures in the database that a pack is of. */
export async function standingPartsIn(
  session: Pick<Warehouse, 'rows'>,
  pack: string,
): Promise<Map<string, StandingParts>> {
  const parts = await session.rows<{ name: string; rows: number; content: string; made_of: string }>(
    `from ${pack}.parts`,
  );
  return new Map(
    parts.map(({ name, rows, content, made_of }) => [name, { rows: Number(rows), content, madeOf: made_of }]),
  );
}

/** The divided tables of the database that a pack is of. */
export async function dividedIn(
  session: Pick<Warehouse, 'rows'>,
  pack: string,
): Promise<Map<string, DividedTable>> {
  const tables = await session.rows<{ table: string; columns: string; shape: string; made_of: string }>(
    `from ${pack}.divided`,
  );
  const parts = await session.rows<{ table: string; key: string; rows: string; content: string }>(
    `from ${pack}.division`,
  );
  const found = new Map(
    tables.map(({ table, columns, shape, made_of }) => [
      table,
      {
        columns: JSON.parse(columns) as string[],
        shape,
        madeOf: JSON.parse(made_of) as string[],
        parts: new Map(),
      },
    ]),
  );
  for (const { table, key, ...part } of parts) found.get(table)?.parts.set(key, readPart(part));
  return found;
}

/** Takes out of a copied database what every run makes anew: all but the staged rows, the harmonised tables and the parts of measures. */
export async function clearResults(warehouse: Warehouse): Promise<void> {
  const own = await warehouse.rows<{ name: string }>(
    `select schema_name || '."' || table_name || '"' as name from duckdb_tables()
     where database_name = current_database() and schema_name in ('reference', 'result') and table_name <> 'measure_part'`,
  );
  for (const { name } of own) await warehouse.run(`drop table ${name}`);
}

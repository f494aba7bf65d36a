import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { fileForm } from '../../pipelines/warehouse/warehouse.ts';
import type { Ground, Side, Work } from './benchmark.ts';

/**
 * DuckDB by itself: a database file of its own, the memory limit that Concordance has by default, one
 * statement. The statement gives one row whose values are the result.
 */
export async function plainDuckDb(
  ground: Ground,
  statements: readonly string[],
  question?: string,
  /** form of the file; by default the one that every version reads */
  form?: string,
): Promise<Work> {
  const instance = await DuckDBInstance.create(join(ground.work, 'plain.duckdb'), {
    memory_limit: '4GB',
    ...(form === undefined ? {} : { storage_compatibility_version: form }),
  });
  const connection = await instance.connect();
  return {
    run: async () => {
      for (const statement of statements) await connection.run(statement);
      await connection.run('checkpoint');
      if (question === undefined) return undefined;
      const reader = await connection.runAndReadAll(question);
      return { result: (reader.getRows()[0] ?? []).map(String).join(', ') };
    },
    close: async () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** References that read files into a table and do no more, by a statement such as `from read_csv(...)`. */
export function plainReads(
  read: (ground: Ground) => string,
): Record<'plain-read' | 'plain-read-same-form', Side> {
  const side = (title: string, form?: string): Side => ({
    title,
    open: (ground) =>
      plainDuckDb(ground, [`create table t as ${read(ground)}`], 'select count(*) from t', form),
  });
  return {
    'plain-read': side('DuckDB: create table as select * from read_csv'),
    'plain-read-same-form': side('the same into a file of the form that ours has', fileForm),
  };
}

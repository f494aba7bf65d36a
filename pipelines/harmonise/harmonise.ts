import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../fault.ts';
import { modelsFolder } from '../places.ts';
import type { Apart } from '../warehouse/kept-results.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

/** One `.sql` file: a harmonised table, with the header that documents it. */
export interface Model {
  readonly name: string;
  readonly purpose: string;
  /** what one row is, for a reader in his language */
  readonly grain: { readonly en: string; readonly fr: string };
  /** qualified tables that it reads: `staged.x`, `reference.y`, `model.z` */
  readonly inputs: readonly string[];
  /** its rows with one value of a column rest on the rows of some inputs with that value, and on no others of these */
  readonly apart: Apart | undefined;
  readonly sql: string;
}

/**
 * Reads the models in an order in which each one's inputs come first.
 *
 * @throws {Fault} MOD-001 for a header that cannot be read, MOD-002 for a circle
 */
export async function loadModels(folder = modelsFolder): Promise<Model[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const models = await Promise.all(
    files.map(async (name) => parseModel(name, await readFile(join(folder, name), 'utf8'))),
  );
  return inOrder(models);
}

/** The models that make these tables, and those that they rest on in turn. */
export function modelsBehind(models: readonly Model[], tables: Iterable<string>): Model[] {
  const needed = new Set(tables);
  for (const { name, inputs } of [...models].reverse()) {
    if (!needed.has(name)) continue;
    for (const input of inputs) if (input.startsWith('model.')) needed.add(input.slice('model.'.length));
  }
  return models.filter(({ name }) => needed.has(name));
}

/** The models that rest on none of these tables, nor on one that does. */
export function modelsWithout(models: readonly Model[], tables: ReadonlySet<string>): Model[] {
  const out = new Set(tables);
  return models.filter(({ name, inputs }) => {
    if (!inputs.some((input) => out.has(input))) return true;
    out.add(`model.${name}`);
    return false;
  });
}

/** Columns by whose values the content of each table is to be told, for models that stand apart. */
export function divisionsOf(models: readonly Model[]): Map<string, string[]> {
  const divisions = new Map<string, string[]>();
  const divide = (table: string, column: string) => {
    const known = divisions.get(table) ?? (table.startsWith('staged.') ? ['extract_id'] : []);
    divisions.set(table, known.includes(column) ? known : [...known, column]);
  };
  for (const { name, apart } of models) {
    if (!apart) continue;
    for (const input of apart.of) divide(input, apart.column);
    divide(`model.${name}`, apart.column);
    // what extracts gave to measures stands apart by company
    divide(`model.${name}`, 'entity');
  }
  return divisions;
}

/** Builds `model.<name>` for every model. */
export async function harmonise(
  warehouse: Warehouse,
  models: readonly Model[],
  /** makes a table by a statement that reads the tables named */
  makeTable: (
    table: string,
    sql: string,
    reads: readonly string[],
    apart: Apart | undefined,
  ) => Promise<void> = (table, sql) => warehouse.run(`create table ${table} as ${sql}`),
): Promise<void> {
  await warehouse.run('create schema if not exists model');
  for (const model of models) {
    try {
      await makeTable(`model.${model.name}`, model.sql, model.inputs, model.apart);
    } catch (cause) {
      throw new Fault(
        'MOD-003',
        `Model ${model.name} failed: ${(cause as Error).message.split('\n')[0]}.`,
        `See pipelines/harmonise/${model.name}.sql.`,
        { cause },
      );
    }
  }
}

function parseModel(file: string, text: string): Model {
  const header = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^-- (\w+): (.*)$/.exec(line);
    if (match)
      header.set(match[1] as string, [header.get(match[1] as string), match[2]].filter(Boolean).join(' '));
  }
  const name = header.get('model');
  if (
    !name ||
    `${name}.sql` !== file ||
    !header.has('inputs') ||
    !header.has('grain') ||
    !header.has('grain_fr')
  ) {
    throw new Fault(
      'MOD-001',
      `pipelines/harmonise/${file} has no complete header.`,
      'It needs -- model, purpose, grain, grain_fr, inputs and columns; the model is named as its file.',
    );
  }
  const inputs = (header.get('inputs') as string)
    .split(',')
    .map((input) => input.trim())
    .filter(Boolean);
  const [, column, list] = /^(\w+) of (.+)$/.exec(header.get('apart') ?? '') ?? [];
  const of = list?.split(',').map((input) => input.trim()) ?? [];
  if (header.has('apart') && !(column && of.every((input) => inputs.includes(input)))) {
    throw new Fault(
      'MOD-001',
      `pipelines/harmonise/${file} has a header that cannot be read: -- apart: ${header.get('apart')}.`,
      'It names a column and some of the inputs: -- apart: siren of staged.fec_entries.',
    );
  }
  return {
    name,
    purpose: header.get('purpose') ?? '',
    grain: { en: header.get('grain') as string, fr: header.get('grain_fr') as string },
    inputs,
    apart: column ? { column, of } : undefined,
    sql: text.trim().replace(/;$/, ''),
  };
}

function inOrder(models: readonly Model[]): Model[] {
  const ordered: Model[] = [];
  const waiting = [...models];
  while (waiting.length > 0) {
    const next = waiting.findIndex((model) =>
      model.inputs.every(
        (input) => !input.startsWith('model.') || ordered.some((done) => `model.${done.name}` === input),
      ),
    );
    if (next < 0) {
      throw new Fault(
        'MOD-002',
        `Models ${waiting.map((m) => m.name).join(', ')} wait for each other or for a model that does not exist.`,
        'Correct their -- inputs lines.',
      );
    }
    ordered.push(...waiting.splice(next, 1));
  }
  return ordered;
}

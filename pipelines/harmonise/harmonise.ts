import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../fault.ts';
import { modelsFolder } from '../places.ts';
import type { Apart } from '../warehouse/table-contents.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

/** One `.sql` file: a harmonised table, with the header that documents it. */
export interface Model {
  readonly name: string;
  readonly purpose: string;
  /** what one row is, for a reader in his language */
  readonly grain: { readonly en: string; readonly fr: string };
  /** qualified tables that it reads: `staged.x`, `reference.y`, `model.z` */
  readonly inputs: readonly string[];
  /** each time: its rows with one value of a column rest on the rows of some inputs with that value, and on no others of these */
  readonly apart: readonly Apart[];
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

/**
 * The models to make while these tables are still to be filled: those that rest on none of them, and those that have rows
 * by now which all others will only be put to, with what these read.
 */
export function modelsBefore(models: readonly Model[], open: ReadonlySet<string>): Model[] {
  const whole = new Set(modelsWithout(models, open).map(({ name }) => name));
  const isOpen = (input: string) =>
    open.has(input) || (input.startsWith('model.') && !whole.has(input.slice('model.'.length)));
  const put = models.filter(
    ({ name, inputs, apart }) =>
      !whole.has(name) &&
      // what is made of nothing that has come yet would be made for nothing
      inputs.some((input) => !input.startsWith('reference.') && !isOpen(input)) &&
      apart.some(({ of }) => inputs.every((input) => !isOpen(input) || of.includes(input))),
  );
  return modelsBehind(models, [...whole, ...put.map(({ name }) => name)]);
}

/** Columns by whose values the content of each table is to be told, for models that stand apart. */
export function divisionsOf(models: readonly Model[]): Map<string, string[]> {
  const divisions = new Map<string, string[]>();
  const divide = (table: string, column: string) => {
    const known = divisions.get(table) ?? (table.startsWith('staged.') ? ['extract_id'] : []);
    divisions.set(table, known.includes(column) ? known : [...known, column]);
  };
  for (const { name, apart } of models) {
    for (const { column, of } of apart) {
      for (const input of of) divide(input, column);
      divide(`model.${name}`, column);
      // what extracts gave to measures stands apart by company
      divide(`model.${name}`, 'entity');
    }
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
    apart: readonly Apart[],
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
  const told: string[] = [];
  for (const line of text.split('\n')) {
    const [, key, value] = /^-- (\w+): (.*)$/.exec(line) ?? [];
    if (key === 'apart') told.push(value as string);
    else if (key) header.set(key, [header.get(key), value].filter(Boolean).join(' '));
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
  const inputs = listed(header.get('inputs'));
  const apart = told.map((line) => {
    const [, column, list, byExtract] = /^(\w+) of ([^;]+)(?:; by extract (.+))?$/.exec(line) ?? [];
    const of = listed(list);
    if (column && [...of, ...listed(byExtract)].every((input) => inputs.includes(input)))
      return { column, of, ...(byExtract && { byExtract: listed(byExtract) }) };
    throw new Fault(
      'MOD-001',
      `pipelines/harmonise/${file} has a header that cannot be read: -- apart: ${line}.`,
      'It names a column and some of the inputs: -- apart: siren of staged.fec_entries.',
    );
  });
  return {
    name,
    purpose: header.get('purpose') ?? '',
    grain: { en: header.get('grain') as string, fr: header.get('grain_fr') as string },
    inputs,
    apart,
    sql: text.trim().replace(/;$/, ''),
  };
}

const listed = (text = ''): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);

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

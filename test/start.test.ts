import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeOptions } from '../pipelines/places.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);
let checkout: string;

/** A checkout of its own, with the packages of this one. */
beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'concordance-start-'));
  for (const name of ['connectors', 'pipelines', 'package.json', 'tsconfig.json'])
    await cp(join(root, name), join(checkout, name), { recursive: true });
  for (const name of ['data', 'templates']) await symlink(join(root, name), join(checkout, name));
  await mkdir(join(checkout, 'node_modules'));
  for (const name of await readdir(join(root, 'node_modules'))) {
    if (name !== '.cache')
      await symlink(join(root, 'node_modules', name), join(checkout, 'node_modules', name));
  }
});
afterEach(() => rm(checkout, { recursive: true, force: true }));

const cache = () => join(checkout, 'node_modules/.cache/concordance');
const bundles = () => readdir(cache());

async function start(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const program = join(checkout, 'pipelines/concordance.mjs');
  const { stdout } = await run(process.execPath, [program, ...args], {
    env: { ...process.env, ...environment },
  });
  return stdout;
}
const help = () => start(['trace', '--help']);
/** It comes out of the catalogue in `data` by the words in `templates`. */
const card = (environment?: NodeJS.ProcessEnv) => start(['indicators', 'energy.electricity'], environment);

const change = async (file: string, from: string, to: string) => {
  const path = join(checkout, file);
  const text = await readFile(path, 'utf8');
  expect(text).toContain(from);
  await writeFile(path, text.replace(from, to));
};

test('the second start reads what the first made of the sources', async () => {
  const first = await help();
  const made = await bundles();
  expect(made).toHaveLength(1);
  expect(await help()).toBe(first);
  expect(await bundles()).toEqual(made);
  // it is the bundle that answers: what it does not hold is not there
  await rm(join(cache(), made[0] as string, 'cli.js'));
  await expect(help()).rejects.toThrow('cli.js');
});

test('a source that has changed since is what runs, and the one before when it comes back', async () => {
  const before = await help();
  await change('pipelines/commands/trace.ts', 'open a figure', 'unfold a figure');
  expect(await help()).toBe(before.replace('open a figure', 'unfold a figure'));
  await change('pipelines/commands/trace.ts', 'unfold a figure', 'open a figure');
  expect(await help()).toBe(before);
  expect(await bundles()).toHaveLength(2);
});

test('a source with a mistake fails as it stands', async () => {
  await change('pipelines/commands/trace.ts', 'export function', 'export functio');
  await expect(help()).rejects.toThrow(/trace\.ts/);
  expect(await bundles()).toEqual([]);
});

test('where nothing can be kept, the sources themselves are read', async () => {
  const answered = await card();
  await rm(cache(), { recursive: true });
  // a file where the folder would be: also root, to whom no folder is read-only, cannot write there
  await writeFile(cache(), '');
  expect(await card()).toBe(answered);
});

test('several starts at once all answer, and leave one bundle', async () => {
  const answers = await Promise.all([help(), help(), help()]);
  expect(new Set(answers).size).toBe(1);
  expect(await bundles()).toHaveLength(1);
});

test('a stack says where in the sources something happened', async () => {
  await change(
    'pipelines/commands/indicators.ts',
    '.action(run)',
    ".action(() => {\n      throw new Error('here');\n    })",
  );
  const path = join(checkout, 'pipelines/commands/indicators.ts');
  const line = (await readFile(path, 'utf8')).split('\n').findIndex((one) => one.includes("'here'")) + 1;
  await expect(card({ CONCORDANCE_DEBUG: '1' })).rejects.toThrow(`${path}:${line}`);
});

test('whichever way it is started, Node has the same options', async () => {
  const options = nodeOptions.join(' ');
  const program = await readFile(join(root, 'pipelines/concordance.mjs'), 'utf8');
  expect(program.split('\n')[0]).toBe(`#!/usr/bin/env -S node ${options}`);
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  for (const name of ['report', 'concordance'])
    expect(scripts[name]).toContain(`node ${options} pipelines/concordance.mjs`);
  expect(await readFile(join(root, 'README.md'), 'utf8')).toContain(`node ${options} /opt/concordance/`);
});

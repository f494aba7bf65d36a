import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { projectFolder } from '../../pipelines/places.ts';
import { programVersion, stageProgram } from '../../pipelines/seal/program.ts';

/** Files that a module stands on, itself included, relative to the project. */
async function foundations(file: string, found = new Set<string>()): Promise<Set<string>> {
  if (found.has(file)) return found;
  found.add(file);
  const path = join(projectFolder, file);
  const imports = (await readFile(path, 'utf8')).matchAll(/^(?:import|export|\}) .*?from '(\.[^']+)'/gm);
  for (const [, name] of imports)
    await foundations(relative(projectFolder, join(dirname(path), name as string)), found);
  return found;
}

test('all that the stage stands on is in the version of what stages', async () => {
  const files = [...(await foundations('pipelines/stage/stage.ts'))];
  expect(files).toContain('pipelines/warehouse/macros.ts');
  expect(files.filter((file) => !stageProgram.some((part) => `${file}/`.startsWith(`${part}/`)))).toEqual([]);
});

test('a template, a model or an indicator changes the program, and not what stages; a connector changes both', async () => {
  const root = await mkdtemp(join(tmpdir(), 'concordance-program-'));
  const put = async (file: string, text: string) => {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  };
  const versions = async () => [
    await programVersion(undefined, root),
    await programVersion(stageProgram, root),
  ];
  try {
    for (const part of stageProgram) await put(part.endsWith('.ts') ? part : `${part}/one.ts`, 'one');
    await put('templates/page.hbs', 'one');
    let [whole, stages] = await versions();
    for (const later of ['templates/page.hbs', 'pipelines/harmonise/energy.sql', 'pipelines/quarterly.ts']) {
      await put(later, 'two');
      const now = await versions();
      expect(now[0], later).not.toBe(whole);
      expect(now[1], later).toBe(stages);
      [whole, stages] = now;
    }
    await put('connectors/one.ts', 'two');
    expect((await versions()).some((one) => one === whole || one === stages)).toBe(false);
  } finally {
    await rm(root, { recursive: true });
  }
});

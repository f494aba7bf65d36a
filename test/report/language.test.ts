import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { templatesFolder } from '../../pipelines/places.ts';

describe.each(['common', 'board'])('the texts of %s.yaml', (file) => {
  it('are the same in both languages: the same keys, with the same holes', async () => {
    const [french, english] = await Promise.all(['fr', 'en'].map((language) => texts(language, file)));
    expect([...(english?.keys() ?? [])]).toEqual([...(french?.keys() ?? [])]);
    for (const [key, text] of french ?? [])
      expect(`${key} ${holes(english?.get(key) ?? '')}`).toBe(`${key} ${holes(text)}`);
  });
});

/** Told of more than none only: a rest, or what is left out where there is none of it. */
const ofSome = /\.(more\w*|\w*rest|agreeing|gaps|entity_objectives|money)$|^summary\.lead$/;

it('no text says "one" of none: a singular without its number has a form for zero', async () => {
  const french = await texts('fr', 'board');
  const blind = [...french]
    .filter(([key, text]) => key.endsWith('.one') && !text.includes('{count}'))
    .map(([key]) => key.slice(0, -'.one'.length));
  expect(blind.length).toBeGreaterThan(5);
  expect(blind.filter((key) => !french.has(`${key}.none`) && !ofSome.test(key))).toEqual([]);
});

async function texts(language: string, file: string): Promise<Map<string, string>> {
  const tree: unknown = parse(
    await readFile(join(templatesFolder, 'language', language, `${file}.yaml`), 'utf8'),
  );
  const found = new Map<string, string>();
  const walk = (node: unknown, path: string) => {
    if (typeof node === 'string') found.set(path, node);
    else
      for (const [key, value] of Object.entries(node as object)) walk(value, path ? `${path}.${key}` : key);
  };
  walk(tree, '');
  return found;
}

/** The values that a text needs, whatever their order. */
function holes(text: string): string {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]))].sort().join(' ');
}

import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { connectors } from '../../connectors/index.ts';
import { Fault } from '../fault.ts';
import { Configuration, type Source } from './schema.ts';
import { readSigningKey } from './signing-key.ts';
import { type Located, type Misfit, readYaml, YamlFault } from './yaml.ts';

/** A group's configuration, checked, with what it points to resolved. */
export interface Project {
  readonly file: string;
  /** folder that relative paths start from */
  readonly base: string;
  readonly text: string;
  readonly configuration: Configuration;
  /** absolute path of the catalogue laid over the built-in one */
  readonly overlay: string | undefined;
  /** secret of the pseudonyms, 64 hexadecimal digits */
  readonly secret: string;
  /** line of the configuration on which a key stands, from 1 */
  lineOf(path: readonly PropertyKey[]): number;
  /** private key that signs manifests; absent where the configuration names none */
  readonly signingKey?: KeyObject | undefined;
}

/**
 * Loads `concordance.yaml` and checks what a schema cannot: references between its parts, connectors and
 * their options, patterns, dates.
 *
 * @throws {YamlFault} with file, line, key, what was found and what was expected
 */
export async function loadProject(file: string): Promise<Project> {
  const path = resolve(file);
  const located = await readYaml(path, Configuration);
  const misfits = crossCheck(located);
  if (misfits.length > 0) throw new YamlFault('CFG-002', path, misfits);
  const base = dirname(path);
  const configuration = located.value;
  return {
    file: path,
    base,
    text: located.text,
    configuration,
    overlay: configuration.catalogue ? resolve(base, configuration.catalogue) : undefined,
    secret: await readSecret(resolve(base, configuration.privacy.key_file)),
    lineOf: located.lineOf,
    signingKey: configuration.seal.signing_key
      ? await readSigningKey(resolve(base, configuration.seal.signing_key))
      : undefined,
  };
}

export async function readSecret(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new Fault(
      'CFG-003',
      `The pseudonym key ${file} cannot be read.`,
      'Make one with `openssl rand -hex 32 > pseudonym.key` (or `concordance init`), keep it out of version control and back it up: without it people cannot be followed from one run to the next.',
      { cause, exitStatus: 2 },
    );
  });
  const secret = text.trim();
  if (!/^[0-9a-f]{64}$/i.test(secret)) {
    throw new Fault(
      'CFG-004',
      `${file} does not hold 64 hexadecimal digits.`,
      'Make one with `openssl rand -hex 32`.',
      {
        exitStatus: 2,
      },
    );
  }
  return secret;
}

function crossCheck({ value: c, lineOf }: Located<Configuration>): Misfit[] {
  const misfits: Misfit[] = [];
  const miss = (path: (string | number)[], found: string, expected: string) =>
    misfits.push({ line: lineOf(path), key: path.join('.'), found, expected });
  const entities = new Set(c.perimeter.entities.map((e) => e.id));
  const sites = new Set(c.perimeter.sites.map((s) => s.id));
  const known = (set: Set<string>) => `one of ${[...set].sort().join(', ')}`;

  unique(c.perimeter.entities, ['perimeter', 'entities'], miss);
  unique(c.perimeter.sites, ['perimeter', 'sites'], miss);
  unique(c.sources, ['sources'], miss);
  uniqueNumber(c.perimeter.entities, 'siren', ['perimeter', 'entities'], miss);
  uniqueNumber(c.perimeter.sites, 'siret', ['perimeter', 'sites'], miss);

  c.perimeter.entities.forEach((entity, i) => {
    const at = ['perimeter', 'entities', i];
    if (entity.id === 'GROUP')
      miss([...at, 'id'], '"GROUP"', 'another code: GROUP names the whole perimeter');
    if (entity.parent && !entities.has(entity.parent))
      miss([...at, 'parent'], `"${entity.parent}"`, known(entities));
    if (entity.parent && circular(c, entity.id))
      miss([...at, 'parent'], `"${entity.parent}"`, 'no circle of parents');
    if (entity.method === 'full' && entity.share <= 0)
      miss([...at, 'share'], `${entity.share}`, 'a share above 0 for full consolidation');
    if (entity.entry && !entity.entry.endsWith('-01')) {
      miss(
        [...at, 'entry'],
        entity.entry,
        'the first day of a month: monthly extracts cannot be split at another day',
      );
    }
    if (entity.entry && entity.exit && entity.exit < entity.entry)
      miss([...at, 'exit'], entity.exit, `a day after ${entity.entry}`);
  });
  c.perimeter.sites.forEach((site, i) => {
    if (!entities.has(site.entity))
      miss(['perimeter', 'sites', i, 'entity'], `"${site.entity}"`, known(entities));
    if (site.entry && site.exit && site.exit < site.entry)
      miss(['perimeter', 'sites', i, 'exit'], site.exit, `a day after ${site.entry}`);
  });
  c.perimeter.meters.forEach((meter, i) => {
    if (!sites.has(meter.site)) miss(['perimeter', 'meters', i, 'site'], `"${meter.site}"`, known(sites));
    if (meter.to && meter.to < meter.from)
      miss(['perimeter', 'meters', i, 'to'], meter.to, `a day after ${meter.from}`);
    // a meter that moves has one line a place; two at once would count each reading twice
    const other = c.perimeter.meters.findIndex((m, k) => k < i && m.id === meter.id && overlaps(m, meter));
    if (other >= 0)
      miss(
        ['perimeter', 'meters', i, 'from'],
        `"${meter.id}" again on days of meters.${other}`,
        'days of its own',
      );
  });
  for (const [i, source] of c.sources.entries()) checkSource(source, i, entities, miss);
  c.not_applicable.forEach((one, i) => {
    for (const entity of one.entities) {
      if (!entities.has(entity)) miss(['not_applicable', i, 'entities'], `"${entity}"`, known(entities));
      const source = c.sources.find((s) => s.contract === one.contract && s.entities.includes(entity));
      if (source)
        miss(
          ['not_applicable', i, 'entities'],
          `"${entity}", which source ${source.id} covers`,
          'one or the other',
        );
    }
  });
  return misfits;
}

type Miss = (path: (string | number)[], found: string, expected: string) => void;

function checkSource(source: Source, i: number, entities: Set<string>, miss: Miss): void {
  const connector = connectors.find((one) => one.id === source.connector);
  if (!connector) {
    miss(
      ['sources', i, 'connector'],
      `"${source.connector}"`,
      `one of ${connectors.map((one) => one.id).join(', ')}`,
    );
    return;
  }
  const options = connector.options.safeParse(source.options);
  for (const issue of options.success ? [] : options.error.issues) {
    miss(['sources', i, 'options', ...issue.path.map(String)], JSON.stringify(source.options), issue.message);
  }
  for (const entity of source.entities) {
    if (!entities.has(entity))
      miss(['sources', i, 'entities'], `"${entity}"`, `one of ${[...entities].sort().join(', ')}`);
  }
  if (source.covers !== undefined) {
    try {
      const pattern = new RegExp(source.covers);
      if (!/\(\?<(year|to)>/.test(pattern.source)) {
        miss(['sources', i, 'covers'], source.covers, 'a group named year (with month or quarter) or to');
      }
    } catch {
      miss(['sources', i, 'covers'], source.covers, 'a regular expression');
    }
  }
}

function overlaps(
  one: { from: string; to: string | null },
  other: { from: string; to: string | null },
): boolean {
  return one.from <= (other.to ?? '9999') && other.from <= (one.to ?? '9999');
}

function unique(items: readonly { id: string }[], at: (string | number)[], miss: Miss): void {
  const seen = new Set<string>();
  items.forEach((item, i) => {
    if (seen.has(item.id)) miss([...at, i, 'id'], `"${item.id}" again`, 'each id once');
    seen.add(item.id);
  });
}

/** Ledgers and payrolls find their entity by its number: two of one number would count each row twice. */
function uniqueNumber<K extends string>(
  items: readonly { readonly [P in K]?: string | undefined }[],
  key: K,
  at: (string | number)[],
  miss: Miss,
): void {
  const seen = new Set<string>();
  items.forEach((item, i) => {
    const number = item[key];
    if (number === undefined) return;
    if (seen.has(number)) miss([...at, i, key], `"${number}" again`, 'a number of its own');
    seen.add(number);
  });
}

function circular(c: Configuration, start: string): boolean {
  const parents = new Map(c.perimeter.entities.map((e) => [e.id, e.parent]));
  let at: string | null | undefined = parents.get(start);
  for (let step = 0; at && step <= parents.size; step += 1) {
    if (at === start) return true;
    at = parents.get(at);
  }
  return false;
}

import { shelf } from '../configuration/library.ts';
import { type Located, readYaml, YamlFault } from '../configuration/yaml.ts';
import type { Catalogue } from '../indicators/catalogue.ts';
import {
  type Datapoint,
  DatapointFile,
  type Framework,
  FrameworkFile,
  type NeededSource,
} from './framework.ts';

/** Every declared framework version with its datapoints. */
export interface FrameworkLibrary {
  readonly frameworks: readonly Framework[];
  readonly sources: ReadonlyMap<string, NeededSource>;
  /** datapoints by {@link versionKey}, in the order of the framework */
  readonly datapoints: ReadonlyMap<string, readonly Datapoint[]>;
}

export const versionKey = (id: string, version: string): string => `${id} ${version}`;

/**
 * Reads `data/frameworks` and its datapoints, with the group's own laid over them.
 *
 * @param contracts ids of the contracts that a datapoint may name as needed
 * @throws {YamlFault} CAT-007 with file, line and key: a version described twice, an unknown version,
 * indicator or source, a datapoint that nothing answers and that names no source
 */
export async function loadFrameworks(
  catalogue: Catalogue,
  contracts: ReadonlySet<string>,
  overlay?: string,
): Promise<FrameworkLibrary> {
  const frameworks = new Map<string, Framework>();
  const sources = new Map<string, NeededSource>();
  for (const file of await shelf('frameworks', overlay, ['.yaml'])) {
    const located = await readYaml(file.path, FrameworkFile, 'CAT-007');
    located.value.frameworks.forEach((one, i) => {
      const key = versionKey(one.id, one.version);
      if (frameworks.has(key))
        complain(located, ['frameworks', i, 'version'], `"${key}" again`, 'each version once');
      frameworks.set(key, one);
    });
    for (const one of located.value.sources) sources.set(one.id, one);
  }
  const files = new Map<string, Located<DatapointFile>>();
  for (const file of await shelf('frameworks/datapoints', overlay, ['.yaml'])) {
    const located = await readYaml(file.path, DatapointFile, 'CAT-007');
    const key = versionKey(located.value.framework, located.value.version);
    if (!frameworks.has(key))
      complain(located, ['version'], `"${key}"`, `one of ${[...frameworks.keys()].sort().join(', ')}`);
    files.set(key, located);
  }
  const indicators = new Set(catalogue.indicators.map((one) => one.id));
  const datapoints = new Map<string, readonly Datapoint[]>();
  for (const [key, located] of files) {
    check(located, indicators, (id) => sources.has(id) || contracts.has(id));
    datapoints.set(key, datapointsOf(located, files));
  }
  return { frameworks: [...frameworks.values()], sources, datapoints };
}

function check(
  located: Located<DatapointFile>,
  indicators: ReadonlySet<string>,
  isSource: (id: string) => boolean,
): void {
  const seen = new Set<string>();
  located.value.datapoints.forEach((one, i) => {
    const at = ['datapoints', i] as const;
    if (seen.has(one.id)) complain(located, [...at, 'id'], `"${one.id}" again`, 'each datapoint once');
    seen.add(one.id);
    one.by.forEach((id, j) => {
      if (!indicators.has(id))
        complain(
          located,
          [...at, 'by', j],
          `"${id}"`,
          'an indicator of the catalogue (`concordance indicators`)',
        );
    });
    one.needs.forEach((id, j) => {
      if (!isSource(id))
        complain(located, [...at, 'needs', j], `"${id}"`, 'a contract, or a source of data/frameworks');
    });
    if ((one.by.length === 0 || one.lacks) && one.needs.length === 0)
      complain(
        located,
        [...at, 'id'],
        `"${one.id}" without \`needs\``,
        'the source that would answer it, since no indicator does in full',
      );
  });
}

/** The datapoints of a version: those of the version that it is based on, renumbered, then its own. */
function datapointsOf(
  located: Located<DatapointFile>,
  files: ReadonlyMap<string, Located<DatapointFile>>,
): Datapoint[] {
  const { based_on: base, framework, datapoints } = located.value;
  if (!base) return datapoints;
  const before = files.get(versionKey(framework, base.version));
  if (!before || before.value.based_on)
    return complain(
      located,
      ['based_on', 'version'],
      `"${base.version}"`,
      'a version that lists its datapoints',
    );
  const ids = new Set(before.value.datapoints.map((one) => one.id));
  const lost = base.without.find((id) => !ids.has(id));
  if (lost)
    complain(located, ['based_on', 'without'], `"${lost}"`, `a datapoint of ${framework} ${base.version}`);
  const own = new Map(datapoints.map((one) => [one.id, one]));
  const taken = before.value.datapoints
    .filter((one) => !base.without.includes(one.id) && !(base.without_voluntary && one.voluntary))
    .map((one) => own.get(one.id) ?? renumbered(one, base));
  const known = new Set(taken.map((one) => one.id));
  return [...taken, ...datapoints.filter((one) => !known.has(one.id))];
}

function renumbered(one: Datapoint, base: NonNullable<DatapointFile['based_on']>): Datapoint {
  const { paragraph, ...rest } = one;
  return {
    ...rest,
    disclosure: base.renumbered[one.disclosure] ?? one.disclosure,
    ...(base.paragraphs_kept && paragraph !== undefined ? { paragraph } : {}),
    certainty: 'to_confirm',
  };
}

function complain(
  located: Located<unknown>,
  path: readonly (string | number)[],
  found: string,
  expected: string,
): never {
  throw new YamlFault('CAT-007', located.file, [
    { line: located.lineOf(path), key: path.join('.'), found, expected },
  ]);
}

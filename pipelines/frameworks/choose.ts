import { Fault } from '../fault.ts';
import type { Framework } from './framework.ts';
import type { FrameworkLibrary } from './load.ts';

/** A framework as the configuration asks for it. */
export interface FrameworkWish {
  readonly id: string;
  readonly version?: string | undefined;
  readonly module?: string | undefined;
  readonly not_applicable: readonly { readonly datapoint: string; readonly reason: string }[];
}

/** A version that a run reports under, and why that one. */
export interface ChosenFramework {
  readonly framework: Framework;
  readonly chosenBy: 'date' | 'configuration';
  /** the part reported under; undefined: the whole */
  readonly module: string | undefined;
  /** datapoints that do not concern the group, with the reason that it gives */
  readonly notApplicable: ReadonlyMap<string, string>;
}

/**
 * The version of each framework that a period is reported under: the one that the configuration names, else
 * the latest whose validity holds the period's last day. With no wish, every framework that has datapoints
 * and a version for that day.
 *
 * @param day last day of the period, ISO
 * @throws {Fault} CFG-006 for an unknown framework, version, module or datapoint, or none valid on that day
 */
export function chooseFrameworks(
  library: FrameworkLibrary,
  wishes: readonly FrameworkWish[],
  day: string,
): ChosenFramework[] {
  const indexed = library.frameworks.filter((one) => library.datapoints.has(`${one.id} ${one.version}`));
  const ids = [...new Set(indexed.map((one) => one.id))];
  if (wishes.length === 0) {
    return ids.flatMap((id) => {
      const framework = validOn(indexed, id, day);
      return framework ? [chosen(framework, 'date', undefined, [])] : [];
    });
  }
  return wishes.map((wish) => {
    const versions = indexed.filter((one) => one.id === wish.id);
    if (versions.length === 0) refuse(`framework "${wish.id}"`, ids);
    const framework =
      wish.version === undefined
        ? validOn(indexed, wish.id, day)
        : versions.find((one) => one.version === wish.version);
    if (!framework) {
      refuse(
        wish.version === undefined
          ? `framework ${wish.id} without a version, none being valid on ${day}`
          : `version "${wish.version}" of ${wish.id}`,
        versions.map((one) => one.version),
      );
    }
    const modules = framework.modules.map((one) => one.id);
    if (wish.module !== undefined && !modules.includes(wish.module))
      refuse(`module "${wish.module}" of ${wish.id}`, modules);
    const known = new Set(library.datapoints.get(`${framework.id} ${framework.version}`)?.map((d) => d.id));
    for (const { datapoint } of wish.not_applicable) {
      if (!known.has(datapoint))
        refuse(`datapoint "${datapoint}" of ${framework.id} ${framework.version}`, []);
    }
    return chosen(
      framework,
      wish.version === undefined ? 'date' : 'configuration',
      wish.module,
      wish.not_applicable,
    );
  });
}

function validOn(frameworks: readonly Framework[], id: string, day: string): Framework | undefined {
  return frameworks
    .filter(
      (one) =>
        one.id === id &&
        one.chosen_by === 'date' &&
        (one.valid_from === null || one.valid_from <= day) &&
        (one.valid_to === null || day <= one.valid_to),
    )
    .sort((a, b) => ((a.valid_from ?? '') < (b.valid_from ?? '') ? 1 : -1))[0];
}

function chosen(
  framework: Framework,
  chosenBy: ChosenFramework['chosenBy'],
  module: string | undefined,
  none: FrameworkWish['not_applicable'],
): ChosenFramework {
  return {
    framework,
    chosenBy,
    module,
    notApplicable: new Map(none.map((one) => [one.datapoint, one.reason])),
  };
}

function refuse(found: string, expected: readonly string[]): never {
  throw new Fault(
    'CFG-006',
    `The configuration asks for ${found}, which data/frameworks does not have.`,
    expected.length > 0
      ? `Under \`frameworks\`, name one of ${expected.join(', ')}.`
      : '`concordance indicators --framework ID` lists its datapoints.',
    { exitStatus: 2 },
  );
}

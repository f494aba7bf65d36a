import { Fault } from '../fault.ts';
import { type FrameworkLibrary, versionKey } from '../frameworks/load.ts';
import { unitInWords } from '../language/quantity.ts';
import { semicolon } from '../language/typography.ts';
import type { Language, Say } from '../language/wording.ts';
import type { Contract } from '../stage/contract.ts';

/**
 * A framework's versions and, of each, the quantitative datapoints with what answers them in the catalogue.
 *
 * @param wanted `VSME`, or one version: `VSME:2025`
 * @throws {Fault} CAT-008 for a framework that has no datapoints
 */
export function frameworkCard(
  wanted: string,
  library: FrameworkLibrary,
  contracts: ReadonlyMap<string, Contract>,
  language: Language,
  say: Say,
): string {
  const frameworks = datapointsOf(wanted, library);
  const name = (id: string) => (library.sources.get(id) ?? contracts.get(id))?.label[language] ?? id;
  const lines = frameworks.flatMap(({ framework, datapoints }) => [
    `${framework.id} ${framework.version}  ${framework.title[language]}`,
    `${framework.source[language]}${framework.certainty === 'to_confirm' ? ` (${say('to_confirm')})` : ''}`,
    framework.note[language],
    '',
    ...datapoints.flatMap((d) => [
      `${d.disclosure.padEnd(14)} ${(d.paragraph ? `§${d.paragraph}` : '').padEnd(14)} ${d.id}  ${d.title[language]} (${unitInWords(d.unit, language)})${d.certainty === 'to_confirm' ? ` (${say('to_confirm')})` : ''}`,
      ...(d.by.length > 0 ? [`${' '.repeat(30)}${say('answered_by')} ${d.by.join(', ')}`] : []),
      ...(d.lacks ? [`${' '.repeat(30)}${say('lacks')} ${d.lacks[language]}`] : []),
      ...(d.needs.length > 0
        ? [`${' '.repeat(30)}${say('needs')} ${d.needs.map(name).join(semicolon(language))}`]
        : []),
    ]),
    '',
    say('counts', {
      total: datapoints.length,
      answered: datapoints.filter((d) => d.by.length > 0 && !d.lacks).length,
      partial: datapoints.filter((d) => d.by.length > 0 && d.lacks).length,
      missing: datapoints.filter((d) => d.by.length === 0).length,
    }),
    '',
  ]);
  return lines.join('\n');
}

export function datapointsOf(wanted: string, library: FrameworkLibrary) {
  const [id, version] = wanted.split(':') as [string, string | undefined];
  const found = library.frameworks
    .filter((one) => one.id === id.toUpperCase() && (version === undefined || one.version === version))
    .flatMap((framework) => {
      const datapoints = library.datapoints.get(versionKey(framework.id, framework.version));
      return datapoints ? [{ framework, datapoints }] : [];
    });
  if (found.length === 0) {
    throw new Fault(
      'CAT-008',
      `No framework "${wanted}" has datapoints.`,
      `Ask for one of ${[...library.datapoints.keys()].map((key) => key.replace(' ', ':')).join(', ')}.`,
      { exitStatus: 2 },
    );
  }
  return found;
}

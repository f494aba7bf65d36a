import { existsSync } from 'node:fs';
import type { Project } from '../configuration/load.ts';
import { type Misfit, YamlFault } from '../configuration/yaml.ts';
import type { Contract } from './contract.ts';

/**
 * Checks what the configuration says of contracts: each source has one that reads its format, a list of
 * what is not applicable names ones that exist, the group's own catalogue is where it is said to be.
 *
 * @throws {YamlFault} CFG-005 with every mistake and its line
 */
export function checkSourceContracts(project: Project, contracts: ReadonlyMap<string, Contract>): void {
  const { configuration, lineOf, file, overlay } = project;
  const all = [...contracts.values()];
  const misfits: Misfit[] = [];
  const miss = (path: (string | number)[], found: string, expected: string) =>
    misfits.push({ line: lineOf(path), key: path.join('.'), found, expected });
  const ids = (some: readonly Contract[]) =>
    `one of ${some
      .map((one) => one.id)
      .sort()
      .join(', ')}`;

  if (overlay !== undefined && !existsSync(overlay))
    miss(['catalogue'], `"${configuration.catalogue}", which is not there`, 'a folder');
  configuration.sources.forEach((source, i) => {
    const reading = all.filter((one) => one.connectors.includes(source.connector));
    if (source.contract === undefined) {
      // formats of their own imply their contracts; a table may follow any
      if (reading.some((one) => one.connectors.includes('csv')))
        miss(['sources', i, 'contract'], 'nothing', `${ids(reading)}: ${source.connector} reads any table`);
      return;
    }
    const contract = contracts.get(source.contract);
    if (!contract) miss(['sources', i, 'contract'], `"${source.contract}"`, ids(reading));
    else if (!contract.connectors.includes(source.connector))
      miss(
        ['sources', i, 'contract'],
        `"${source.contract}", which ${contract.connectors.join(', ')} read`,
        `a contract that ${source.connector} reads`,
      );
  });
  configuration.not_applicable.forEach(({ contract }, i) => {
    if (!contracts.has(contract)) miss(['not_applicable', i, 'contract'], `"${contract}"`, ids(all));
  });
  if (misfits.length > 0) throw new YamlFault('CFG-005', file, misfits);
}

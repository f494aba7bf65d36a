import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { loadProject } from '../../pipelines/configuration/load.ts';
import { loadContracts } from '../../pipelines/stage/contract.ts';
import { checkSourceContracts } from '../../pipelines/stage/source-contracts.ts';
import { configuration, type Project, tinyProject } from '../commands/tiny-project.ts';

let project: Project;
afterEach(() => project?.remove());

/** What the whole check of a configuration says: file:line key: found, expected. */
async function mistakes(change: (yaml: string) => string): Promise<string> {
  project = await tinyProject(change);
  try {
    const loaded = await loadProject(project.config);
    checkSourceContracts(loaded, await loadContracts(loaded.overlay));
    return '';
  } catch (error) {
    return (error as Error).message.replaceAll(`${project.folder}/`, '');
  }
}

/** Line of the first text in the configuration of the tests, from 1. */
const lineOf = (text: string) => configuration.slice(0, configuration.indexOf(text)).split('\n').length;
const second = (entity: string) => (yaml: string) => yaml.replace('  sites:', `    - ${entity}\n  sites:`);
const meters =
  (...lines: string[]) =>
  (yaml: string) =>
    yaml.replace('sources:', `  meters:\n${lines.map((line) => `    - ${line}\n`).join('')}sources:`);

test('a right configuration has none', async () => {
  expect(await mistakes((yaml) => yaml)).toBe('');
});

describe('a mistake in the configuration is named by file, line, key, what was found and what was expected', () => {
  test.each<[string, (yaml: string) => string, string]>([
    [
      'a site of no entity',
      (yaml) => yaml.replace('entity: SA, name: Usine', 'entity: SX, name: Usine'),
      `concordance.yaml:${lineOf('id: USINE')} perimeter.sites.0.entity: found "SX", expected one of SA`,
    ],
    [
      'an unknown connector',
      (yaml) => yaml.replace('connector: csv', 'connector: cvs'),
      `concordance.yaml:${lineOf('connector: csv')} sources.0.connector: found "cvs", expected one of csv`,
    ],
    [
      'an unknown contract',
      (yaml) => yaml.replace('contract: water\n', 'contract: eau\n'),
      `concordance.yaml:${lineOf('contract: water')} sources.1.contract: found "eau", expected one of actions`,
    ],
    [
      'a table without a contract',
      (yaml) => yaml.replace('    contract: water\n', ''),
      `sources.1.contract: found nothing, expected one of actions`,
    ],
    [
      'a contract that the connector cannot read',
      (yaml) => yaml.replace('contract: water\n', 'contract: fec_entries\n'),
      'sources.1.contract: found "fec_entries", which fec read, expected a contract that csv reads',
    ],
    [
      'a not-applicable contract that does not exist',
      (yaml) =>
        `${yaml}not_applicable:\n  - { contract: fret, entities: [SA], reason: Rien à expédier ici. }\n`,
      'not_applicable.0.contract: found "fret", expected one of actions',
    ],
    [
      'a catalogue that is not there',
      (yaml) => `${yaml}catalogue: catalog\n`,
      'catalogue: found "catalog", which is not there, expected a folder',
    ],
    [
      'covers that is no regular expression',
      (yaml) => yaml.replace(/covers: .*/, "covers: '(?<year'"),
      'sources.0.covers: found (?<year, expected a regular expression',
    ],
    [
      'covers that names no year',
      (yaml) => yaml.replace(/covers: .*/, "covers: 'Q(?<quarter>.)'"),
      'expected a group named year',
    ],
    [
      'the same source twice',
      (yaml) => yaml.replace('id: water', 'id: waste'),
      `concordance.yaml:${lineOf('id: water')} sources.1.id: found "waste" again, expected each id once`,
    ],
    [
      'the same SIREN twice',
      (yaml) =>
        second('{ id: SB, name: B, country: FR, siren: "732829320", method: full, share: 100 }')(
          yaml.replace('country: FR, method', 'country: FR, siren: "732829320", method'),
        ),
      'perimeter.entities.1.siren: found "732829320" again, expected a number of its own',
    ],
    [
      'an entry in the middle of a month',
      second('{ id: SB, name: B, country: FR, method: full, share: 100, entry: 2026-05-12 }'),
      'perimeter.entities.1.entry: found 2026-05-12, expected the first day of a month',
    ],
    [
      'an exit before the entry',
      second(
        '{ id: SB, name: B, country: FR, method: full, share: 100, entry: 2026-05-01, exit: 2026-04-30 }',
      ),
      'perimeter.entities.1.exit: found 2026-04-30, expected a day after 2026-05-01',
    ],
    [
      'a circle of parents',
      (yaml) =>
        second('{ id: SB, name: B, country: FR, parent: SA, method: full, share: 100 }')(
          yaml.replace('country: FR, method', 'country: FR, parent: SB, method'),
        ),
      'expected no circle of parents',
    ],
    [
      'a meter on two sites at once',
      meters(
        '{ id: "1", site: USINE, carrier: electricity, from: 2024-01-01, to: 2026-06-30 }',
        '{ id: "1", site: USINE, carrier: electricity, from: 2026-06-30 }',
      ),
      'perimeter.meters.1.from: found "1" again on days of meters.0',
    ],
    [
      'a meter that ends before it begins',
      meters('{ id: "1", site: USINE, carrier: electricity, from: 2026-01-01, to: 2025-12-31 }'),
      'perimeter.meters.0.to: found 2025-12-31, expected a day after 2026-01-01',
    ],
  ])('%s', async (_, change, message) => {
    expect(await mistakes(change)).toContain(message);
  });
});

test('a meter that moves has one line a place, with days of its own', async () => {
  const moved = meters(
    '{ id: "1", site: USINE, carrier: electricity, from: 2024-01-01, to: 2026-06-30 }',
    '{ id: "1", site: USINE, carrier: electricity, from: 2026-07-01 }',
  );
  expect(await mistakes(moved)).toBe('');
});

test('a missing key, and one that is none, say how to make one', async () => {
  project = await tinyProject();
  await project.write('pseudonym.key', 'secret');
  await expect(loadProject(project.config)).rejects.toThrow(/CFG-004 .* does not hold 64 hexadecimal digits/);
  await rm(join(project.folder, 'pseudonym.key'));
  await expect(loadProject(project.config)).rejects.toThrow(
    /CFG-003 .* cannot be read.*openssl rand -hex 32/,
  );
  await expect(loadProject(join(project.folder, 'concordnace.yaml'))).rejects.toThrow(/CFG-000 Cannot read/);
});

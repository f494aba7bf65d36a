import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chooseFrameworks } from '../../pipelines/frameworks/choose.ts';
import { type FrameworkLibrary, loadFrameworks, versionKey } from '../../pipelines/frameworks/load.ts';
import type { Catalogue } from '../../pipelines/indicators/catalogue.ts';
import { loadCatalogue } from '../../pipelines/indicators/load.ts';
import { loadContracts } from '../../pipelines/stage/contract.ts';

let catalogue: Catalogue;
let contracts: ReadonlySet<string>;
let library: FrameworkLibrary;
beforeAll(async () => {
  catalogue = await loadCatalogue();
  contracts = new Set((await loadContracts()).keys());
  library = await loadFrameworks(catalogue, contracts);
});

const datapoint = (version: string, id: string) =>
  library.datapoints.get(version)?.find((one) => one.id === id);

describe('the declared frameworks', () => {
  test('hold the versions of the ESRS, the VSME, the taxonomy and French pay equality side by side', () => {
    expect([...library.datapoints.keys()].sort()).toEqual([
      'BDESE 2026',
      'BEGES 2022',
      'EGAPRO 2019',
      'EGAPRO 2027',
      'ESRS 2023',
      'ESRS 2026',
      'GRI 2021',
      'TAXONOMY 2021',
      'TAXONOMY 2026',
      'VSME 2025',
      'VSME 2026',
    ]);
  });

  test('renumber the disclosures of the simplified ESRS, give no paragraph, and leave voluntary datapoints out', () => {
    expect(datapoint('ESRS 2023', 'E1-5_37')).toMatchObject({ disclosure: 'E1-5', paragraph: '37' });
    expect(datapoint('ESRS 2026', 'E1-5_37')).toMatchObject({ disclosure: 'E1-7', certainty: 'to_confirm' });
    expect(datapoint('ESRS 2026', 'E1-5_37')?.paragraph).toBeUndefined();
    expect(datapoint('ESRS 2023', 'G1-4_25a')?.voluntary).toBe(true);
    expect(datapoint('ESRS 2026', 'G1-4_25a')).toBeUndefined();
  });

  test('say for each datapoint what answers it, or which source would', () => {
    for (const [version, datapoints] of library.datapoints) {
      expect(datapoints.length, version).toBeGreaterThan(5);
      for (const one of datapoints) {
        if (one.by.length === 0 || one.lacks)
          expect(one.needs.length, `${version} ${one.id}`).toBeGreaterThan(0);
      }
    }
  });

  test('put business travel in item 3.5 of the statutory assessment, and visitors in 3.4', () => {
    const items = library.datapoints.get('BEGES 2022');
    const item = (id: string) => items?.find((one) => one.id === id);
    expect(item('3.5')?.by).toEqual(['ghg.s3.c6_travel']);
    expect(item('3.4')).toMatchObject({ by: [], needs: ['visitor_travel'] });
  });

  test('settle nothing that was not checked against a text', () => {
    const checked = new Set(
      library.frameworks
        .filter((one) => one.checked_against)
        .map(({ id, version }) => versionKey(id, version)),
    );
    expect([...checked].sort()).toEqual(['BDESE 2026', 'BEGES 2022', 'ESRS 2023', 'GRI 2021', 'VSME 2025']);
    for (const [version, datapoints] of library.datapoints)
      for (const one of datapoints.filter(() => !checked.has(version)))
        expect(one.certainty, `${version} ${one.id}`).toBe('to_confirm');
  });
});

describe('the choice of a version', () => {
  const versions = (day: string) =>
    Object.fromEntries(chooseFrameworks(library, [], day).map((c) => [c.framework.id, c.framework.version]));

  test('follows the last day of the period where the configuration names none', () => {
    expect(versions('2026-09-30')).toEqual({
      ESRS: '2023',
      VSME: '2025',
      GRI: '2021',
      BDESE: '2026',
      BEGES: '2022',
      EGAPRO: '2019',
      TAXONOMY: '2026',
    });
    expect(versions('2025-12-31').TAXONOMY).toBe('2021');
    // the recommendation is of 30 July 2025
    expect(versions('2025-06-30').VSME).toBeUndefined();
  });

  test('takes the version and the module that the configuration names', () => {
    const [one] = chooseFrameworks(
      library,
      [{ id: 'ESRS', version: '2026', not_applicable: [] }],
      '2026-09-30',
    );
    expect(one).toMatchObject({ framework: { id: 'ESRS', version: '2026' }, chosenBy: 'configuration' });
    const [vsme] = chooseFrameworks(
      library,
      [{ id: 'VSME', module: 'basic', not_applicable: [] }],
      '2026-09-30',
    );
    expect(vsme).toMatchObject({ framework: { version: '2025' }, module: 'basic', chosenBy: 'date' });
  });

  test.each([
    [{ id: 'CDP', not_applicable: [] }, 'framework "CDP"'],
    [{ id: 'ESRS', version: '2030', not_applicable: [] }, 'version "2030" of ESRS'],
    [{ id: 'VSME', module: 'narrative', not_applicable: [] }, 'module "narrative" of VSME'],
    [
      { id: 'VSME', not_applicable: [{ datapoint: 'B99', reason: 'no such thing here' }] },
      'datapoint "B99" of VSME 2025',
    ],
  ])('refuses %j with what it may be instead', (wish, message) => {
    expect(() => chooseFrameworks(library, [wish], '2026-09-30')).toThrow(message);
    expect(() => chooseFrameworks(library, [wish], '2026-09-30')).toThrow(/CFG-006/);
  });
});

describe("a group's own datapoints", () => {
  let overlay: string;
  beforeEach(async () => {
    overlay = await mkdtemp(join(tmpdir(), 'concordance-frameworks-'));
    await mkdir(join(overlay, 'frameworks/datapoints'), { recursive: true });
  });
  afterEach(() => rm(overlay, { recursive: true, force: true }));
  const load = async (text: string) => {
    await writeFile(join(overlay, 'frameworks/datapoints/own.yaml'), text);
    return loadFrameworks(catalogue, contracts, overlay);
  };
  const one = (lines: string) => `framework: BEGES
version: "2022"
datapoints:
  - id: "1.1"
    disclosure: "1"
    title: { fr: "Un", en: "One" }
    unit: tCO2e
${lines}`;

  test('are laid over the built-in ones', async () => {
    const own = await load(one('    by: [ghg.s1.stationary]\n'));
    expect(own.datapoints.get('BEGES 2022')).toHaveLength(1);
    expect(own.datapoints.has('ESRS 2023')).toBe(true);
  });

  test.each([
    ['    by: [ghg.s1.nothing]\n', /own\.yaml:8 datapoints\.0\.by\.0: found "ghg\.s1\.nothing"/],
    ['    needs: [a_rumour]\n', /own\.yaml:8 datapoints\.0\.needs\.0: found "a_rumour"/],
    ['', /own\.yaml:4 datapoints\.0\.id: found "1\.1" without `needs`/],
  ])('are refused with file and line: %j', async (lines, message) => {
    await expect(load(one(lines))).rejects.toThrow(message);
  });

  test('are refused for a version that nothing describes', async () => {
    await expect(load(one('').replace('"2022"', '"1999"'))).rejects.toThrow(
      /own\.yaml:2 version: found "BEGES 1999"/,
    );
  });
});

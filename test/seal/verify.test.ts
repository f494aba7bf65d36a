import { readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PDFDict, PDFDocument, PDFName, PDFString, StandardFonts } from '@cantoo/pdf-lib';
import fc from 'fast-check';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { hashOfFiles } from '../../pipelines/configuration/library.ts';
import { makeSigningKey, readPublicKey } from '../../pipelines/configuration/signing-key.ts';
import { wording } from '../../pipelines/language/wording.ts';
import { templatesFolder } from '../../pipelines/places.ts';
import { writeBoard } from '../../pipelines/report/board/board.ts';
import { readContent } from '../../pipelines/report/record-content.ts';
import { readManifest, runId, writeSeal, writeSums } from '../../pipelines/seal/manifest.ts';
import { checkSignature } from '../../pipelines/seal/signature.ts';
import { openRun } from '../../pipelines/seal/trace.ts';
import { checkChain } from '../../pipelines/seal/verification/chain.ts';
import { foreignParts, standsInHeads } from '../../pipelines/seal/verification/pdf-parts.ts';
import { Findings } from '../../pipelines/seal/verification/report.ts';
import { checkSums } from '../../pipelines/seal/verification/sums.ts';
import { sameBeyondImages } from '../../pipelines/seal/verification/workbook-parts.ts';
import { verify } from '../../pipelines/seal/verify.ts';
import { referenceFiles } from '../../pipelines/stage/reference.ts';
import { type Project, tinyProject } from '../commands/tiny-project.ts';
import { copied, editWarehouse, filesBelow, flipByte, reseal, sealedRun } from './sealed-package.ts';

/** One signed run of the tiny project (10 t recycled, 2.5 t disposed of, 92 m3), spoilt in every way below. */
let project: Project;
let sealed: string;
let publicKey: string;

beforeAll(async () => {
  project = await tinyProject((yaml) => `${yaml}seal: { signing_key: signing.key }\nevidence: proofs\n`);
  await project.write('proofs/pv.pdf', 'the document');
  ({ publicFile: publicKey } = await makeSigningKey(join(project.folder, 'signing.key')));
  sealed = await sealedRun(project);
}, 600_000);
afterAll(() => project.remove());

let copy: Awaited<ReturnType<typeof copied>> | undefined;
afterEach(async () => {
  await copy?.remove();
  copy = undefined;
});
const spoilt = async () => {
  copy = await copied(sealed);
  return copy.folder;
};
const placed = ({ differences }: Pick<Findings, 'differences'>) =>
  differences.map(({ check, place, what }) => `${check}: ${place}: ${what}`);
const found = async (folder: string, options: Parameters<typeof verify>[1] = {}) => {
  return placed({ differences: [...(await verify(folder, { language: 'en', ...options })).differences] });
};
const chainOf = async (folder: string) => {
  const findings = new Findings(await wording('en', 'verify'));
  await checkChain(folder, await readManifest(folder), findings);
  return findings;
};

vi.setConfig({ testTimeout: 300_000 });

describe('a package as it was sealed', () => {
  test('differs in nothing: recomputed from its own staged rows, and from its own extracts', async () => {
    // away from its sources: a copy elsewhere
    const { differences, checked } = await verify(await spoilt(), {
      key: await readPublicKey(publicKey),
      restage: true,
      redraw: true,
    });
    expect(differences).toEqual([]);
    expect(checked).toMatchObject({ signatures: 1, restaged: 2, extracts: 2 });
    // what was counted has its words in both languages
    for (const language of ['fr', 'en'] as const) {
      const say = await wording(language, 'verify');
      for (const name of Object.keys(checked)) expect(say(`counts.${name}`)).not.toBe('');
    }
    // printed again by the same browser
    expect(checked.pages).toBeGreaterThan(5);
    // every measure of every window and both entities (SA and the group), each opened
    expect(checked.openings).toBe(checked.measures);
    expect(checked.figures).toBeGreaterThan(100);
  });
});

describe('one flipped byte', () => {
  test('is found in any file, wherever it is', async () => {
    const folder = await spoilt();
    const files = await filesBelow(folder);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        async (name, share) => {
          const file = join(folder, name);
          const offset = Math.floor(share * (await stat(file)).size);
          await flipByte(file, offset);
          const findings = new Findings(() => '');
          await checkSums(folder, findings);
          const named = findings.differences.map((one) => one.place);
          await flipByte(file, offset);
          expect(named.length, `${name} at ${offset}`).toBeGreaterThan(0);
          // in the list of hashes it may name the line, or the file whose line it was
          if (name !== 'SHA256SUMS') expect(named, `${name} at ${offset}`).toContain(name);
        },
      ),
      { numRuns: 80 },
    );
  }, 300_000);

  test('is named in each file of the package in turn', async () => {
    const folder = await spoilt();
    for (const name of await filesBelow(folder)) {
      const file = join(folder, name);
      const { size } = await stat(file);
      if (size === 0) continue;
      const offset = Math.floor(size / 2);
      await flipByte(file, offset);
      const findings = new Findings(() => '');
      await checkSums(folder, findings);
      await flipByte(file, offset);
      const named = findings.differences.map((one) => one.place);
      if (name === 'SHA256SUMS') expect(named.length).toBeGreaterThan(0);
      else expect(named).toEqual([name]);
    }
  });

  test('in the database, the signature or the manifest ends in a difference, never in a crash', async () => {
    const folder = await spoilt();
    for (const [name, share] of [
      ['warehouse.duckdb', 0.001],
      ['warehouse.duckdb', 0.5],
      ['manifest.pub.pem', 0.5],
      ['figures.parquet', 0.5],
    ] as const) {
      const file = join(folder, name);
      const offset = Math.floor((await stat(file)).size * share);
      await flipByte(file, offset);
      expect((await found(folder)).join('\n'), `${name} at ${offset}`).toContain(name);
      await flipByte(file, offset);
    }
  }, 300_000);
});

describe('a forger who makes every hash again', () => {
  test('and edits the database is found by the rows: a harmonised row', async () => {
    const folder = await spoilt();
    await editWarehouse(folder, "update model.waste set tonnes = 1 where unique_id = 'D2'");
    await reseal(folder);
    expect((await found(folder)).join('\n')).toContain(
      'harmonise: model.waste: the staged rows, with the sealed factors and conversions, make other values',
    );
  });

  test('and edits a harmonised row with its measure and its figure everywhere', async () => {
    const folder = await spoilt();
    await editWarehouse(
      folder,
      'update model.water set volume_m3 = 29',
      "update result.measure_value set value = 29 where measure = 'water_withdrawn'",
      "update result.figure set value = 29, numerator = 29 where indicator = 'water.withdrawal'",
    );
    const csv = join(folder, 'figures.csv');
    await writeFile(csv, (await readFile(csv, 'utf8')).replaceAll('92.000000000000', '29.000000000000'));
    await reseal(folder);
    const differences = (await found(folder)).join('\n');
    expect(differences).toContain(
      'water_withdrawn:GROUP:2026-Q3:quarter: the database says 29.0000000000, the rows make 92.0000000000',
    );
    expect(differences).toContain(
      'figures: figures.csv: water.withdrawal:GROUP:2026-Q3:quarter, value: 29.000000000000; its measures make 92.000000000000',
    );
  });

  test('and edits a staged row too is found by reading the extract again', async () => {
    const folder = await spoilt();
    await editWarehouse(folder, "update staged.waste_register set weight_t = 1 where unique_id = 'D2'");
    await reseal(folder);
    expect((await found(folder, { restage: true })).join('\n')).toContain(
      'extracts: staged.waste_register, waste/waste_2026-Q3.csv: reading the extract again gives other rows',
    );
  });

  test('and changes a factor, in the database or in the sealed file', async () => {
    const folder = await spoilt();
    await editWarehouse(
      folder,
      "update reference.factors set value_kgco2e = 0.001 where activity = 'diesel'",
    );
    await reseal(folder);
    expect((await found(folder)).join('\n')).toContain(
      'definition: reference.factors: the table does not say',
    );
    const file = join(folder, 'definition/factors/factors.csv');
    await writeFile(file, (await readFile(file, 'utf8')).replace(',0.16,', ',0.15,'));
    await reseal(folder);
    expect((await found(folder)).join('\n')).toContain(
      "definition: definition/, factors: the hash of factors is not the manifest's",
    );
  });

  test('and drops an extract: its rows, its file, its line in the manifest', async () => {
    const folder = await spoilt();
    const hash = (
      JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as {
        extracts: { source: string; sha256: string }[];
      }
    ).extracts.find((one) => one.source === 'water')?.sha256 as string;
    await rm(join(folder, 'extracts', hash));
    await editWarehouse(
      folder,
      'delete from staged.water',
      "delete from result.extract where source_id = 'water'",
    );
    await reseal(folder, (manifest) => {
      manifest.extracts = (manifest.extracts as { source: string }[]).filter((one) => one.source !== 'water');
    });
    const differences = (await found(folder)).join('\n');
    expect(differences).toContain('definition: manifest.json, extracts: the list of extracts is not the one');
    // its months are still counted as delivered: the figure would be zero where it is missing
    expect(differences).toContain('water:SA:2026-07-01: the database counts this month as delivered');
  });

  test('and changes an emission factor in the sealed files, with its hash and the name of the run', async () => {
    const folder = await spoilt();
    const factors = join(folder, 'definition/factors');
    const file = join(factors, 'factors.csv');
    const text = await readFile(file, 'utf8');
    // landfill of mixed waste, 520.5327 kg a tonne
    expect(text).toContain('520.5327');
    await writeFile(file, text.replaceAll('520.5327', '52.05327'));
    const factorsHash = await hashOfFiles(
      (await referenceFiles(undefined, join(folder, 'definition'))).factors,
    );
    await reseal(folder, (manifest) => {
      const { period, language, code_version, hashes } = manifest as unknown as Awaited<
        ReturnType<typeof readManifest>
      >;
      hashes.factors = factorsHash;
      manifest.run = runId(period, language, code_version, hashes);
    });
    const differences = (await found(folder)).join('\n');
    expect(differences).toContain(
      'definition: reference.factors: the table does not say what the sealed files say',
    );
    expect(differences).toContain('harmonise: model.emission: the staged rows, with the sealed factors');
  });

  test('and puts another document in the place of the evidence', async () => {
    const folder = await spoilt();
    await reseal(folder, (manifest) => {
      for (const one of manifest.evidence as { sha256: string }[]) one.sha256 = 'f'.repeat(64);
    });
    expect(await found(folder)).toContainEqual(
      expect.stringMatching(/^definition: manifest.json, evidence: the list of documents/),
    );
  }, 120_000);

  test('and changes how a measure is defined', async () => {
    const folder = await spoilt();
    await editWarehouse(
      folder,
      `update result.run set record = replace(record, '"value":"tonnes"', '"value":"tonnes * 2"')`,
    );
    await reseal(folder);
    expect((await found(folder)).join('\n')).toMatch(
      /definition: result.run, waste_\w+: the definition of waste_\w+/,
    );
  });

  test('is found by the signature, and so is one who drops it', async () => {
    const folder = await spoilt();
    const key = await readPublicKey(publicKey);
    await reseal(folder, (manifest) => {
      manifest.gates = ['nothing to see'];
    });
    expect(await found(folder, { key, quick: true })).toEqual([
      'signature: manifest.sig: the manifest is not the one that was signed with this key',
    ]);
    await rm(join(folder, 'manifest.sig'));
    await rm(join(folder, 'manifest.pub.pem'));
    await reseal(folder);
    expect(await found(folder, { key, quick: true })).toEqual([
      'signature: manifest.sig: the manifest is not signed, though a key is given',
    ]);
  });

  test('and pretends another version, unsigned: what cannot be checked then is a difference where it must not be', async () => {
    const folder = await spoilt();
    await rm(join(folder, 'manifest.sig'));
    await rm(join(folder, 'manifest.pub.pem'));
    await reseal(folder, (manifest) => {
      const { period, language, hashes } = manifest as unknown as Awaited<ReturnType<typeof readManifest>>;
      manifest.code_version = '9.9.9+forged';
      manifest.run = runId(period, language, '9.9.9+forged', hashes);
    });
    expect(await found(folder, { quick: true })).toEqual([]);
    const strict = await found(folder, { quick: true, strict: true });
    expect(strict).toEqual([
      expect.stringMatching(/^unchecked: other version: .*9\.9\.9\+forged/),
      expect.stringMatching(/^unchecked: unsigned: /),
      expect.stringMatching(/^unchecked: evidence elsewhere: /),
      expect.stringMatching(/^unchecked: quick: /),
    ]);
  });

  test('and writes an explanation of a gap that no review wrote', async () => {
    const folder = await spoilt();
    const file = join(folder, 'carried.json');
    await writeFile(
      file,
      (await readFile(file, 'utf8')).replace('"explanations": []', '"explanations": [{}]'),
    );
    await reseal(folder);
    expect(await found(folder)).toContainEqual(
      expect.stringMatching(/^definition: carried\.json: it is not what the run took over/),
    );
  });

  test('and changes what no figure hangs on: each is named, though every hash was made again', async () => {
    const folder = await spoilt();
    await editWarehouse(
      folder,
      // a company, the state of an extract, a datapoint, what is known of the emissions
      ...[
        ['"name":"Essai SA"', '"name":"Autre SA"'],
        ['"rowsQuarantined":0', '"rowsQuarantined":1'],
        ['"answer":"missing"', '"answer":"answered"'],
        ['"treatment":"', '"treatment":"not_'],
        ['"suppressionThreshold":5', '"suppressionThreshold":1'],
      ].map(([from, to]) => `update result.content set content = replace(content, '${from}', '${to}')`),
    );
    const index = join(folder, 'framework-index.csv');
    await writeFile(index, (await readFile(index, 'utf8')).replace(',missing,', ',answered,'));
    const { extracts } = await readManifest(folder);
    await rm(join(folder, 'extracts', extracts[0]?.sha256 as string));
    await rm(join(folder, 'findings.json'));
    await writeFile(join(folder, 'board-final.pdf'), 'another report');
    const outputs = (await readManifest(folder)).outputs.filter(({ name }) => name !== 'findings.json');
    await writeSeal(folder, {
      ...(await readManifest(folder)),
      outputs: [...outputs, { name: 'board-final.pdf', bytes: 0, sha256: '0'.repeat(64) }],
    });
    await reseal(folder, (manifest) => {
      manifest.group = 'Autre';
      Object.assign((manifest.extracts as object[])[0] as object, { kept: 'omitted' });
      manifest.gates = ['nothing to look at'];
    });
    const differences = await found(folder);
    for (const one of [
      'manifest: manifest.json, group:',
      `manifest: manifest.json, ${extracts[0]?.id}, kept:`,
      'manifest: findings.json: the manifest no longer lists this file',
      'manifest: board-final.pdf: the manifest lists a file that no package has',
      'figures: manifest.json, gates:',
      'figures: framework-index.csv:',
      'made from other values than the rows make: entities',
      'made from other values than the rows make: run, suppressionThreshold',
      'made from other values than the rows make: extract ',
      'made from other values than the rows make: datapoint ',
      'made from other values than the rows make: emissions, screening',
    ])
      expect(
        differences.some((told) => told.includes(one)),
        `${one} in\n${differences.join('\n')}`,
      ).toBe(true);
  });

  test('and takes a row out of the quarantine, with its count everywhere, is found by reading the extract again', async () => {
    const folder = await spoilt();
    const [waste] = (await readManifest(folder)).extracts;
    await editWarehouse(
      folder,
      `insert into staged.quarantine by name select * replace ('${waste?.id}' as extract_id, 3 as row_number) from (select * from staged.quarantine limit 0) union all by name select '${waste?.id}' as extract_id, 3 as row_number`,
    );
    await reseal(folder, (manifest) => {
      // three rows were read, one of them set aside, say the forger's counts
      const first = (manifest.extracts as object[])[0] as { rows_read: number };
      Object.assign(first, { rows_read: first.rows_read + 1, rows_quarantined: 1 });
    });
    expect((await found(folder, { restage: true })).join()).toMatch(
      /extracts: staged\.quarantine, waste\/waste_2026-Q3\.csv: reading the extract again gives other rows \(0\) than the database \(1\)/,
    );
  });

  test('and adds what no manifest names: a file, a file among the extracts, a link, though SHA256SUMS lists them', async () => {
    const folder = await spoilt();
    await writeFile(join(folder, 'board-final.pdf'), 'another report');
    await writeFile(join(folder, 'extracts', 'a'.repeat(64)), 'another extract');
    await symlink(join(folder, 'board.pdf'), join(folder, 'report.pdf'));
    // the manifest stays as it was signed: its signature is good
    await writeSums(folder);
    const key = await readPublicKey(publicKey);
    expect((await found(folder, { key, quick: true })).sort()).toEqual([
      'manifest: board-final.pdf: the manifest does not name this file',
      `manifest: extracts/${'a'.repeat(64)}: the manifest does not name this file`,
      'manifest: report.pdf: a link, or something else that is no file',
    ]);
  });

  test('and adds to the database what no run makes: a view, a macro, a table elsewhere', async () => {
    const folder = await spoilt();
    await editWarehouse(
      folder,
      'create view model.energy_again as select 1 as mwh',
      'create macro model.twice(a) as a * 2',
      'create schema other',
      'create table other.figure as select 1 as value',
    );
    await reseal(folder);
    const differences = await found(folder, { figuresOnly: true });
    for (const name of ['model.energy_again', 'model.twice', 'other.figure'])
      expect(differences).toContain(`warehouse: ${name}: the table, view, macro or sequence was added`);
  });

  test('and changes what the database says of itself: what-if, extracts, models, run, content', async () => {
    for (const [statement, place] of [
      [
        `update result.arbitration set record = replace(record, '{', '{"x":1,')`,
        'figures: warehouse.duckdb, result.arbitration',
      ],
      [
        "update result.extract set sha256 = repeat('f', 64) where source_id = 'water'",
        'warehouse: result.extract, water/water_2026-Q3.csv',
      ],
      [
        "delete from result.extract where source_id = 'water'",
        'warehouse: result.extract, water/water_2026-Q3.csv',
      ],
      [
        "update result.model set model = replace(model, 'from staged.', 'from  staged.')",
        'harmonise: result.model',
      ],
      [
        `update result.run set record = replace(record, '"suppressBelow":5', '"suppressBelow":2')`,
        'definition: result.run, suppressBelow',
      ],
      [
        "update result.measure_part set largest = largest * 2 where measure = 'waste_weight'",
        'measures: warehouse.duckdb, result.measure_part, waste_weight:SA:waste/waste_2026-Q3.csv',
      ],
      ['delete from result.content', 'figures: result.content'],
      ["update result.content set content = 'x' || content", 'figures: result.content'],
    ] as const) {
      const folder = await spoilt();
      await editWarehouse(folder, statement);
      await reseal(folder);
      expect((await found(folder, { figuresOnly: true })).join('\n'), statement).toContain(`${place}: `);
      await copy?.remove();
    }
  });

  test('and leaves out an indicator, with its definition in the database and its figures everywhere', async () => {
    const folder = await spoilt();
    const { warehouse, record } = await openRun(folder);
    await warehouse.close();
    const indicators = record.catalogue.indicators.filter(({ id }) => id !== 'waste.recycling_rate');
    const told = JSON.stringify({ ...record, catalogue: { ...record.catalogue, indicators } });
    await editWarehouse(
      folder,
      `update result.run set record = '${told.replaceAll("'", "''")}'`,
      "delete from result.figure where indicator = 'waste.recycling_rate'",
    );
    const csv = join(folder, 'figures.csv');
    const lines = (await readFile(csv, 'utf8')).split('\n');
    await writeFile(csv, lines.filter((line) => !line.startsWith('waste.recycling_rate,')).join('\n'));
    await reseal(folder);
    expect(await found(folder, { figuresOnly: true })).toContain(
      'definition: result.run, waste.recycling_rate: the sealed definitions have waste.recycling_rate, the database does not',
    );
  });

  test('and tells a figure twice, or in another order', async () => {
    const folder = await spoilt();
    const csv = join(folder, 'figures.csv');
    const [head, first, second, ...rest] = (await readFile(csv, 'utf8')).split('\n');
    await writeFile(csv, [head, first, first, second, ...rest].join('\n'));
    await reseal(folder);
    expect((await found(folder, { figuresOnly: true })).join('\n')).toMatch(
      /figures: figures\.csv: \d+ rows; the measures make \d+/,
    );
    await writeFile(csv, [head, second, first, ...rest].join('\n'));
    await reseal(folder);
    expect(await found(folder, { figuresOnly: true })).toContain(
      'figures: figures.csv: every figure is right, yet the file is not the one that the run wrote',
    );
  });

  test('and states another size of an output', async () => {
    const folder = await spoilt();
    await reseal(folder, (manifest) => {
      const outputs = manifest.outputs as { name: string; bytes: number }[];
      for (const one of outputs) if (one.name === 'board.pdf') one.bytes += 1;
    });
    expect(await found(folder, { quick: true })).toContain(
      'manifest: board.pdf: this is not the file that the manifest names',
    );
  });

  test('and breaks the manifest is told the key that is wrong', async () => {
    const folder = await spoilt();
    const file = join(folder, 'manifest.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"previous": null', '"previous": "none"'));
    await expect(verify(folder)).rejects.toThrow(/SEA-002 .*manifest of ours: previous: Invalid input/);
  });

  test('is found by another key than the one that signed', async () => {
    const { publicFile } = await makeSigningKey(join(project.folder, 'other.key'));
    expect(await checkSignature(sealed)).toBe('good');
    expect(await checkSignature(sealed, await readPublicKey(publicFile))).toBe('bad');
  });
});

describe('the documents', () => {
  test('a named range of the workbook that leads elsewhere is seen, though every cell is right', async () => {
    const bytes = await readFile(join(sealed, 'review.xlsx'));
    const parts = unzipSync(bytes);
    const names = strFromU8(parts['xl/workbook.xml'] as Uint8Array);
    const moved = names.replace(/(<definedName [^>]*>[^<]*\$)(\d+)(<)/, (_, before, row, after) =>
      [before, Number(row) + 1, after].join(''),
    );
    expect(moved).not.toBe(names);
    const forged = zipSync({ ...parts, 'xl/workbook.xml': strToU8(moved) });
    expect(sameBeyondImages(bytes, forged)).toBe(false);
    expect(sameBeyondImages(bytes, zipSync(parts))).toBe(true);
  });

  test('an edited cell of the workbook is named, though every hash was made again', async () => {
    const folder = await spoilt();
    const file = join(folder, 'review.xlsx');
    const parts = unzipSync(await readFile(file));
    const edited = Object.entries(parts).find(
      ([name, part]) => name.startsWith('xl/worksheets/sheet') && strFromU8(part).includes('<v>92</v>'),
    );
    expect(edited).toBeDefined();
    const [name, part] = edited as [string, Uint8Array];
    parts[name] = strToU8(strFromU8(part).replace('<v>92</v>', '<v>29</v>'));
    await writeFile(file, zipSync(parts));
    await reseal(folder);
    const differences = await found(folder);
    expect(differences).toEqual([
      'signature: manifest.sig: the manifest is not the one that was signed with this key',
      expect.stringMatching(/^workbook: review.xlsx, .+![A-Z]+\d+: the cell says 29; the figures make 92$/),
    ]);
  }, 300_000);

  test('a number of the printed report, and the page beside it, are read against the figures', async () => {
    const folder = await spoilt();
    const { warehouse } = await openRun(folder);
    const content = await readContent(warehouse);
    await warehouse.close();
    // the forger prints the report again from figures of his own: 29 m3 instead of 92
    const figures = content.figures.map((one) =>
      one.indicator.startsWith('water.') && one.value === '92' ? { ...one, value: '29' } : one,
    );
    await writeBoard({ ...content, figures }, templatesFolder, join(folder, 'board.pdf'));
    await reseal(folder);
    const differences = (await found(folder, { redraw: true })).join('\n');
    // what no text tells
    expect(differences).toMatch(/board: board.pdf, p. \d+: the page, printed again, is another/);
    expect(differences).toMatch(
      /board: board.pdf: "Prélèvements d’eau .*92 .*" is not printed as the figures make it/,
    );
    expect(differences).toMatch(/board: board.pdf, p. \d+: "29" is printed, and nothing makes it/);
    expect(differences).toMatch(
      /board: board.html: "Prélèvements d’eau .*29 .*" is printed, and nothing makes it/,
    );
  });

  test('what is put over the printed pages or beside them is named: a number in the margin, a note, a script, a blank page', async () => {
    const folder = await spoilt();
    const file = join(folder, 'board.pdf');
    const pdf = await PDFDocument.load(await readFile(file), { updateMetadata: false });
    const font = await pdf.embedFont(StandardFonts.Helvetica);
    // below the foot of the third page
    pdf.getPage(2).drawText('4242', { x: 60, y: 20, size: 8, font });
    const note = {
      Type: 'Annot',
      Subtype: 'FreeText',
      Rect: [50, 50, 300, 100],
      Contents: PDFString.of('999'),
    };
    pdf.getPage(1).node.addAnnot(pdf.context.register(pdf.context.obj(note)));
    pdf.addJavaScript('hello', 'app.alert(1)');
    await pdf.attach(new Uint8Array([1, 2, 3]), 'other.bin');
    pdf.setTitle('Another report');
    pdf.addPage();
    await writeFile(file, await pdf.save());
    await reseal(folder);
    const differences = await found(folder);
    for (const one of [
      'board: board.pdf, p. 3: "4242" is printed, and nothing makes it',
      'board: board.pdf, p. 2: FreeText is in the file, and no report holds such',
      'board: board.pdf: JavaScript is in the file, and no report holds such',
      'board: board.pdf: EmbeddedFiles is in the file, and no report holds such',
      'board: board.pdf: Another report is in the file, and no report holds such',
    ])
      expect(differences).toContain(one);
    // the foot of every page tells a number of pages that is no longer theirs
    expect(differences).toContainEqual(expect.stringMatching(/^board: board\.pdf, p\. 1: "\d+" is printed/));
  }, 300_000);

  test('a number in the margin is none of the head’s because the run’s name has its digits', () => {
    const isHead = standsInHeads(
      '<style>@page { @bottom-left { content: "Essai \\b7  2026-Q3-a17c04e2bd91" } } </style>',
    );
    expect(['essai', '·', '2026', '2026q3a17c04e2bd91', 'q3a17c'].map(isHead)).toEqual(Array(5).fill(true));
    expect(['17', '04', '4242', 'autre'].map(isHead)).toEqual(Array(4).fill(false));
  });

  test('what the report says to who does not see it is that of the page: the text of a chart, a bookmark', async () => {
    const html = await readFile(join(sealed, 'board.html'), 'utf8');
    const file = await readFile(join(sealed, 'board.pdf'));
    expect(await foreignParts(file, html)).toEqual([]);
    for (const [key, beside] of [
      // an element of the structure; a bookmark
      ['Alt', ['S', 'K']],
      ['Title', ['Title', 'Dest']],
    ] as const) {
      const pdf = await PDFDocument.load(file, { updateMetadata: false });
      const told = pdf.context
        .enumerateIndirectObjects()
        .map(([, object]) => object)
        .find(
          (object) => object instanceof PDFDict && beside.every((name) => object.has(PDFName.of(name))),
        ) as PDFDict;
      told.set(PDFName.of(key), PDFString.of('All objectives are reached'));
      expect(await foreignParts(await pdf.save(), html), key).toEqual([
        { page: 0, name: 'All objectives are reached' },
      ]);
    }
  });
});

test('a package of another program version is verified with its own models, and says what is not compared', async () => {
  const folder = await spoilt();
  const { run, period, language, hashes } = await readManifest(folder);
  const version = '0.0.9+an-earlier-one';
  const id = runId(period, language, version, hashes);
  await editWarehouse(
    folder,
    "update result.model set model = replace(model, 'from staged.', 'from  staged.') where model like '{\"name\":\"waste\"%'",
    `update result.run set record = replace(record, '${run}', '${id}')`,
  );
  await reseal(folder, (manifest) => {
    manifest.code_version = version;
    manifest.run = id;
  });
  const { differences, notes } = await verify(folder, { language: 'en' });
  expect(differences.filter((one) => one.check !== 'signature')).toEqual([]);
  expect(notes.join('\n')).toMatch(/written by version 0\.0\.9\+an-earlier-one/);
  expect(notes.join('\n')).toMatch(/this program's differ: waste\./);
  expect(notes.join('\n')).toMatch(/Workbook and report were written by version 0\.0\.9/);
}, 300_000);

describe('the chain of runs', () => {
  test('names a run whose manifest was made again, seen from the run after it and from itself', async () => {
    const chained = await tinyProject();
    try {
      const first = await sealedRun(chained);
      const text = await readFile(join(chained.folder, 'extracts/waste_2026-Q3.csv'), 'utf8');
      await chained.write('extracts/waste_2026-Q3.csv', text.replace('2.5', '10'));
      const second = await sealedRun(chained);
      const run = (folder: string) => folder.split('/').at(-1);
      expect(await chainOf(second)).toMatchObject({ differences: [], notes: [], checked: { links: 1 } });
      await reseal(first, (manifest) => {
        manifest.gates = ['another history'];
      });
      expect(placed(await chainOf(second))).toEqual([
        `chain: 2026-Q3/${run(first)}/manifest.json: ${run(second)} names another hash for ${run(first)}: one of the two manifests was made again`,
      ]);
      expect(placed(await chainOf(first))).toEqual([
        `chain: manifest.json: ${run(second)}, run afterwards, names another hash for this manifest: it was made again`,
      ]);
      await rm(first, { recursive: true });
      const { differences, notes } = await chainOf(second);
      expect(differences).toEqual([]);
      expect(notes.join()).toContain('does not stand beside it: the chain is not checked further up');
    } finally {
      await chained.remove();
    }
  }, 600_000);
});

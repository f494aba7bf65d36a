import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { monthsOf } from './calendar.ts';
import { writeExtract } from './extract-files.ts';
import { finalMonth } from './group.ts';
import { sampleExtracts } from './sample.ts';

/**
 * Writes the extracts of the sample group: `npm run sample [-- --out DIR] [-- --as-of 2026-Q2]`.
 *
 * `--out` is the folder of the extracts (`data/sample/extracts` otherwise); it is emptied first.
 * `--as-of` writes what existed when that quarter closed: no later month, no later correction.
 * Nothing is done when the folder already holds what this very generator would write.
 */
async function main(): Promise<void> {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const { values } = parseArgs({ options: { out: { type: 'string' }, 'as-of': { type: 'string' } } });
  const folder = resolve(values.out ?? join(here, 'extracts'));
  const last = values['as-of'] === undefined ? finalMonth : lastMonth(values['as-of']);
  const stamp = `${generatorHash(here)} ${last}\n`;
  const stampFile = join(folder, '.stamp');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) {
    process.stdout.write(`Sample extracts are up to date: ${folder}\n`);
    return;
  }
  if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(stampFile)) {
    process.stderr.write(
      `SAM-002 ${folder} holds other files than sample extracts. Give an empty folder to --out.\n`,
    );
    process.exitCode = 2;
    return;
  }
  rmSync(folder, { recursive: true, force: true });
  let files = 0;
  let bytes = 0;
  for await (const out of sampleExtracts(last)) {
    bytes += writeExtract(folder, out);
    files++;
    // an interrupted run leaves a folder that the next one may empty
    if (files === 1) writeFileSync(stampFile, 'unfinished\n');
  }
  writeFileSync(stampFile, stamp);
  process.stdout.write(`Wrote ${files} sample extracts, ${Math.round(bytes / 1e6)} MB, to ${folder}\n`);
}

function lastMonth(quarter: string): string {
  const month = /^20\d\d-Q[1-4]$/.test(quarter) ? monthsOf(quarter)[2] : '';
  if (month < '2024-09' || month > finalMonth) {
    process.stderr.write(
      `SAM-001 --as-of ${quarter} is not a quarter of the sample. Give one from 2024-Q3 to 2026-Q3.\n`,
    );
    process.exit(2);
  }
  return month;
}

/** Hash of everything that decides the extracts: the programs of this folder and the perimeter. */
function generatorHash(here: string): string {
  const hash = createHash('sha256');
  const names = readdirSync(here).filter((name) => name.endsWith('.ts') || name === 'concordance.yaml');
  for (const name of names.sort()) hash.update(name).update(readFileSync(join(here, name)));
  return hash.digest('hex');
}

await main();

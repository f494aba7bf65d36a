import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configurationOf } from './configuration.ts';
import { companiesOf, quarters } from './group.ts';
import { writeIntervals } from './intervals.ts';
import { writeLedgers } from './ledger.ts';
import { writeDeclarations } from './payroll.ts';
import type { Load } from './size.ts';

/** Meters of one curve file: about 2.2 million rows, 200 MB. */
const metersInOneFile = 500;

/** What a written load holds. */
export interface Written {
  readonly intervalRows: number;
  readonly ledgerRows: number;
  readonly rubrics: number;
}

/**
 * Writes a group of a given size as a project that `concordance run -c <folder>/concordance.yaml --period
 * 2026-Q3` runs: load curves, ledgers, payroll declarations, configuration. Each file is written as it is
 * made. The same load and seed give the same bytes.
 */
export async function writeLoad(folder: string, load: Load, seed = '1'): Promise<Written> {
  const companies = companiesOf(load);
  const extracts = join(folder, 'extracts');
  await rm(extracts, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const meters = companies.flatMap((company) => company.meters);
  let intervalRows = 0;
  for (const quarter of quarters) {
    for (let from = 0; from < meters.length; from += metersInOneFile) {
      const part = String(from / metersInOneFile + 1).padStart(3, '0');
      intervalRows += await writeIntervals(
        join(extracts, 'curves', `curves_${quarter}_${part}.csv`),
        meters.slice(from, from + metersInOneFile),
        quarter,
        seed,
      );
    }
  }
  let ledgerRows = 0;
  let rubrics = 0;
  let firstPerson = 0;
  for (const company of companies) {
    ledgerRows += await writeLedgers(join(extracts, 'fec'), company, seed);
    rubrics += await writeDeclarations(join(extracts, 'dsn'), company, firstPerson, seed);
    firstPerson += company.people;
  }
  // a secret of nobody: the people of a load are invented
  await writeFile(join(folder, 'pseudonym.key'), '0123456789abcdef'.repeat(4));
  await writeFile(join(folder, 'concordance.yaml'), configurationOf(companies));
  return { intervalRows, ledgerRows, rubrics };
}

/** The load in a folder, written unless the same one stands there already. */
export async function standingLoad(folder: string, load: Load, seed = '1'): Promise<Written> {
  const note = join(folder, 'load.json');
  const wanted = JSON.stringify({ load, seed, version: 1 });
  const found = await readFile(note, 'utf8').catch(() => '{}');
  const { made, written } = JSON.parse(found) as { made?: string; written?: Written };
  if (made === wanted && written) return written;
  await rm(folder, { recursive: true, force: true });
  const fresh = await writeLoad(folder, load, seed);
  await writeFile(note, JSON.stringify({ made: wanted, written: fresh }));
  return fresh;
}

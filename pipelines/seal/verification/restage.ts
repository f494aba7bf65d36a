import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifier, literal } from '../../../connectors/connector.ts';
import type { CollectedExtract } from '../../collect/collect.ts';
import { prepareStage, stage } from '../../stage/stage.ts';
import { contentDigest, hashedRows } from '../../warehouse/content-digest.ts';
import { Warehouse } from '../../warehouse/warehouse.ts';
import type { Manifest } from '../manifest.ts';
import { decrypt } from '../personal.ts';
import type { Defined } from './definition.ts';
import type { Findings } from './report.ts';

/**
 * Reads the sealed extracts again through their connectors and contracts, and compares the rows staged and
 * quarantined with the database's, extract by extract. Extracts with identities need the pseudonym key
 * (`secret`); those that the package does not hold cannot be read, and are counted.
 */
export async function checkRestaged(
  folder: string,
  manifest: Manifest,
  { project, contracts }: Defined,
  loadReferenceInto: (warehouse: Warehouse) => Promise<void>,
  secret: string | undefined,
  findings: Findings,
): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'concordance-restage-'));
  const fresh = await Warehouse.open(':memory:', project.configuration.limits, secret);
  try {
    const extracts: CollectedExtract[] = [];
    for (const one of manifest.extracts) {
      const source = project.configuration.sources.find((s) => s.id === one.source);
      const holdsPeople = one.contracts.some((id) =>
        Object.values(contracts.get(id)?.columns ?? {}).some((column) => column.type === 'person'),
      );
      if (!source || one.kept === 'omitted' || (holdsPeople && !secret)) continue;
      if (one.kept === 'encrypted' && !secret) continue;
      const path = await pathOf(folder, one, scratch, secret);
      extracts.push({
        source,
        extractId: one.id,
        name: one.name,
        path,
        sha256: one.sha256,
        bytes: one.bytes,
      });
    }
    await loadReferenceInto(fresh);
    await prepareStage(fresh, contracts.values());
    await fresh.run(`attach ${literal(join(folder, 'warehouse.duckdb'))} as sealed (read_only)`);
    // contracts and readings are those that the package declares
    await fresh.shut([], [join(folder, 'extracts'), scratch]);
    await stage(fresh, extracts, contracts, {
      scratch,
      fiscalYearStartMonth: project.configuration.fiscal_year_start_month,
    });
    const read = extracts.map((one) => literal(one.extractId));
    const tables = await fresh.rows<{ name: string }>(
      "select table_name as name from duckdb_tables() where database_name = current_database() and schema_name = 'staged' order by name",
    );
    for (const { name } of tables) {
      if (read.length === 0) break;
      const digest = (database: string) => `select extract_id, count(*) as rows, ${contentDigest} as content
        from ${hashedRows(`${database}staged.${identifier(name)}`)} where extract_id in (${read.join(', ')}) group by extract_id`;
      const apart = await fresh.rows<{ extract: string; stored: number; again: number }>(
        `select coalesce(a.extract_id, b.extract_id) as extract, coalesce(b.rows, 0) as stored, coalesce(a.rows, 0) as again
         from (${digest('')}) as a full join (${digest('sealed.')}) as b on a.extract_id = b.extract_id
         where a.content is distinct from b.content order by extract`,
      );
      for (const { extract, stored, again } of apart)
        findings.differs('extracts', `staged.${name}, ${extract}`, 'restaged', { stored, again });
    }
    findings.checked.restaged = extracts.length;
    if (extracts.length < manifest.extracts.length)
      findings.note('not_restaged', { number: manifest.extracts.length - extracts.length });
  } finally {
    await fresh.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function pathOf(
  folder: string,
  one: Manifest['extracts'][number],
  scratch: string,
  secret: string | undefined,
): Promise<string> {
  if (one.kept === 'clear') return join(folder, 'extracts', one.sha256);
  const path = join(scratch, one.sha256);
  const sealed = await readFile(join(folder, 'extracts', `${one.sha256}.enc`));
  await writeFile(path, decrypt(sealed, secret as string), { mode: 0o600 });
  return path;
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../fault.ts';
import type { Dossier } from '../../review/dossier.ts';

/** @throws {Fault} BRF-001 for a folder that holds no agenda of ours */
export async function readDossier(run: string): Promise<Dossier> {
  const file = join(run, 'agenda.json');
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new Fault(
      'BRF-001',
      `${file} cannot be read.`,
      'Name the folder of a run, e.g. out/2026-Q3/latest; run the quarter again if the run is older than its agenda.',
      { cause, exitStatus: 2 },
    );
  });
  const dossier = JSON.parse(text) as Dossier;
  if (dossier.format !== 'concordance-agenda-1')
    throw new Fault(
      'BRF-001',
      `${file} is of another format: ${String(dossier.format)}.`,
      'Use the version of Concordance that wrote it.',
      { exitStatus: 2 },
    );
  return dossier;
}

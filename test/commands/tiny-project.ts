import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../pipelines/concordance.mjs', import.meta.url));

export interface Project {
  readonly folder: string;
  readonly config: string;
  write(name: string, content: string | Uint8Array): Promise<void>;
  remove(): Promise<void>;
}

/** One company, one site, two small sources: enough for a whole run in a few seconds. */
export async function tinyProject(changes: (yaml: string) => string = (yaml) => yaml): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'concordance-project-'));
  await mkdir(join(folder, 'extracts'));
  const write = async (name: string, content: string | Uint8Array) => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  };
  await write('pseudonym.key', '0123456789abcdef'.repeat(4));
  await write('concordance.yaml', changes(configuration));
  await write('extracts/waste_2026-Q3.csv', waste);
  await write('extracts/water_2026-Q3.csv', water);
  return {
    folder,
    config: join(folder, 'concordance.yaml'),
    write,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export const configuration = `group: { name: Essai, currency: EUR }
language: fr
history_from: 2026-Q3
perimeter:
  entities:
    - { id: SA, name: Essai SA, country: FR, method: full, share: 100 }
  sites:
    - { id: USINE, entity: SA, name: Usine, city: Lyon, country: FR }
sources:
  - id: waste
    connector: csv
    contract: waste_register
    path: extracts/waste_*.csv
    entities: [SA]
    covers: '(?<year>\\d{4})-Q(?<quarter>\\d)'
  - id: water
    connector: csv
    contract: water
    path: extracts/water_*.csv
    entities: [SA]
    covers: '(?<year>\\d{4})-Q(?<quarter>\\d)'
privacy: { key_file: pseudonym.key }
`;

/** 10 t recycled and 2.5 t disposed of: recycling rate 80 %. */
const waste = `Identifiant unique;Entité;Site;Code déchet;Dangereux;Date d'expédition;Poids en tonnes;Code de traitement prévu
D1;SA;USINE;12 01 01;non;2026-07-10;10;R4
D2;SA;USINE;20 03 01;non;2026-08-10;2.5;D5
`;

/** 92 m3 from July to September. */
const water = `Entité;Site;Compteur;Origine;Flux;Début;Fin;Quantité;Unité;Nature
SA;USINE;E1;network;withdrawal;2026-07-01;2026-09-30;92;m3;measured
`;

export interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the program as a user does. */
export function concordance(args: readonly string[], options: { cwd?: string } = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { cwd: options.cwd });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, out, err }));
  });
}

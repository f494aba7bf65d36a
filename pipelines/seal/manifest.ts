import { createHash, type KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { Fault } from '../fault.ts';
import { signManifest } from './signature.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** By whom, from which draft, and for a restatement why. */
export const Publication = z.strictObject({
  /** 1 for the first publication of a period, one more for each restatement of it */
  version: z.int().min(1),
  draft_manifest_sha256: hash,
  journal_entries: z.int(),
  journal_sha256: hash,
  /** version of the program that made the published documents */
  code_version: z.string(),
  approvals: z.array(
    z.strictObject({ by: z.string(), from: z.string(), to: z.string(), figures: z.int().min(1) }),
  ),
  overridden: z.int(),
  rejected: z.int(),
  restatement: z.strictObject({ cause: z.string(), reason: z.string() }).nullable(),
  /** the ledger of published figures as this publication found it; absent in a package of before it was kept */
  ledger: z.strictObject({ lines: z.int(), chain: hash }).optional(),
});
export type Publication = z.infer<typeof Publication>;

/** `manifest.json`: what went in, what came out. It holds no time and no path of a machine. */
export const Manifest = z.strictObject({
  format: z.literal('concordance-manifest-1'),
  run: z.string(),
  group: z.string(),
  period: z.string(),
  language: z.enum(['fr', 'en']),
  state: z.enum(['draft', 'published']),
  code_version: z.string(),
  previous: z.strictObject({ run: z.string(), period: z.string(), manifest_sha256: hash }).nullable(),
  hashes: z.strictObject({
    configuration: hash,
    perimeter: hash,
    objectives: hash,
    catalogue: hash,
    factors: hash,
    extracts: hash,
    /** absent where no folder of evidence is configured */
    evidence: hash.optional(),
    /** of `carried.json`; absent in a package of before it was kept */
    carried: hash.optional(),
  }),
  extracts: z.array(
    z.strictObject({
      id: z.string(),
      source: z.string(),
      name: z.string(),
      connector: z.string(),
      contracts: z.array(z.string()),
      sha256: hash,
      bytes: z.int(),
      rows_read: z.int(),
      rows_staged: z.int(),
      rows_quarantined: z.int(),
      /** how the package holds it */
      kept: z.enum(['clear', 'encrypted', 'omitted']),
    }),
  ),
  /** the versions that the run reports under, and what chose each */
  frameworks: z
    .array(
      z.strictObject({
        id: z.string(),
        version: z.string(),
        module: z.string().nullable(),
        chosen_by: z.enum(['date', 'configuration']),
      }),
    )
    .default([]),
  missing_sources: z.array(z.string()),
  /** documents delivered as evidence; they are not in the package */
  evidence: z.array(z.strictObject({ file: z.string(), sha256: hash, bytes: z.int() })).default([]),
  /** why the CSR lead must look; the run ended with status 3 when there is any */
  gates: z.array(z.string()),
  /** the database by content: DuckDB's file itself differs from one writing to the next */
  warehouse: z.array(z.strictObject({ table: z.string(), rows: z.int(), content: z.string() })),
  /** the published run of the same period that this one would restate */
  restates: z.strictObject({ run: z.string(), manifest_sha256: hash }).nullable().default(null),
  /** what made a draft the published package */
  publication: Publication.nullable().default(null),
  outputs: z.array(z.strictObject({ name: z.string(), bytes: z.int(), sha256: hash })),
});
export type Manifest = z.infer<typeof Manifest>;

/** Bytes from which a file is hashed on a thread of its own: it takes longer then than a thread takes to start. */
const hashedApart = 1 << 26;

export async function sha256File(path: string): Promise<string> {
  if ((await stat(path)).size >= hashedApart) return sha256Apart(path);
  const digest = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), digest);
  return digest.digest('hex');
}

function sha256Apart(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./sha256-thread.mjs', import.meta.url), {
      workerData: path,
      execArgv: [],
    });
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error(`${path} was not hashed to its end`)));
  });
}

export function sha256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * The name of a run: its period and the first digits of a hash of everything that it is computed from. The
 * same inputs are the same run, so a second start finds the first one's package.
 */
export function runId(period: string, language: string, version: string, hashes: Manifest['hashes']): string {
  return `${period}-${sha256(JSON.stringify([period, language, version, hashes])).slice(0, 12)}`;
}

/** Every file below a folder, relative, sorted. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

/**
 * @param asked extracts that are checked and given, where not all of them are asked for: a large group has many. They may
 *   become known later than the file can be read
 */
export async function readManifest(
  folder: string,
  asked?: ReadonlySet<string> | Promise<ReadonlySet<string>>,
): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(join(folder, 'manifest.json'), 'utf8');
  } catch (cause) {
    throw new Fault(
      'SEA-001',
      `${folder} is not a run: it has no manifest.json.`,
      'Give the folder of a run, e.g. out/2026-Q3/latest.',
      { cause, exitStatus: 2 },
    );
  }
  try {
    const written = JSON.parse(text);
    const extracts = await asked;
    if (extracts && Array.isArray(written?.extracts))
      written.extracts = written.extracts.filter((one: { id?: string } | null) =>
        extracts.has(one?.id ?? ''),
      );
    return Manifest.parse(written);
  } catch (cause) {
    throw new Fault(
      'SEA-002',
      `${folder}/manifest.json is not a manifest of ours: ${firstMistake(cause)}.`,
      'It has been changed, or another version wrote it.',
      { cause },
    );
  }
}

/** Of a manifest that is JSON, the key that is wrong; else what keeps it from being read. */
function firstMistake(cause: unknown): string {
  const [issue] = cause instanceof z.ZodError ? cause.issues : [];
  if (!issue) return (cause as Error).message.split('\n')[0] ?? '';
  return `${issue.path.join('.') || 'as a whole'}: ${issue.message}`;
}

/** Writes `manifest.json`, signs it where the group has a key, then {@link writeSums}. */
export async function writeSeal(
  folder: string,
  manifest: Manifest,
  signingKey?: KeyObject,
  known?: ReadonlyMap<string, string>,
): Promise<void> {
  await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  if (signingKey) await signManifest(folder, signingKey);
  await writeSums(folder, known);
}

/**
 * The SHA-256 of the files that the run which wrote a manifest has hashed itself: its outputs, the extracts, as they were
 * received, and the database. Gigabytes of a large group need not be read once more.
 */
export function hashedByRun(
  { outputs, extracts }: Pick<Manifest, 'outputs' | 'extracts'>,
  database: string,
): Map<string, string> {
  const clear = extracts.filter(({ kept }) => kept === 'clear');
  return new Map([
    ...outputs.map(({ name, sha256 }) => [name, sha256] as const),
    ...clear.map(({ sha256 }) => [`extracts/${sha256}`, sha256] as const),
    ['warehouse.duckdb', database],
  ]);
}

export const sumsFile = 'SHA256SUMS';

/** `SHA256SUMS` over every file of the package: `sha256sum -c SHA256SUMS` checks it without Concordance. */
export async function writeSums(
  folder: string,
  /** file -> SHA-256 of those that need not be read */
  known: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
  const lines: string[] = [];
  for (const name of await filesBelow(folder)) {
    if (name !== sumsFile)
      lines.push(`${known.get(name) ?? (await sha256File(join(folder, name)))}  ${name}`);
  }
  await writeFile(join(folder, sumsFile), `${lines.join('\n')}\n`);
}

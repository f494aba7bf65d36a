import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import {
  bytesAtOnce,
  type Connector,
  ExtractError,
  type ExtractFile,
  type PulledExtract,
} from '../../connectors/connector.ts';
import { connectorById } from '../../connectors/index.ts';
import type { Source } from '../configuration/schema.ts';
import { Fault } from '../fault.ts';
import type { FaultWords } from '../language/faults.ts';
import { exhaustionOf } from '../warehouse/exhausted.ts';
import type { ExtractMarks } from './extract-marks.ts';
import type { SealedExtracts } from './sealed-extracts.ts';

/** An extract in the run's store, with the source that delivered it. */
export interface CollectedExtract extends ExtractFile {
  readonly source: Source;
  /** of one that is not in the store yet: puts it there, for who reads it */
  readonly fetch?: () => Promise<void>;
}

/** A source that could not be had. */
export interface MissingSource {
  readonly source: Source;
  readonly message: string;
}

export interface Collected {
  readonly extracts: readonly CollectedExtract[];
  readonly missing: readonly MissingSource[];
}

export interface CollectSettings {
  /** folder of the configuration, where relative paths start */
  readonly base: string;
  /** content-addressed store: files are named by their SHA-256 */
  readonly store: string;
  readonly sourcesAtOnce: number;
  /** extracts of the package before, which need not be written again */
  readonly sealed?: SealedExtracts | undefined;
  /** what is known of files that earlier runs read: one of `sealed` that was not written to since is not read again */
  readonly marks?: ExtractMarks | undefined;
  /** whether no package holds the extracts of a source: known ones are fetched only where they are read again */
  readonly late?: ((source: Source) => boolean) | undefined;
  /** waits before each retry, in milliseconds */
  readonly waits?: readonly number[];
  /** puts into words why a source could not be had; without it, the code says */
  readonly words?: FaultWords;
}

/**
 * Pulls every source into the store, several at once. What is already there is not written again, so an
 * interrupted collection goes on where it stopped.
 *
 * @throws {Fault} RUN-002 when a source that the configuration requires cannot be had
 */
export async function collect(sources: readonly Source[], settings: CollectSettings): Promise<Collected> {
  await mkdir(settings.store, { recursive: true });
  const limit = pLimit(settings.sourcesAtOnce);
  const outcomes = await Promise.all(sources.map((source) => limit(() => collectSource(source, settings))));
  const extracts = outcomes.flatMap((outcome) => (Array.isArray(outcome) ? outcome : []));
  const missing = outcomes.flatMap((outcome) => (Array.isArray(outcome) ? [] : [outcome as MissingSource]));
  const fatal = missing.find((one) => one.source.required);
  if (fatal) {
    throw new Fault(
      'RUN-002',
      `Source ${fatal.source.id} is required and could not be had: ${fatal.message}`,
      'Deliver it and start again, or set `required: false` to run without it.',
    );
  }
  return { extracts, missing };
}

async function collectSource(
  source: Source,
  settings: CollectSettings,
): Promise<CollectedExtract[] | MissingSource> {
  const connector = connectorById(source.connector) as Connector;
  const waits = settings.waits ?? [200, 1000];
  for (let attempt = 0; ; attempt += 1) {
    try {
      const options = connector.options.parse(source.options);
      const pulled = await connector.pull({ id: source.id, base: settings.base, path: source.path }, options);
      const names = shortNames(pulled.map((one) => one.name));
      const extracts: CollectedExtract[] = [];
      for (const [index, one] of pulled.entries())
        extracts.push(await store(source, one, names[index] as string, settings));
      return extracts;
    } catch (error) {
      // a full disk is no missing source
      const exhausted = exhaustionOf(error);
      if (exhausted) throw exhausted;
      const wait = waits[attempt];
      // what is not there will not come by asking again at once
      if (wait === undefined || error instanceof ExtractError) {
        const { words } = settings;
        return {
          source,
          message:
            words && error instanceof ExtractError
              ? `${error.code} ${words.say(error)}`
              : (error as Error).message,
        };
      }
      await pause(wait);
    }
  }
}

/**
 * The file name of each path, with as many of its folders as tell it from every other: an address names one file.
 *
 * @example shortNames(['a/july.csv', 'b/july.csv', 'b/may.csv']) // ['a/july.csv', 'b/july.csv', 'may.csv']
 */
export function shortNames(paths: readonly string[]): string[] {
  const ending = (path: string, parts: number) => path.split('/').slice(-parts).join('/');
  const names = paths.map((path) => ending(path, 1));
  for (let parts = 2; ; parts += 1) {
    const times = new Map<string, number>();
    for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
    const alike = names.flatMap((name, i) => ((times.get(name) ?? 0) > 1 && name !== paths[i] ? [i] : []));
    if (alike.length === 0) return names;
    for (const i of alike) names[i] = ending(paths[i] as string, parts);
  }
}

async function store(
  source: Source,
  pulled: PulledExtract,
  shortName: string,
  { store: folder, sealed, marks, late }: Pick<CollectSettings, 'store' | 'sealed' | 'marks' | 'late'>,
): Promise<CollectedExtract> {
  const began = Date.now();
  const stored = (sha256: string, bytes: number): CollectedExtract => {
    marks?.learn(source.id, pulled, sha256, began);
    const path = join(folder, sha256);
    return { source, extractId: `${source.id}/${shortName}`, name: pulled.name, path, sha256, bytes };
  };
  const known = marks?.sha256Of(source.id, pulled);
  if (known !== undefined && late?.(source)) {
    const fetch = async () => {
      const { sha256 } = await put(source, pulled, folder);
      if (sha256 !== known)
        throw new Fault(
          'RUN-005',
          `${pulled.name} of ${source.id} was written to while it was read.`,
          'Start again once it is delivered.',
        );
    };
    return { ...stored(known, pulled.bytes), fetch };
  }
  if (known !== undefined && (await sealed?.put(known, pulled.bytes, join(folder, known))))
    return stored(known, pulled.bytes);
  if (sealed?.mayHold(pulled.bytes)) {
    const { sha256, bytes } = await hashed(pulled);
    if (await sealed.put(sha256, bytes, join(folder, sha256))) return stored(sha256, bytes);
  }
  const { sha256, bytes } = await put(source, pulled, folder);
  return stored(sha256, bytes);
}

/** Writes an extract into the store, under the hash of its bytes. */
async function put(
  source: Source,
  pulled: PulledExtract,
  folder: string,
): Promise<{ sha256: string; bytes: number }> {
  const arriving = join(
    folder,
    `arriving-${createHash('sha256').update(`${source.id}\0${pulled.name}`).digest('hex').slice(0, 16)}`,
  );
  const found = await hashed(pulled, arriving);
  await rename(arriving, join(folder, found.sha256)).catch(async (error) => {
    await rm(arriving, { force: true });
    throw error;
  });
  return found;
}

/** Hashes and counts the bytes of an extract, and copies them to `target`. */
async function hashed(pulled: PulledExtract, target?: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = new Transform({
    highWaterMark: bytesAtOnce,
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, target === undefined ? undefined : chunk);
    },
  });
  if (target === undefined) await pipeline(pulled.open(), counted.resume());
  else await pipeline(pulled.open(), counted, createWriteStream(target, { highWaterMark: bytesAtOnce }));
  return { sha256: hash.digest('hex'), bytes };
}

import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '../fault.ts';
import { JournalEntry } from './decision.ts';

/** The decisions on one run, in the order in which they were taken in, each line chained to the one before. */
export interface Journal {
  readonly entries: readonly JournalEntry[];
  /** hash after each entry */
  readonly hashes: readonly string[];
}

export type NewEntry = Omit<JournalEntry, 'sequence' | 'previous'>;

/**
 * Reads a journal and checks its chain, which begins with the hash of the sealed manifest.
 *
 * @throws {Fault} REV-005 naming the first line that does not follow from the one before
 */
export async function readJournal(file: string, manifestSha256: string): Promise<Journal> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return parseJournal(text, manifestSha256, file);
}

export function parseJournal(text: string, manifestSha256: string, file: string): Journal {
  const entries: JournalEntry[] = [];
  const hashes: string[] = [];
  if (text !== '' && !text.endsWith('\n')) throw broken(file, text.split('\n').length, 'its end is cut');
  for (const [i, line] of text.split('\n').slice(0, -1).entries()) {
    let entry: JournalEntry;
    try {
      entry = JournalEntry.parse(JSON.parse(line));
    } catch {
      throw broken(file, i + 1, 'it is not a line of ours');
    }
    if (entry.sequence !== i + 1) throw broken(file, i + 1, `it says that it is number ${entry.sequence}`);
    if (entry.previous !== (hashes.at(-1) ?? manifestSha256))
      throw broken(file, i + 1, 'it does not follow from the line before');
    entries.push(entry);
    hashes.push(sha256(line));
  }
  return { entries, hashes };
}

/** Adds entries: the journal is replaced in one step by one that holds them all, on disk before it is said. */
export async function appendJournal(
  file: string,
  manifestSha256: string,
  journal: Journal,
  added: readonly NewEntry[],
): Promise<Journal> {
  const entries = [...journal.entries];
  const hashes = [...journal.hashes];
  for (const one of added) {
    // in the order of the schema, which reading gives too: what is written again is the same to the byte
    const entry = JournalEntry.parse({
      sequence: entries.length + 1,
      previous: hashes.at(-1) ?? manifestSha256,
      ...one,
    });
    entries.push(entry);
    hashes.push(sha256(JSON.stringify(entry)));
  }
  await replaceFile(file, journalText(entries));
  return { entries, hashes };
}

export function journalText(entries: readonly JournalEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

/** Writes a file whole or not at all: beside it, flushed to disk, then put in its place. */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const next = `${file}.next`;
  const handle = await open(next, 'w');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(next, file);
  // the name itself must last, too; some systems cannot flush a folder
  const folder = await open(dirname(file), 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function broken(file: string, line: number, what: string): Fault {
  return new Fault(
    'REV-005',
    `The journal ${file} has been changed: line ${line}, ${what}.`,
    'Put back the journal as Concordance wrote it, from a backup.',
  );
}

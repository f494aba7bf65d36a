import { Fault } from '../fault.ts';

const stands = 'What stood before is untouched.';

/**
 * The machine has no more memory or disk to give: MEM-001 the database's memory limit, MEM-002 the program's
 * own memory, DSK-001 a full disk, DSK-002 the limit of the database's temporary files. It is never the fault
 * of an extract, of a model or of a package, and is not told as one.
 */
export class Exhausted extends Fault {
  override readonly name = 'Exhausted';
}

/** What the message of the fault names, where the session knows it. */
export interface Given {
  readonly memory?: string | undefined;
  readonly temporaryFolder?: string | undefined;
}

/**
 * Whether an error, or what caused it, comes of an exhausted machine: errors of DuckDB by their text, of
 * Node by their code.
 *
 * @returns undefined for any other error
 */
export function exhaustionOf(error: unknown, given: Given = {}): Exhausted | undefined {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (one instanceof Exhausted) return one;
    const found = ofDatabase(one, given) ?? ofNode(one);
    if (found) return found;
  }
  return undefined;
}

function ofDatabase(error: Error, { memory, temporaryFolder }: Given): Exhausted | undefined {
  const said = error.message.split('\n')[0] as string;
  const detail = said.replace(/^[\w ]+ Error: /, '').replace(/\.$/, '');
  if (/^Out of Memory Error/.test(said)) {
    if (error.message.includes('max_temp_directory_size')) {
      return new Exhausted(
        'DSK-002',
        `The temporary files of the database have reached their limit: ${detail}.`,
        `Free space in ${temporaryFolder ?? 'the folder of temporary files'}, raise limits.temporary_files, or name another disk in limits.temporary_folder. ${stands}`,
        { cause: error },
      );
    }
    return new Exhausted(
      'MEM-001',
      `The database needs more memory than it may take${memory === undefined ? '' : ` (${memory})`}: ${detail}.`,
      `Raise limits.memory in the configuration, or lower limits.threads: each thread needs a share of its own. ${stands}`,
      { cause: error },
    );
  }
  const refused = /^(IO|TransactionContext|FATAL|Fatal) Error/.test(said) && fullDisk.test(error.message);
  return refused ? diskFull(detail, error) : undefined;
}

const fullDisk = /No space left on device|Disk quota exceeded|File too large|Could not write all bytes/i;

function ofNode(error: Error): Exhausted | undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') return diskFull(error.message, error);
  if (code === 'ERR_MEMORY_ALLOCATION_FAILED' || code === 'ENOMEM') {
    return new Exhausted(
      'MEM-002',
      `The program itself has no more memory: ${error.message}.`,
      `Give the machine or the container more memory than limits.memory, which is the database's alone. ${stands}`,
      { cause: error },
    );
  }
  return undefined;
}

function diskFull(detail: string, cause: Error): Exhausted {
  return new Exhausted(
    'DSK-001',
    `A disk is full, or a file may not grow: ${detail}.`,
    `Free space there, or name another disk with --out or limits.temporary_folder, then start again. ${stands}`,
    { cause },
  );
}

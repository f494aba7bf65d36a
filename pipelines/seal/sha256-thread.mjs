// The SHA-256 of the file that it is given, read on a thread of its own: of a large group's database that takes seconds,
// in which whoever asked for it goes on. Plain JavaScript, which a thread starts from without a loader.
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const piece = Buffer.allocUnsafe(1 << 22);
const digest = createHash('sha256');
const file = openSync(workerData, 'r');
try {
  for (let read = readSync(file, piece); read > 0; read = readSync(file, piece))
    digest.update(piece.subarray(0, read));
} finally {
  closeSync(file);
}
parentPort?.postMessage(digest.digest('hex'));

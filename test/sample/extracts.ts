import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { projectFolder } from '../../pipelines/places.ts';

/** Writes the sample group's extracts where they are not there, before the tests that read them run side by side. */
export default async function writeExtracts(): Promise<void> {
  await promisify(execFile)('npm', ['run', '--silent', 'sample'], { cwd: projectFolder });
}

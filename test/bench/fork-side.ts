import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Ground, Measured } from './benchmark.ts';

const sideProgram = fileURLToPath(new URL('side.ts', import.meta.url));

/** Measures one side once, in a fresh process. */
export function forkSide(name: string, side: string, ground: Ground): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const child = fork(sideProgram, [name, side, JSON.stringify(ground)], {
      execArgv: ['--import', 'tsx'],
      silent: true,
    });
    let measured: Measured | undefined;
    let said = '';
    child.on('message', (message) => {
      measured = message as Measured;
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        said = `${said}${chunk}`.slice(-4000);
      });
    }
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0 && measured) resolve(measured);
      else reject(new Error(`${name}, ${side}: ended with status ${status}\n${said}`));
    });
  });
}

// Preloaded into a real process of the program (`node --import`): ends it with SIGKILL before or after the first
// change to a file below KILL_BELOW whose operation and path begin with KILL_WHEN (all of it, where that ends in $).
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { relative } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const { KILL_BELOW, KILL_WHEN, KILL_SIDE } = process.env;

function die() {
  process.kill(process.pid, 'SIGKILL');
  // the signal ends the process before it can go on
  for (;;);
}

if (isMainThread && KILL_BELOW) {
  for (const name of ['copyFile', 'cp', 'link', 'mkdir', 'open', 'rename', 'rm', 'symlink', 'writeFile']) {
    const original = fs.promises[name];
    fs.promises[name] = async (...args) => {
      const target = [args[1], args[0]].find((one) => typeof one === 'string' && one.startsWith(KILL_BELOW));
      if (target === undefined || (name === 'open' && args[1] !== 'w')) return original(...args);
      const hit = `${name} ${relative(KILL_BELOW, target)}$`.startsWith(KILL_WHEN);
      if (hit && KILL_SIDE === 'before') die();
      const result = await original(...args);
      if (hit) die();
      return result;
    };
  }
  syncBuiltinESMExports();
}

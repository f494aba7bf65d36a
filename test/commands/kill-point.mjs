// Preloaded into a real process of the program (`node --import`), watches its changes to files below KILL_BELOW.
// With KILL_WHEN: ends it with SIGKILL before or after (KILL_SIDE) the first change whose operation and path begin
// so (all of it, where that ends in $). With KILL_STATES: keeps the folder as it stands after each change, which is
// what a process killed there leaves: KILL_STATES/<number>, the change in KILL_STATES/<number>.txt.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join, relative } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const { KILL_BELOW, KILL_WHEN, KILL_SIDE, KILL_STATES } = process.env;
let states = 0;

function die() {
  process.kill(process.pid, 'SIGKILL');
  // the signal ends the process before it can go on
  for (;;);
}

function keep(change) {
  states += 1;
  const name = String(states).padStart(4, '0');
  copy(KILL_BELOW, join(KILL_STATES, name));
  fs.writeFileSync(join(KILL_STATES, `${name}.txt`), change);
}

/** What vanishes meanwhile, for threads of the database go on, would have been gone as well. */
function copy(from, to) {
  fs.mkdirSync(to, { recursive: true });
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    try {
      if (entry.isDirectory()) copy(source, target);
      else if (entry.isSymbolicLink()) fs.symlinkSync(fs.readlinkSync(source), target);
      else fs.copyFileSync(source, target);
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
}

if (isMainThread && KILL_BELOW) {
  for (const name of ['copyFile', 'cp', 'link', 'mkdir', 'open', 'rename', 'rm', 'symlink', 'writeFile']) {
    const original = fs.promises[name];
    fs.promises[name] = async (...args) => {
      const target = [args[1], args[0]].find((one) => typeof one === 'string' && one.startsWith(KILL_BELOW));
      if (target === undefined || (name === 'open' && args[1] !== 'w')) return original(...args);
      const change = `${name} ${relative(KILL_BELOW, target)}$`;
      const hit = KILL_WHEN !== undefined && change.startsWith(KILL_WHEN);
      if (hit && KILL_SIDE === 'before') die();
      const result = await original(...args);
      if (hit) die();
      if (KILL_STATES && fs.existsSync(KILL_BELOW)) keep(change);
      return result;
    };
  }
  syncBuiltinESMExports();
}

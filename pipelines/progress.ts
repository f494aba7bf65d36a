/** What a run tells while it works: for people a line a step, for machines one JSON line an event. */
export interface Progress {
  step(name: string, detail?: string): void;
  /** part of the current step done */
  tick(done: number, total: number): void;
  event(name: string, facts: Record<string, unknown>): void;
}

export const silent: Progress = { step: () => {}, tick: () => {}, event: () => {} };

interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** A line a step and, on a terminal, a bar with the time left. */
export function forPeople(output: Output, now: () => number = Date.now): Progress {
  const started = now();
  let stepStarted = started;
  let bar = false;
  const clear = () => {
    if (bar) output.write('\r\u001b[K');
    bar = false;
  };
  return {
    step(name, detail = '') {
      clear();
      stepStarted = now();
      const seconds = ((stepStarted - started) / 1000).toFixed(1).padStart(6);
      output.write(`${seconds} s  ${name.padEnd(12)} ${detail}\n`);
    },
    tick(done, total) {
      if (!output.isTTY || total === 0) return;
      const filled = Math.round((done / total) * 24);
      const left =
        done === 0 ? '' : `${Math.ceil((((now() - stepStarted) / done) * (total - done)) / 1000)} s left`;
      output.write(
        `\r\u001b[K          [${'#'.repeat(filled)}${'.'.repeat(24 - filled)}] ${done}/${total} ${left}`,
      );
      bar = true;
      if (done === total) clear();
    },
    event: () => {},
  };
}

/** One JSON object a line; `at` is the seconds since the run began. */
export function forMachines(output: Output, now: () => number = Date.now): Progress {
  const started = now();
  const at = () => Number(((now() - started) / 1000).toFixed(1));
  const write = (facts: Record<string, unknown>) =>
    output.write(`${JSON.stringify({ ...facts, at: at() })}\n`);
  return {
    step: (name, detail) => write({ event: 'step', step: name, ...(detail ? { detail } : {}) }),
    tick: () => {},
    event: (name, facts) => write({ event: name, ...facts }),
  };
}

import { expect, test } from 'vitest';
import { forMachines, forPeople } from '../pipelines/progress.ts';

/** A clock that a test moves, in milliseconds. */
function clock() {
  let at = 0;
  return { now: () => at, pass: (ms: number) => (at += ms) };
}

test('for machines each event is one JSON line with the seconds since the run began', () => {
  const lines: string[] = [];
  const { now, pass } = clock();
  const progress = forMachines({ write: (text) => lines.push(text) }, now);
  progress.step('collect', '2 sources');
  pass(1234);
  progress.tick(1, 2);
  progress.event('done', { run: 'x' });
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { event: 'step', step: 'collect', detail: '2 sources', at: 0 },
    { event: 'done', run: 'x', at: 1.2 },
  ]);
  expect(lines.every((line) => line.endsWith('\n'))).toBe(true);
});

test('for people a terminal shows a line a step, and a bar with the time left that clears itself', () => {
  let shown = '';
  const { now, pass } = clock();
  const progress = forPeople({ isTTY: true, write: (text) => (shown += text) }, now);
  progress.step('stage', '4 extracts');
  pass(3000);
  progress.tick(1, 4);
  expect(shown).toContain('   0.0 s  stage        4 extracts\n');
  // one of four took 3 s: nine are left
  expect(shown).toMatch(/\[#{6}\.{18}\] 1\/4 9 s left$/);
  progress.tick(4, 4);
  expect(shown.endsWith('\r\u001b[K')).toBe(true);
});

test('without a terminal no bar is drawn', () => {
  let shown = '';
  forPeople({ write: (text) => (shown += text) }).tick(1, 4);
  expect(shown).toBe('');
});

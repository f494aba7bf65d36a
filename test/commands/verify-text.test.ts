import { expect, test } from 'vitest';
import { asText } from '../../pipelines/commands/verify.ts';

test('what differs is told by kind: thousands of figures hide no altered page', async () => {
  const figures = Array.from({ length: 3000 }, (_, i) => ({
    check: 'figures' as const,
    place: `figures.csv:${i}`,
    what: 'another value',
  }));
  const text = await asText({
    run: '2026-Q3-0',
    language: 'en',
    differences: [...figures, { check: 'board', place: 'board.pdf', what: 'another number' }],
    notes: [],
    checked: {},
  } as unknown as Parameters<typeof asText>[0]);
  expect(text).toContain('figures: figures.csv:24: another value');
  expect(text).not.toContain('figures.csv:25');
  expect(text).toContain('figures: and 2975 more; --json lists them all');
  expect(text).toContain('board.pdf: another number');
  expect(text).toContain('3001 difference');
});

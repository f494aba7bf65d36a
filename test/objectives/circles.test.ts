import { expect, test } from 'vitest';
import { circles } from '../../pipelines/objectives/circles.ts';

const graph = (edges: Record<string, string[]>) => circles(new Map(Object.entries(edges)));

test('a circle is found once, from its smallest node, whatever leads to it', () => {
  expect(graph({ c: ['a'], a: ['b'], b: ['a'] })).toEqual([['a', 'b']]);
  expect(graph({ a: ['a'] })).toEqual([['a']]);
  expect(graph({ d: ['e'], e: ['f'], f: ['d'], a: ['d'] })).toEqual([['d', 'e', 'f']]);
});

test('what only branches and meets again is no circle', () => {
  expect(graph({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] })).toEqual([]);
});

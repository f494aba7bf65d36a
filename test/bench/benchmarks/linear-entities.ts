import type { Benchmark } from '../benchmark.ts';
import { divided, figuresSide } from '../measured-load.ts';

/** The rows are as many; a cost with the square of companies would show a ratio of ten. */
export const benchmark: Benchmark = {
  title: 'extracts to figures, against ten times what a tenth of the companies takes with the same rows',
  unit: 's',
  ours: figuresSide('ours', (load) => load),
  references: {
    'tenth-of-entities': figuresSide('ten times a tenth of the companies', divided('entities', 10), 10),
  },
  targets: { 'tenth-of-entities': 1.1 },
  repetitions: { S: 1, L: 1 },
};

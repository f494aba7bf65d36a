import type { Benchmark } from '../benchmark.ts';
import { type Load, yearOfHalfHours } from '../load/size.ts';
import { figuresSide } from '../measured-load.ts';

/** So many hundredths of the load's rows of every kind, in whole meters; one company, so that the files are as many. */
const hundredths = (parts: number) => (load: Load) => ({
  intervalRows: yearOfHalfHours * parts * Math.max(1, Math.round(load.intervalRows / yearOfHalfHours / 100)),
  ledgerRows: parts * Math.max(10, Math.round(load.ledgerRows / 100)),
  people: parts * Math.max(1, Math.round(load.people / 100)),
  entities: 1,
});

/** A ratio of 1 is exactly linear, less is better: what does not grow with the rows is spread over more of them. */
export const benchmark: Benchmark = {
  title:
    'extracts to figures of one company, against ten times a tenth and a hundred times a hundredth of its rows',
  unit: 's',
  ours: figuresSide('ours', hundredths(100)),
  references: {
    'tenth-of-rows': figuresSide('ten times what a tenth of the rows takes', hundredths(10), 10),
    'hundredth-of-rows': figuresSide('a hundred times what a hundredth takes', hundredths(1), 100),
  },
  targets: { 'tenth-of-rows': 1.1, 'hundredth-of-rows': 1.1 },
  repetitions: { S: 1, L: 1 },
};

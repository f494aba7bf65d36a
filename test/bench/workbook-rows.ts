import type { Load } from './load/size.ts';

/** Ten cells of a contributing row, as the workbook shows one. */
export type Row = readonly (string | number)[];

/** How many rows are written: a twentieth of the load's intervals, and no more than half a sheet holds. */
export function rowCount(load: Load): number {
  return Math.min(500_000, Math.max(100, Math.round(load.intervalRows / 20)));
}

export function rowAt(place: number): Row {
  const day = `2026-07-${String((place % 28) + 1).padStart(2, '0')}`;
  return [
    ...['electricity_bought', 'Charge C0001', 'Site S0001', day, place * 0.125, 1],
    ...['measured', 'curves_2026-Q3_001.csv', place + 1, '30998000000001'],
  ];
}

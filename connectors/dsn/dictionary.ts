/**
 * The rubrics that the norm P24V01 knows, by block: numbers and ranges.
 *
 * Source: data dictionary of the cahier technique DSN 2024.1 (sheet Fields, 576 rubrics). Later norms add some: a
 * rubric that is not here gives a remark, never a loss.
 */
export const DICTIONARY_NORM = 'P24V01';

/** Norms read without a remark. The numbers of `rubrics.ts` were checked in P24V01 and hold in P25V01 files. */
export const KNOWN_NORMS: readonly string[] = ['P22V01', 'P23V01', 'P24V01', 'P25V01', 'P26V01'];

/** Families of blocks: sending, declaration, contents, fees, total; S05, S06, S95, S96 wrap files handed on. */
export const FAMILIES: readonly string[] = ['S05', 'S06', 'S10', 'S20', 'S21', 'S89', 'S90', 'S95', 'S96'];

/** Blocks that the exchange with the deposit point adds around a sending: seen in files, not in the norm. */
export const EXCHANGE_BLOCKS: readonly string[] = ['S10.G00.95', 'S20.G00.96'];

/** Rubrics from this number on are added by the exchange inside blocks of the norm. */
export const EXCHANGE_RUBRICS = 900;

export const DICTIONARY: Readonly<Record<string, string>> = {
  'S10.G00.00': '1-8',
  'S10.G00.01': '1-10',
  'S10.G00.02': '1-2 4-6',
  'S20.G00.05': '1-13',
  'S20.G00.07': '1-4',
  'S20.G00.08': '1',
  'S21.G00.06': '1-12 15',
  'S21.G00.11': '1-9 15-17 19-20 22-24',
  'S21.G00.12': '1-3',
  'S21.G00.13': '1-4',
  'S21.G00.15': '1-5',
  'S21.G00.16': '1-3',
  'S21.G00.20': '1-8 10-14',
  'S21.G00.22': '1-6',
  'S21.G00.23': '1-7',
  'S21.G00.30': '1-20 22-25 29',
  'S21.G00.31': '1 8-11',
  'S21.G00.34': '1-3',
  'S21.G00.40': '1-14 16-33 35-37 39-46 48-81',
  'S21.G00.41': '1-8 10-14 16-25 27-65',
  'S21.G00.44': '1-4',
  'S21.G00.45': '1-2',
  'S21.G00.50': '1-4 6-9 11-13 20',
  'S21.G00.51': '1-2 10-16 19-20',
  'S21.G00.52': '1-4 6-7',
  'S21.G00.53': '1-3',
  'S21.G00.54': '1-4',
  'S21.G00.55': '1-5',
  'S21.G00.56': '1-10 15',
  'S21.G00.58': '1-4',
  'S21.G00.60': '1-8 10-12 600',
  'S21.G00.62': '1-6 8 11 13-14 16-20',
  'S21.G00.63': '1-3',
  'S21.G00.65': '1-5',
  'S21.G00.66': '1-3',
  'S21.G00.70': '4-5 7-15',
  'S21.G00.71': '2-3',
  'S21.G00.72': '1-2',
  'S21.G00.73': '1-11',
  'S21.G00.78': '1-7',
  'S21.G00.79': '1 4-5',
  'S21.G00.81': '1-7',
  'S21.G00.82': '1-6',
  'S21.G00.83': '1-2',
  'S21.G00.84': '1-5',
  'S21.G00.85': '1-17',
  'S21.G00.86': '1-3 5',
  'S21.G00.95': '1-5',
  'S21.G00.98': '1-4',
  'S89.G00.32': '1-17',
  'S89.G00.33': '1-2',
  'S89.G00.35': '1-2',
  'S89.G00.43': '1-2',
  'S89.G00.67': '1-5',
  'S89.G00.87': '1-8',
  'S89.G00.88': '1-9',
  'S89.G00.89': '1-8',
  'S89.G00.91': '1-21',
  'S89.G00.92': '1-17',
  'S89.G00.93': '1-10 13',
  'S89.G00.94': '1-2',
  'S90.G00.90': '1-2',
};

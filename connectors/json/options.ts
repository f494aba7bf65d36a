import { z } from 'zod';

/** What `sources[].options` may hold for JSON. */
export const jsonOptions = z.strictObject({
  format: z
    .enum(['auto', 'lines', 'array'])
    .default('auto')
    .describe('lines: one object a line (NDJSON); array: a list of objects; auto: by the first character'),
  records: z
    .string()
    .regex(/^[^.]+(\.[^.]+)*$/, 'names of the way to the list, joined by points')
    .optional()
    .describe('where the list of records is inside one object, e.g. data.items'),
  decimal: z
    .enum(['auto', 'comma', 'point'])
    .default('point')
    .describe('decimal separator of numbers written as text; JSON numbers have a point'),
  dates: z.enum(['auto', 'iso', 'dmy', 'mdy']).default('iso').describe('order of day, month and year'),
  max_inflated_mb: z.int().min(1).default(4096).describe('refuses a gzip file that inflates to more'),
});

export type JsonOptions = z.infer<typeof jsonOptions>;

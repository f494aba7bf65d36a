import { z } from 'zod';

/** What `sources[].options` may hold for a workbook. */
export const xlsxOptions = z.strictObject({
  sheet: z
    .union([z.string().min(1), z.int().min(1)])
    .optional()
    .describe('name of the sheet, or its place from 1; default: the first that is visible'),
  header_row: z
    .union([z.literal('auto'), z.int().min(1)])
    .default('auto')
    .describe('row of the headings, from 1; auto: the first row of texts about as wide as the table'),
  header_rows: z
    .int()
    .min(1)
    .max(20)
    .default(1)
    .describe('rows that the headings take; their texts are joined with " / "'),
  columns: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe(
      'names of the columns from A on, of a sheet without headings; header_row is then the first record',
    ),
  fill_merged: z
    .boolean()
    .default(true)
    .describe('gives the value of a merged range to each of its cells; else to the first only'),
  decimal: z
    .enum(['auto', 'comma', 'point'])
    .default('auto')
    .describe('decimal separator of numbers typed as text; numbers of the sheet have a point'),
  dates: z
    .enum(['auto', 'iso', 'dmy', 'mdy'])
    .default('auto')
    .describe('order of dates typed as text; dates of the sheet are ISO'),
  null_values: z
    .array(z.string())
    .default([])
    .describe('texts that mean "no value", besides the empty one; e.g. n/d'),
  max_inflated_mb: z.int().min(1).default(512).describe('refuses a workbook that inflates to more'),
});

export type XlsxOptions = z.infer<typeof xlsxOptions>;

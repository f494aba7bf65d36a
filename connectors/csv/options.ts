import { z } from 'zod';

const fields = z.strictObject({
  delimiter: z
    .string()
    .refine(
      (text) => text === 'auto' || text === 'tab' || isSeparator(text),
      'one ASCII character, `tab` or `auto`',
    )
    .default('auto')
    .describe('character between values; auto: the one of ; tab , | that the heading line holds most'),
  quote: z
    .string()
    .refine(
      (text) => text === '' || (isSeparator(text) && text > ' '),
      'one ASCII character, or empty where there are no quotes',
    )
    .default('"')
    .describe('character around values that hold the delimiter or a line break; doubled inside'),
  encoding: z
    .enum(['auto', 'utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-1', 'iso-8859-15'])
    .default('auto')
    .describe('auto: byte-order mark, else UTF-8 if the whole file is, else windows-1252'),
  header_row: z
    .int()
    .min(1)
    .default(1)
    .describe('line of the headings, from 1; the lines above are a preamble, not records'),
  columns: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('names of the columns of a file without headings; header_row is then the first record'),
  decimal: z.enum(['auto', 'comma', 'point']).default('auto').describe('decimal separator of numbers'),
  dates: z.enum(['auto', 'iso', 'dmy', 'mdy']).default('auto').describe('order of day, month and year'),
  null_values: z
    .array(z.string())
    .default([])
    .describe('texts that mean "no value", besides the empty one; e.g. \\N'),
  max_inflated_mb: z.int().min(1).default(4096).describe('refuses a gzip file that inflates to more'),
});

/** What `sources[].options` may hold for a delimited text file. */
export const csvOptions = fields.refine(
  (options) => options.quote === '' || options.quote !== options.delimiter,
  'the delimiter and the quote are the same character',
);

/** One ASCII character that neither ends a line nor ends the text. */
function isSeparator(text: string): boolean {
  const code = text.charCodeAt(0);
  return text.length === 1 && code > 0 && code < 0x7f && code !== 0x0a && code !== 0x0d;
}

export type CsvOptions = z.infer<typeof csvOptions>;

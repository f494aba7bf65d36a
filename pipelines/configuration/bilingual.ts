import { z } from 'zod';

/** Text in both languages of the reports. */
export const Bilingual = z.strictObject({ fr: z.string().min(1), en: z.string().min(1) });
export type Bilingual = z.infer<typeof Bilingual>;

import type { Book } from '../book.ts';

/** What a form says where a field is filled in, and where it is filled in wrongly: `<sheet>.prompts.<field>`. */
export const fieldPrompt =
  ({ words: { say } }: Book, sheet: string) =>
  (field: string) => ({
    promptTitle: say(`${sheet}.prompts.${field}.title`),
    prompt: say(`${sheet}.prompts.${field}.prompt`),
    errorTitle: say(`${sheet}.prompts.${field}.title`),
    error: say(`${sheet}.prompts.${field}.error`),
  });

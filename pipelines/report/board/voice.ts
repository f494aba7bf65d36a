import { Fault } from '../../fault.ts';
import { typography } from '../../language/typography.ts';
import { type Say, wording } from '../../language/wording.ts';
import type { Language } from '../content.ts';

/** The texts of the report in one language, set in its typography. */
export interface Voice {
  readonly language: Language;
  /** a text of board.yaml */
  readonly say: Say;
  /** a word of the shared vocabulary, common.yaml */
  readonly word: Say;
  /** the same for a code that data may extend: the code itself where there is no word for it */
  readonly wordFor: (group: string, code: string) => string;
  /** a label that comes with the catalogue or the configuration */
  readonly label: (both: Readonly<Record<Language, string>>) => string;
  /** a sentence that comes with the content */
  readonly prose: (sentence: string) => string;
  /** the form of a text for a number: `key.none` where a text has one, `key.one` or `key.other` */
  readonly plural: (key: string, count: number, values?: Readonly<Record<string, string | number>>) => string;
}

/** @param file the texts that `say` reads, beside the shared vocabulary */
export async function voiceOf(language: Language, templates: string, file = 'board'): Promise<Voice> {
  const [board, common] = await Promise.all([
    wording(language, file, templates),
    wording(language, 'common', templates),
  ]);
  const prose = (sentence: string) => typography(sentence, language);
  const say: Say = (key, values) => prose(board(key, values));
  const word: Say = (key, values) => prose(common(key, values));
  return {
    language,
    say,
    word,
    wordFor: (group, code) => unlessMissing(() => word(`${group}.${code}`)) ?? code,
    label: (both) => prose(both[language]),
    prose,
    plural: (key, count, values = {}) => {
      const told = { count, ...values };
      if (count === 0) {
        const none = unlessMissing(() => say(`${key}.none`, told));
        if (none !== undefined) return none;
      }
      // French counts zero and one as singular, English one only
      const single = count === 1 || (language === 'fr' && count === 0);
      return say(`${key}.${single ? 'one' : 'other'}`, told);
    },
  };
}

function unlessMissing(text: () => string): string | undefined {
  try {
    return text();
  } catch (error) {
    if (error instanceof Fault && error.code === 'TXT-001') return undefined;
    throw error;
  }
}

import { type Language, sentencesOf } from './wording.ts';

/** The word for a code in a column of the harmonised model, or the code itself where it has none. */
export type CodeWords = (column: string, code: string) => string;

/** Columns whose codes are also those of others: an activity is a carrier that is burnt or a mode of travel. */
const alsoOf: Readonly<Record<string, readonly string[]>> = {
  activity: ['carrier', 'mode'],
  fuel: ['carrier'],
};

/** Activities named after what they are of: `refrigerant_R-32`, `spend_C25`. */
const compound = /^(refrigerant|gas|spend)_(.+)$/;

/**
 * Reads the words of `templates/language/<language>/codes.yaml`, and of countries in `common.yaml`.
 *
 * @example (await codeWords('fr'))('activity', 'spend_C25') // 'dépense, branche C25'
 */
export async function codeWords(language: Language): Promise<CodeWords> {
  const [{ sentences, say }, common] = await Promise.all([
    sentencesOf(language, 'codes'),
    sentencesOf(language, 'common'),
  ]);
  return (column, code) => {
    if (column === 'country') return common.sentences.get(`countries.${code}`) ?? code;
    const known = [column, ...(alsoOf[column] ?? [])].find((one) => sentences.has(`${one}.${code}`));
    if (known !== undefined) return say(`${known}.${code}`);
    const [, kind, rest = ''] = (column === 'activity' && compound.exec(code)) || [];
    return kind === undefined ? code : say(`activity_of.${kind}`, { rest });
  };
}

import { Fault } from '../../fault.ts';
import { type CodeWords, codeWords } from '../../language/codes.ts';
import { typography } from '../../language/typography.ts';
import { type Say, wording } from '../../language/wording.ts';
import type { Language } from '../content.ts';
import { readSymbols } from './layout.ts';

/** The words of the workbook in one language. */
export interface Words {
  /** a text of `workbook.yaml` */
  readonly say: Say;
  /** the name of a code in a list of `common.yaml`; an open list gives the code itself where it has no name */
  name(list: string, code: string): string;
  /** the word for a code in a column of the harmonised model, or the code itself */
  readonly code: CodeWords;
  /** the name with the mark before it: `▲ données partielles` */
  state(list: string, code: string): string;
  /** what stands for a value that is not there: `n.d.` */
  mark(status: string): string;
}

export async function readWords(language: Language, templates: string): Promise<Words> {
  const [codeIn, say, common, symbols] = await Promise.all([
    codeWords(language),
    wording(language, 'workbook', templates),
    wording(language, 'common', templates),
    readSymbols(templates),
  ]);
  const nameOf = (list: string, code: string) => {
    try {
      return typography(common(`${list}.${code}`), language);
    } catch (error) {
      if (error instanceof Fault && error.code === 'TXT-001') return code;
      throw error;
    }
  };
  const named = new Map<string, Map<string, string>>();
  const name = (list: string, code: string) => {
    const codes = named.get(list) ?? new Map<string, string>();
    named.set(list, codes);
    const known = codes.get(code) ?? nameOf(list, code);
    codes.set(code, known);
    return known;
  };
  return {
    say: (key, values) => typography(say(key, values), language),
    name,
    code: (column, code) => (column === 'method' ? name('data_methods', code) : codeIn(column, code)),
    state: (list, code) => `${symbols[list]?.[code] ?? '◆'} ${name(list, code)}`,
    mark: (status) => name('marks', status),
  };
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Fault } from '../fault.ts';
import { templatesFolder } from '../places.ts';

export type Language = 'fr' | 'en';

/**
 * Fills a sentence of `templates/language/<language>/<file>.yaml` with named values: `{days}`, or
 * `{days|jour|jours}` for the word that goes with the number, singular below 2 in French, of 1 alone in English.
 */
export type Say = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/**
 * Reads the sentences of one file in one language.
 *
 * @example const say = await wording('fr', 'findings'); say('drift', { objective: 'Énergie', value: '12 300 MWh' })
 * @throws {Fault} TXT-001 for a sentence that does not exist, TXT-002 for a value that it needs and was not given
 */
export async function wording(language: Language, file: string, templates = templatesFolder): Promise<Say> {
  return (await sentencesOf(language, file, templates)).say;
}

/** The sentences of {@link wording} by their keys, and what fills them. */
export async function sentencesOf(
  language: Language,
  file: string,
  templates = templatesFolder,
): Promise<{ sentences: ReadonlyMap<string, string>; say: Say }> {
  const name = `templates/language/${language}/${file}.yaml`;
  const sentences = flatten(
    parse(await readFile(join(templates, 'language', language, `${file}.yaml`), 'utf8')),
  );
  const say: Say = (key, values = {}) => {
    const sentence = sentences.get(key);
    if (sentence === undefined) throw new Fault('TXT-001', `${name} has no sentence ${key}.`, 'Add it.');
    if (!sentence.includes('{')) return sentence;
    const filled = fill(sentence, String, ({ name: hole, one, several }) => {
      const value = values[hole];
      if (value === undefined)
        throw new Fault('TXT-002', `${name}: ${key} needs {${hole}}.`, 'Give it, or correct the sentence.');
      if (one === undefined || several === undefined) return String(value);
      const single = language === 'fr' ? Math.abs(Number(value)) < 2 : Math.abs(Number(value)) === 1;
      return single ? one : several;
    });
    return filled.join('');
  };
  return { sentences, say };
}

/** `{name}`, or `{name|one|several}` */
export interface Hole {
  readonly name: string;
  readonly one?: string | undefined;
  readonly several?: string | undefined;
}

/** The parts of a sentence in their order: the text between its holes, and what each hole becomes. */
export function fill<Part>(
  sentence: string,
  text: (piece: string) => Part,
  hole: (hole: Hole) => Part,
): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const found of sentence.matchAll(/\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g)) {
    if (found.index > from) parts.push(text(sentence.slice(from, found.index)));
    parts.push(hole({ name: found[1] as string, one: found[2], several: found[3] }));
    from = found.index + found[0].length;
  }
  if (from < sentence.length) parts.push(text(sentence.slice(from)));
  return parts;
}

function flatten(tree: unknown, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries((tree ?? {}) as Record<string, unknown>)) {
    const at = path ? `${path}.${key}` : key;
    if (typeof value === 'string') found.set(at, value);
    else for (const [deeper, text] of flatten(value, at)) found.set(deeper, text);
  }
  return found;
}

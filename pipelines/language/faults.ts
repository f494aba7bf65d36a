import { type Diagnostic, literal, type Place } from '../../connectors/connector.ts';
import { fill, type Hole, type Language, type Say, sentencesOf } from './wording.ts';

/** What a cell shows where the contract hides it, in the database; the words come with the language. */
export const hiddenValue = '(hidden)';

/** The words of `templates/language/<language>/faults.yaml`. */
export interface FaultWords {
  /** what is wrong with an extract: what happened, where, how to mend it */
  say(diagnostic: Diagnostic): string;
  /** SQL over the columns of `staged.quarantine` */
  readonly quarantine: {
    /** the cell's text */
    readonly value: string;
    /** why its row stands there */
    readonly message: string;
  };
}

/** @throws {Fault} TXT-001, TXT-002 when a diagnostic has no sentence, or lacks a value that its sentence needs */
export async function faultWords(language: Language): Promise<FaultWords> {
  const { sentences, say } = await sentencesOf(language, 'faults');
  const value = `case when value = ${literal(hiddenValue)} then ${literal(say('hidden'))} else value end`;
  return {
    say: ({ code, case: which, values, place }) =>
      say(which === undefined ? code : `${code}.${which}`, {
        ...values,
        ...(place ? { place: placeText(place, say) } : {}),
      }),
    quarantine: { value, message: messageSql(sentences, value, language) },
  };
}

/** `hours.xlsx, sheet Heures, row 12, column Heures, value "12h"` */
function placeText({ extract, sheet, row, column, value }: Place, say: Say): string {
  return [
    extract,
    sheet && say('place.sheet', { sheet }),
    row !== undefined && say('place.row', { row }),
    column && say('place.column', { column }),
    value !== undefined && say('place.value', { value: value.slice(0, 200) }),
  ]
    .filter(Boolean)
    .join(', ');
}

/** Millions of rows may stand in the quarantine: the database puts each into words. */
function messageSql(sentences: ReadonlyMap<string, string>, value: string, language: Language): string {
  const holes: Readonly<Record<string, string>> = { column: 'column_name', value, rule: 'rule' };
  const sql = (sentence: string) => {
    const parts = fill<string>(sentence, literal, ({ name, one, several }: Hole) => {
      const shown = `coalesce(${holes[name] ?? `json_extract_string(facts, '$.${name}')`}, '')`;
      if (one === undefined || several === undefined) return shown;
      const isOne = `abs(try_cast(${shown} as double)) ${language === 'fr' ? '< 2' : '= 1'}`;
      return `case when ${isOne} then ${literal(one)} else ${literal(several)} end`;
    });
    return parts.join(' || ');
  };
  const prefix = 'quarantine.';
  const cases = [...sentences].flatMap(([key, sentence]) =>
    key.startsWith(prefix) && key !== `${prefix}hidden`
      ? [`when ${literal(key.slice(prefix.length))} then ${sql(sentence)}`]
      : [],
  );
  return `case when connector is not null and value = ${literal(hiddenValue)} then ${sql(sentences.get(`${prefix}hidden`) ?? '')}
    else case coalesce(connector, 'contract') || '.' || rule ${cases.join('\n      ')} else rule end end`;
}

import { narrowSpace, noBreakSpace } from './quantity.ts';
import type { Language } from './wording.ts';

/**
 * Prose as the language sets it: in French a narrow no-break space before `; : ! ? %`, inside
 * guillemets and between thousands;
 * in both, typographic apostrophe, ellipsis, CO₂. For sentences only: never for a file name, an id or a hash.
 */
export function typography(text: string, language: Language): string {
  const done = set[language];
  const known = done.get(text);
  if (known !== undefined) return known;
  if (done.size >= mostTexts) done.clear();
  const found = inType(text, language);
  done.set(text, found);
  return found;
}

/** Texts that were set last: a workbook says most of its words many times. */
const set: Readonly<Record<Language, Map<string, string>>> = { fr: new Map(), en: new Map() };
const mostTexts = 20_000;

function inType(text: string, language: Language): string {
  const both = text
    .replace(/(\p{L})'(?=\p{L})/gu, '$1’')
    .replaceAll('...', '…')
    .replace(/\b(k|M)?(t|kg|g)?CO2(?=e\b|eq\b|\b)/g, (found) => found.replace('2', '₂'));
  if (language === 'en') return both;
  return both
    .replace(/[ \u00a0\u202f]+([;:!?%»])(?![\p{L}\d/])/gu, `${narrowSpace}$1`)
    .replace(/«[ \u00a0\u202f]*/g, `«${narrowSpace}`)
    .replace(/(?<!\d)(\d{1,3})[ \u00a0](?=\d{3}(?!\d))/gu, `$1${narrowSpace}`)
    .replace(/(\d) (?=(?:€|k€|M€|MWh|kWh|GWh|tCO₂e|t|kg|m³|m²|ETP|j|h)(?![\p{L}\d]))/gu, `$1${noBreakSpace}`);
}

/** What stands between the parts of an enumeration that hold commas. */
export function semicolon(language: Language): string {
  return language === 'fr' ? `${narrowSpace}; ` : '; ';
}

import { beforeAll, describe, expect, test } from 'vitest';
import { columnsOf, indicatorCard, type Shelves } from '../../pipelines/commands/indicator-card.ts';
import { loadFrameworks } from '../../pipelines/frameworks/load.ts';
import { loadModels } from '../../pipelines/harmonise/harmonise.ts';
import type { Indicator } from '../../pipelines/indicators/catalogue.ts';
import { loadCatalogue } from '../../pipelines/indicators/load.ts';
import { type Language, type Say, sentencesOf, wording } from '../../pipelines/language/wording.ts';
import { loadContracts } from '../../pipelines/stage/contract.ts';
import { readParameters } from '../../pipelines/stage/parameters.ts';

const languages = ['fr', 'en'] as const;
let shelves: Record<Language, Shelves>;
let say: Record<Language, Say>;

beforeAll(async () => {
  const catalogue = await loadCatalogue();
  const contracts = await loadContracts();
  const library = await loadFrameworks(catalogue, new Set(contracts.keys()));
  const [models, parameters] = [await loadModels(), await readParameters(undefined)];
  const of = async (language: Language) => ({
    catalogue,
    contracts,
    library,
    models,
    parameters,
    columns: (await sentencesOf(language, 'columns')).sentences,
  });
  shelves = { fr: await of('fr'), en: await of('en') };
  say = { fr: await wording('fr', 'catalogue'), en: await wording('en', 'catalogue') };
}, 60_000);

const card = (id: string, language: Language) => {
  const one = shelves[language].catalogue.indicators.find((indicator) => indicator.id === id) as Indicator;
  return indicatorCard(one, shelves[language], language, say[language]).replace(/[\u00a0\u202f]/g, ' ');
};

describe('a card', () => {
  test('says what each column that a measure names means, in both languages', () => {
    // functions of SQL, and words of its grammar, are no columns
    const grammar = new Set(
      'and or not in is null true false case when then else end between left coalesce starts_with date year date_diff day decimal'.split(
        ' ',
      ),
    );
    for (const language of languages) {
      const { catalogue, columns } = shelves[language];
      const unsaid = catalogue.measures.flatMap((m) =>
        columnsOf(m)
          .filter((name) => !grammar.has(name))
          .filter((name) => !columns.has(`${m.table}.${name}`) && !columns.has(`any.${name}`))
          .map((name) => `${m.table}.${name}`),
      );
      expect([...new Set(unsaid)], language).toEqual([]);
    }
  });

  test('explains no column that no measure names', () => {
    const { catalogue, columns } = shelves.fr;
    const named = new Set(
      catalogue.measures.flatMap((m) =>
        columnsOf(m).flatMap((name) => [`${m.table}.${name}`, `any.${name}`]),
      ),
    );
    expect([...columns.keys()].filter((key) => !named.has(key))).toEqual([]);
    expect([...shelves.en.columns.keys()]).toEqual([...columns.keys()]);
  });

  test('is whole in its language, for each indicator of the catalogue', () => {
    const foreign = {
      fr: /\b(the|where|until|rows|from|with|days|human resources|to be checked)\b/,
      en: /\b(où|somme|jusqu’|à partir|effectif|lignes|jours|selon|ressources|vérifier)\b/,
    };
    for (const language of languages) {
      const mixed = shelves[language].catalogue.indicators.flatMap(({ id }) =>
        card(id, language)
          .split('\n')
          .filter((line) => foreign[language].test(line.replace(/'[^']*'/g, '')))
          .map((line) => `${id}: ${line}`),
      );
      expect(mixed, language).toEqual([]);
    }
  }, 60_000);

  test('prints the scale that gives points, whole', () => {
    const text = card('hr.index_raises_promotions_points', 'en');
    expect(text).toContain('up to 2, 35; up to 5, 25; up to 10, 15; above, 0');
    expect(text).not.toContain('up to 1, 39');
    const pay = card('hr.index_pay_gap_points', 'fr');
    expect(pay).toContain('jusqu’à 0, 40 ; jusqu’à 1, 39 ;');
    expect(pay).toContain('jusqu’à 20, 2 ; au-delà, 0');
  });

  test('prints coefficients with their dates and source, and marks what is to be confirmed', () => {
    const lines = card('hr.oeth_contribution', 'fr').split('\n');
    const line = (start: string) => lines.filter((one) => one.trim().startsWith(start));
    expect(line('Coefficient de la contribution')).toHaveLength(3);
    expect(line('Coefficient de la contribution')[1]).toContain(
      '500 SMIC horaires par unité à partir de 250 personnes',
    );
    expect(line('Poids d’un bénéficiaire senior')[0]).toContain('(à vérifier dans le texte)');
    expect(line('Taux légal')[0]).not.toContain('à vérifier');
    const mix = card('energy.nuclear', 'fr');
    expect(mix).toMatch(
      /Part nucléaire de l’électricité du réseau, FR : 67 pour cent.*\(à vérifier dans le texte\)/,
    );
    expect(card('hr.family_leave_entitled', 'en')).toMatch(
      /Countries whose law gives family leave to every employee: AT; BE;.*\(to be checked against the text\)/,
    );
  });

  test('takes the parameters of what the measures are made of, and no others', () => {
    const parameters = (id: string) =>
      card(id, 'en')
        .split('\nParameters\n')[1]
        ?.split('\n\n')[0]
        ?.split('\n')
        .map((line) => line.trim().split(':')[0]);
    expect(parameters('ghg.s3.c7_commute')).toEqual(['Weeks worked a year']);
    expect(parameters('ghg.s1.stationary')).toEqual(['Gross calorific value of gas over net']);
    expect(parameters('ghg.s1.fugitive')).toBeUndefined();
    expect(parameters('waste.total')).toBeUndefined();
  });
});

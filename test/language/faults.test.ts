import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { glob } from 'tinyglobby';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { faultWords } from '../../pipelines/language/faults.ts';
import { fill, sentencesOf } from '../../pipelines/language/wording.ts';
import { projectFolder } from '../../pipelines/places.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

/** A diagnostic as the program writes it: its sentence, and the values that it gives where they are seen at once. */
interface Written {
  readonly sentence: string;
  readonly values: readonly string[] | undefined;
  readonly where: string;
}

const paths = await glob(['connectors/**/*.ts', 'pipelines/{stage,collect}/**/*.ts'], { cwd: projectFolder });
const sources = await Promise.all(
  paths.sort().map(async (path) => ({ path, text: await readFile(join(projectFolder, path), 'utf8') })),
);
const { sentences: english } = await sentencesOf('en', 'faults');
const { sentences: french } = await sentencesOf('fr', 'faults');
const written = sources.flatMap(({ path, text }) => diagnosticsIn(path, text));

/** Remarks are objects with a code and a severity; extracts that cannot be read are errors. */
function diagnosticsIn(path: string, text: string): Written[] {
  const found: Written[] = [];
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node) => {
    if (ts.isObjectLiteralExpression(node) && propertyOf(node, 'code') && propertyOf(node, 'severity'))
      add(node, literalsOf(propertyOf(node, 'code')), node);
    if (ts.isNewExpression(node) && node.expression.getText() === 'ExtractError') {
      const said = node.arguments?.[2];
      add(
        node,
        literalsOf(node.arguments?.[0]),
        said && ts.isObjectLiteralExpression(said) ? said : undefined,
      );
    }
    ts.forEachChild(node, visit);
  };
  const add = (node: ts.Node, codes: string[], said: ts.ObjectLiteralExpression | undefined) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    const which = said && propertyOf(said, 'case');
    // a case that is computed is looked for by the other test
    const cases = which ? literalsOf(which).map((one) => `.${one}`) : [''];
    for (const code of codes)
      for (const one of cases)
        found.push({ sentence: `${code}${one}`, values: valuesOf(said), where: `${path}:${line + 1}` });
  };
  visit(file);
  return found;
}

function propertyOf(object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  for (const one of object.properties) {
    if (one.name?.getText() !== name) continue;
    if (ts.isPropertyAssignment(one)) return one.initializer;
    if (ts.isShorthandPropertyAssignment(one)) return one.name;
  }
  return undefined;
}

/** The texts that an expression may be, where they stand in it. */
function literalsOf(expression: ts.Expression | undefined): string[] {
  if (!expression) return [];
  if (ts.isStringLiteral(expression)) return [expression.text];
  if (ts.isConditionalExpression(expression))
    return [...literalsOf(expression.whenTrue), ...literalsOf(expression.whenFalse)];
  return [];
}

/** Undefined when they are not listed one by one. */
function valuesOf(said: ts.ObjectLiteralExpression | undefined): string[] | undefined {
  const values = said && propertyOf(said, 'values');
  if (!values) return [];
  if (!ts.isObjectLiteralExpression(values)) return undefined;
  if (values.properties.some(ts.isSpreadAssignment)) return undefined;
  return values.properties.map((one) => one.name?.getText() as string);
}

function holesOf(sentence: string): string[] {
  return [
    ...new Set(
      fill<string>(
        sentence,
        () => '',
        ({ name }) => name,
      ),
    ),
  ]
    .filter(Boolean)
    .sort();
}

test('the program has many diagnostics, and each has its sentence with the values that it gives', () => {
  expect(written.length).toBeGreaterThan(100);
  for (const { sentence, values, where } of written) {
    expect([...english.keys()], where).toContain(sentence);
    if (values === undefined) continue;
    const needed = holesOf(english.get(sentence) as string).filter((hole) => hole !== 'place');
    expect(values, `${where} ${sentence}`).toEqual(expect.arrayContaining(needed));
  }
});

test('every sentence is in both languages, needs the same values, and is one that the program says', () => {
  expect([...french.keys()]).toEqual([...english.keys()]);
  const program = sources.map(({ text }) => text).join('\n');
  const quoted = new Set([...program.matchAll(/['"`]([\w-]+)['"`]/g)].map(([, word]) => word));
  for (const [key, sentence] of english) {
    const said = french.get(key) as string;
    expect(holesOf(said), key).toEqual(holesOf(sentence));
    if (key.startsWith('place.')) continue;
    expect(said, key).not.toBe(sentence);
    const parts = key.split('.').filter((part) => part !== 'quarantine' && part !== 'hidden');
    for (const part of parts) {
      // codes with the prefix of the connector are put together: `${code}-001`; rules of a list or a type likewise
      const isPutTogether = /^(ENE|GRD)-00[12]$|^(unknown|type)_|^contract$/.test(part);
      expect(isPutTogether || quoted.has(part), `${key} is said by nobody`).toBe(true);
    }
  }
});

test('the database says why a row is set aside in both languages, with the values of its rule', async () => {
  const [en, fr] = [await faultWords('en'), await faultWords('fr')];
  const warehouse = await Warehouse.open(':memory:', { memory: '1GB' });
  const said = ({ quarantine }: typeof en) => `list_value(${quarantine.value}, ${quarantine.message})`;
  const rows = await warehouse.rows(`select ${said(en)} as en, ${said(fr)} as fr
    from (values ('start', '12h', 'type_integer', null, null),
      ('litres', '-3', 'range', null, '{"min":"0","max":"∞"}'),
      (null, 'a;b', 'missing_columns', 'csv', '{"record":7,"line":9,"values":1,"wanted":3}'),
      (null, '(hidden)', 'malformed_line', 'dsn', null)) as q(column_name, value, rule, connector, facts)`);
  await warehouse.close();
  expect(rows).toEqual([
    {
      en: ['12h', 'Column start: “12h” cannot be read as a whole number. Correct the extract.'],
      fr: ['12h', 'Colonne start : « 12h » ne se lit pas comme un nombre entier. Corrigez l’extrait.'],
    },
    {
      en: ['-3', 'Column litres: “-3” is outside 0 to ∞. Correct the extract.'],
      fr: ['-3', 'Colonne litres : « -3 » est hors de 0 à ∞. Corrigez l’extrait.'],
    },
    {
      en: [
        'a;b',
        'Record 7 (line 9) has 1 value, the headings are 3. A value that holds the delimiter or a line break must stand in quotes: correct the export.',
      ],
      fr: [
        'a;b',
        'L’enregistrement 7 (ligne 9) a 1 valeur pour 3 en-têtes. Une valeur qui contient le délimiteur ou un retour à la ligne doit être entre guillemets : corrigez l’export.',
      ],
    },
    {
      en: [
        '(hidden)',
        'The record breaks the rule malformed_line. Its text is hidden: the extract holds identities. Correct the extract.',
      ],
      fr: [
        '(masqué)',
        'L’enregistrement enfreint la règle malformed_line. Son texte est masqué : l’extrait contient des identités. Corrigez l’extrait.',
      ],
    },
  ]);
});

test('an extract that cannot be read is said with its place, in both languages', async () => {
  const diagnostic = {
    code: 'FEC-003',
    case: 'headings',
    place: { extract: 'a.txt', row: 1, value: 'JournalCode' },
  };
  expect((await faultWords('en')).say(diagnostic)).toMatch(
    /FEC \(a\.txt, row 1, value “JournalCode”\)\. The/,
  );
  expect((await faultWords('fr')).say(diagnostic)).toMatch(
    /FEC \(a\.txt, ligne 1, valeur « JournalCode »\)\. Elle/,
  );
});

import { describe, expect, test } from 'vitest';
import { Configuration } from '../../pipelines/configuration/schema.ts';
import { checkYaml, YamlFault } from '../../pipelines/configuration/yaml.ts';

const whole = `group: { name: Essai, currency: EUR }
history_from: 2025-Q1
perimeter:
  entities:
    - { id: SA, name: Essai SA, country: FR, siren: "732829320", method: full, share: 100 }
sources:
  - id: eau
    connector: csv
    contract: water
    path: eau/*.csv
    entities: [SA]
privacy: { key_file: pseudonym.key }
`;
const misfitsOf = (text: string) => {
  try {
    checkYaml(text, 'concordance.yaml', Configuration);
  } catch (error) {
    if (error instanceof YamlFault) return error.misfits;
    throw error;
  }
  return [];
};

describe('the configuration file', () => {
  test('a whole one is read, with defaults', () => {
    const { value } = checkYaml(whole, 'concordance.yaml', Configuration);
    expect(value.thresholds).toEqual({ suppress_below: 5, quarantine_share: 0.01 });
    expect(value.privacy.personal_extracts).toBe('omit');
  });

  test('a wrong value is named with file, line, key, what was found and what was expected', () => {
    const text = whole.replace('method: full', 'method: whole');
    expect(misfitsOf(text)).toEqual([
      {
        line: 5,
        key: 'perimeter.entities.0.method',
        found: '"whole"',
        expected: 'one of "full", "proportional", "equity", "excluded"',
      },
    ]);
  });

  test('a misspelt key is named, not ignored', () => {
    expect(misfitsOf(whole.replace('    path:', '    pth: x\n    path:'))).toMatchObject([
      { line: 7, key: 'sources.0', found: 'unknown key "pth"' },
    ]);
  });

  test('a SIREN without quotes, which YAML reads as a number, says what to write', () => {
    expect(misfitsOf(whole.replace('"732829320"', '732829320'))).toMatchObject([
      { line: 5, key: 'perimeter.entities.0.siren', found: '732829320', expected: 'a string' },
    ]);
  });

  test('a missing key is reported at its parent', () => {
    expect(misfitsOf(whole.replace('history_from: 2025-Q1\n', ''))).toMatchObject([
      { key: 'history_from', found: 'nothing' },
    ]);
  });

  test('broken YAML gives its line', () => {
    expect(misfitsOf(`${whole}  bad: [`)[0]?.line).toBeGreaterThan(11);
  });
});

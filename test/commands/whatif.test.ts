import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { concordance, type Project, tinyProject } from './tiny-project.ts';

/**
 * Water: 92 m3 a quarter, 72 wanted, so that 20 are to close. An effect is a year's: -40 m3 a year are -10 a
 * quarter, half of the gap; -24 are -6, 30 %. 30 000 and 20 000 remain to be spent, 40 000 are declared.
 */
const objectives = `objectives:
  - id: O-WATER
    label: { fr: Moins d'eau, en: Less water }
    why: { fr: La ressource est rare., en: The resource is scarce. }
    department: operations
    owner: Directeur de site
    indicator: water.withdrawal
    basis: quarter
    baseline: { period: 2026-Q1, value: 100 }
    target: { period: 2027-Q4, value: 72 }
`;
const actions = `Action;Objectif;Intitulé (fr);Intitulé (en);Direction;Échéance;Statut;Budget;Dépensé;Devise;Effet attendu;Unité de l'effet
A-LOOP;O-WATER;Boucle;Loop;operations;2027-06-30;running;35000;5000;EUR;-40;m3
A-TAPS;O-WATER;Robinets;Taps;operations;2027-06-30;planned;20000;0;EUR;-24;m3
`;
let project: Project;

beforeAll(async () => {
  project = await tinyProject((yaml) =>
    yaml.replace(
      'privacy:',
      `  - id: actions
    connector: csv
    contract: actions
    path: extracts/actions.csv
    entities: [SA]
objectives: objectives.yaml
arbitration: { budget: 40000 }
privacy:`,
    ),
  );
  await project.write('objectives.yaml', objectives);
  await project.write('extracts/actions.csv', actions);
  const ended = await concordance(['run', '-c', project.config, '--period', '2026-Q3', '--no-gate']);
  expect(ended.err).toBe('');
}, 300_000);
afterAll(() => project.remove());

const whatif = (...args: string[]) => concordance(['whatif', '-c', project.config, ...args]);

// each command is a process of its own, slow to start on a busy machine
describe('whatif', { timeout: 180_000 }, () => {
  test("finds the best set of the latest run, within the group's budget and within another", async () => {
    const asked = JSON.parse((await whatif('--budget', '50 000', '--json')).out);
    expect(asked.before).toMatchObject({
      budget: '40000',
      chosen: ['A-LOOP'],
      closed: 0.5,
      given_up: ['A-TAPS'],
    });
    expect(asked.whatif).toMatchObject({
      budget: '50000',
      chosen: ['A-LOOP', 'A-TAPS'],
      cost: '50000',
      closed: 0.8,
    });
    expect(asked.assumptions.length).toBeGreaterThan(4);
  });

  test('leaves an action out, and says so in the language of the run', async () => {
    const { out, status } = await whatif('--without', 'A-LOOP', '--period', '2026-Q3');
    expect(status).toBe(0);
    expect(out).toContain('Sans : A-LOOP Boucle');
    expect(out).toContain('Retenues : A-TAPS Robinets');
    expect(out).toMatch(/O-WATER\s+50,0.%\s+->\s+30,0.%/);
  });

  test('refuses an action, an amount and a quarter that it does not know, and says what to write', async () => {
    expect(await whatif('--without', 'A-NONE')).toMatchObject({
      status: 2,
      err: expect.stringMatching(/ARB-003 .*A-NONE.*A-LOOP, A-TAPS/s),
    });
    expect(await whatif('--budget', 'plenty')).toMatchObject({
      status: 2,
      err: expect.stringContaining('ARB-004'),
    });
    expect(await whatif('--period', '2026-Q2')).toMatchObject({
      status: 2,
      err: expect.stringMatching(
        /RUN-004 Essai has no run of 2026-Q2 in .*concordance run -c .* --period 2026-Q2/s,
      ),
    });
  });

  test("finds the group's packages in the current folder where none are beside the configuration, and nobody else's", async () => {
    for (const [folder, name] of [
      ['group', 'Essai'],
      ['other', 'Autre'],
    ])
      for (const file of ['concordance.yaml', 'objectives.yaml', 'pseudonym.key'])
        await project.write(
          `${folder}/${file}`,
          (await readFile(join(project.folder, file), 'utf8')).replace('name: Essai,', `name: ${name},`),
        );
    const asked = (config: string) =>
      concordance(['whatif', '-c', config, '--budget', '40000', '--without', 'A-LOOP'], {
        cwd: project.folder,
      });
    const found = await asked('group/concordance.yaml');
    expect([found.status, found.err]).toEqual([0, '']);
    expect(found.out).toContain('Retenues : A-TAPS Robinets');
    const none = await asked('other/concordance.yaml');
    expect(none.status).toBe(2);
    expect(none.err).toMatch(
      /RUN-004 Autre has no run in .*other\/out.*`concordance run -c other\/concordance\.yaml`/s,
    );
  });
});

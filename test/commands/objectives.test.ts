import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Finding } from '../../pipelines/alignment/finding.ts';
import { readContent } from '../../pipelines/report/record-content.ts';
import { openRun } from '../../pipelines/seal/trace.ts';
import { bothSides, withBothSides, writeBothSides } from './control-group.ts';
import { concordance, type Project, tinyProject } from './tiny-project.ts';

let project: Project;
afterEach(() => project.remove());

const sources = `  - { id: actions, connector: csv, contract: actions, path: extracts/actions.csv, entities: [SA], options: { delimiter: ";" } }
  - { id: milestones, connector: csv, contract: milestones, path: extracts/milestones.csv, entities: [SA], options: { delimiter: ";" } }
`;
const goal = (id: string, more: string) => `  - id: ${id}
    label: { fr: Eau, en: Water }
    why: { fr: La rivière est basse., en: The river is low. }
    department: operations
    owner: Directrice
    indicator: water.withdrawal
    basis: quarter
${more}`;
const way = (value: number, target: number) =>
  `    baseline: { period: 2025-Q3, value: ${value} }\n    target: { period: 2027-Q3, value: ${target} }\n`;

/** The document that A-2 names, as it was delivered, and its hash. */
const minutes = 'Vannes remplacées, réception du 20 décembre 2025.\n';
const sha256 = createHash('sha256').update(minutes).digest('hex');

async function withActions(
  actions: string,
  objectives: string,
  milestones = '',
  changes = (yaml: string) => yaml,
): Promise<Project> {
  const made = await tinyProject((yaml) =>
    changes(yaml)
      .replace('language: fr', 'language: fr\nobjectives: objectives.yaml\nevidence: evidence')
      .replace('privacy:', `${sources}privacy:`)
      .replace(/^(sources:[\s\S]*?)(privacy:)/m, '$1$2'),
  );
  await made.write('objectives.yaml', `objectives:\n${objectives}`);
  await made.write('evidence/pv.pdf', minutes);
  await made.write(
    'extracts/actions.csv',
    `action;objective;name_fr;department;owner;entity;start_date;due_date;status;done_date;budget;spent;claimed_saving;evidence;evidence_file;evidence_sha256;depends_on\n${actions}`,
  );
  await made.write(
    'extracts/milestones.csv',
    `action;milestone;name_fr;due_date;done_date;depends_on\n${milestones}`,
  );
  return made;
}

const run = async (more: readonly string[] = ['--no-gate']) => {
  const ended = await concordance(['run', '-c', project.config, '--period', '2026-Q3', ...more]);
  expect(ended.err, ended.err).toBe('');
  const folder = join(project.folder, 'out/2026-Q3/latest');
  const findings = JSON.parse(await readFile(join(folder, 'findings.json'), 'utf8')) as Finding[];
  return { folder, ids: findings.map((one) => one.id), findings, status: ended.status };
};
const kept = `A-1;O-WATER;Compteurs;operations;Chef;SA;2026-01-01;2026-12-31;running;;1000;400;;;;;
A-2;O-WATER;Vannes;operations;Chef;SA;2025-06-01;2025-12-31;done;2025-12-20;900;900;5000;PV;pv.pdf;${sha256};A-1
`;
// 92 m3 in the quarter; from 100 in 2025-Q3 to 84 in 2027-Q3: 92 is expected at half of the way
const reached = goal('O-WATER', `${way(100, 84)}    entity: GROUP\n`);
const part = goal('O-SA', `${way(100, 84)}    entity: SA\n    parent: O-WATER\n`);

describe('a group that keeps its word', () => {
  test('raises nothing at all: no drift, no contradiction of priorities, and none of the nine realities told otherwise by two departments', async () => {
    // each department has an objective, with owner, indicator, an action that runs and as much money for as much gap
    const goals = [
      // halfway from 2025-Q3 to 2027-Q3: 92 of 92 m3, 12.5 of 12.5 t, 80 of 80 %
      ['O-WATER', 'Eau', 'operations', 'water.withdrawal', 100, 84, 'GROUP'],
      ['O-WASTE', 'Déchets', 'finance', 'waste.total', 13, 12, 'GROUP'],
      ['O-RECYCLE', 'Recyclage', 'innovation', 'waste.recycling_rate', 78, 82, 'GROUP'],
      ['O-SITE-WATER', 'Eau des ateliers', 'hr', 'water.withdrawal', 100, 84, 'USINE'],
      ['O-SITE-WASTE', 'Déchets des ateliers', 'governance', 'waste.total', 13, 12, 'SA'],
    ] as const;
    const names = [
      'Compteurs',
      'Réemploi des chutes',
      'Bennes de tri',
      'Formation aux gestes',
      'Charte du tri',
    ];
    project = await withActions(
      goals
        .map(
          ([id, , department], i) =>
            `A-${i + 1};${id};${names[i]};${department};Chef;SA;2026-01-01;2026-12-31;running;;1000;400;;;;;\n`,
        )
        .join(''),
      goals
        .map(
          ([id, label, department, indicator, from, to, entity]) => `  - id: ${id}
    label: { fr: ${label}, en: ${label} }
    why: { fr: Parce que., en: Because. }
    department: ${department}
    owner: Directrice
    indicator: ${indicator}
    basis: quarter
${way(from, to)}    ${entity === 'USINE' ? 'sites: [USINE]' : `entity: ${entity}`}
`,
        )
        .join(''),
      'A-1;M1;Posés;2026-06-30;2026-06-12;\n',
      withBothSides,
    );
    await writeBothSides(project);
    const { folder, findings, status } = await run([]);
    expect(findings.map((one) => one.id)).toEqual([]);
    expect(status).toBe(0);
    expect(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')).gates).toEqual([]);
    const agenda = JSON.parse(await readFile(join(folder, 'agenda.json'), 'utf8'));
    expect(agenda).toMatchObject({ agenda: [], questions: [] });
    expect((agenda.objectives as { status: string }[]).map((one) => one.status)).toEqual(
      goals.map(() => 'on_track'),
    );
    const { warehouse } = await openRun(folder);
    try {
      const content = await readContent(warehouse);
      const site = content.objectives.find((one) => one.objective.id === 'O-SITE-WATER');
      // the one site makes all of the company's 92 m3
      expect([site?.objective.entity, Number(site?.value)]).toEqual(['site:USINE', 92]);
      const cells = content.matrix?.rows.flatMap((row) => row.cells) ?? [];
      expect(cells).toHaveLength(5 * 5);
      expect(cells.filter((cell) => cell.contradicts)).toEqual([]);
      // each department carries one objective and serves no other
      expect(cells.filter((cell) => cell.state === 'carries')).toHaveLength(5);
      // every declared pair, of the company and of the group, with its amounts on both sides
      const pairs = content.catalogue.reconciliations.map(({ id }) => id);
      expect(pairs.length).toBeGreaterThanOrEqual(16);
      for (const id of pairs)
        for (const entity of ['SA', 'GROUP']) {
          const pair = content.reconciliations.find(
            (one) => one.reconciliation === id && one.entity === entity,
          );
          expect(
            [pair?.status, Number(pair?.left.value), Number(pair?.right.value)],
            `${id} ${entity}`,
          ).toEqual(['agrees', bothSides[id], bothSides[id]]);
        }
    } finally {
      await warehouse.close();
    }
  }, 300_000);

  test('raises no finding on its objectives and actions', async () => {
    project = await withActions(kept, reached + part, 'A-1;M1;Posés;2026-06-30;2026-06-12;\n');
    const { ids } = await run();
    expect(ids.filter((id) => /^(drift|action|claim|contradiction:cascade)/.test(id))).toEqual([]);
  }, 300_000);

  test('is told that a saving is a claim while its document is missing, or is another than the one named', async () => {
    const [running, done] = kept.trimEnd().split('\n') as [string, string];
    const third = done.replace('A-2', 'A-3').replace('Vannes', 'Joints');
    project = await withActions(
      [running, done.replace('pv.pdf', 'rapport.pdf'), third.replace(sha256, 'b'.repeat(64))]
        .map((line) => `${line}\n`)
        .join(''),
      reached + part,
    );
    const { ids } = await run();
    expect(ids.filter((id) => id.startsWith('claim'))).toEqual(['claim:action:A-2', 'claim:action:A-3']);
  }, 300_000);

  test('is found when it does not: late, over budget, claimed, parts that are not the whole', async () => {
    project = await withActions(
      `A-1;O-WATER;Compteurs;operations;Chef;SA;2026-01-01;2026-06-30;running;;1000;1400;;;;;
A-2;O-WATER;Vannes;operations;Chef;SA;2025-06-01;2025-12-31;done;2025-12-20;900;900;5000;;;;
`,
      goal('O-WATER', `${way(100, 60)}    entity: GROUP\n`) + part,
      'A-2;M1;Posées;2025-11-30;;\n',
    );
    const { ids } = await run();
    expect(ids).toEqual(
      expect.arrayContaining([
        'action:late:A-1',
        'action:over_budget:A-1',
        'action:milestone_late:A-2',
        'claim:action:A-2',
        'contradiction:cascade:O-WATER',
      ]),
    );
  }, 300_000);
});

describe('check', () => {
  test('refuses actions that wait for each other, and names the circle', async () => {
    project = await withActions(kept.replace(/;;;;;\n/, ';;;;;A-2\n'), reached);
    const ended = await concordance(['check', '-c', project.config]);
    expect(ended.err).toContain('A-1 → A-2 → A-1 wait for each other');
    expect(ended.status).toBe(2);
  });

  test('refuses milestones that wait for each other, of one action or of two, and names the circle', async () => {
    project = await withActions(
      kept.replace(';A-1\n', ';\n'),
      reached,
      'A-1;M1;Posés;2026-06-30;;A-2:M1\nA-2;M1;Livrées;2026-07-31;;M2\nA-2;M2;Montées;2026-08-31;;A-1:M1\n',
    );
    const ended = await concordance(['check', '-c', project.config]);
    expect(ended.err).toContain('A-1:M1 → A-2:M1 → A-2:M2 → A-1:M1 wait for each other');
    expect(ended.status).toBe(2);
  });

  test('refuses a circle that goes through an action and its milestones', async () => {
    // A-2 begins when A-1 is done, and a milestone of A-1 waits for one of A-2
    project = await withActions(
      kept,
      reached,
      'A-1;M1;Posés;2026-06-30;;A-2:M1\nA-2;M1;Livrées;2026-07-31;;\n',
    );
    const ended = await concordance(['check', '-c', project.config]);
    expect(ended.err).toContain('A-1 → A-1:M1 → A-2:M1 → A-1 wait for each other');
    expect(ended.status).toBe(2);
  });

  test('says whether the parts of an objective make it', async () => {
    project = await withActions(kept, goal('O-WATER', `${way(100, 60)}    entity: GROUP\n`) + part);
    const ended = await concordance(['check', '-c', project.config]);
    expect(ended.out).toContain('cascade        O-WATER: O-SA 84 make 84 for 60, beyond the 1 % accepted');
    expect(ended.status).toBe(0);
  });

  test('refuses an objective that is a part of itself through another', async () => {
    project = await withActions(kept, goal('O-WATER', `${way(100, 84)}    parent: O-SA\n`) + part);
    const ended = await concordance(['check', '-c', project.config]);
    expect(ended.err).toContain('O-SA → O-WATER → O-SA');
    expect(ended.status).toBe(2);
  });
});

import { describe, expect, test } from 'vitest';
import { actionFindings } from '../../pipelines/alignment/action-findings.ts';
import { problemOf } from '../../pipelines/alignment/arbitration/option.ts';
import { cascadeFindings } from '../../pipelines/alignment/cascade-findings.ts';
import { contradictions, type Priorities } from '../../pipelines/alignment/contradictions.ts';
import type { Finding } from '../../pipelines/alignment/finding.ts';
import { driftFindings } from '../../pipelines/alignment/findings.ts';
import { loadLinks } from '../../pipelines/alignment/links.ts';
import { type AlignedPriorities, alignPriorities } from '../../pipelines/alignment/priorities.ts';
import { loadCatalogue } from '../../pipelines/indicators/load.ts';
import { action, indicator, milestone, priorities, registers, series, standing } from './invented.ts';

const electricity = indicator('energy.electricity', 'MWh');
const climate = indicator('ghg.s12.market', 'tCO2e', { numerator: 'scope12_market' });
const training = indicator('hr.training', 'h', { numerator: 'training_hours', direction: 'up' });
const indicators = [electricity, climate, training];
const links = await loadLinks(await loadCatalogue());

async function aligned(of: Priorities, rows: readonly string[] = []): Promise<AlignedPriorities> {
  const warehouse = await registers(rows);
  try {
    const problem = problemOf({
      ...of,
      weights: new Map(),
      settings: { discount_rate: 0, lifetime_years: 10, exclusive: [] },
    });
    const found = await alignPriorities(warehouse, of, { links, problem, periodEnd: '2026-09-30' });
    const others = await contradictions(warehouse, of);
    return { ...found, findings: [...found.findings, ...others.filter((f) => f.kind === 'contradiction')] };
  } finally {
    await warehouse.close();
  }
}
const told = (findings: readonly Finding[], start: string) =>
  findings.filter((f) => f.id.startsWith(`contradiction:${start}`));

/** Five departments with an objective each, owned, measured, with an action and money in proportion. */
function controlGroup(): [Parameters<typeof priorities>[0], Parameters<typeof priorities>[1]] {
  const departments = ['hr', 'finance', 'operations', 'innovation', 'governance'];
  const standings = departments.map((department, i) =>
    standing(`O-${i}`, i % 2 === 0 ? 'energy.electricity' : 'ghg.s12.market', [100, 90, 80], { department }),
  );
  const actions = departments.map((department, i) =>
    action(`A-${i}`, `O-${i}`, {
      department,
      expectedEffect: '-5',
      expectedUnit: i % 2 === 0 ? 'MWh' : 'tCO2e',
      milestones: [
        milestone(`A-${i}`, 'M1', '2026-03-31', 'done'),
        milestone(`A-${i}`, 'M2', '2026-12-31', 'planned', [`A-${i}:M1`]),
      ],
    }),
  );
  return [standings, actions];
}

describe('a group whose departments pull the same way', () => {
  test('has nothing said against its actions, its cascade or its trajectories', async () => {
    const [standings, actions] = controlGroup();
    const of = await priorities(standings, actions, indicators, []);
    const { language, say, nameOf, currency } = of;
    const catalogue = { ...(await loadCatalogue()), indicators };
    expect([
      ...actionFindings({
        actions,
        effects: [],
        spend: [],
        indicators,
        day: '2026-09-30',
        currency,
        language,
        say,
      }),
      ...driftFindings(standings, catalogue, say),
      ...cascadeFindings(standings, catalogue, language, say, nameOf),
    ]).toEqual([]);
  });

  test('raises no contradiction', async () => {
    const [standings, actions] = controlGroup();
    const moving = [110, 108, 106, 103, 100, 98, 97, 95, 94, 92, 91, 90, 88];
    const found = await aligned(
      await priorities(standings, actions, indicators, [
        ...series('energy.electricity', moving),
        ...series('ghg.s12.market', moving),
      ]),
      [
        'P-1 | Presse hydraulique | operations | A',
        'P-2 | Portail des fournisseurs | finance | A',
        'U-1 | Tri des candidatures | hr | A | recruitment',
        'U-2 | Aide au code | innovation | A | coding',
      ],
    );
    expect(found.findings).toEqual([]);
    expect(found.matrix.rows.flatMap((row) => row.cells.filter((cell) => cell.contradicts))).toEqual([]);
  });
});

describe('objectives that pull against each other', () => {
  test('are seen through what the one drives in the other, in perimeters that overlap', async () => {
    const less = standing('O-CLIMATE', 'ghg.s12.market', [100, 95, 80], { department: 'governance' });
    const more = standing('O-CAST', 'energy.electricity', [50, 52, 60], { entity: 'A' });
    const { findings, matrix } = await aligned(await priorities([less, more], [], indicators));
    const [found] = told(findings, 'component');
    expect(found?.id).toBe('contradiction:component:O-CAST:O-CLIMATE');
    expect(found?.sentence).toContain('wants to raise “energy.electricity” (+10\u00a0MWh)');
    expect(found?.sentence).toContain('to lower “ghg.s12.market” (−20\u00a0tCO₂e)');
    // what each wants, in its own unit: 60 - 50 MWh more, 80 - 100 tCO2e
    expect(found?.figures.map((f) => [f.value, f.unit])).toEqual([
      ['10', 'MWh'],
      ['-20', 'tCO2e'],
    ]);
    // operations, which carries casting, contradicts the climate objective
    const cells = matrix.rows.find((row) => row.objective === 'O-CLIMATE')?.cells;
    expect(cells?.find((cell) => cell.department === 'operations')).toMatchObject({
      state: 'absent',
      contradicts: true,
    });
    expect(cells?.find((cell) => cell.department === 'governance')).toMatchObject({ state: 'carries' });
  });

  test('are not when they want the same, or share no entity', async () => {
    const less = standing('O-CLIMATE', 'ghg.s12.market', [100, 95, 80], { entity: 'B' });
    const saving = standing('O-SAVE', 'energy.electricity', [50, 48, 40], { entity: 'B' });
    const elsewhere = standing('O-CAST', 'energy.electricity', [50, 52, 60], { entity: 'A' });
    const { findings } = await aligned(await priorities([less, saving, elsewhere], [], indicators));
    expect(told(findings, 'component')).toEqual([]);
  });

  test('are measured over three years, by rank, less the season, corrected for the pairs tried', async () => {
    const energy = standing('O-E', 'energy.electricity', [100, 90, 80]);
    const train = standing('O-T', 'hr.training', [10, 12, 20]);
    // both rise in the same seasons; what departs from the season is opposite, in the same order of size: rho -1
    const season = [40, -20, 10, -30];
    const apart = [-1, 2, -3, 4, -5, 6, -7, 8, 9, -10, 11, -12];
    const path = (start: number, by: number) => {
      let at = start;
      return [start, ...apart.map((step, i) => (at += (season[i % 4] as number) + by * step))];
    };
    const figures = [...series('energy.electricity', path(500, 1)), ...series('hr.training', path(500, 1))];
    const { findings } = await aligned(await priorities([energy, train], [], indicators, figures));
    const [found] = told(findings, 'measured');
    expect(found?.severity).toBe('minor');
    expect(found?.figures[0]?.value).toBe('-1.0000');
    // one of (3!)⁴ orders within the seasons, one pair tried
    expect(Number(found?.figures[1]?.value)).toBeCloseTo(1 / 1_296, 6);
    const short = figures.filter((f) => f.period > (figures[0]?.period as string));
    expect(
      told((await aligned(await priorities([energy, train], [], indicators, short))).findings, 'measured'),
    ).toEqual([]);
  });
});

describe('an objective', () => {
  test('without owner, indicator or money is said to be', async () => {
    const { findings } = await aligned(
      await priorities(
        [
          standing('O-1', 'energy.electricity', [100, 90, 80], { owner: null }),
          standing('O-2', null, [0, 0, 0]),
          standing('O-3', 'energy.electricity', [100, 90, 80]),
        ],
        [action('A-1', 'O-1'), action('A-2', 'O-2'), action('A-3', 'O-3', { budget: null })],
        indicators,
      ),
    );
    expect(told(findings, 'no_owner').map((f) => f.objective)).toEqual(['O-1']);
    expect(told(findings, 'no_indicator').map((f) => f.objective)).toEqual(['O-2']);
    expect(told(findings, 'no_budget').map((f) => f.objective)).toEqual(['O-3']);
  });

  test('that holds the gap and not the money is said to, and the reverse', async () => {
    // gaps: O-1 all of its way, O-2 a tenth of it: 1 and 0.1, 91 % and 9 %; money 5 and 95 of 100
    const { findings, spend } = await aligned(
      await priorities(
        [
          standing('O-1', 'energy.electricity', [100, 100, 80]),
          standing('O-2', 'energy.electricity', [100, 82, 80], { department: 'hr' }),
        ],
        [
          action('A-1', 'O-1', { budget: '5000' }),
          action('A-2', 'O-2', { budget: '100000', spent: '5000', department: 'hr' }),
        ],
        indicators,
      ),
    );
    expect(spend.map((s) => [s.id, s.gapShare, s.budgetShare])).toEqual([
      ['O-1', 0.909091, 0.05],
      ['O-2', 0.090909, 0.95],
      ['hr', 0.090909, 0.95],
      ['operations', 0.909091, 0.05],
    ]);
    expect(told(findings, 'gap_without_money').map((f) => f.id.split(':').slice(-2).join(':'))).toEqual([
      'objective:O-1',
      'department:operations',
    ]);
    expect(told(findings, 'money_without_gap')).toHaveLength(2);
    expect(told(findings, 'gap_without_money')[0]?.sentence).toContain('91% of the gap');
  });
});

describe('two objectives on one indicator', () => {
  test('give it two targets when they want different ends of one quarter, and only then', async () => {
    const own = (id: string, target: number, rest: object = {}) =>
      standing(id, 'energy.electricity', [100, 90, target], rest);
    const ids = async (...standings: ReturnType<typeof own>[]) =>
      told((await aligned(await priorities(standings, [], indicators))).findings, 'two_targets').map(
        (f) => f.id,
      );
    expect(await ids(own('O-A', 80), own('O-B', 70))).toEqual(['contradiction:two_targets:O-A:O-B']);
    expect(await ids(own('O-A', 80), own('O-B', 80))).toEqual([]);
    expect(await ids(own('O-A', 80), own('O-B', 60, { target: { period: '2030-Q4', value: 60 } }))).toEqual(
      [],
    );
    expect(await ids(own('O-A', 80), own('O-B', 70, { entity: 'A' }))).toEqual([]);
    expect(await ids(own('O-A', 80), own('O-B', 70, { parent: 'O-A' }))).toEqual([]);
  });
});

describe('what is done for the parts of an objective', () => {
  test('is done for it, and a reached one needs nothing more', async () => {
    const whole = standing('O-W', 'energy.electricity', [100, 90, 80]);
    const part = standing('O-P', 'energy.electricity', [50, 45, 40], { entity: 'A', parent: 'O-W' });
    const bare = standing('O-B', 'ghg.s12.market', [100, 90, 80]);
    const lacking = async (...standings: ReturnType<typeof standing>[]) => {
      const of = await priorities(standings, [action('A-1', 'O-P')], indicators);
      return told(await contradictions(await registers(), of), 'no_action').map((f) => f.objective);
    };
    expect(await lacking(whole, part, bare)).toEqual(['O-B']);
    expect(await lacking(whole, part, { ...bare, status: 'achieved' })).toEqual([]);
  });
});

describe('what waits for a late milestone', () => {
  const guards = action('GUARDS', null, {
    status: 'late',
    due: '2026-03-31',
    milestones: [milestone('GUARDS', 'M2', '2026-03-31', 'late')],
  });
  const school = (status: 'planned' | 'done') =>
    action('SCHOOL', null, {
      due: '2026-12-31',
      milestones: [
        milestone('SCHOOL', 'M2', '2026-11-30', status, ['GUARDS:M2']),
        milestone('SCHOOL', 'M3', '2026-12-15', 'planned', ['SCHOOL:M2']),
      ],
    });

  test('is named with the delay and the critical path to the last thing that slips', async () => {
    const { findings } = await aligned(await priorities([], [guards, school('planned')], indicators));
    const [found, ...more] = told(findings, 'waits');
    expect(more).toEqual([]);
    // 31 March to 30 September: 183 days
    expect(found?.figures).toEqual([{ name: 'days late', value: '183', unit: 'd' }]);
    expect(found?.sentence).toContain('“SCHOOL” waits for “M2” (“GUARDS”), 183 days late');
    expect(found?.sentence).toContain(
      'due on 31\u00a0Dec\u00a02026, slips as much, through “M2” (“SCHOOL”) → “M3” (“SCHOOL”),',
    );
  });

  test('waits no more once it is done, and a circle of dependencies ends the walk', async () => {
    const { findings } = await aligned(await priorities([], [guards, school('done')], indicators));
    expect(told(findings, 'waits')).toEqual([]);
    const circle = [
      action('X', null, { status: 'late', due: '2026-06-30', dependsOn: ['Y'] }),
      action('Y', null, { dependsOn: ['X'] }),
    ];
    expect(
      told((await aligned(await priorities([], circle, indicators))).findings, 'waits').length,
    ).toBeLessThan(2);
  });
});

describe('the same thing run twice', () => {
  const near = async (...rows: string[]) =>
    told((await aligned(await priorities([], [], indicators), rows)).findings, 'near_name').map((f) => f.id);

  test('is found by names that are near, in another department or company', async () => {
    expect(
      await near(
        'P-1 | Récupération de chaleur des fours | operations | A',
        'P-2 | Récupération chaleur du four | innovation | A',
      ),
    ).toEqual(['contradiction:near_name:project:P-1:P-2']);
    expect(
      await near(
        'U-1 | Contrôle visuel de pièces | operations | A | inspection',
        'U-2 | Contrôles visuels des pièces | innovation | A | quality',
      ),
    ).toEqual(['contradiction:near_name:use_case:U-1:U-2']);
  });

  test('is not by stages, roll-outs to sites, or projects of one team', async () => {
    expect(
      await near('P-1 | Ligne de presse 1 | operations | A', 'P-2 | Ligne de presse 2 | innovation | A'),
    ).toEqual([]);
    expect(
      await near('P-1 | Éclairage à Angers | operations | A', 'P-2 | Éclairage | innovation | A'),
    ).toEqual([]);
    expect(
      await near('P-1 | Presse hydraulique | operations | A', 'P-2 | Presse hydraulique | operations | A'),
    ).toEqual([]);
    expect(
      await near('P-1 | Presse hydraulique | operations | A', 'P-2 | Portail hydrogène | innovation | A'),
    ).toEqual([]);
  });
});

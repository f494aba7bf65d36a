import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../pipelines/alignment/finding.ts';
import { loadProject } from '../../pipelines/configuration/load.ts';
import { projectFolder } from '../../pipelines/places.ts';
import { planOf } from '../../pipelines/plan.ts';
import { silent } from '../../pipelines/progress.ts';
import { type RunOutcome, runQuarter } from '../../pipelines/quarterly.ts';
import { openRun, trace } from '../../pipelines/seal/trace.ts';
import { verify } from '../../pipelines/seal/verify.ts';

/** The sample group's quarter, run once; each test looks at the package as one of its users would. */
const sample = join(projectFolder, 'data/sample');
let out: string;
let outcome: RunOutcome;
const period = '2026-Q3';

beforeAll(async () => {
  await promisify(execFile)('npm', ['run', '--silent', 'sample'], { cwd: projectFolder });
  out = await mkdtemp(join(tmpdir(), 'concordance-sample-'));
  outcome = await runQuarter(
    planOf(await loadProject(join(sample, 'concordance.yaml')), { period, out }),
    silent,
  );
}, 1_200_000);
afterAll(() => rm(out, { recursive: true, force: true }));

const found = (id: string): Finding | undefined => outcome.findings.find((f) => f.id.startsWith(id));
async function opened<T>(work: (run: Awaited<ReturnType<typeof openRun>>) => Promise<T>): Promise<T> {
  const run = await openRun(outcome.folder);
  try {
    return await work(run);
  } finally {
    await run.warehouse.close();
  }
}
const value = (indicator: string, basis: string, entity = 'GROUP', quarter = period) =>
  opened(({ warehouse }) =>
    warehouse.scalar<string | null>(
      `select value from result.figure where indicator = '${indicator}' and basis = '${basis}' and entity = '${entity}' and period = '${quarter}'`,
    ),
  );

describe('the story of the sample group is found', () => {
  test('the payroll of Orvanne Fluides does not reconcile, by about 4 %', () => {
    expect(found('reconciliation:payroll:OFR')?.sentence).toMatch(/4,[0-9]\s%/);
    expect(found('reconciliation:payroll:ODE')).toBeUndefined();
    expect(outcome.manifest.gates.join()).toContain('Masse salariale (OFR)');
  });

  test('the accident objective drifts', () => {
    expect(found('drift:O-SAFETY')?.severity).toBe('critical');
  });

  test('two objectives pull electricity in opposite directions', () => {
    expect(found('contradiction:opposite:O-ENERGY:O-INSOURCE')?.indicator).toBe('energy.electricity');
  });

  test('visual inspection by AI is declared by two departments', () => {
    expect(found('contradiction:same_use_case:visual-inspection')).toBeDefined();
  });

  test('the action at Angers is done without effect, and its saving stays a claim', () => {
    expect(found('action:no_effect:A-LED-ANG')).toBeDefined();
    expect(found('claim:action:A-LED-ANG')?.kind).toBe('claim');
  });

  test('the effect at Angers is read at its site, against twelve months of which ten should have moved', () => {
    const effect = found('action:no_effect:A-LED-ANG');
    // -180 MWh a year, from 1 December 2025: 180 x 10 / 12 = 150 MWh by the end of September 2026
    expect(effect?.figures[0]).toMatchObject({ value: '-150', unit: 'MWh' });
    expect(effect?.sentence).toContain('(ANG)');
    expect(found('claim:action:A-LED-ANG')?.sentence).toContain('SHA-256');
  });

  test('money is booked under an action that nobody declared', () => {
    expect(found('action:unknown_code:A-OES-INT')).toMatchObject({ severity: 'major', entity: 'ORV' });
    expect(found('action:ledger:A-LED-ANG')).toBeDefined();
  });

  test('the parts of the water goal hold, but the company that was bought has no target', () => {
    expect(found('contradiction:cascade:O-WATER')).toMatchObject({ severity: 'minor' });
    expect(found('contradiction:cascade:O-WATER')?.sentence).toContain('OES');
  });

  test('the acquisition counts from 1 May 2026: no figure of Bombas Ebro before', async () => {
    expect(await value('hr.headcount', 'quarter', 'OES', '2026-Q1')).toBeUndefined();
    expect(Number(await value('hr.headcount', 'quarter', 'OES', '2026-Q2'))).toBeGreaterThan(200);
    const first = await opened(({ warehouse }) =>
      warehouse.scalar<string>("select min(date)::varchar from model.energy where entity = 'OES'"),
    );
    expect(first >= '2026-05-01').toBe(true);
  });

  test('the meter of Lyon that stopped is estimated, and said to be', async () => {
    const rows = await opened(({ warehouse }) =>
      warehouse.rows<{ month: string }>(
        "select distinct strftime(date, '%Y-%m') as month from model.energy where site = 'LYO' and carrier = 'electricity' and quality = 'estimated' and date >= '2026-07-01' order by 1",
      ),
    );
    expect(rows.map((r) => r.month)).toEqual(['2026-08', '2026-09']);
    expect(found('quality:estimated:energy.electricity')).toBeDefined();
  });
});

describe('the small registers answer', () => {
  // worked out from the lists of data/sample/registers.ts, October 2025 to September 2026
  test.each([
    ['gov.political', 'ttm', 0],
    ['gov.lobbying', 'quarter', 19_000],
    ['gov.lobbying', 'ttm', 24_000 + 9_600 + 19_000],
    ['gov.tax_paid', 'ttm', 3_702_000 + 101_000 + 2_066_000],
    ['gov.tax_paid_abroad', 'ttm', 101_000 + 2_066_000],
    ['inno.patents', 'ttm', 3],
    ['data.gdpr_breaches', 'ttm', 2],
    ['cyber.incidents', 'ttm', 1],
    // the noise of Lorient in March 2026, no corruption; the case opened in May 2026 is pending
    ['gov.convictions_all', 'ttm', 1],
    ['gov.convictions', 'ttm', 0],
    ['pay.legal_cases', 'quarter', 1],
    // a fifth of each variable pay of 2025, in cents
    ['gov.esg_pay_share', 'ttm', 20],
  ])('%s, %s', async (indicator, basis, expected) => {
    expect(Number(await value(indicator, basis))).toBeCloseTo(expected, 6);
  });

  test('the taxonomy claims the lighting of Angers, and aligns nothing without its evidence', async () => {
    // October and November 2025 of the ledger, lines tagged [C-ANG-LED]
    const lines = await opened(({ warehouse }) =>
      warehouse.scalar<string>(
        "select sum(amount)::varchar from model.ledger where account like '2154%' and label like '%[C-ANG-LED]%' and supplier is not null and not opening and date between '2025-10-01' and '2026-09-30'",
      ),
    );
    const all = Number(await value('tax.capex.total', 'ttm'));
    expect(Number(lines)).toBeGreaterThan(0);
    expect(Number(await value('tax.capex.eligible', 'ttm'))).toBeCloseTo((100 * Number(lines)) / all, 6);
    expect(Number(await value('tax.capex.aligned', 'ttm'))).toBe(0);
    // the solar roof of Lyon, with its file, was bought from January to June 2025
    expect(Number(await value('tax.capex.aligned', 'ttm', 'GROUP', '2025-Q4'))).toBeGreaterThan(0);
  });
});

describe('what only a company has', () => {
  test('the group cannot be traced where a measure is worked out by company, and the message says so', async () => {
    await expect(
      opened(({ warehouse, record }) =>
        trace(warehouse, record, { id: 'hr.index_egalite', entity: 'GROUP' }),
      ),
    ).rejects.toMatchObject({ code: 'TRC-007' });
  });

  test('what became of one woman back from maternity leave is not shown as a share', async () => {
    const shown = await opened(({ warehouse }) =>
      warehouse.rows<{ status: string; value: string | null }>(
        "select distinct status, value from result.figure where indicator = 'hr.index_maternity' and value is not null",
      ),
    );
    expect(shown).toEqual([]);
  });
});

describe('the package', () => {
  test('keeps every row: read = staged + quarantined, for each extract', () => {
    for (const one of outcome.manifest.extracts)
      expect(one.rows_read, one.id).toBe(one.rows_staged + one.rows_quarantined);
    expect(outcome.manifest.extracts.length).toBeGreaterThan(400);
  });

  test('verifies: seal, conservation, every measure from its rows, every figure from its measures', async () => {
    const { differences, checked } = await verify(outcome.folder);
    expect(differences).toEqual([]);
    // every quarter and trailing year of the nine, every entity: each measure opened to its rows
    expect(checked.measures).toBeGreaterThan(6000);
    expect(checked.openings).toBe(checked.measures);
    expect(checked.figures).toBeGreaterThan(4000);
    expect(checked.cells).toBeGreaterThan(5000);
    expect(checked.printed).toBeGreaterThan(1000);
  }, 900_000);

  test('holds no identity: neither a social security number nor a name of any DSN', async () => {
    const folder = join(sample, 'extracts/dsn');
    const [name] = (await readdir(folder)).filter((file) => file.endsWith('2026-09.dsn'));
    const dsn = await readFile(join(folder, name as string), 'latin1');
    const identities = [...dsn.matchAll(/S21\.G00\.30\.(001|002),'([^']{6,})'/g)]
      .map((m) => m[2] as string)
      .slice(0, 60);
    expect(identities.length).toBeGreaterThan(30);
    for (const file of [
      'warehouse.duckdb',
      'figures.csv',
      'quarantine.csv',
      'findings.json',
      'manifest.json',
    ]) {
      const seen = new Set<string>();
      let tail = '';
      for await (const chunk of createReadStream(join(outcome.folder, file), { encoding: 'latin1' })) {
        const text = tail + (chunk as string);
        for (const identity of identities)
          if (/^\d{13}/.test(identity) && text.includes(identity)) seen.add(identity);
        tail = text.slice(-40);
      }
      expect([...seen], file).toEqual([]);
    }
    const sealed = new Set(await readdir(join(outcome.folder, 'extracts')));
    for (const one of outcome.manifest.extracts.filter((e) => e.connector === 'dsn')) {
      expect(one.kept).toBe('omitted');
      expect(sealed.has(one.sha256)).toBe(false);
    }
  });

  test('the same inputs give the same bytes, on one thread as on two', async () => {
    const again = await mkdtemp(join(tmpdir(), 'concordance-again-'));
    try {
      const project = await loadProject(join(sample, 'concordance.yaml'));
      const limits = { ...project.configuration.limits, threads: 1 };
      const plan = planOf(
        { ...project, configuration: { ...project.configuration, limits } },
        { period, out: again },
      );
      const second = await runQuarter(plan, silent);
      for (const name of [
        'figures.csv',
        'figures.parquet',
        'findings.json',
        'quarantine.csv',
        'review.xlsx',
        'board.html',
        'board.pdf',
        'manifest.json',
      ]) {
        const [a, b] = await Promise.all([
          readFile(join(outcome.folder, name)),
          readFile(join(second.folder, name)),
        ]);
        expect(a.equals(b), name).toBe(true);
      }
    } finally {
      await rm(again, { recursive: true, force: true });
    }
  }, 1_200_000);
});

describe('the trail', () => {
  test("opens the group's electricity down to meter rows that add up to it", async () => {
    const tree = await opened(({ warehouse, record }) =>
      trace(warehouse, record, { id: 'energy.electricity', basis: 'quarter', top: 5 }),
    );
    const [measure] = tree.measures;
    expect(Number(measure?.contributed)).toBeCloseTo(Number(tree.figure?.value), 6);
    const sum = measure?.extracts.reduce((total, one) => total + Number(one.contribution), 0);
    expect(sum).toBeCloseTo(Number(tree.figure?.value), 4);
    for (const row of measure?.largest ?? []) expect(row.staged).toHaveProperty('meter');
    expect(measure?.extracts.some((one) => one.extract.includes('enedis'))).toBe(true);
  });

  test('opens the headcount down to pseudonymous contracts', async () => {
    const tree = await opened(({ warehouse, record }) =>
      trace(warehouse, record, { id: 'hr.headcount', entity: 'OFR', top: 3 }),
    );
    const [measure] = tree.measures;
    expect(measure?.largest).toHaveLength(3);
    for (const row of measure?.largest ?? []) {
      expect(row.extract).toContain('DSN_');
      expect(row.staged).toHaveProperty('nature_code');
      expect(JSON.stringify(row)).not.toMatch(/"[12]\d{12}"/);
    }
  });

  test('opens pay to totals only', async () => {
    const tree = await opened(({ warehouse, record }) => trace(warehouse, record, { id: 'hr.paygap_unadj' }));
    const pay = tree.measures.filter((m) => m.measure.table === 'pay');
    expect(pay.length).toBeGreaterThan(0);
    for (const measure of pay) expect(measure.largest).toEqual([]);
  });

  test('refuses a figure that is suppressed', async () => {
    await opened(async ({ warehouse, record }) => {
      const [hidden] = await warehouse.rows<{ indicator: string; entity: string; basis: 'quarter' | 'ttm' }>(
        `select indicator, entity, basis from result.figure where status = 'suppressed' and period = '${period}' order by all limit 1`,
      );
      expect(hidden).toBeDefined();
      if (!hidden) return;
      await expect(
        trace(warehouse, record, { id: hidden.indicator, entity: hidden.entity, basis: hidden.basis }),
      ).rejects.toThrow(/TRC-003 .* too few people/);
    });
  });
});

test('ratios lie between the smallest and the largest of their parts, and flows add up to the group', async () => {
  await opened(async ({ warehouse }) => {
    const ratios = await warehouse.rows<{
      indicator: string;
      period: string;
      group_value: string;
      low: string;
      high: string;
    }>(
      `select g.indicator, g.period, any_value(g.value) as group_value, min(e.value) as low, max(e.value) as high
       from result.figure as g join result.figure as e using (indicator, period, basis)
       where g.entity = 'GROUP' and e.entity <> 'GROUP' and g.indicator in ('waste.recycling_rate', 'hr.headcount_women_share', 'pay.on_time_share', 'hs.ltifr')
         and g.status <> 'partial' and e.value is not null
       group by g.indicator, g.period, g.basis
       having count(*) filter (where e.status = 'suppressed') = 0`,
    );
    expect(ratios.length).toBeGreaterThan(20);
    for (const one of ratios) {
      expect(Number(one.group_value), JSON.stringify(one)).toBeGreaterThanOrEqual(Number(one.low) - 1e-9);
      expect(Number(one.group_value), JSON.stringify(one)).toBeLessThanOrEqual(Number(one.high) + 1e-9);
    }
    const apart = await warehouse.rows(
      `select g.measure, g.period, g.basis, g.value, sum(e.value) as parts from result.measure_value as g
       join result.measure_value as e using (measure, period, basis)
       where g.entity = 'GROUP' and e.entity <> 'GROUP' and g.measure in ('energy_total', 'waste_weight', 'water_withdrawn', 'hours_worked', 'training_hours')
       group by g.measure, g.period, g.basis, g.value having g.value <> sum(e.value)`,
    );
    expect(apart).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadFrameworks } from '../../pipelines/frameworks/load.ts';
import type { Catalogue } from '../../pipelines/indicators/catalogue.ts';
import { measuresOf, parseExpression } from '../../pipelines/indicators/expression.ts';
import { loadCatalogue } from '../../pipelines/indicators/load.ts';
import { measureRows } from '../../pipelines/indicators/measure-rows.ts';
import { tableColumns } from '../../pipelines/indicators/measure-values.ts';
import { loadContracts } from '../../pipelines/stage/contract.ts';
import { type Harmonised, harmonised } from './harmonised.ts';

const required =
  `energy.total energy.electricity energy.gas energy.renewable_share energy.self_generated energy.intensity_revenue
  ghg.s1.stationary ghg.s1.mobile ghg.s1.fugitive ghg.s1.total ghg.s2.location ghg.s2.market ghg.s12.market ghg.s3.c1_purchased
  ghg.s3.c3_energy ghg.s3.c4_upfreight ghg.s3.c5_waste ghg.s3.c6_travel ghg.s3.total ghg.intensity_revenue water.withdrawal
  water.consumption water.stress waste.total waste.hazardous waste.recycling_rate hr.headcount hr.headcount_women_share hr.fte
  hr.perm_share hr.parttime_share hr.hires hr.leavers hr.turnover hr.turnover_voluntary hr.top_mgmt_women hr.training_hours_avg
  hr.training_access hr.absenteeism hr.paygap_unadj hr.cba_cover hr.apprentices_share hs.accidents hs.ltifr hs.trir_esrs hs.severity
  hs.fatalities gov.anticorruption_training gov.board_women gov.discrimination gov.fines pay.avg_days pay.on_time_share
  proc.local_share proc.code_signed proc.sheltered fin.revenue inno.rd_share inno.rd_green_share ai.systems_inventoried
  ai.trained_share bcp.tested_share`.split(/\s+/);

describe('the declared catalogue', () => {
  let catalogue: Catalogue;
  let empty: Harmonised;
  beforeAll(async () => {
    catalogue = await loadCatalogue();
    empty = await harmonised();
  });
  afterAll(() => empty.close());

  test('holds the indicators promised', () => {
    const ids = catalogue.indicators.map((i) => i.id);
    expect(required.filter((id) => !ids.includes(id))).toEqual([]);
    expect(ids.length).toBeGreaterThanOrEqual(45);
  });

  test('has measures whose filter, value, key and date run on their table', async () => {
    const columns = await tableColumns(empty.warehouse);
    for (const measure of catalogue.measures) {
      expect(columns(measure.table).has('entity'), `${measure.id}: ${measure.table}`).toBe(true);
      const rows = await empty.rows<{ value: string | null }>(measureRows(measure, columns(measure.table)));
      // zero of a company that a law does not concern is the perimeter's, not a delivery's
      expect(
        rows.filter(({ value }) => Number(value) !== 0),
        measure.id,
      ).toEqual([]);
      if (measure.aggregation !== 'sum') expect(measure.key, measure.id).toBeDefined();
      if (measure.eliminate_intragroup)
        expect(columns(measure.table).has('intragroup'), measure.id).toBe(true);
    }
  });

  test('has measures that name contracts which exist', async () => {
    const contracts = await loadContracts();
    for (const measure of catalogue.measures) {
      expect(
        measure.contracts.filter((id) => !contracts.has(id)),
        measure.id,
      ).toEqual([]);
    }
  });

  test('uses each of its measures', () => {
    const used = new Set([
      ...catalogue.indicators.flatMap((i) =>
        [i.numerator, i.denominator].flatMap((t) => (t ? measuresOf(parseExpression(t)) : [])),
      ),
      ...catalogue.indicators.flatMap((i) => [i.population ?? []].flat()),
      ...catalogue.indicators.flatMap((i) => (i.applies ? [i.applies.measure] : [])),
      ...catalogue.reconciliations.flatMap((r) => [r.left.measure, r.right.measure]),
    ]);
    const forTraceOnly = ['heat_bought', 'vehicle_energy'];
    expect(
      catalogue.measures
        .map((m) => m.id)
        .filter((id) => !used.has(id))
        .sort(),
    ).toEqual(forTraceOnly.sort());
  });

  test('sets against each other measures of one unit, of two departments', () => {
    const unit = new Map(catalogue.measures.map((m) => [m.id, m.unit]));
    expect(catalogue.reconciliations.length).toBeGreaterThanOrEqual(9);
    for (const { id, left, right } of catalogue.reconciliations) {
      expect(unit.get(left.measure), id).toBe(unit.get(right.measure));
      expect(left.department, id).not.toBe(right.department);
    }
  });

  test('cites frameworks and versions that are described', async () => {
    const contracts = await loadContracts();
    const { frameworks } = await loadFrameworks(catalogue, new Set(contracts.keys()));
    const known = frameworks.map((f) => `${f.id} ${f.version}`);
    for (const indicator of catalogue.indicators) {
      for (const s of indicator.standards)
        expect(known, indicator.id).toContain(`${s.framework} ${s.version}`);
    }
  });

  test('protects small groups wherever it tells of people', () => {
    const people = new Set(catalogue.measures.filter((m) => m.people).map((m) => m.id));
    for (const indicator of catalogue.indicators) {
      const used = [indicator.numerator, indicator.denominator].flatMap((t) =>
        t ? measuresOf(parseExpression(t)) : [],
      );
      if (used.some((id) => people.has(id)))
        expect(indicator.suppress_below, indicator.id).toBeGreaterThanOrEqual(5);
    }
  });
});

describe('the data files', () => {
  let empty: Harmonised;
  beforeAll(async () => {
    empty = await harmonised({}, ['fuel']);
  });
  afterAll(() => empty.close());

  test('have one factor for an activity, part, unit, country and day', async () => {
    expect(
      await empty.rows(`select a.factor_id, b.factor_id as other from reference.factors as a join reference.factors as b
        on a.activity = b.activity and a.scope_part = b.scope_part and a.unit = b.unit and a.country is not distinct from b.country and (a.scope_part <> 'gwp' or a.gwp_set = b.gwp_set) and a.factor_id < b.factor_id
        and a.valid_from <= coalesce(b.valid_to, date '9999-12-31') and b.valid_from <= coalesce(a.valid_to, date '9999-12-31')`),
    ).toEqual([]);
    expect(
      await empty.rows('select factor_id from reference.factors group by factor_id having count(*) > 1'),
    ).toEqual([]);
  });

  test('weigh the warming potential of a blend by its composition, in each assessment report', async () => {
    const rows = await empty.rows<{ activity: string; gwp_set: string; value: string }>(
      "select activity, gwp_set, value_kgco2e::varchar as value from reference.factors where scope_part = 'gwp'",
    );
    const potential = (fluid: string, set: string) =>
      Number(rows.find((r) => r.activity === `refrigerant_${fluid}` && r.gwp_set === set)?.value);
    // per cent of mass, ANSI/ASHRAE 34
    const blends = {
      'R-404A': { 'R-125': 44, 'R-143A': 52, 'R-134A': 4 },
      'R-407C': { 'R-32': 23, 'R-125': 25, 'R-134A': 52 },
      'R-410A': { 'R-32': 50, 'R-125': 50 },
      'R-507A': { 'R-125': 50, 'R-143A': 50 },
    };
    for (const set of ['AR4', 'AR5', 'AR6']) {
      for (const [blend, parts] of Object.entries(blends)) {
        const weighed = Object.entries(parts).reduce((sum, [f, share]) => sum + potential(f, set) * share, 0);
        // shown to the unit, or not rounded
        expect(Math.abs(potential(blend, set) - weighed / 100), `${blend} ${set}`).toBeLessThanOrEqual(0.5);
      }
    }
  });

  test('name a source for every factor, price, treatment and rate', async () => {
    for (const table of [
      'factors',
      'fuels',
      'fuel_products',
      'fx',
      'units',
      'unit_prices',
      'spend_families',
      'waste_treatments',
      'waste_natures',
      'constants',
      'energy_mix',
      'refrigerants',
      'scope3_screening',
    ]) {
      expect(
        await empty.rows(`select * from reference.${table} where coalesce(source, '') = ''`),
        table,
      ).toEqual([]);
    }
  });

  test('say in French each source that a report or a trace shows', async () => {
    for (const table of ['factors', 'fuels', 'fx', 'units', 'constants']) {
      expect(
        await empty.rows(`select * from reference.${table} where coalesce(source_fr, '') = ''`),
        table,
      ).toEqual([]);
    }
    // words that only English has, in what was to be French
    expect(
      await empty.rows(
        "select factor_id, source_fr from reference.factors where regexp_matches(replace(source_fr, 'Association of Issuing Bodies', ''), '\\b(of|less|from|where|quoted|line|recalled|derived|not|and)\\b')",
      ),
    ).toEqual([]);
  });

  test('have one rate a currency and day, one unit conversion, one fuel a product', async () => {
    expect(
      await empty.rows(`select a.currency, a.valid_from from reference.fx as a join reference.fx as b
        on a.currency = b.currency and a.row_number < b.row_number and a.valid_from <= b.valid_to and b.valid_from <= a.valid_to`),
    ).toEqual([]);
    expect(
      await empty.rows(
        'select unit, to_unit from reference.units group by unit, to_unit having count(*) > 1',
      ),
    ).toEqual([]);
    expect(
      await empty.rows('select product from reference.fuel_products group by product having count(*) > 1'),
    ).toEqual([]);
    expect(
      await empty.rows('select prefix from reference.spend_families group by prefix having count(*) > 1'),
    ).toEqual([]);
  });

  test('have a monetary factor for every branch that purchases are mapped to', async () => {
    expect(
      await empty.rows(`select f.prefix from reference.spend_families as f
        left join reference.factors as x on x.activity = 'spend_' || f.nace and x.country is null
        where f.nace is not null and x.factor_id is null`),
    ).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Decimal } from 'decimal.js';
import ExcelJS from 'exceljs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Datapoint } from '../../pipelines/frameworks/framework.ts';
import { type FrameworkLibrary, loadFrameworks, versionKey } from '../../pipelines/frameworks/load.ts';
import type { Catalogue } from '../../pipelines/indicators/catalogue.ts';
import type { MeasureValue } from '../../pipelines/indicators/figure.ts';
import { computeFigure } from '../../pipelines/indicators/figures.ts';
import { loadCatalogue } from '../../pipelines/indicators/load.ts';
import { loadContracts } from '../../pipelines/stage/contract.ts';

/**
 * The facts of EFRAG's filled sample of the VSME digital template 1.2.0 (Digital-Template-to-XBRL-Converter,
 * commit 56114ee, tests/unitTests/xlsx_template_reader/snapshots/vsme-1.2.0-facts.json, MIT).
 */
interface Fact {
  readonly concept: string;
  readonly value: string;
  readonly aspects: Readonly<Record<string, string>>;
}
const path = new URL('../../../shared/data/esg-reports/vsme-1.2.0-facts.json', import.meta.url);
const templatePath = new URL(
  '../../../shared/data/esg-reports/VSME-Digital-Template-1.3.0.xlsx',
  import.meta.url,
);
const { facts } = JSON.parse(readFileSync(path, 'utf8')) as { facts: Fact[] };
const numeric = facts.filter(({ aspects }) => 'decimals' in aspects || 'units' in aspects);
const nameOf = ({ concept }: Fact) => concept.replace(/^vsme:/, '');
/** The value of the reporting year, without a breakdown. */
const fact = (name: string): string => {
  const found = numeric.find(
    (one) => nameOf(one) === name && !Object.keys(one.aspects).some((key) => key.endsWith('Axis')),
  );
  if (!found) throw new Error(`no fact ${name}`);
  return found.value;
};

let catalogue: Catalogue;
let library: FrameworkLibrary;
beforeAll(async () => {
  catalogue = await loadCatalogue();
  library = await loadFrameworks(catalogue, new Set((await loadContracts()).keys()));
});
const datapoints = (version: string): readonly Datapoint[] =>
  library.datapoints.get(versionKey('VSME', version)) ?? [];

describe('the VSME template of EFRAG', () => {
  test('has 60 numeric concepts in its sample, each a datapoint of both versions', () => {
    const names = [...new Set(numeric.map(nameOf))].sort();
    expect(names).toHaveLength(60);
    for (const version of ['2025', '2026']) {
      const known = new Set(datapoints(version).flatMap((one) => one.concepts));
      expect(
        names.filter((name) => !known.has(name)),
        version,
      ).toEqual([]);
    }
  });

  test('each quantity of both modules has an indicator, or the source that it waits for', () => {
    const all = datapoints('2025');
    expect(new Set(all.map((one) => one.module))).toEqual(new Set(['basic', 'comprehensive']));
    for (const one of all) {
      expect(one.by.length + one.needs.length, one.id).toBeGreaterThan(0);
      if (one.by.length === 0 || one.lacks) expect(one.needs.length, one.id).toBeGreaterThan(0);
    }
    // what waits: nothing of the catalogue brings it
    expect(all.filter((one) => one.by.length === 0).map((one) => one.id)).toMatchInlineSnapshot(`
      [
        "B1.assets",
        "B2.social_economy",
        "B5.nature_off",
        "B7.volumes",
        "B7.materials_volume",
        "C8.weapons",
        "C8.tobacco",
        "C8.coal",
        "C8.oil",
        "C8.gas",
        "C8.fossil",
        "C8.chemicals",
      ]
    `);
  });

  test('the paragraph of each datapoint marked as checked is that of the template, where the template has one', async () => {
    const workbook = new ExcelJS.Workbook();
    await workbook.xlsx.readFile(fileURLToPath(templatePath));
    const ranges = new Map(workbook.definedNames.model.map((one) => [one.name, one.ranges[0] ?? '']));
    /** column A, `Paragraph Reference`, of the row where a concept is filled in */
    const paragraphOf = (concept: string) => {
      const [, sheet, row] = /^'([^']+)'!\$[A-Z]+\$(\d+)/.exec(ranges.get(concept) ?? '') ?? [];
      const cell = sheet ? workbook.getWorksheet(sheet)?.getCell(`A${row}`).text : '';
      return /^\d/.test(String(cell)) ? String(cell) : undefined;
    };
    const compared = datapoints('2025').flatMap((one) =>
      one.concepts.flatMap((concept) => {
        const theirs = paragraphOf(concept);
        return theirs === undefined
          ? []
          : [{ id: one.id, ours: one.paragraph, theirs, certainty: one.certainty }];
      }),
    );
    expect(compared.length).toBeGreaterThanOrEqual(19);
    for (const { id, ours, theirs, certainty } of compared) {
      expect(ours, id).toBe(theirs);
      expect(certainty, id).toBe('confirmed');
    }
  });

  test('the paragraphs of C3 are those of the heads of its tables in the template', async () => {
    const workbook = new ExcelJS.Workbook();
    await workbook.xlsx.readFile(fileURLToPath(templatePath));
    const head = (cell: string) =>
      workbook.getWorksheet('Environmental Disclosures')?.getCell(cell).text.trim();
    // scope 3 and the totals with it; base and target values, reduction between them
    expect(['C27', 'G17', 'J17', 'K17'].map(head)).toEqual(['50-53', '54(b)', '54(a)', '54(d)']);
    const paragraph = (id: string) => datapoints('2025').find((one) => one.id === id)?.paragraph;
    expect(paragraph('C3.s3')).toBe('50-53');
    expect(paragraph('C3.targets')).toBe('54');
  });

  test('the intensity of all scopes is what the template works out, a million times: tonnes a euro there', () => {
    const indicator = catalogue.indicators.find((one) => one.id === 'ghg.intensity_total_location');
    if (!indicator) throw new Error('no such indicator');
    const told: Record<string, string> = {
      emissions_total_location: fact('TotalGrossLocationBasedGHGEmissions'),
      revenue: fact('Turnover'),
    };
    const figure = computeFigure(
      indicator,
      (measure) =>
        ({
          measure,
          value: told[measure],
          coverage: 1,
          unvalued: 0,
          estimatedShare: 0,
        }) as unknown as MeasureValue,
      { entity: 'GROUP', period: '2025-Q4', basis: 'ttm' },
    );
    const theirs = new Decimal(fact('TotalLocationBasedGreenhouseGasEmissionsIntensityValue')).times(
      1_000_000,
    );
    // 350 tCO2e over 235,000 EUR
    expect(Number(figure.value)).toBeCloseTo(theirs.toNumber(), 6);
    expect(Number(figure.value)).toBeCloseTo(1489.361702, 6);
  });
});

import { shiftQuarter } from '../../pipelines/configuration/period.ts';
import { type Basis, GROUP, type MeasureValue } from '../../pipelines/indicators/figure.ts';
import { computeFigures } from '../../pipelines/indicators/figures.ts';
import { loadCatalogue } from '../../pipelines/indicators/load.ts';
import type { ReportContent } from '../../pipelines/report/content.ts';
import { sampleContent } from '../report/content-fixture.ts';

const rowsAMeasure = 40;

/**
 * Content of a report on a group of so many companies, without a run: every measure of the catalogue, with a value of
 * its own in each company, this quarter and the year before, the figures that follow by the real rules, and as many
 * contributing rows of each measure as a run gathers.
 */
export async function groupContent(companies: number): Promise<ReportContent> {
  const content = sampleContent('fr');
  const catalogue = await loadCatalogue(undefined);
  const [first] = content.entities;
  if (!first) throw new Error('the fixture has no entity');
  const entities = Array.from({ length: companies }, (_, place) => {
    const id = `C${String(place + 1).padStart(4, '0')}`;
    return { ...first, id, name: `Société ${id}`, siren: null, parent: null };
  });
  const { period } = content.run;
  const measures = catalogue.measures.flatMap((measure, m) =>
    [period, shiftQuarter(period, -4)].flatMap((at, earlier) =>
      (['quarter', 'ttm'] as const).flatMap((basis) => {
        const own = entities.map((entity, place) =>
          measured(measure.id, entity.id, at, basis, 1000 + ((place * 7919 + m * 104_729) % 9001) + earlier),
        );
        const sum = own.reduce((total, { value }) => total + Number(value), 0);
        return [measured(measure.id, GROUP, at, basis, sum), ...own];
      }),
    ),
  );
  return {
    ...content,
    catalogue,
    entities,
    measures,
    figures: computeFigures(catalogue, measures),
    methods: {},
    origins: [],
    contributions: catalogue.measures
      .filter((measure) => measure.opens === 'rows')
      .map((measure) => ({
        measure: measure.id,
        period,
        basis: 'quarter',
        total: 1_000_000,
        command: `concordance trace out/${period}/latest ${measure.id} --csv`,
        rows: Array.from({ length: rowsAMeasure }, (_, place) => ({
          line: null,
          entity: entities[place % companies]?.id ?? first.id,
          site: null,
          date: content.run.to,
          contribution: String(100_000 - place * 17),
          share: '1',
          quality: 'measured',
          extract: `extract-${place}`,
          row: place + 1,
          last_row: null,
          detail: `compteur 3000${place}`,
        })),
      })),
  };
}

function measured(
  measure: string,
  entity: string,
  period: string,
  basis: Basis,
  value: number,
): MeasureValue {
  return {
    measure,
    entity,
    period,
    basis,
    value: String(value),
    divisor: 1,
    rows: 12,
    unvalued: 0,
    coverage: 1,
    estimatedShare: 0,
  };
}

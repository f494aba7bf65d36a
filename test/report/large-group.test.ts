import { expect, test } from 'vitest';
import { templatesFolder } from '../../pipelines/places.ts';
import { renderBoardHtml } from '../../pipelines/report/board/board.ts';
import type { ReportContent } from '../../pipelines/report/content.ts';
import { sampleContent } from './content-fixture.ts';

/** The fixture's group with so many more companies, each with a line of every reconciliation that differs. */
function largeGroup(companies: number): ReportContent {
  const content = sampleContent('en');
  const [first] = content.entities;
  const [line] = content.reconciliations.filter(({ status }) => status === 'differs');
  if (!first || !line) throw new Error('the fixture has no company or no gap');
  const ids = Array.from({ length: companies }, (_, place) => `X${String(place).padStart(3, '0')}`);
  const headcount = content.figures.find(
    ({ indicator, period }) => indicator === 'workforce.headcount' && period === content.run.period,
  );
  const people = content.catalogue.indicators.find(({ id }) => id === 'workforce.headcount');
  if (!headcount || !people) throw new Error('the fixture has no headcount');
  return {
    ...content,
    // under the id that the layout chooses companies by
    catalogue: {
      ...content.catalogue,
      indicators: [...content.catalogue.indicators, { ...people, id: 'hr.headcount' }],
    },
    entities: [
      ...content.entities,
      ...ids.map((id) => ({ ...first, id, name: `Company ${id}`, parent: null })),
    ],
    figures: [
      ...content.figures,
      // the last of them are the largest
      ...ids.map((entity, place) => ({
        ...headcount,
        indicator: 'hr.headcount',
        entity,
        value: String(1000 + place),
        status: 'complete' as const,
      })),
    ],
    reconciliations: [
      ...content.reconciliations,
      // the first of them weigh most
      ...ids.map((entity, place) => ({
        ...line,
        entity,
        gap: String(1_000_000 - place * 1000),
        left: { ...line.left, value: '2000000' },
        right: { ...line.right, value: String(1_000_000 + place * 1000) },
      })),
    ],
  };
}

const companiesIn = (html: string) =>
  new Set([...html.matchAll(/Company (X\d{3})/g)].map(([, id]) => id as string));

test('of a large group the board reads what weighs most, and says what the workbook has besides', async () => {
  const html = await renderBoardHtml(largeGroup(70), templatesFolder);
  const section = (id: string) =>
    html.slice(html.indexOf(`id="${id}"`), html.indexOf('<section', html.indexOf(`id="${id}"`)));
  const alignment = section('alignment');
  const lines = alignment.slice(0, alignment.indexOf('class="difference"'));
  const gaps = alignment.slice(alignment.indexOf('class="difference"'));
  expect(companiesIn(lines).size).toBeLessThanOrEqual(40);
  expect(companiesIn(lines)).toContain('X000');
  expect(companiesIn(lines)).not.toContain('X069');
  expect(lines).toMatch(/\d+\smore companies.{1,8}comparisons, which do not agree and weigh less,/);
  expect(gaps.split('class="difference"').length - 1).toBeLessThanOrEqual(12);
  expect(companiesIn(gaps)).toContain('X000');
  expect(gaps).toMatch(/\d+\smore gaps, which weigh less,/);

  const entities = section('entities');
  expect(companiesIn(entities).size).toBe(30);
  expect(companiesIn(entities)).toContain('X069');
  expect(companiesIn(entities)).not.toContain('X000');
  expect(entities).toMatch(/the\s30\swith the largest figure of/);
});

test('a group of few companies is told whole', async () => {
  const html = await renderBoardHtml(largeGroup(5), templatesFolder);
  expect(companiesIn(html).size).toBe(5);
  expect(html).not.toMatch(/weigh less|are compared; all of them/);
});

import { describe, expect, it } from 'vitest';
import type { Indicator } from '../../pipelines/indicators/catalogue.ts';
import type { Figure } from '../../pipelines/indicators/figure.ts';
import type { Standing } from '../../pipelines/objectives/objective.ts';
import { templatesFolder } from '../../pipelines/places.ts';
import { bridgeChart } from '../../pipelines/report/board/charts/bridge.ts';
import { emissionsChart } from '../../pipelines/report/board/charts/emissions.ts';
import { entityMultiples } from '../../pipelines/report/board/charts/multiples.ts';
import { palette } from '../../pipelines/report/board/charts/palette.ts';
import { payGapChart } from '../../pipelines/report/board/charts/pay-gap.ts';
import { textWidth, wrapped } from '../../pipelines/report/board/charts/text-width.ts';
import { trajectoryChart } from '../../pipelines/report/board/charts/trajectory.ts';
import { type FigureBook, openFigures } from '../../pipelines/report/board/figure-book.ts';
import { readLayout } from '../../pipelines/report/board/layout.ts';
import { voiceOf } from '../../pipelines/report/board/voice.ts';
import { sampleContent } from './content-fixture.ts';

const scale = { power: 0, unit: 'MWh', decimals: 0 };
const content = sampleContent('fr');
const book = openFigures(content);

/** An energy objective with a value a quarter, as text or null, up to 2026-Q3. */
function standing(values: readonly (string | null)[], forecast: Standing['forecast'] = null): Standing {
  const sample = content.objectives[0] as Standing;
  const periods = [
    '2025-Q4',
    '2026-Q1',
    '2026-Q2',
    '2026-Q3',
    '2026-Q4',
    '2027-Q1',
    '2027-Q2',
    '2027-Q3',
    '2027-Q4',
  ];
  return {
    ...sample,
    status: 'drifting',
    value: values.at(-1) ?? null,
    expected: '950',
    forecast,
    objective: {
      ...sample.objective,
      label: { fr: 'Énergie', en: 'Energy' },
      baseline: { period: '2025-Q4', value: 1000 },
      target: { period: '2027-Q4', value: 800 },
    },
    points: periods.map((period, index) => ({
      period,
      actual: values[index] ?? null,
      expected: String(1000 - index * 25),
    })),
  };
}
const forecast = {
  value: '880',
  low: '850',
  high: '910',
  method: 'drift_80' as const,
  points: 5,
  changes: 4,
  drift: '-20',
  lags: 1,
  far: false,
};

describe('the trajectory of an objective', () => {
  it('names its value, its target and its forecast on the drawing, in the language of the report', async () => {
    const voice = await voiceOf('fr', templatesFolder);
    const chart = await trajectoryChart(
      standing(['1000', '990', '985', '1980'], forecast),
      scale,
      'one',
      voice,
    );
    const text = texts(chart?.svg.html ?? '');
    expect(text).toContain('1\u202f980\u00a0MWh');
    expect(text).toContain('Cible');
    expect(text).toContain('800\u00a0MWh');
    expect(text).toContain('880\u00a0MWh');
  });

  it('says its finding in words, with the interval of the forecast', async () => {
    const voice = await voiceOf('en', templatesFolder);
    const chart = await trajectoryChart(
      standing(['1000', '990', '985', '980'], forecast),
      scale,
      'one',
      voice,
    );
    expect(chart?.alternative.replaceAll('\u00a0', ' ')).toBe(
      'Energy: 980 MWh where 950 MWh was expected, drifting from the target of 800 MWh at Q4 2027. ' +
        'Going on at that pace leads to 880 MWh, between 850 MWh and 910 MWh.',
    );
  });

  it('draws no band where there is no forecast, and says why', async () => {
    const voice = await voiceOf('fr', templatesFolder);
    const chart = await trajectoryChart(standing(['1000', '990', null, '980']), scale, 'one', voice);
    expect(chart?.svg.html).not.toContain(`fill="${palette.band}"`);
    expect(chart?.alternative).toContain('Trop peu de points');
  });

  it('marks a quarter without value instead of bridging it', async () => {
    const voice = await voiceOf('fr', templatesFolder);
    const chart = await trajectoryChart(standing(['1000', '990', null, '980']), scale, 'one', voice);
    expect(texts(chart?.svg.html ?? '')).toContain('n.d.');
    // two runs of points, so that no line joins 990 to 980
    const lines = [
      ...(chart?.svg.html ?? '').matchAll(/<path d="([^"]*)" stroke="var\(--accent\)" stroke-width="2.4"/g),
    ];
    expect(lines.length).toBe(2);
  });

  it('is not drawn where no value is known', async () => {
    const voice = await voiceOf('fr', templatesFolder);
    expect(await trajectoryChart(standing([null, null, null, null]), scale, 'one', voice)).toBeNull();
  });

  it('is the same text when drawn twice', async () => {
    const voice = await voiceOf('fr', templatesFolder);
    const draw = async () =>
      (await trajectoryChart(standing(['1000', '990', '985', '980'], forecast), scale, 'one', voice))?.svg
        .html;
    expect(await draw()).toBe(await draw());
  });
});

describe('emissions by scope', () => {
  const scopes = ['ghg.scope1', 'ghg.scope2_market'].flatMap((id) =>
    content.catalogue.indicators.filter((i) => i.id === id),
  );

  it('names the parts and the largest of them in words', async () => {
    const voice = await voiceOf('fr', templatesFolder);
    const chart = await emissionsChart(scopes, book, 'emissions', voice);
    expect(chart?.alternative).toContain('T3\u00a02026');
    for (const scope of scopes) expect(chart?.alternative).toContain(scope.label.fr);
  });

  it('is not drawn for one scope alone', async () => {
    const voice = await voiceOf('fr', templatesFolder);
    expect(await emissionsChart(scopes.slice(0, 1), book, 'emissions', voice)).toBeNull();
  });
});

describe('small charts by entity', () => {
  it('hold the text of a hostile name as text', async () => {
    const voice = await voiceOf('fr', templatesFolder);
    const energy = content.catalogue.indicators.find((i) => i.id === 'energy.total');
    const entities = [
      { id: 'ORV', name: `<script>alert('x')</script> & "co"` },
      { id: 'OFR', name: 'B' },
    ];
    const chart = await entityMultiples(
      energy as NonNullable<typeof energy>,
      'quarter',
      entities,
      book,
      'm',
      voice,
    );
    expect(chart?.svg.html).not.toContain('<script');
    expect(chart?.svg.html).toContain('&lt;script&gt;');
  });
});

describe('a value that was restated', () => {
  it('is marked as it was published, in its quarter, and told in words', async () => {
    const chart = await trajectoryChart(
      standing(['1000', '990', '985', '980']),
      scale,
      'r',
      await voiceOf('fr', templatesFolder),
      'high',
      [
        { period: '2026-Q2', before: '905' },
        // before the first quarter of the line
        { period: '2019-Q1', before: '7777' },
      ],
    );
    const said = texts(chart?.svg.html ?? '').replace(/\s/g, ' ');
    expect(said).toContain('publié : 905 MWh');
    expect(said).not.toContain('7 777');
    expect(chart?.alternative.replace(/\s/g, ' ')).toContain('T2 2026 a été retraité ; publié : 905 MWh.');
  });
});

describe('the bridge from one year to the next', () => {
  const facts = {
    measure: 'scope12_market',
    against: 'year_before' as const,
    basis: 'ttm' as const,
    entity: 'GROUP',
    group: '',
    before: '100',
    perimeter: '5',
    factor: '-2',
    method: '0',
    activity: '-73',
    after: '30',
  };
  const drawn = async (more: object = {}) =>
    bridgeChart({ ...facts, ...more }, '2026-Q3', 'Scopes 1 et 2', 'b', await voiceOf('fr', templatesFolder));

  it('draws both totals and what each cause did, and says so in words', async () => {
    const chart = await drawn();
    for (const label of [
      'T3 2025',
      '100',
      'Périmètre',
      '+5',
      'Facteurs',
      '−2',
      'Activité',
      '−73',
      'T3 2026',
      '30',
    ])
      expect(
        texts(chart?.svg.html ?? '')
          .replace(/\s/g, ' ')
          .split('|'),
      ).toContain(label);
    expect(chart?.alternative.replace(/\s/g, ' ')).toMatch(
      /100 tCO₂e à T3 2025, 30 à T3 2026.*Périmètre \+5.*La plus grande : Activité/,
    );
  });

  it('cuts bars whose causes would not be seen, marks the cut and says it; the others begin at zero', async () => {
    expect((await drawn())?.title).not.toContain('coupés');
    expect(texts((await drawn())?.svg.html ?? '')).not.toContain('≈');
    const thin = await drawn({ activity: '-13', after: '90' });
    expect(thin?.title).toContain('coupés');
    expect(texts(thin?.svg.html ?? '').match(/≈/g)).toHaveLength(2);
  });

  it('is not drawn where nothing changed', async () => {
    expect(await drawn({ perimeter: '0', factor: '0', activity: '0', after: '100' })).toBeNull();
  });
});

describe('pay of women and men', () => {
  const named = (id: string, label: string) =>
    ({ id, label: { fr: label, en: label }, unit: '%', decimals: 1, bases: ['ttm'] }) as unknown as Indicator;
  const indicators = [
    named('hr.paygap_mean', 'A · Écart moyen'),
    named('hr.paygap_median', 'C · Écart médian'),
    ...[1, 2, 3, 4].map((n) => named(`hr.quartile_${n}_women`, `F · Quartile ${n}`)),
  ];
  const values = new Map([
    ['hr.paygap_mean', '8.84'],
    ['hr.paygap_median', '-1.2'],
    ['hr.quartile_1_women', '52'],
    ['hr.quartile_2_women', '40'],
    ['hr.quartile_3_women', '30'],
    ['hr.quartile_4_women', '20.5'],
  ]);
  const bookOf = (hidden: string | null): FigureBook => ({
    ...book,
    indicator: (id) => indicators.find((one) => one.id === id),
    figure: (id) =>
      ({ value: values.get(id) ?? null, status: id === hidden ? 'suppressed' : 'complete' }) as Figure,
  });
  const drawn = async (hidden: string | null = null) =>
    payGapChart(await readLayout(templatesFolder), bookOf(hidden), 'p', await voiceOf('fr', templatesFolder));

  it('draws each known gap and the share of women in each quarter of the scale, in their order', async () => {
    const chart = await drawn();
    const said = texts(chart?.svg.html ?? '').replace(/\s/g, ' ');
    for (const label of ['Écart moyen', '8,8 %', 'Écart médian', '−1,2 %', 'Quartile 1', '52,0 %', '20,5 %'])
      expect(said).toContain(label);
    expect(said.indexOf('Quartile 1')).toBeLessThan(said.indexOf('Quartile 4'));
    expect(chart?.alternative.replace(/\s/g, ' ')).toMatch(/Part des femmes : 52,0 % .*20,5 %/);
  });

  it('is not drawn where a quarter of the scale is suppressed', async () => {
    expect(await drawn('hr.quartile_3_women')).toBeNull();
  });
});

describe('the palette', () => {
  it('tells the parts of a pile apart in grey: each is at least a fifth lighter than the one before', () => {
    const lightness = palette.parts.map((color) => {
      const [red, green, blue] = [1, 3, 5].map(
        (at) => Number.parseInt(color.slice(at, at + 2), 16) / 255,
      ) as [number, number, number];
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    });
    for (let index = 1; index < 3; index += 1) {
      expect((lightness[index] as number) - (lightness[index - 1] as number)).toBeGreaterThan(0.2);
    }
  });
});

describe('texts in a chart', () => {
  it('are broken between words where they would be too wide', () => {
    const lines = wrapped('Émissions de scope 2, base marché', 10, 100);
    expect(lines.join(' ')).toBe('Émissions de scope 2, base marché');
    for (const line of lines) expect(textWidth(line, 10)).toBeLessThanOrEqual(100);
  });
});

/** What a reader sees of an SVG: its texts, subscripts joined. */
function texts(svg: string): string {
  return [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/gs)]
    .map((found) => (found[1] ?? '').replace(/<[^>]*>/g, ''))
    .join('|');
}

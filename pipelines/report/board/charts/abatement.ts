import type { TopLevelSpec } from 'vega-lite';
import type { Arbitration } from '../../../alignment/arbitration/arbitrate.ts';
import { number, quantity, unitName } from '../../format.ts';
import type { Voice } from '../voice.ts';
import { type Chart, draw } from './draw.ts';
import { palette } from './palette.ts';

/** What a tonne avoided costs, action by action, the cheapest first; null with fewer than two. */
export async function abatementChart(
  arbitration: Arbitration,
  id: string,
  voice: Voice,
): Promise<Chart | null> {
  const { language } = voice;
  const { currency } = arbitration.problem;
  const bars = arbitration.ranking
    .flatMap(({ option, abatementCost, chosen }) =>
      abatementCost ? [{ option, chosen, cost: abatementCost }] : [],
    )
    .sort((a, b) => Number(a.cost.each) - Number(b.cost.each) || (a.option.id < b.option.id ? -1 : 1))
    .map(({ option, chosen, cost }, rank) => ({
      rank,
      name: `${chosen ? '✔ ' : ''}${voice.prose(option.name)}`,
      each: Number(cost.each),
      label: voice.say('arbitration.bar', {
        each: quantity(cost.each, `${currency}/tCO2e`, 0, language),
        tonnes: number(cost.tonnes, Number(cost.tonnes) < 10 ? 1 : 0, language),
      }),
    }));
  if (bars.length < 2) return null;
  const low = Math.min(0, ...bars.map((bar) => bar.each));
  const high = Math.max(0, ...bars.map((bar) => bar.each));
  const reach = high - low || 1;
  const domain = [low - reach * 0.05, high + reach * 0.6];
  const y = {
    field: 'name',
    type: 'nominal',
    sort: { field: 'rank' },
    title: null,
    axis: { domain: false, ticks: false, labelLimit: 230, labelColor: palette.ink },
  };
  const x = {
    type: 'quantitative',
    scale: { domain, nice: false },
    title: voice.say('arbitration.axis', { unit: unitName(`${currency}/tCO2e`, language) }),
    axis: { tickCount: 5, format: ',.0f' },
  };
  const spec = {
    width: 400,
    height: { step: 26 },
    data: { values: bars },
    layer: [
      {
        mark: { type: 'bar', height: 13, color: palette.accent },
        encoding: { y, x: { ...x, field: 'each' } },
      },
      {
        mark: { type: 'text', align: 'left', dx: 5 },
        transform: [{ calculate: 'max(datum.each, 0)', as: 'end' }],
        encoding: { y, x: { ...x, field: 'end' }, text: { field: 'label' } },
      },
    ],
  };
  return {
    svg: await draw(spec as unknown as TopLevelSpec, id, language),
    alternative: voice.say('arbitration.chart_alternative', {
      all: bars.map((bar) => `${bar.name.replace('✔ ', '')} ${bar.label}`).join(' ; '),
    }),
  };
}

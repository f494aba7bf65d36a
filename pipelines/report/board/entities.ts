import { Decimal } from 'decimal.js';
import type { Indicator } from '../../indicators/catalogue.ts';
import { GROUP } from '../../indicators/figure.ts';
import type { ReportContent } from '../content.ts';
import { quarter } from '../format.ts';
import { cellOf, indicatorScale } from './cell.ts';
import { entityMultiples } from './charts/multiples.ts';
import type { FigureBook } from './figure-book.ts';
import { largest } from './largest.ts';
import type { Layout } from './layout.ts';
import { pillars } from './pillars.ts';
import type { Voice } from './voice.ts';

/** Entities beside each other in one table, the group before them. */
const columns = 6;

/** The group's figures split by entity: small charts, then the material indicators in tables that fit the page. */
export async function arrangeEntities(
  content: ReportContent,
  book: FigureBook,
  layout: Layout,
  voice: Voice,
) {
  const told = new Set(content.figures.map((figure) => figure.entity));
  const all = content.entities.filter((entity) => entity.method !== 'excluded' && told.has(entity.id));
  const by = book.indicator(layout.entities.by);
  // companies without the figure come last
  const entities = largest(all, layout.entities.most, ({ id }) => {
    const figure = by && book.figure(by.id, by.bases[0] ?? 'quarter', book.period, id);
    return new Decimal(figure?.value ?? '-Infinity');
  });
  const chosen =
    entities.length < all.length
      ? voice.say(by ? 'entities.largest' : 'entities.first', {
          shown: entities.length,
          all: all.length,
          indicator: by ? voice.label(by.label) : '',
        })
      : '';
  const material = book.indicators.filter((i) => i.material);
  const shown = pillars.flatMap((pillar) =>
    (material.length > 0 ? material : book.indicators).filter((i) => i.pillar === pillar),
  );
  const charts = [];
  for (const id of layout.multiples) {
    const indicator = book.indicators.find((i) => i.id === id);
    if (!indicator || charts.length === 3) continue;
    const basis = indicator.bases[0] ?? 'quarter';
    const chart = await entityMultiples(
      indicator,
      basis,
      entities,
      book,
      `multiples-${charts.length + 1}`,
      voice,
    );
    if (!chart) continue;
    charts.push({
      title: voice.say('entities.chart', {
        indicator: voice.label(indicator.label),
        unit:
          indicatorScale(
            indicator,
            entities.map((e) => book.figure(indicator.id, basis, book.period, e.id)),
            voice,
          ).unit || voice.word('number'),
        basis: voice.word(`bases.${basis}`),
      }),
      chart: chart.svg,
      alternative: chart.alternative,
    });
  }
  const tables = [];
  for (let from = 0; from < entities.length; from += columns) {
    const beside = entities.slice(from, from + columns);
    tables.push({
      caption: voice.say('entities.caption', { period: quarter(book.period, voice.language) }),
      indicator: voice.say('pillar.indicator'),
      basis: voice.say('entities.basis'),
      heads: [voice.word('group_title'), ...beside.map((entity) => entity.name)],
      rows: shown.map((indicator) =>
        row(indicator, [GROUP, ...beside.map((entity) => entity.id)], book, voice),
      ),
    });
  }
  const lead = [voice.say('entities.lead'), chosen].filter(Boolean).join(' ');
  return { title: voice.say('entities.title'), lead, charts, tables };
}

function row(indicator: Indicator, entities: readonly string[], book: FigureBook, voice: Voice) {
  const basis = indicator.bases[0] ?? 'quarter';
  const figures = entities.map((entity) => book.figure(indicator.id, basis, book.period, entity));
  const scale = indicatorScale(indicator, figures, voice);
  return {
    label: voice.label(indicator.label),
    unit: scale.unit,
    basis: voice.word(`bases_short.${basis}`),
    cells: figures.map((figure) => cellOf(figure, scale, voice)),
  };
}

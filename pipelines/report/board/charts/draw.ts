import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Language } from '../../content.ts';
import { fontFamily } from '../fonts.ts';
import { Markup } from '../template.ts';
import { palette } from './palette.ts';
import { textWidth } from './text-width.ts';

/** A chart for the page: its drawing, and the finding that it shows, said in words for who does not see it. */
export interface Chart {
  readonly svg: Markup;
  readonly alternative: string;
}

/** Nothing is loaded while a chart is drawn: its data are in it. */
const sealedLoader = {
  load: () => Promise.reject(new Error('a chart loads nothing')),
  sanitize: () => Promise.reject(new Error('a chart links to nothing')),
  http: () => Promise.reject(new Error('a chart loads nothing')),
  file: () => Promise.reject(new Error('a chart loads nothing')),
};

const digits: Readonly<
  Record<Language, { decimal: string; thousands: string; grouping: number[]; currency: [string, string] }>
> = {
  fr: { decimal: ',', thousands: '\u202f', grouping: [3], currency: ['', '\u00a0€'] },
  en: { decimal: '.', thousands: ',', grouping: [3], currency: ['€', ''] },
};

// without a canvas Vega takes every character for a wide one, and leaves room for texts that are not there
const metrics = (
  vega as unknown as { textMetrics: { width: (item: { fontSize?: number }, text: unknown) => number } }
).textMetrics;
metrics.width = (item, text) => textWidth(String(text ?? ''), item.fontSize ?? 11);

/** Drawings by all that makes them: the workbook shows charts of the report, which are not drawn again. */
const drawn = new Map<string, Promise<Markup>>();

/** Draws a Vega-Lite specification as SVG, without browser or canvas; the same specification gives the same text. */
export function draw(spec: TopLevelSpec, id: string, language: Language): Promise<Markup> {
  const key = JSON.stringify([spec, id, language]);
  const drawing = drawn.get(key) ?? drawNew(spec, id, language);
  drawn.set(key, drawing);
  return drawing;
}

async function drawNew(spec: TopLevelSpec, id: string, language: Language): Promise<Markup> {
  const compiled = compile(
    {
      background: 'transparent',
      padding: 2,
      ...spec,
      config: { ...theme, ...spec.config, locale: { number: digits[language] } },
    },
    { logger: silent },
  );
  const view = new vega.View(vega.parse(compiled.spec), {
    renderer: 'none',
    loader: sealedLoader,
    logger: silent,
  });
  try {
    return new Markup(settled(await view.toSVG(), id));
  } finally {
    view.finalize();
  }
}

const silent = {
  level: () => silent,
  error: () => silent,
  warn: () => silent,
  info: () => silent,
  debug: () => silent,
} as unknown as vega.LoggerInterface;

const theme: TopLevelSpec['config'] = {
  font: fontFamily,
  view: { stroke: null },
  axis: {
    labelColor: palette.quiet,
    labelFontSize: 11,
    titleColor: palette.quiet,
    titleFontSize: 11,
    titleFontWeight: 'normal',
    domainColor: palette.target,
    tickColor: palette.target,
    gridColor: palette.rule,
    gridWidth: 0.6,
  },
  text: { fontSize: 11.5, color: palette.ink },
  header: {
    labelFontSize: 11.5,
    labelFontWeight: 600,
    labelColor: palette.ink,
    title: null,
    labelAnchor: 'start',
    labelPadding: 4,
  },
};

/** The colours that a company may make its own stand in the drawing as variables of the style sheet. */
const variables: ReadonlyMap<string, string> = new Map([
  [palette.accent, 'var(--accent)'],
  [palette.band, 'var(--band)'],
  ...palette.parts.map((colour, index) => [colour, `var(--part-${index + 1})`] as const),
]);

/**
 * Vega numbers its clip paths over the life of the process and labels each mark for a screen reader; here the chart
 * has one text alternative, and its ids are its own.
 */
function settled(svg: string, id: string): string {
  const names = new Map<string, string>();
  const name = (old: string) => {
    if (!names.has(old)) names.set(old, `${id}-${names.size + 1}`);
    return names.get(old) as string;
  };
  return svg
    .replace(/ (?:role|aria-[a-z]+|pointer-events)="[^"]*"/g, '')
    .replace(/ xmlns:xlink="[^"]*"/, '')
    .replace(/\bid="((?:clip|gradient)[^"]*)"/g, (_, old: string) => `id="${name(old)}"`)
    .replace(/url\(#((?:clip|gradient)[^)]*)\)/g, (_, old: string) => `url(#${name(old)})`)
    .replace(/\d+\.\d{3,}/g, (number) => String(Math.round(Number(number) * 100) / 100))
    .replace(/#[0-9a-f]{6}/g, (colour) => variables.get(colour) ?? colour)
    .replace(/<svg ([^>]*)>/, '<svg $1 focusable="false">')
    .replace(/₂([^<]*)/g, '<tspan font-size="70%" dy="2.5">2</tspan><tspan dy="-2.5">$1</tspan>');
}

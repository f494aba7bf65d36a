import { join } from 'node:path';
import { z } from 'zod';
import { readYaml } from '../../configuration/yaml.ts';

export const sheetKeys = [
  'summary',
  'objectives',
  'trajectories',
  'charts',
  'actions',
  'spend_rows',
  'agenda',
  'resolutions',
  'past_decisions',
  'questions',
  'matrix',
  'spend',
  'arbitration',
  'effects',
  'indicators',
  'review',
  'measures',
  'rows',
  'reconciliations',
  'months',
  'causes',
  'gap_rows',
  'emissions',
  'bridges',
  'quality',
  'quarantine',
  'factors',
  'changes',
  'frameworks',
  'definitions',
  'about',
] as const;
export type SheetKey = (typeof sheetKeys)[number];

/** How one column of a sheet looks; its heading is in the language files. */
export const ColumnLayout = z.strictObject({
  key: z.string(),
  /** in characters */
  width: z.number().positive(),
  kind: z.enum(['text', 'wrap', 'code', 'number', 'integer', 'percent', 'change', 'day', 'status', 'link']),
  /** heading shared with the neighbours that name the same band */
  band: z.string().optional(),
  /** as received: no typography */
  raw: z.boolean().optional(),
  /** the reader writes here */
  input: z.boolean().default(false),
  /** total of the rows that a filter leaves, above the heading */
  total: z.boolean().default(false),
  /** the column is repeated for each quarter of the trajectories */
  each: z.enum(['quarter']).optional(),
});
export type ColumnLayout = z.infer<typeof ColumnLayout>;

export const SheetLayout = z.strictObject({
  sheet: z.enum(sheetKeys),
  tab: z.string().regex(/^[0-9A-F]{6}$/),
  /** columns that stay in sight */
  frozen: z.int().min(0),
  /** last column on paper; those after it are for the screen. All of them by default */
  printed: z.string().optional(),
  columns: z.array(ColumnLayout).min(1),
});
export type SheetLayout = z.infer<typeof SheetLayout>;

const columnPlaces = new WeakMap<SheetLayout, ReadonlyMap<string, number>>();

/** The place of a column in its sheet, from 1. */
export function columnPlace(layout: SheetLayout, column: string): number {
  const places =
    columnPlaces.get(layout) ?? new Map(layout.columns.map(({ key }, index) => [key, index + 1]));
  columnPlaces.set(layout, places);
  const place = places.get(column);
  if (place === undefined) throw new Error(`layout ${layout.sheet} has no column ${column}`);
  return place;
}

const Symbols = z.record(z.string(), z.record(z.string(), z.string()));
/** A mark by list and code, `objective_statuses.drifting`: it says the state to who sees no colour. */
export type Symbols = z.infer<typeof Symbols>;

/**
 * Reads the layout of every sheet from `templates/workbook/`, in the order of the tabs.
 *
 * @throws {YamlFault} TPL-001 with file and line
 */
export async function readLayouts(templates: string): Promise<Map<SheetKey, SheetLayout>> {
  const found = new Map<SheetKey, SheetLayout>();
  for (const key of sheetKeys) {
    const { value } = await readYaml(join(templates, 'workbook', `${key}.yaml`), SheetLayout, 'TPL-001');
    found.set(key, value);
  }
  return found;
}

export async function readSymbols(templates: string): Promise<Symbols> {
  return (await readYaml(join(templates, 'workbook', 'symbols.yaml'), Symbols, 'TPL-001')).value;
}

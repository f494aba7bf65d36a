import { z } from 'zod';
import { hashOfFiles, shelf } from '../configuration/library.ts';
import { readYaml, YamlFault } from '../configuration/yaml.ts';
import { Fault } from '../fault.ts';
import { type Catalogue, Indicator, Measure, Reconciliation } from './catalogue.ts';
import { impliedConsolidation } from './consolidation.ts';
import { ExpressionError, measuresOf, parseExpression } from './expression.ts';

export const MeasureFile = z.strictObject({ measures: z.array(Measure) });
export const IndicatorFile = z.strictObject({ indicators: z.array(Indicator) });
export const ReconciliationFile = z.strictObject({ reconciliations: z.array(Reconciliation) });

/**
 * Reads the declared catalogue: built-in files, with the group's own laid over them.
 *
 * @throws {YamlFault} with file, line and key, for a schema mistake, an unknown measure or a repeated id
 */
export async function loadCatalogue(overlay?: string): Promise<Catalogue> {
  const measures = await declared('measures', 'measures', MeasureFile, overlay, incomplete);
  const known = new Set(measures.map((m) => m.id));
  refuseStrangeWholes(measures, known);
  const indicators = await declared('indicators', 'indicators', IndicatorFile, overlay, (indicator) => {
    for (const key of ['numerator', 'denominator'] as const) {
      const text = indicator[key];
      if (text === undefined) continue;
      try {
        const stranger = measuresOf(parseExpression(text)).find((id) => !known.has(id));
        if (stranger) return { key, found: `measure "${stranger}"`, expected: 'a measure of data/measures' };
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error;
        return { key, found: `"${text}"`, expected: error.message };
      }
    }
    const stranger = [indicator.population ?? []].flat().find((id) => !known.has(id));
    if (stranger)
      return { key: 'population', found: `"${stranger}"`, expected: 'a measure of data/measures' };
    const { applies } = indicator;
    if (applies && !known.has(applies.measure))
      return {
        key: 'applies.measure',
        found: `"${applies.measure}"`,
        expected: 'a measure of data/measures',
      };
    const implied = impliedConsolidation(indicator, { measures });
    if (indicator.consolidation !== undefined && indicator.consolidation !== implied)
      return {
        key: 'consolidation',
        found: indicator.consolidation,
        expected: `${implied}, which is how its measures are consolidated`,
      };
    return undefined;
  });
  const reconciliations = await declared(
    'reconciliations',
    'reconciliations',
    ReconciliationFile,
    overlay,
    (one) => {
      for (const side of ['left', 'right'] as const) {
        if (!known.has(one[side].measure)) {
          return {
            key: `${side}.measure`,
            found: `"${one[side].measure}"`,
            expected: 'a measure of data/measures',
          };
        }
      }
      return undefined;
    },
  );
  return { measures, indicators, reconciliations };
}

/** What an aggregation needs besides its value. */
function incomplete(measure: Measure): Complaint {
  if (measure.aggregation !== 'sum' && !measure.key)
    return { key: 'aggregation', found: measure.aggregation, expected: 'a "key": what is counted once' };
  const quantiles = measure.aggregation === 'quantile_members';
  if (quantiles !== (measure.quantile !== undefined))
    return { key: 'aggregation', found: measure.aggregation, expected: '"quantile" with quantile_members' };
  if (measure.quantile && measure.quantile.rank > measure.quantile.of)
    return {
      key: 'quantile',
      found: `rank ${measure.quantile.rank}`,
      expected: `1 to ${measure.quantile.of}`,
    };
  if (measure.except_highest && measure.aggregation !== 'median')
    return { key: 'except_highest', found: measure.aggregation, expected: 'aggregation: median' };
  return undefined;
}

/** The shelves that make the method, in the order in which they are hashed. */
export const catalogueShelves = [
  'contracts',
  'measures',
  'indicators',
  'frameworks',
  'frameworks/datapoints',
  'reconciliations',
  'alignment',
  'reference',
] as const;

export async function hashCatalogue(overlay?: string, builtIn?: string): Promise<string> {
  const shelves = await Promise.all(
    catalogueShelves.map((name) => shelf(name, overlay, ['.yaml', '.csv'], builtIn)),
  );
  return hashOfFiles(shelves.flat());
}

/** A whole may stand in another file than its parts: all are read first. */
function refuseStrangeWholes(measures: readonly Measure[], known: ReadonlySet<string>): void {
  for (const { id, part_of } of measures) {
    const strange = part_of?.find(({ whole }) => whole === id || !known.has(whole));
    if (!strange) continue;
    throw new Fault(
      'CAT-002',
      `Measure ${id} is declared a part of "${strange.whole}".`,
      'Name another measure of data/measures in part_of.',
      { exitStatus: 2 },
    );
  }
}

type Complaint = { key: string; found: string; expected: string } | undefined;

async function declared<Key extends string, Item extends { id: string }>(
  name: 'measures' | 'indicators' | 'reconciliations',
  key: Key,
  schema: z.ZodType<Record<Key, Item[]>>,
  overlay: string | undefined,
  check: (item: Item) => Complaint,
): Promise<Item[]> {
  const items = new Map<string, Item>();
  for (const file of await shelf(name, overlay, ['.yaml'])) {
    const { value, lineOf } = await readYaml(file.path, schema, 'CAT-002');
    value[key].forEach((item, i) => {
      const again = items.has(item.id)
        ? { key: 'id', found: `"${item.id}" again`, expected: 'each id once' }
        : undefined;
      const complaint = again ?? check(item);
      if (complaint) {
        throw new YamlFault('CAT-002', file.path, [
          {
            line: lineOf([key, i, ...complaint.key.split('.')]),
            key: `${key}.${i}.${complaint.key}`,
            found: complaint.found,
            expected: complaint.expected,
          },
        ]);
      }
      items.set(item.id, item);
    });
  }
  return [...items.values()];
}

import { rm } from 'node:fs/promises';
import { Decimal } from 'decimal.js';
import { identifier, literal } from '../../connectors/connector.ts';
import { harmonise, type Model, modelsBehind } from '../harmonise/harmonise.ts';
import type { Catalogue, Measure } from '../indicators/catalogue.ts';
import { figuresOfFew } from '../indicators/disclosure/disclosure.ts';
import { openFigures } from '../indicators/figures.ts';
import type { Window } from '../indicators/measure-rows.ts';
import { computeMeasures } from '../indicators/measure-values.ts';
import { measuresIn, populationsOf } from '../indicators/measures-in.ts';
import { contentDigest, hashedRows } from '../warehouse/content-digest.ts';
import { tablesNamed } from '../warehouse/tables-named.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { idOf } from './applied.ts';

/**
 * The order in which a run's ingredients are put in the place of the earlier run's. Another order would give
 * other parts of the same sum where two ingredients act on each other; this one is said wherever parts are shown.
 */
export const causes = ['override', 'data', 'perimeter', 'factor', 'method'] as const;
export type Cause = (typeof causes)[number];

/** A run's database in the session, and what it was computed with. */
export interface Side {
  /** name under which its database is attached */
  readonly catalog: string;
  readonly codeVersion: string;
  /** hash of its extracts */
  readonly extracts: string;
  readonly windows: readonly Window[];
  readonly catalogue: Catalogue;
  /** its SQL models; null in a package of before they were kept: today's stand for them */
  readonly models: readonly Model[] | null;
  /** published values where a review changed them, by figure id; null for a rejected figure */
  readonly reviewed: ReadonlyMap<string, string | null>;
}

/** A part of a change and what made it; several causes where the figure had no value between them. */
export interface ChangePart {
  readonly causes: readonly Cause[];
  /** decimal text; null where the figure appeared or disappeared */
  readonly amount: string | null;
}

/** One figure that two runs tell differently: `before` plus the amounts of its parts is `after`, exactly. */
export interface SplitChange {
  readonly indicator: string;
  readonly entity: string;
  readonly period: string;
  readonly basis: string;
  readonly unit: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly parts: readonly ChangePart[];
}

type Values = ReadonlyMap<string, string | null>;
type Place = Omit<SplitChange, 'before' | 'after' | 'parts'>;

/**
 * Splits every figure that both runs have and that differs by cause, with no remainder: the later run's data,
 * perimeter, factors and method are put one after the other in the place of the earlier one's, and the figures
 * computed again from both databases each time. A cause that is the same in both runs takes no computing.
 *
 * - data: staged rows, what was delivered and expected, calendar
 * - perimeter: entities, sites, meters, consolidation
 * - factor: tables of factors
 * - method: measures, indicators, SQL models, reference tables, the program itself
 *
 * @param scratch attached as the database of the intermediate states; taken off afterwards
 */
export async function splitChanges(
  warehouse: Warehouse,
  before: Side,
  after: Side,
  scratch: string,
  today: readonly Model[],
  only: (figure: string) => boolean = () => true,
): Promise<SplitChange[]> {
  const told = await toldByBoth(warehouse, before, after);
  const first = new Map(told.map((one) => [idOf(one), plain(one.before)]));
  const last = new Map(told.map((one) => [idOf(one), plain(one.after)]));
  const changed = told.flatMap(({ before: _before, after: _after, ...place }): [string, Place][] => {
    const id = idOf(place);
    const same = equal(published(before, first, id), published(after, last, id));
    return same || !only(id) ? [] : [[id, place]];
  });
  if (changed.length === 0) return [];
  const chain: { cause: Cause; values: Values | null }[] = [];
  const differing = await differingCauses(warehouse, before, after);
  const scope = scopeOf(changed.map(([, place]) => place));
  const mixed = async (taken: ReadonlySet<Cause>) =>
    mixedFigures(warehouse, before, after, taken, scope, scratch, today);

  const taken = new Set<Cause>();
  if (before.codeVersion !== after.codeVersion && differing.length > 1)
    chain.push({ cause: 'method', values: await mixed(taken) });
  for (const [i, cause] of differing.entries()) {
    taken.add(cause);
    chain.push({
      cause,
      values: i === differing.length - 1 ? last : await mixed(new Set(taken)),
    });
  }
  // nothing differs but the figures: the program that made one of them
  if (differing.length === 0) chain.push({ cause: 'method', values: last });

  return changed.map(([id, place]) => {
    const steps = [
      { cause: 'override' as Cause, value: first.get(id) ?? null },
      ...chain.map(({ cause, values }) => ({
        cause,
        value: values === null ? undefined : (values.get(id) ?? null),
      })),
      { cause: 'override' as Cause, value: published(after, last, id) },
    ];
    const start = published(before, first, id);
    return {
      ...place,
      before: start,
      after: published(after, last, id),
      parts: partsOf(start, steps),
    };
  });
}

/**
 * The parts of a change along its chain of values. Where a value is not there, or could not be computed
 * (`undefined`), the steps on both sides of it are one part with several causes.
 */
export function partsOf(
  start: string | null,
  steps: readonly { readonly cause: Cause; readonly value: string | null | undefined }[],
): ChangePart[] {
  const parts: ChangePart[] = [];
  let settled = start;
  let at: string | null | undefined = start;
  let open: Cause[] = [];
  for (const [i, { cause, value }] of steps.entries()) {
    if (at === undefined || value === undefined || !equal(at, value)) open.push(cause);
    at = value;
    if (open.length === 0 || (value == null && i < steps.length - 1)) continue;
    const amount = settled === null || value == null ? null : new Decimal(value).minus(settled).toFixed();
    if (amount !== '0') parts.push({ causes: [...new Set(open)], amount });
    settled = value ?? null;
    open = [];
  }
  return parts;
}

const published = (side: Side, values: Values, id: string) =>
  side.reviewed.has(id) ? (side.reviewed.get(id) ?? null) : (values.get(id) ?? null);

function equal(a: string | null, b: string | null): boolean {
  return a === null || b === null ? a === b : new Decimal(a).equals(b);
}

/**
 * The figures that both runs have and that may be told differently: other values, or a review of one of them. All of
 * a thousand companies' are millions.
 */
async function toldByBoth(
  warehouse: Warehouse,
  before: Side,
  after: Side,
): Promise<(Place & { readonly before: string | null; readonly after: string | null })[]> {
  const place = 'indicator, entity, period, basis';
  const reviewed = [...before.reviewed.keys(), ...after.reviewed.keys()].map(literal);
  return warehouse.rows(
    `select ${place}, a.unit, b.value as before, a.value as after
     from ${after.catalog}.result.figure as a join ${before.catalog}.result.figure as b using (${place})
     where a.value is distinct from b.value or list_contains([${reviewed.join(', ')}]::varchar[], concat_ws(':', ${place}))
     order by ${place}`,
  );
}

const plain = (value: string | null) => (value === null ? null : new Decimal(value).toFixed());

const perimeterTables = ['entity', 'site', 'meter', 'intragroup'];
const isFactors = (table: string) => /factors$/.test(table);

/** Which cause a table of `reference` belongs to. */
function causeOfTable(table: string): Cause {
  if (perimeterTables.includes(table)) return 'perimeter';
  if (table === 'month' || table === 'trailing_year') return 'data';
  return isFactors(table) ? 'factor' : 'method';
}

async function differingCauses(warehouse: Warehouse, before: Side, after: Side): Promise<Cause[]> {
  const found = new Set<Cause>();
  if (before.extracts !== after.extracts) found.add('data');
  for (const table of ['delivery', 'expectation'])
    if (
      (await digest(warehouse, `${before.catalog}.result.${table}`)) !==
      (await digest(warehouse, `${after.catalog}.result.${table}`))
    )
      found.add('data');
  const [old, recent] = [
    await tablesOf(warehouse, before.catalog, 'reference'),
    await tablesOf(warehouse, after.catalog, 'reference'),
  ];
  for (const table of new Set([...old, ...recent])) {
    const same =
      old.includes(table) &&
      recent.includes(table) &&
      (await digest(warehouse, `${before.catalog}.reference.${identifier(table)}`)) ===
        (await digest(warehouse, `${after.catalog}.reference.${identifier(table)}`));
    if (!same) found.add(causeOfTable(table));
  }
  const method = ({ catalogue, models, codeVersion }: Side) =>
    JSON.stringify([catalogue.measures, catalogue.indicators, models, codeVersion]);
  if (method(before) !== method(after)) found.add('method');
  return causes.filter((cause) => found.has(cause));
}

async function digest(warehouse: Warehouse, table: string): Promise<string> {
  const [row] = await warehouse.rows(
    `select count(*) as rows, ${contentDigest} as content from ${hashedRows(table)}`,
  );
  return JSON.stringify(row);
}

async function tablesOf(warehouse: Warehouse, catalog: string, schema: string): Promise<string[]> {
  const rows = await warehouse.rows<{ name: string }>(
    `select table_name as name from information_schema.tables
     where table_catalog = ${literal(catalog)} and table_schema = ${literal(schema)} order by name`,
  );
  return rows.map(({ name }) => name);
}

interface Scope {
  readonly indicators: ReadonlySet<string>;
  readonly windows: ReadonlySet<string>;
}

function scopeOf(places: readonly Place[]): Scope {
  return {
    indicators: new Set(places.map((one) => one.indicator)),
    windows: new Set(places.map((one) => `${one.period}|${one.basis}`)),
  };
}

/**
 * The figures that come of both runs' ingredients together: those in `taken` from the later run, the rest
 * from the earlier. Null where they do not fit together, such as a model that reads a table which the other
 * run has not: the causes are then told as one.
 */
async function mixedFigures(
  warehouse: Warehouse,
  before: Side,
  after: Side,
  taken: ReadonlySet<Cause>,
  scope: Scope,
  scratch: string,
  today: readonly Model[],
): Promise<Values | null> {
  const side = (cause: Cause) => (taken.has(cause) ? after : before);
  const home = await warehouse.scalar<string>('select current_database()');
  // each state in a file of its own: an earlier one is still on disk
  const file = `${scratch}.${[...taken].join('-') || 'none'}`;
  await rm(file, { force: true });
  await warehouse.run(`attach ${literal(file)} as mixed`);
  try {
    await warehouse.run('use mixed');
    await warehouse.run('create schema staged; create schema reference');
    const view = (catalog: string, schema: string, table: string) =>
      warehouse.run(
        `create view ${schema}.${identifier(table)} as select * from ${catalog}.${schema}.${identifier(table)}`,
      );
    const data = side('data');
    for (const table of await tablesOf(warehouse, data.catalog, 'staged'))
      await view(data.catalog, 'staged', table);
    for (const from of new Set([before, after])) {
      for (const table of await tablesOf(warehouse, from.catalog, 'reference'))
        if (side(causeOfTable(table)) === from) await view(from.catalog, 'reference', table);
    }
    const method = side('method');
    const { measures, indicators } = narrowed(method.catalogue, scope);
    await harmonise(warehouse, modelsBehind(method.models ?? today, tablesBehind(measures)));
    const deliveries = await warehouse.rows<{ contract: string; entity: string; month: string }>(
      `select contract, entity, month::varchar as month from ${data.catalog}.result.delivery`,
    );
    const expectations = await warehouse.rows<{ contract: string; entity: string }>(
      `select contract, entity from ${data.catalog}.result.expectation`,
    );
    const windows = after.windows.filter((one) => scope.windows.has(`${one.period}|${one.basis}`));
    const values = await computeMeasures(warehouse, measures, windows, deliveries, expectations);
    const catalogue = { measures, indicators };
    const figures = openFigures(catalogue, values);
    // what protects others depends on all windows, of which a comparison takes some: only what is small itself stays hidden
    const few = figuresOfFew({ catalogue, figures, values });
    return new Map(
      figures.map((one) => [
        idOf(one),
        one.value === null || few.has(one) ? null : new Decimal(one.value).toFixed(),
      ]),
    );
  } catch {
    return null;
  } finally {
    await warehouse.run(`use ${identifier(home)}`);
    await warehouse.run('detach mixed');
    await rm(file, { force: true });
  }
}

/** The harmonised tables that measures read: their own, and those that their expressions name. */
function tablesBehind(measures: readonly Measure[]): string[] {
  const named = tablesNamed(JSON.stringify(measures)).filter((table) => table.startsWith('model.'));
  return [...measures.map(({ table }) => table), ...named.map((table) => table.slice('model.'.length))];
}

/** The indicators that changed, and the measures that they need. */
function narrowed(catalogue: Catalogue, scope: Scope): Pick<Catalogue, 'measures' | 'indicators'> {
  const indicators = catalogue.indicators.filter((one) => scope.indicators.has(one.id));
  const needed = new Set(
    indicators.flatMap((one) => [
      ...measuresIn(one),
      ...(one.applies ? [one.applies.measure] : []),
      ...(one.suppress_below === undefined ? [] : populationsOf(one)),
    ]),
  );
  return { indicators, measures: catalogue.measures.filter((one) => needed.has(one.id)) };
}

import { literal } from '../../connectors/connector.ts';
import { columnsOf, contentOfTable, shapeOf, type TableContent } from './content-digest.ts';
import { dividedContent, onlyOf, selects, together, wholeOf } from './divided.ts';
import type { EarlierDatabase, StandingParts } from './earlier-database.ts';
import { refuseExhausted } from './pack-folder.ts';
import type { ResultPacks } from './result-packs.ts';
import type { Apart, Before, Named, TableContents, Way } from './table-contents.ts';
import { tablesNamed } from './tables-named.ts';
import type { Warehouse } from './warehouse.ts';

/** What each extract gave to each measure that adds up, see `recordParts`. */
export const partsTable = 'result.measure_part';

/** SQL of what extracts gave to one measure. A statement that reads it so rests on what they gave to no other. */
export const partsOf = (measure: string): string =>
  `(select * from ${partsTable} where measure = ${literal(measure)})`;

const partsOfOne = /\(select \* from result\.measure_part where measure = '((?:[^']|'')+)'\)/g;

/** What is added to `result.measure_part` for some measures: a statement over one table, and how its rows stand apart. */
export interface PartsOfMeasures {
  readonly measures: readonly string[];
  readonly sql: string;
  readonly apart: Apart;
}

export type NamedParts = PartsOfMeasures & Named;

/**
 * The parts of measures of a run: those that stand in its database already, as they are to be, are left or taken over from
 * the last run's; where few companies of a table are others, theirs alone are made again.
 */
export class KeptParts {
  /** by name, those that this run made or took over */
  readonly made = new Map<string, StandingParts>();
  /** measure -> the parts of it and those that are added with it */
  private readonly ofMeasure = new Map<string, StandingParts>();

  constructor(
    private warehouse: Warehouse,
    private readonly packs: ResultPacks,
    private readonly contents: TableContents,
    /** by name, those that stand in the run's database already */
    private standing: ReadonlyMap<string, StandingParts> = new Map(),
  ) {}

  /** Goes on with another session on the same database. */
  enter(warehouse: Warehouse): void {
    this.warehouse = warehouse;
  }

  /** Takes over in one statement what the last run's database holds of these as they are to be. */
  async takeOver(groups: readonly NamedParts[]): Promise<void> {
    const last = await this.packs.lastRun().catch(refuseExhausted);
    const found = new Map<string, StandingParts>();
    const measures: string[] = [];
    for (const { name, measures: own } of groups) {
      const parts = name === undefined || this.standing.has(name) ? undefined : last?.parts.get(name);
      if (!parts) continue;
      found.set(name as string, parts);
      measures.push(...own);
    }
    if (!last || found.size === 0) return;
    const of = partsOfThese(measures);
    await this.warehouse.run(`delete from ${of}`);
    try {
      await this.warehouse.run(`insert into ${partsTable} select * from ${last.database}.${of}`);
      this.standing = new Map([...this.standing, ...found]);
    } catch (error) {
      // one by one, each is taken from where it can be read
      refuseExhausted(error);
    }
  }

  /**
   * Adds the parts of some measures.
   *
   * @param copied what the run's database was copied from
   * @param staged extract -> key of what its rows are made of
   * @returns whether they were known
   */
  async add(
    { measures, sql, name, way }: NamedParts,
    copied: EarlierDatabase | undefined,
    staged: ReadonlyMap<string, string>,
  ): Promise<boolean> {
    const of = partsOfThese(measures);
    const stood = name === undefined ? undefined : this.standing.get(name);
    const stands = stood !== undefined && (await this.warehouse.count(of)) === stood.rows;
    const changed = stands || !way || !copied ? undefined : await this.changedIn(copied, way, staged);
    const mended = changed !== undefined && (await this.warehouse.count(of)) === changed.before.rows;
    if (mended) {
      await this.warehouse.run(`delete from ${of} and ${selects(changed.selection)}`);
      await this.warehouse.run(`insert into ${partsTable} ${onlyOf(sql, way as Way, changed.selection)}`);
    } else if (!stands) await this.warehouse.run(`delete from ${of}`);
    const known = (stands && stood) || (mended ? undefined : await this.restored(name, of));
    if (!known && !mended && !(way && (await this.takeOverOthers(of, sql, way, staged))))
      await this.warehouse.run(`insert into ${partsTable} ${sql}`);
    if (name)
      this.learn(name, measures, { ...(known ?? (await this.read(measures))), madeOf: way?.madeOf ?? '' });
    return known !== undefined || name === undefined;
  }

  /** What the table of them holds. */
  async content(): Promise<TableContent> {
    const columns = shapeOf(await columnsOf(this.warehouse, partsTable));
    const whole = together(columns, [...this.made.values()]);
    const isWhole = whole.rows === (await this.warehouse.count(partsTable));
    return isWhole ? whole : contentOfTable(this.warehouse, partsTable);
  }

  /** Those that a statement reads of single measures; undefined where it reads others, or is about none. */
  readBy(sql: string): StandingParts[] | undefined {
    const measures = [...sql.matchAll(partsOfOne)].map(([, measure]) => measure as string);
    if (measures.length === 0 || tablesNamed(sql.replaceAll(partsOfOne, '')).includes(partsTable))
      return undefined;
    const read = measures.flatMap((measure) => this.ofMeasure.get(measure) ?? []);
    return read.length === measures.length ? read : undefined;
  }

  private learn(name: string, measures: readonly string[], parts: StandingParts): void {
    this.made.set(name, parts);
    for (const measure of measures) this.ofMeasure.set(measure, parts);
  }

  private async read(measures: readonly string[]): Promise<TableContent> {
    const own = { column: 'measure', values: measures };
    return wholeOf(await dividedContent(this.warehouse, partsTable, ['measure'], own));
  }

  /** Puts in those of this name that some earlier run's database holds. */
  private restored(name: string | undefined, of: string): Promise<Omit<StandingParts, 'madeOf'> | undefined> {
    return this.packs.restore(name, async (pack, named) => {
      const found = await this.packs.entry<Omit<StandingParts, 'madeOf'>>(pack, 'parts', named);
      const database = await this.packs.databaseOf(pack);
      if (database === undefined) return undefined;
      const added = await this.warehouse.scalar<number>(
        `insert into ${partsTable} select * from ${database}.${of}`,
      );
      if (added === found.rows) return found;
      await this.warehouse.run(`delete from ${of}`);
      throw new Error(`${of} is not whole`);
    });
  }

  /** Takes over from the last run's database what has not changed of them. */
  private async takeOverOthers(
    of: string,
    sql: string,
    way: Way,
    staged: ReadonlyMap<string, string>,
  ): Promise<boolean> {
    const last = await this.packs.lastRun().catch(refuseExhausted);
    const found = last && (await this.changedIn(last, way, staged));
    if (!found) return false;
    const rest = `select * from ${last.database}.${of} and ${selects(found.selection)} is not true`;
    try {
      await this.warehouse.run(
        `insert into ${partsTable} from (${rest}) union all ${onlyOf(sql, way, found.selection)}`,
      );
      return true;
    } catch (error) {
      // made whole, they say what is wrong
      refuseExhausted(error);
      return false;
    }
  }

  /** What has changed of them where they were made in the same way before, and it is little. */
  private async changedIn(
    from: Before & { readonly parts: ReadonlyMap<string, StandingParts> },
    way: Way,
    staged: ReadonlyMap<string, string>,
  ) {
    const before = [...from.parts.values()].find(({ madeOf }) => madeOf === way.madeOf);
    const selection = before && (await this.contents.fewChanged(way, staged, undefined, from));
    return selection && { before, selection };
  }
}

const partsOfThese = (measures: readonly string[]): string =>
  `${partsTable} where measure in (${measures.map(literal).join(', ')})`;

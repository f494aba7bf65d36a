import { copyFile, link, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contentOfTable, type TableContent } from './content-digest.ts';
import {
  type Divided,
  dividedContent,
  onlyOf,
  readPart,
  replaced,
  type Selection,
  selects,
  wholeOf,
  writtenParts,
} from './divided.ts';
import { commonGround, type EarlierDatabase, type StagedFrom } from './earlier-database.ts';
import { KeptParts, type NamedParts, type PartsOfMeasures, partsTable } from './kept-parts.ts';
import { KeptTotals, type TotalsOfMeasures } from './kept-totals.ts';
import { type PackFolder, refuseExhausted } from './pack-folder.ts';
import { ResultPacks } from './result-packs.ts';
import { type Apart, type Before, hash, type Named, TableContents, type Way } from './table-contents.ts';
import { readsElsewhere, sessionTables, tablesNamed } from './tables-named.ts';
import type { Limits, Warehouse } from './warehouse.ts';

/** What answers SQL with rows: a session, or one that gives answers of earlier runs. */
export interface Answering extends Pick<Warehouse, 'rows' | 'scalar'> {
  /** the same for a session on the database of an earlier run */
  readonly earlier?: (database: string, session: Answering) => Promise<Answering>;
}

/** What has changed of a table, and the way in which it stands apart. */
interface Change {
  readonly before: Divided;
  readonly way: Way;
  readonly selection: Selection;
}

/**
 * What earlier runs computed, each result named by a hash of all that it depends on: the text of its statement,
 * the versions of the database and of this folder of the program, and the content of every table that the
 * statement reads. Where an extract has changed but the table that it feeds comes out the same, what rests on
 * that table stands.
 *
 * A table that stands {@link Apart} in a copied database is mended where few of its parts rest on rows that have changed.
 *
 * Kept are tables and the parts of measures, in the sealed database of the run that made them or took them over last; the
 * totals that measures add to `measure_total`; and answers, which are rows as JavaScript sees them. A result that
 * is not there, whose pack is damaged or whose database was written to is computed. Where the run goes on from a copy of
 * an earlier database, what stands in it is left where it is. Statements name each table that they read with its schema.
 */
export class KeptResults implements Answering {
  /** what this run made or took over, by name */
  private readonly tables = new Map<string, TableContent & { readonly table: string }>();
  /** extract -> what its staged rows were made of */
  private staged: ReadonlyMap<string, StagedFrom> = new Map();
  private stagedKeys: ReadonlyMap<string, string> = new Map();
  /** names of answers; they wait on disk, where those about a thousand companies have room */
  private readonly answers = new Set<string>();
  /** whether some of it is in no pack */
  private isNew = false;

  private constructor(
    private warehouse: Warehouse,
    private readonly packs: ResultPacks,
    private readonly common: string,
    private readonly scratch: string,
    /** what stood in the database when it was gone on from */
    private copied: EarlierDatabase | undefined,
    private readonly contents: TableContents,
    private readonly parts: KeptParts,
    private readonly totals: KeptTotals,
  ) {}

  /**
   * @param program version of this folder of the program, with a hash of its text
   * @param scratch folder of the run, that stands until the results are kept
   * @param earlier what the run's database was copied from
   * @param divisions table -> columns by whose values its content is told, so that what stands apart can be mended
   */
  static async open(
    warehouse: Warehouse,
    packs: PackFolder,
    program: string,
    scratch: string,
    earlier?: EarlierDatabase,
    divisions: ReadonlyMap<string, readonly string[]> = new Map(),
  ): Promise<KeptResults> {
    // of this run alone, whoever else works in the folder
    await mkdir(scratch, { recursive: true });
    const own = await mkdtemp(join(scratch, 'results-'));
    const common = await commonGround(warehouse, program);
    const held = await ResultPacks.open(warehouse, packs, own);
    const contents = new TableContents(warehouse, held, common, earlier, divisions);
    const parts = new KeptParts(warehouse, held, contents, earlier?.parts);
    const totals = new KeptTotals(warehouse, held, contents, own);
    return new KeptResults(warehouse, held, common, own, earlier, contents, parts, totals);
  }

  /** Learns what the staged rows of each extract were made of, for runs that go on from this one's database. */
  tellStaged(staged: ReadonlyMap<string, StagedFrom>): void {
    this.staged = staged;
    this.stagedKeys = new Map([...staged].map(([extract, { key }]) => [extract, key]));
  }

  /**
   * Learns what a table holds that was made of extracts: of the same `origin` it has the same content in every run.
   *
   * @param extracts those that feed it -> key of what their rows were made of
   */
  async tableOf(table: string, origin: string, extracts: ReadonlyMap<string, string>): Promise<void> {
    const columns = this.contents.divisions.get(table);
    const name = hash([this.common, 'content', table, origin, columns ?? null]);
    if (!columns) {
      const [found] = await this.answer(name, async () => [await this.contents.wholeStaged(table, extracts)]);
      this.contents.known.set(table, found as TableContent);
      return;
    }
    const [found, ...parts] = await this.answer<Record<string, string>>(name, async () => {
      const divided = await this.contents.dividedStaged(table, columns, extracts);
      return [{ shape: divided.shape }, ...writtenParts(divided)];
    });
    const { shape } = found as { shape: string };
    const read = parts as { key: string; rows: string; content: string }[];
    this.contents.learn(table, {
      columns,
      shape,
      parts: new Map(read.map(({ key, ...part }) => [key, readPart(part)])),
    });
  }

  /** Learns what `result.measure_part` holds once nothing is added to it any more: statements that read it are many. */
  async settleParts(): Promise<void> {
    this.contents.known.set(partsTable, await this.parts.content());
  }

  /** What is known of the tables that are done, for who seals them. */
  get known(): ReadonlyMap<string, TableContent> {
    return this.contents.known;
  }

  /**
   * Goes on from what stands in the run's own database by now as from a copy of an earlier one.
   *
   * @param open staged tables that had not all of their rows: what was made of them is made again, or mended
   */
  goOn(open: ReadonlySet<string>): void {
    this.copied = {
      staged: this.stagedKeys,
      holdsPeople: false,
      tables: new Map(this.tables),
      divided: new Map(this.contents.divided),
      parts: this.copied?.parts ?? new Map(),
    };
    this.contents.goOn(this.copied, open);
  }

  /** Makes a table of the run's database by a statement that reads the tables named. */
  readonly makeTable = async (
    table: string,
    sql: string,
    reads: readonly string[],
    apart: readonly Apart[] = [],
  ): Promise<void> => {
    const name = await this.nameOf(sql, reads);
    const ways = name ? this.contents.waysOf(sql, reads, apart) : [];
    const stands = name && (await this.standingTable(name, table));
    const mended = stands ? undefined : await this.mend(table, sql, ways);
    if (this.copied && !stands && !mended) await this.warehouse.run(`drop table if exists ${table}`);
    let divided = stands ? this.copied?.divided.get(table) : mended;
    const known =
      stands ||
      (await this.packs.restore<TableContent>(mended ? undefined : name, async (pack, named) => {
        const found = await this.packs.entry<TableContent & { from: string }>(pack, 'tables', named);
        const database = await this.packs.databaseOf(pack);
        if (database === undefined) return undefined;
        await this.warehouse.run(`create table ${table} as from ${database}.${found.from}`);
        const { rows, content, columns } = found;
        if ((await this.warehouse.count(table)) === rows) {
          divided = (await this.packs.dividedOf(pack)).get(found.from);
          return { rows, content, columns };
        }
        await this.warehouse.run(`drop table ${table}`);
        throw new Error(`${table} is not whole`);
      }));
    if (!known && !mended) {
      divided = await this.takeOver(table, sql, ways);
      if (!divided) await this.warehouse.run(`create table ${table} as ${sql}`);
    }
    const content = await this.contents.learnMade(table, { whole: known || undefined, divided }, ways);
    // one of before the staged rows were whole is it no more
    for (const [other, one] of this.tables) if (one.table === table) this.tables.delete(other);
    if (name) this.tables.set(name, { ...content, table });
    this.isNew ||= name !== undefined && !known;
  };

  /** Puts what has changed into a table that stands in the copied database; undefined where it is to be made whole. */
  private async mend(table: string, sql: string, ways: readonly Way[]): Promise<Divided | undefined> {
    const found = this.copied && (await this.changedIn(this.copied, table, ways));
    if (!found) return undefined;
    const counted = await this.warehouse.count(table).catch((error) => refuseExhausted(error));
    if (counted !== wholeOf(found.before).rows) return undefined;
    return this.exchange(table, sql, found, `delete from ${table} where ${selects(found.selection)}`);
  }

  /** The same for a table that the last run's database holds: the rest of it is taken over from there. */
  private async takeOver(table: string, sql: string, ways: readonly Way[]): Promise<Divided | undefined> {
    const last = ways.length > 0 ? await this.packs.lastRun().catch(refuseExhausted) : undefined;
    const found = last && (await this.changedIn(last, table, ways));
    if (!found) return undefined;
    const rest = `create table ${table} as from ${last.database}.${table} where ${selects(found.selection)} is not true`;
    const taken = await this.exchange(table, sql, found, rest);
    if (!taken) await this.warehouse.run(`drop table if exists ${table}`);
    return taken;
  }

  /** What has changed of a table that was made in the same way before, where it is little. */
  private async changedIn(before: Before, table: string, ways: readonly Way[]): Promise<Change | undefined> {
    const divided = before.divided.get(table);
    const way = divided && ways.find(({ madeOf }) => divided.madeOf.includes(madeOf));
    const selection = way && (await this.contents.fewChanged(way, this.stagedKeys, divided, before));
    return selection && { before: divided, way, selection };
  }

  private async exchange(
    table: string,
    sql: string,
    { before, way, selection }: Change,
    leave: string,
  ): Promise<Divided | undefined> {
    try {
      await this.warehouse.run(leave);
      await this.warehouse.run(`insert into ${table} ${onlyOf(sql, way, selection)}`);
    } catch (error) {
      // made whole, it says what is wrong
      refuseExhausted(error);
      return undefined;
    }
    const fresh = await dividedContent(this.warehouse, table, before.columns, selection);
    return replaced(before, selection, fresh);
  }

  /** Adds the totals of some measures to `measure_total`, which no other statement adds. */
  readonly addTotals = async (totals: TotalsOfMeasures): Promise<void> => {
    const isKnown = await this.totals.add(await this.named(totals), this.stagedKeys);
    this.isNew ||= !isKnown;
  };

  /** Takes over what the last run's database holds of parts as they are to be: in one statement, since groups of them are many. */
  async takeOverParts(groups: readonly PartsOfMeasures[]): Promise<void> {
    const named: NamedParts[] = [];
    for (const group of groups) named.push(await this.named(group));
    await this.parts.takeOver(named);
  }

  /** Adds the parts of some measures to `result.measure_part`, which no other statement adds. */
  async addParts(group: PartsOfMeasures): Promise<void> {
    const isKnown = await this.parts.add(await this.named(group), this.copied, this.stagedKeys);
    this.isNew ||= !isKnown;
  }

  private async named<Added extends { readonly sql: string; readonly apart?: Apart }>(
    added: Added,
  ): Promise<Added & Named> {
    const { sql, apart } = added;
    const reads = tablesNamed(sql);
    const name = await this.nameOf(sql, reads);
    const [way] = name && apart ? this.contents.waysOf(sql, reads, [apart]) : [];
    return { ...added, name, way };
  }

  async rows<Row = Record<string, unknown>>(sql: string): Promise<Row[]> {
    const name = await this.nameOf(sql, tablesNamed(sql));
    return this.answer(name, () => this.warehouse.rows<Row>(sql));
  }

  /** Answers about the database of an earlier run, where that stands as this left it. */
  readonly earlier = async (database: string, session: Answering): Promise<Answering> => {
    const contents = await this.packs.contentsOf(database);
    const rows = async <Row>(sql: string) => {
      const read = tablesNamed(sql);
      const known = read.every((table) => contents.has(table));
      const name = known ? await this.nameOf(sql, read, contents) : undefined;
      return this.answer(name, () => session.rows<Row>(sql));
    };
    return {
      rows,
      scalar: async <Value>(sql: string) => Object.values((await rows<object>(sql))[0] ?? {})[0] as Value,
    };
  };

  async scalar<Value = unknown>(sql: string): Promise<Value> {
    const [row] = await this.rows(sql);
    return Object.values(row ?? {})[0] as Value;
  }

  /** Lets go of the packs, before the session is closed. */
  async leave(): Promise<void> {
    await this.totals.layOut();
    for (const table of sessionTables) this.contents.known.delete(table);
    await this.packs.leave();
  }

  /** Goes on with another session on the same database. */
  enter(warehouse: Warehouse): void {
    this.warehouse = warehouse;
    this.packs.enter(warehouse);
    this.contents.enter(warehouse);
    this.parts.enter(warehouse);
    this.totals.enter(warehouse);
  }

  /**
   * Writes down for later runs what this one made or took over: of tables, that they stand in its database, which is closed.
   *
   * @param place where the database will lie, if it is moved yet: until it does, nothing is gone on from
   */
  async keep(database: string, limits: Limits, place = database): Promise<void> {
    if (!this.isNew) return;
    const { common, tables, staged, answers } = this;
    const { made: totals, file: totalsFile } = this.totals;
    const { known, divided } = this.contents;
    const parts = this.parts.made;
    await this.packs.write(database, place, limits, {
      ...{ common, contents: known, divided, tables, totals, totalsFile, parts, staged, answers },
      answersFolder: this.scratch,
    });
  }

  /** What a statement makes, by a name of all that this depends on; undefined where this cannot be told. */
  private async nameOf(
    sql: string,
    reads: readonly string[],
    known: Map<string, TableContent> = this.contents.known,
  ): Promise<string | undefined> {
    if (reads.length === 0 || readsElsewhere.test(sql)) return undefined;
    const parts = known === this.contents.known ? this.parts.readBy(sql) : undefined;
    const contents: unknown[] = (parts ?? []).map(({ rows, content }) => [partsTable, rows, content]);
    for (const table of reads) {
      if (parts && table === partsTable) continue;
      const found =
        known.get(table) ??
        (await contentOfTable(this.warehouse, table).catch((error) => refuseExhausted(error)));
      if (!found) return undefined;
      // results are still added to, but for those that are settled
      if (!table.startsWith('result.')) known.set(table, found);
      contents.push([table, found.rows, found.content, found.columns]);
    }
    return hash([this.common, sql, contents]);
  }

  /** What is known of a table that stands in the copied database already, whole. */
  private async standingTable(name: string, table: string): Promise<TableContent | undefined> {
    const found = this.copied?.tables.get(name);
    if (found?.table !== table) return undefined;
    const { rows, content, columns } = found;
    const counted = await this.warehouse.count(table).catch((error) => refuseExhausted(error));
    return counted === rows ? { rows, content, columns } : undefined;
  }

  private async answer<Row>(name: string | undefined, ask: () => Promise<Row[]>): Promise<Row[]> {
    if (name === undefined) return ask();
    const own = this.answerFile(name);
    const read = async (file: string) => JSON.parse(await readFile(file, 'utf8')) as Row[];
    if (this.answers.has(name)) return read(own);
    const known = await this.packs.restore(name, async (pack, named) => {
      const file = await this.packs.answerFile(pack, named);
      const rows = await read(file);
      // who asks the same meanwhile finds it in its place still
      await link(file, own).catch(() => copyFile(file, own));
      return rows;
    });
    const rows = known ?? (await ask());
    if (!known) {
      if (!isJson(rows)) return rows;
      await writeFile(own, JSON.stringify(rows), { mode: 0o600 });
    }
    this.answers.add(name);
    this.isNew ||= !known;
    return rows;
  }

  private answerFile(name: string): string {
    return join(this.scratch, `${name}.json`);
  }
}

/** Whether JSON gives back what it is given. */
function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value !== 'object') return false;
  for (const name in value) if (!isJson((value as Record<string, unknown>)[name])) return false;
  return true;
}

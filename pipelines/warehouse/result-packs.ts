import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { literal } from '../../connectors/connector.ts';
import type { TableContent } from './content-digest.ts';
import { writtenParts } from './divided.ts';
import {
  type DividedTable,
  dividedIn,
  markOf,
  type StagedFrom,
  type StandingParts,
  standingPartsIn,
} from './earlier-database.ts';
import { type PackFolder, refuseExhausted } from './pack-folder.ts';
import { type Limits, Warehouse } from './warehouse.ts';

/** Names of all that a pack holds. */
const Index = z.array(z.string());

/** Totals of some measures, as a run leaves them. */
export interface MadeTotals {
  readonly measures: readonly string[];
  /** name of all that they were made of besides the rows that they are told apart by; empty where they are made whole */
  readonly madeOf: string;
}

/** What a run made or took over. */
export interface Results {
  /** what every name begins with */
  readonly common: string;
  readonly contents: ReadonlyMap<string, TableContent>;
  readonly divided: ReadonlyMap<string, DividedTable>;
  /** name of a result -> the harmonised table that is it */
  readonly tables: ReadonlyMap<string, TableContent & { readonly table: string }>;
  /** by name, the totals of some measures */
  readonly totals: ReadonlyMap<string, MadeTotals>;
  /** Parquet of all totals */
  readonly totalsFile: string | undefined;
  /** by name, the parts of some measures */
  readonly parts: ReadonlyMap<string, StandingParts>;
  /** extract -> what its staged rows were made of */
  readonly staged: ReadonlyMap<string, StagedFrom>;
  /** names of answers, each a JSON file of the folder */
  readonly answers: ReadonlySet<string>;
  readonly answersFolder: string;
}

/** What the staged tables of an earlier run were made of, and what its tables hold. */
export interface LastRun {
  /** name under which the session sees its database */
  readonly database: string;
  /** extract -> key of what its rows were made of */
  readonly staged: ReadonlyMap<string, string>;
  readonly contents: ReadonlyMap<string, TableContent>;
  readonly divided: ReadonlyMap<string, DividedTable>;
  /** by name, the parts of some measures */
  readonly parts: ReadonlyMap<string, StandingParts>;
  /** name under which the session sees its pack, which has its totals */
  readonly pack: string;
  /** by name, the totals of some measures: how many rows, and what they were made of */
  readonly totals: ReadonlyMap<string, { readonly rows: number; readonly madeOf: string }>;
}

/** The packs in which runs leave what they computed, one a run, as a session sees them. */
export class ResultPacks {
  private readonly damaged = new Set<string>();
  /** databases of earlier runs that are open: pack -> name of it in the session */
  private readonly opened = new Map<string, string | undefined>();
  private readonly entries = new Map<string, ReadonlyMap<string, unknown>>();
  private readonly divided = new Map<string, ReadonlyMap<string, DividedTable>>();
  private last: Promise<LastRun | undefined> | undefined;
  /** pack -> names of its answers, once they lie on disk */
  private readonly laidOut = new Map<string, Promise<ReadonlySet<string>>>();

  private constructor(
    private warehouse: Warehouse,
    private readonly folder: PackFolder,
    private readonly scratch: string,
    /** name -> the packs that hold it */
    private readonly held: ReadonlyMap<string, Set<string>>,
  ) {}

  /** @param scratch folder of the run, where answers are laid out */
  static async open(warehouse: Warehouse, folder: PackFolder, scratch: string): Promise<ResultPacks> {
    const held = new Map<string, Set<string>>();
    const indexes = [...(await folder.indexes((index) => Index.parse(index)))];
    // those that hold most first, so that few are read
    for (const [pack, names] of indexes.sort(([, a], [, b]) => b.length - a.length))
      for (const name of names) held.set(name, (held.get(name) ?? new Set()).add(pack));
    return new ResultPacks(warehouse, folder, scratch, held);
  }

  /** What the first pack gives that holds it whole; one that is damaged is removed. */
  async restore<Value>(
    name: string | undefined,
    read: (pack: string, name: string) => Promise<Value | undefined>,
  ): Promise<Value | undefined> {
    for (const pack of name === undefined ? [] : (this.held.get(name) ?? [])) {
      if (this.damaged.has(pack)) continue;
      try {
        const attached = await this.folder.attach(this.warehouse, pack);
        if (!attached) throw new Error(`${pack} cannot be opened`);
        const found = await read(attached, name as string);
        if (found !== undefined) return found;
      } catch (error) {
        refuseExhausted(error);
        this.damaged.add(pack);
        await this.folder.remove(pack);
      }
    }
    return undefined;
  }

  /** A statement for each of some hundred entries costs more than what they hold: all of a list come at once. */
  async entry<Entry>(pack: string, kind: 'tables' | 'totals' | 'parts', name: string): Promise<Entry> {
    const list = `${pack}.${kind}`;
    let entries = this.entries.get(list);
    if (!entries) {
      const rows = await this.warehouse.rows<{ name: string }>(`from ${list}`);
      entries = new Map(rows.map(({ name, ...entry }) => [name, entry]));
      this.entries.set(list, entries);
    }
    if (!entries.has(name)) throw new Error(`${name} is not in ${pack}`);
    return entries.get(name) as Entry;
  }

  /** The divided tables of the database that a pack is of. */
  async dividedOf(pack: string): Promise<ReadonlyMap<string, DividedTable>> {
    const divided = this.divided.get(pack) ?? (await dividedIn(this.warehouse, pack));
    this.divided.set(pack, divided);
    return divided;
  }

  /**
   * The file of an answer. All of a pack are laid out at once: they are packed by thousands, and to unpack them for
   * one takes as long as for all.
   */
  async answerFile(pack: string, name: string): Promise<string> {
    let names = this.laidOut.get(pack);
    if (!names) {
      names = this.layOut(pack);
      this.laidOut.set(pack, names);
    }
    if (!(await names).has(name)) throw new Error(`${name} is not in ${pack}`);
    return join(this.scratch, pack, `${name}.json`);
  }

  private async layOut(pack: string): Promise<ReadonlySet<string>> {
    const folder = join(this.scratch, pack);
    await mkdir(folder, { recursive: true });
    const rows = await this.warehouse.rows<{ name: string; answer: string }>(
      `select name, answer from ${pack}.answers where regexp_full_match(name, '[0-9a-f]+')`,
    );
    for (const { name, answer } of rows)
      await writeFile(join(folder, `${name}.json`), answer, { mode: 0o600 });
    return new Set(rows.map(({ name }) => name));
  }

  /** The database of the run that left a pack, opened. */
  async databaseOf(pack: string): Promise<string | undefined> {
    if (!this.opened.has(pack)) {
      const file = await this.standing(pack);
      if (file !== undefined) await this.warehouse.run(`attach ${literal(file)} as of_${pack} (read_only)`);
      this.opened.set(pack, file && `of_${pack}`);
    }
    return this.opened.get(pack);
  }

  /** The file of it; undefined where it is gone or was written to since. */
  private async standing(pack: string): Promise<string | undefined> {
    const [found] = await this.warehouse.rows<{ file: string; mark: string }>(
      `select file, mark from ${pack}.database`,
    );
    return found && (await markOf(found.file)) === found.mark ? found.file : undefined;
  }

  /** What the tables of an earlier run's database held, where that stands as it was left. */
  async contentsOf(database: string): Promise<Map<string, TableContent>> {
    const pack = await this.folder.attach(this.warehouse, packOf(database));
    if (!pack || !(await this.standing(pack).catch(refuseExhausted))) return new Map();
    return (await this.contentsIn(pack).catch(refuseExhausted)) ?? new Map();
  }

  private async contentsIn(pack: string): Promise<Map<string, TableContent>> {
    const rows = await this.warehouse.rows<TableContent & { table: string }>(`from ${pack}.contents`);
    return new Map(rows.map(({ table, ...content }) => [table, content]));
  }

  /** The run that left its pack last and whose database stands as it was left. */
  async lastRun(): Promise<LastRun | undefined> {
    this.last ??= this.findLastRun();
    return this.last;
  }

  private async findLastRun(): Promise<LastRun | undefined> {
    for (const pack of await this.folder.lastWritten()) {
      const attached = await this.folder.attach(this.warehouse, pack);
      const database = attached && (await this.databaseOf(attached).catch(refuseExhausted));
      if (!database) continue;
      const staged = await this.warehouse.rows<StagedFrom & { extract: string }>(`from ${attached}.staged`);
      return {
        database,
        staged: new Map(staged.map(({ extract, key }) => [extract, key])),
        contents: await this.contentsIn(attached),
        divided: await this.dividedOf(attached),
        parts: await standingPartsIn(this.warehouse, attached),
        pack: attached,
        totals: await this.totalsIn(attached),
      };
    }
    return undefined;
  }

  private async totalsIn(pack: string): Promise<LastRun['totals']> {
    const totals = await this.warehouse.rows<{ name: string; rows: number; made_of: string }>(
      `from ${pack}.totals`,
    );
    return new Map(totals.map(({ name, rows, made_of }) => [name, { rows: Number(rows), madeOf: made_of }]));
  }

  /** Lets go of the packs. */
  async leave(): Promise<void> {
    for (const name of this.opened.values()) if (name) await this.warehouse.run(`detach ${name}`);
    this.opened.clear();
    this.last = undefined;
    await this.folder.close(this.warehouse);
  }

  /** Goes on with another session. */
  enter(warehouse: Warehouse): void {
    this.warehouse = warehouse;
  }

  /**
   * Writes the pack of a run whose database is closed, in a session of its own: what goes wrong here costs the next run its
   * time, not this one its result.
   *
   * @param place where the database will lie
   */
  async write(database: string, place: string, limits: Limits, results: Results): Promise<void> {
    const written = await markOf(database);
    const session = written && (await Warehouse.open(':memory:', limits).catch(() => undefined));
    if (!session) return;
    await this.folder.write(session, packOf(place), async (arriving) => {
      await session.run(`create table ${arriving}.database as select ${literal(place)} as file, ${literal(written)} as mark, ${literal(results.common)} as common;
        create table ${arriving}.staged (extract varchar, key varchar, sha256 varchar, personal boolean);
        create table ${arriving}.parts (name varchar, rows bigint, content varchar, made_of varchar);
        create table ${arriving}.contents ("table" varchar, rows bigint, content varchar, columns varchar);
        create table ${arriving}.tables (name varchar, "from" varchar, rows bigint, content varchar, columns varchar);
        create table ${arriving}.divided ("table" varchar, columns varchar, shape varchar, made_of varchar);
        create table ${arriving}.division ("table" varchar, key varchar, rows varchar, content varchar);
        create table ${arriving}.totals (name varchar, rows bigint, made_of varchar);
        create table ${arriving}.answers (name varchar, answer varchar)`);
      const insert = (table: string, rows: readonly Readonly<Record<string, string>>[]) =>
        session.insert(`${arriving}.main.${table}`, rows);
      await insert(
        'contents',
        [...results.contents].map(([table, { rows, content, columns }]) => ({
          table,
          rows: String(rows),
          content,
          columns,
        })),
      );
      await insert(
        'tables',
        [...results.tables].map(([name, { table, rows, content, columns }]) => ({
          name,
          from: table,
          rows: String(rows),
          content,
          columns,
        })),
      );
      if (results.answers.size > 0)
        await session.run(
          `insert into ${arriving}.answers select parse_filename(filename, true), content from read_text(${literal(join(results.answersFolder, '*.json'))}) order by filename`,
        );
      await insert(
        'parts',
        [...results.parts].map(([name, { rows, content, madeOf }]) => ({
          name,
          rows: String(rows),
          content,
          made_of: madeOf,
        })),
      );
      await insert(
        'divided',
        [...results.divided].map(([table, { columns, shape, madeOf }]) => ({
          table,
          columns: JSON.stringify(columns),
          shape,
          made_of: JSON.stringify(madeOf),
        })),
      );
      await insert(
        'division',
        [...results.divided].flatMap(([table, divided]) =>
          writtenParts(divided).map((part) => ({ table, ...part })),
        ),
      );
      await insert(
        'staged',
        [...results.staged].map(([extract, { key, sha256, personal }]) => ({
          extract,
          key,
          sha256,
          personal: String(personal),
        })),
      );
      await keepTotals(session, arriving, results.totals, results.totalsFile);
      return [
        ...results.tables.keys(),
        ...results.totals.keys(),
        ...results.parts.keys(),
        ...results.answers,
      ].sort();
    });
    await session.close().catch(() => {});
  }
}

async function keepTotals(
  session: Warehouse,
  arriving: string,
  totals: ReadonlyMap<string, MadeTotals>,
  file: string | undefined,
): Promise<void> {
  if (totals.size === 0 || file === undefined) return;
  const names = [...totals].flatMap(([name, { measures, madeOf }]) =>
    measures.map((measure) => `(${[name, measure, madeOf].map(literal).join(', ')})`),
  );
  const named = `(values ${names.join(', ')}) as n(name, measure, made_of)`;
  await session.run(`create table ${arriving}.measure_total as
      select n.name, t.* from ${named} join read_parquet(${literal(file)}) as t using (measure) order by n.name;
    insert into ${arriving}.totals
      select n.name, count(t.name), n.made_of from (select distinct name, made_of from ${named}) as n
      left join ${arriving}.measure_total as t on t.name = n.name group by all`);
}

/** Every run leaves one pack, named by its database. */
function packOf(database: string): string {
  return createHash('sha256')
    .update(JSON.stringify([resolve(database)]))
    .digest('hex')
    .slice(0, 32);
}

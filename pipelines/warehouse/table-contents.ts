import { createHash } from 'node:crypto';
import { identifier } from '../../connectors/connector.ts';
import { contentOfTable, rowTextOf, type TableContent } from './content-digest.ts';
import {
  type Divided,
  differing,
  dividedContent,
  exchanged,
  replaced,
  type Selection,
  selects,
  valuesOf,
  wholeOf,
} from './divided.ts';
import type { DividedTable, EarlierDatabase } from './earlier-database.ts';
import { refuseExhausted } from './pack-folder.ts';
import type { ResultPacks } from './result-packs.ts';
import type { Warehouse } from './warehouse.ts';

/** A table whose rows with one value in a column come from the rows with that value in some other tables, and from none with others. */
export interface Apart {
  readonly column: string;
  /** the other tables */
  readonly of: readonly string[];
  /** tables without that column: of these, from the rows of the extracts that the first of the others names with that value */
  readonly byExtract?: readonly string[];
}

/** A way in which a table stands apart, with the name of all that it is made of but for the rows that it is told apart by. */
export interface Way extends Apart {
  readonly madeOf: string;
}

/** What is added to a table for some measures: a statement, with a name of all that it depends on, and how it may be mended. */
export interface Named {
  /** undefined where it cannot be told */
  readonly name: string | undefined;
  readonly way: Way | undefined;
}

/** What stood in a run's database when it was gone on from, or in that of the last run. */
export type Before = Pick<EarlierDatabase, 'staged' | 'divided'> & {
  /** name of the last run's database in the session */
  readonly database?: string;
};

/**
 * What the tables of a run hold, as far as it is known, and by their parts where they may be mended: which of these
 * are others than in the database that the run goes on from.
 */
export class TableContents {
  readonly known = new Map<string, TableContent>();
  /** table -> what it holds by its parts, of those that were asked for them */
  readonly divided = new Map<string, DividedTable>();

  constructor(
    private warehouse: Warehouse,
    private readonly packs: ResultPacks,
    private readonly common: string,
    private before: Before | undefined,
    /** table -> text columns that its content is told by */
    readonly divisions: ReadonlyMap<string, readonly string[]>,
  ) {}

  /** Goes on with another session on the same database. */
  enter(warehouse: Warehouse): void {
    this.warehouse = warehouse;
  }

  /** Goes on from another state of the database; what these tables hold is known no more. */
  goOn(before: Before, unknown: Iterable<string>): void {
    this.before = before;
    for (const table of unknown) this.known.delete(table);
  }

  /** Learns what a table holds by its parts. */
  learn(table: string, divided: Divided, madeOf: readonly string[] = []): void {
    this.divided.set(table, { ...divided, madeOf });
    this.known.set(table, wholeOf(divided));
  }

  /** Learns what a table holds that was made, as far as that is not told: by its parts where it is asked for them. */
  async learnMade(
    table: string,
    told: { readonly whole: TableContent | undefined; readonly divided: Divided | undefined },
    ways: readonly Way[],
  ): Promise<TableContent> {
    const columns = this.divisions.get(table);
    if (columns) {
      const isTold = String(told.divided?.columns) === String(columns);
      this.learn(
        table,
        (isTold && told.divided) || (await dividedContent(this.warehouse, table, columns)),
        ways.map(({ madeOf }) => madeOf),
      );
    } else this.known.set(table, told.whole ?? (await contentOfTable(this.warehouse, table)));
    return this.known.get(table) as TableContent;
  }

  /**
   * What a staged table holds now: of a copied database only the rows of extracts that are new or others are read.
   *
   * @param extracts those that feed it -> key of what their rows were made of
   */
  async dividedStaged(
    table: string,
    columns: readonly string[],
    extracts: ReadonlyMap<string, string>,
  ): Promise<Divided> {
    return (
      (await this.changedBy(table, columns, extracts)) ??
      (await dividedContent(this.warehouse, table, columns))
    );
  }

  private async changedBy(
    table: string,
    columns: readonly string[],
    extracts: ReadonlyMap<string, string>,
  ): Promise<Divided | undefined> {
    const before = this.before?.divided.get(table);
    if (!before || String(before.columns) !== String(columns)) return undefined;
    const { staged } = this.before as Before;
    const changed = othersThan(staged, extracts);
    const gone = [...staged.keys()].filter((extract) => !extracts.has(extract));
    const fresh = await dividedContent(this.warehouse, table, columns, {
      column: 'extract_id',
      values: changed,
    });
    const now = replaced(before, { column: 'extract_id', values: [...changed, ...gone] }, fresh);
    const isWhole = before.shape === fresh.shape && wholeOf(now).rows === (await this.warehouse.count(table));
    return isWhole ? now : undefined;
  }

  /**
   * What a staged table holds by what it held in the last run: less the rows that the extracts which are new or others had
   * then, and with those that they have now. Where an extract has gone the rows are not as many, and all are read.
   */
  async wholeStaged(table: string, extracts: ReadonlyMap<string, string>): Promise<TableContent> {
    return (await this.contentSince(table, extracts)) ?? (await contentOfTable(this.warehouse, table));
  }

  private async contentSince(
    table: string,
    extracts: ReadonlyMap<string, string>,
  ): Promise<TableContent | undefined> {
    const last = extracts.size > 0 ? await this.packs.lastRun().catch(refuseExhausted) : undefined;
    const before = last?.contents.get(table);
    if (!last || !before || rowTextOf(before.content) !== 'values') return undefined;
    const values = othersThan(last.staged, extracts);
    if (values.length > extracts.size / 2) return undefined;
    const of = async (relation: string) =>
      wholeOf(
        await dividedContent(this.warehouse, relation, ['extract_id'], { column: 'extract_id', values }),
      );
    const gone = await of(`${last.database}.${table}`).catch(refuseExhausted);
    const come = await of(table);
    if (gone?.columns !== before.columns || come.columns !== before.columns) return undefined;
    const now = exchanged(before, gone, come);
    return now.rows === (await this.warehouse.count(table)) ? now : undefined;
  }

  /** The ways in which a table stands apart, where what it reads is known by its parts. */
  waysOf(sql: string, reads: readonly string[], apart: readonly Apart[]): Way[] {
    return apart.flatMap((one) => {
      const madeOf = this.madeOf(sql, reads, one);
      return madeOf ? [{ ...one, madeOf }] : [];
    });
  }

  private madeOf(
    sql: string,
    reads: readonly string[],
    { column, of, byExtract = [] }: Apart,
  ): string | undefined {
    const inputs = of.map((table) => this.divided.get(table));
    if (!inputs.every((one) => one?.columns.includes(column))) return undefined;
    const shapes = [
      ...inputs.map((one) => one?.shape),
      ...byExtract.map((table) => this.known.get(table)?.columns),
    ];
    const others = reads.flatMap((table) => {
      const { rows, content, columns } = this.known.get(table) as TableContent;
      return of.includes(table) || byExtract.includes(table) ? [] : [[table, rows, content, columns]];
    });
    return hash([this.common, sql, column, of, byExtract, shapes, others]);
  }

  /**
   * Values whose rows of some tables are others than where the run goes on from; undefined where they are not few of those
   * that these tables have, or the one that is made of them.
   *
   * @param staged extract -> key of what its rows are made of
   */
  async fewChanged(
    { column, of, byExtract = [] }: Apart,
    staged: ReadonlyMap<string, string>,
    made?: Divided,
    before: Before | undefined = this.before,
  ): Promise<Selection | undefined> {
    const values = new Set<string | null>();
    const all = made ? valuesOf(made, column) : new Set<string | null>();
    for (const input of of) {
      const [old, now] = [before?.divided.get(input), this.divided.get(input)];
      if (!old || !now || String(old.columns) !== String(now.columns)) return undefined;
      for (const value of differing(old, now, column)) values.add(value);
      for (const value of [...valuesOf(old, column), ...valuesOf(now, column)]) all.add(value);
    }
    if (before && byExtract.length > 0) {
      const changed = [...othersThan(before.staged, staged), ...othersThan(staged, before.staged)];
      if (!before.database || changed.length > mostMended) return undefined;
      for (const names of [of[0] as string, `${before.database}.${of[0]}`]) {
        const named = await this.warehouse.rows<{ value: string | null }>(
          `select distinct ${identifier(column)} as value from ${names} where ${selects({ column: 'extract_id', values: changed })}`,
        );
        for (const { value } of named) values.add(value);
      }
    }
    if (values.size > Math.min(mostMended, all.size / 2)) return undefined;
    return { column, values: [...values] };
  }
}

/** Extracts that are new, or of other rows than before: both by the key of what their rows were made of. */
const othersThan = (before: ReadonlyMap<string, string>, extracts: ReadonlyMap<string, string>): string[] =>
  [...extracts].flatMap(([extract, key]) => (before.get(extract) === key ? [] : [extract]));

/** Parts of a table that are mended at most, and half of them: of more, making it whole takes no longer. */
const mostMended = 1000;

/** A name of what goes by these. */
export function hash(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

import { join } from 'node:path';
import { literal } from '../../connectors/connector.ts';
import { selects } from './divided.ts';
import { refuseExhausted } from './pack-folder.ts';
import type { MadeTotals, ResultPacks } from './result-packs.ts';
import type { Apart, Named, TableContents } from './table-contents.ts';
import type { Warehouse } from './warehouse.ts';

/** What is added to `measure_total` for some measures. */
export interface TotalsOfMeasures {
  readonly measures: readonly string[];
  readonly sql: string;
  /** how the totals stand apart by a column that they have, too, where they do; those of `whole` rest on all rows */
  readonly apart?: Apart & {
    readonly whole: string;
    /** the statement for these values and `whole` alone */
    readonly only: (values: readonly string[]) => string;
  };
}

export type NamedTotals = TotalsOfMeasures & Named;

/**
 * The totals of measures of a run: those of the same name come from the pack that holds them; where few companies of
 * their table are others than in the last run, those of the rest come from its pack.
 */
export class KeptTotals {
  /** by name, those that this run made or took over */
  readonly made = new Map<string, MadeTotals>();
  /** Parquet of them, once they are laid out */
  file: string | undefined;

  constructor(
    private warehouse: Warehouse,
    private readonly packs: ResultPacks,
    private readonly contents: TableContents,
    private readonly scratch: string,
  ) {}

  /** Goes on with another session on the same database. */
  enter(warehouse: Warehouse): void {
    this.warehouse = warehouse;
  }

  /**
   * Adds the totals of some measures.
   *
   * @param staged extract -> key of what its rows are made of
   * @returns whether they were known
   */
  async add(totals: NamedTotals, staged: ReadonlyMap<string, string>): Promise<boolean> {
    const { name, measures, sql, way } = totals;
    const known = (await this.restored(totals)) === true;
    if (!known && !(await this.mended(totals, staged)))
      await this.warehouse.run(`insert into measure_total ${sql}`);
    if (name) this.made.set(name, { measures, madeOf: way?.madeOf ?? '' });
    return known || name === undefined;
  }

  /** Lays them out for who writes the pack, before the session that has them is closed. */
  async layOut(): Promise<void> {
    if (this.made.size === 0 || this.file !== undefined) return;
    this.file = join(this.scratch, 'measure_total.parquet');
    const measures = [...this.made.values()].flatMap((one) => one.measures.map(literal));
    const own = `from measure_total where measure in (${measures.join(', ')})`;
    await this.warehouse.run(`copy (${own}) to ${literal(this.file)} (format parquet)`);
  }

  private restored({ name, measures }: NamedTotals): Promise<boolean | undefined> {
    return this.packs.restore(name, async (pack, named) => {
      const { rows } = await this.packs.entry<{ rows: number }>(pack, 'totals', named);
      if ((await this.take(pack, named)) === rows) return true;
      await this.drop(measures);
      throw new Error(`The totals of ${measures.join(', ')} are not whole`);
    });
  }

  /** Takes over from the last run's pack what has not changed of them, and adds what has. */
  private async mended(
    { measures, apart, way }: NamedTotals,
    staged: ReadonlyMap<string, string>,
  ): Promise<boolean> {
    const last = apart && way && (await this.packs.lastRun().catch(refuseExhausted));
    const found = last && [...last.totals].find(([, { madeOf }]) => madeOf === way.madeOf);
    const selection = found && (await this.contents.fewChanged(way, staged, undefined, last));
    // a total without a value in the column is none of a company
    if (!selection || selection.values.includes(null)) return false;
    const values = selection.values as string[];
    const gone = selects({ column: apart.column, values: [...values, apart.whole] });
    const [name, { rows }] = found;
    try {
      const all = await this.warehouse.count(`${last.pack}.measure_total where name = ${literal(name)}`);
      if (all !== rows) return false;
      await this.take(last.pack, name, `${gone} is not true`);
      await this.warehouse.run(`insert into measure_total ${apart.only(values)}`);
      return true;
    } catch (error) {
      // made whole, they say what is wrong
      refuseExhausted(error);
      await this.drop(measures);
      return false;
    }
  }

  private take(pack: string, name: string, which = 'true'): Promise<number> {
    return this.warehouse.scalar<number>(
      `insert into measure_total select * exclude (name) from ${pack}.measure_total where name = ${literal(name)} and ${which}`,
    );
  }

  private drop(measures: readonly string[]): Promise<void> {
    return this.warehouse.run(
      `delete from measure_total where measure in (${measures.map(literal).join(', ')})`,
    );
  }
}

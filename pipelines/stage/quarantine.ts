import { literal } from '../../connectors/connector.ts';
import { hiddenValue } from '../language/faults.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { InHand, Part } from './read-batch.ts';

/** Relation of the extracts of a batch: `p(place, extract_id)`. */
function placesOf(hands: readonly InHand[]): string {
  const rows = hands.map(({ extract }, place) => `(${place}, ${literal(extract.extractId)})`);
  return `(values ${rows.join(', ')}) as p(place, extract_id)`;
}

/**
 * What is set aside of a batch. It goes to `staged.quarantine` at the end, extract by extract: records that
 * could not be read at all, then the faults of those that break their contract.
 */
export class Quarantine {
  private parts = 0;

  private constructor(
    private readonly warehouse: Warehouse,
    private readonly hands: readonly InHand[],
  ) {}

  static async open(warehouse: Warehouse, hands: readonly InHand[]): Promise<Quarantine> {
    await warehouse.run(
      'create or replace temp table raw_quarantine (place integer, part integer, row_number bigint, column_name varchar, value varchar, rule varchar, connector varchar, facts varchar)',
    );
    return new Quarantine(warehouse, hands);
  }

  /** Records that could not be read at all; the text of an extract that holds identities is not shown. */
  async addRejects(rejects: readonly Part[]): Promise<void> {
    const { personal = false, connector = '' } = this.hands[0]?.extract.source ?? {};
    const [value, facts] = personal ? [literal(hiddenValue), 'null'] : ['left(value, 500)', 'facts'];
    for (const { place, query } of rejects) {
      await this.warehouse.run(
        `insert into raw_quarantine select ${place ?? 'extract'}, ${this.parts}, row_number, column_name, ${value}, rule, ${literal(connector)}, ${facts} from (${query})`,
      );
    }
    if (rejects.length > 0) {
      const counts = await this.warehouse.rows<{ place: number; rows: number }>(
        'select place, count(*) as rows from raw_quarantine group by place',
      );
      for (const { place, rows } of counts) (this.hands[place] as InHand).quarantined += rows;
    }
    this.parts += 1;
  }

  /** Every fault of the typed rows of one contract: a SELECT of `_place`, `row_number`, `fault`. */
  async addFaults(faults: string): Promise<void> {
    await this.warehouse.run(
      `insert into raw_quarantine select _place, ${this.parts}, row_number, fault.column_name, fault.value, fault.rule, null, fault.facts
       from (${faults})`,
    );
    this.parts += 1;
  }

  async close(): Promise<void> {
    await this.warehouse.run(
      `insert into staged.quarantine
       select p.extract_id, row_number, column_name, value, rule, connector, facts
       from raw_quarantine join ${placesOf(this.hands)} on p.place = raw_quarantine.place
       order by p.place, part, row_number, column_name, rule`,
    );
    await this.warehouse.run('drop table raw_quarantine');
  }
}

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Connector,
  diagnosticOf,
  ExtractError,
  type GroupReading,
  type Reading,
  type ReadingSession,
  type RecordSet,
  type Remark,
  type TypedRecords,
} from '../../connectors/connector.ts';
import { connectorById } from '../../connectors/index.ts';
import type { CollectedExtract } from '../collect/collect.ts';
import { Fault } from '../fault.ts';
import { exhaustionOf } from '../warehouse/exhausted.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

/** An extract while it is staged: the rows read, and the counts so far. */
export interface InHand {
  readonly extract: CollectedExtract;
  readonly rowsRead: number;
  readonly remarks: Remark[];
  staged: number;
  quarantined: number;
}

/** A query over one extract of the batch, or over all of them together. */
export interface Part {
  /** of a query over all, undefined: it yields `extract`, the place of each row's extract */
  readonly place: number | undefined;
  readonly query: string;
  readonly isScan?: boolean;
}

/** One kind of record of one part. */
export interface PartRecords extends Part {
  readonly record: string;
  readonly columns: RecordSet['columns'];
  readonly reading: Writing;
  /** of records that come as the stage keeps them */
  readonly kept?: boolean;
}

/** How the values of an extract are written; of those that are no text, their types. */
export type Writing = Pick<Reading, 'numbers' | 'dates' | 'trimmed'> & Partial<Pick<TypedRecords, 'types'>>;

/** What the connector made of the extracts of a batch; a place is an extract's position in `hands`. */
export interface BatchReading {
  readonly hands: readonly InHand[];
  readonly records: readonly PartRecords[];
  readonly rejects: readonly Part[];
}

type Keeping = NonNullable<ReadingSession['kept']>;
type Together = Connector & Required<Pick<Connector, 'readTogether'>>;

/** Whether extracts of its source are read by as many statements as one. */
export function readsTogether({ source }: CollectedExtract): boolean {
  return connectorById(source.connector)?.readTogether !== undefined;
}

/** Reads extracts of one source: together where the connector can, so that many small ones cost as few statements as one. */
export class BatchReader {
  private readonly tables = new Set<string>();
  private readonly files = new Set<string>();

  constructor(
    private readonly warehouse: Warehouse,
    private readonly scratch: string,
    /** number of the batch's first extract in the run */
    private readonly offset: number,
    /** what is kept of an extract's records before they are numbered, see {@link ReadingSession.kept} */
    private readonly kept: (
      extract: CollectedExtract,
      ...records: Parameters<Keeping>
    ) => ReturnType<Keeping>,
  ) {}

  /** Undefined where one of several that are read together is not as the others: which one is not known. */
  async read(batch: readonly CollectedExtract[]): Promise<BatchReading | undefined> {
    const [first] = batch;
    const together = batch.length > 1 && first !== undefined && readsTogether(first);
    return together ? this.readTogether(batch) : this.readApart(batch);
  }

  /** Removes what the readings stand on. */
  async close(): Promise<void> {
    for (const table of this.tables)
      await this.warehouse.run(`drop table if exists ${table}`).catch(() => {});
    await Promise.all([...this.files].map((path) => rm(path, { force: true, recursive: true })));
    this.tables.clear();
    this.files.clear();
  }

  private async readTogether(batch: readonly CollectedExtract[]): Promise<BatchReading | undefined> {
    const { source } = batch[0] as CollectedExtract;
    const connector = connectorById(source.connector) as Together;
    let group: GroupReading;
    try {
      group = await connector.readTogether(
        batch,
        connector.options.parse(source.options),
        this.session(this.offset),
      );
    } catch (error) {
      const exhausted = exhaustionOf(error);
      if (exhausted) throw exhausted;
      return undefined;
    }
    const { extracts, numbers, dates, trimmed } = group;
    return {
      hands: batch.map((extract, place) => {
        const { rowsRead, remarks } = extracts[place] as GroupReading['extracts'][number];
        return { extract, rowsRead, remarks: [...(remarks ?? [])], staged: 0, quarantined: 0 };
      }),
      records: Object.entries(group.records).map(([record, { columns, ...part }]) => ({
        ...part,
        record,
        columns,
        reading: { numbers, dates, trimmed },
        place: undefined,
      })),
      rejects: group.rejects === undefined ? [] : [{ place: undefined, query: group.rejects }],
    };
  }

  private async readApart(batch: readonly CollectedExtract[]): Promise<BatchReading> {
    const hands: InHand[] = [];
    const records: PartRecords[] = [];
    const rejects: Part[] = [];
    for (const [place, extract] of batch.entries()) {
      const session = this.session(this.offset + place);
      const reading = await readExtract(extract, {
        ...session,
        kept: (...records) => this.kept(extract, ...records),
      });
      const remarks = [...(reading.remarks ?? [])];
      hands.push({ extract, rowsRead: Number(reading.rowsRead), remarks, staged: 0, quarantined: 0 });
      const { numbers, dates, trimmed } = reading;
      for (const [record, { columns, typed, ...part }] of Object.entries(reading.records)) {
        const { query = part.query, types } = typed ?? {};
        records.push({ ...part, query, record, columns, reading: { numbers, dates, trimmed, types }, place });
      }
      if (reading.rejects !== undefined) rejects.push({ place, query: reading.rejects });
    }
    return { hands, records, rejects };
  }

  private session(number: number): ReadingSession {
    return {
      run: (sql) => this.warehouse.run(sql),
      rows: (sql) => this.warehouse.rows(sql),
      temporary: (name) => {
        const table = `raw_${number}_${name}`;
        this.tables.add(table);
        return table;
      },
      scratch: (name) => {
        const path = join(this.scratch, `${number}-${name}`);
        this.files.add(path);
        return path;
      },
    };
  }
}

type ReadAlone = Pick<Reading, 'records' | 'rejects' | 'rowsRead' | 'remarks'> & Writing;

async function readExtract(extract: CollectedExtract, session: ReadingSession): Promise<ReadAlone> {
  const connector = connectorById(extract.source.connector) as Connector;
  try {
    return await connector.read(extract, connector.options.parse(extract.source.options), session);
  } catch (error) {
    // a full disk or a spent memory is no fault of the extract
    const exhausted = exhaustionOf(error);
    if (exhausted) throw exhausted;
    if (!(error instanceof ExtractError)) throw unexpected(extract, error);
    // nothing in it can be read: no rows, and a remark that says why
    return {
      records: {},
      rowsRead: 0,
      remarks: [{ ...diagnosticOf(error), severity: 'error' }],
    };
  }
}

function unexpected(extract: CollectedExtract, cause: unknown): Fault {
  return new Fault(
    'STG-002',
    `${extract.extractId} could not be read: ${(cause as Error).message.split('\n')[0]}.`,
    'If the file opens in its own program, report it with the extract.',
    { cause },
  );
}

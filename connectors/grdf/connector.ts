import { open } from 'node:fs/promises';
import { z } from 'zod';
import {
  type Connector,
  type ExtractFile,
  pullFiles,
  type Reading,
  type ReadingSession,
  type Remark,
} from '../connector.ts';
import { findGaps, settleOverlaps } from '../interval-series.ts';
import { readAdict } from './adict.ts';
import { readCustomerSpace } from './customer-space.ts';
import { settleReadings } from './readings.ts';

const options = z.strictObject({
  meter: z.string().min(1).optional().describe('meter (PCE) of a file that names none'),
  end: z
    .enum(['exclusive', 'inclusive'])
    .default('exclusive')
    .describe('whether dateFinReleve of a CSV is the day after the last (exclusive) or the last day itself'),
});
export type GrdfOptions = z.infer<typeof options>;

const COLUMNS = ['meter', 'start_date', 'end_date', 'volume_m3', 'coefficient', 'energy_kwh_pcs', 'quality'];
const MOST_REMARKS = 20;

/**
 * Reads GRDF gas readings: the customer space's workbook, or a CSV with ADICT's field names.
 *
 * One record set, `readings`: first and last day of consumption, both included, and kWh of gross calorific
 * value (PCS). Addressed by sheet row or physical line.
 */
export const grdf: Connector<GrdfOptions> = {
  id: 'grdf',
  title: 'GRDF gas readings: customer space workbook by day, week or month, or CSV with ADICT fields',
  options,
  pull: (source) => pullFiles(source),
  read,
};

async function read(extract: ExtractFile, options: GrdfOptions, session: ReadingSession): Promise<Reading> {
  const delivered = (await isWorkbook(extract))
    ? await readCustomerSpace(extract, session, options.meter)
    : await readAdict(extract, session, options);
  const readings = await settleReadings(session, delivered.table);
  const good = session.temporary('grdf_good');
  await session.run(
    `create temp table ${good} as select line, series, starts, ends, rank from ${readings} where rule is null`,
  );
  const { dropped } = await settleOverlaps(session, good, 'grdf');
  const kept = `${readings} r anti join ${dropped} d on d.line = r.line`;
  return {
    addressing: delivered.addressing,
    records: {
      readings: {
        columns: COLUMNS,
        query: `select r.row as row_number, r.meter, strftime(r.starts, '%Y-%m-%d') as start_date,
  strftime(r.ends - interval 1 day, '%Y-%m-%d') as end_date, r.volume_m3::varchar as volume_m3,
  r.kwh_per_m3::varchar as coefficient, r.energy_kwh_pcs::varchar as energy_kwh_pcs, r.quality
from ${kept}
where r.rule is null
order by r.row`,
      },
    },
    rejects: rejectsQuery(readings, dropped),
    rowsRead: delivered.rows,
    numbers: 'point',
    dates: 'iso',
    remarks: [
      ...delivered.remarks,
      ...(await readingRemarks(session, readings)),
      ...(await gapRemarks(session, good, dropped)),
    ],
    facts: delivered.facts,
  };
}

/** Zip (xlsx) or OLE (a protected or older workbook, which the guards name). */
async function isWorkbook(extract: ExtractFile): Promise<boolean> {
  const file = await open(extract.path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.equals(Buffer.from('PK')) || buffer.equals(Buffer.from([0xd0, 0xcf]));
  } finally {
    await file.close();
  }
}

function rejectsQuery(readings: string, dropped: string): string {
  return `select row as row_number, fault_column as column_name, left(fault_value, 500) as value, rule, null::varchar as facts
from ${readings}
where rule is not null
union all
select r.row, 'period', left(r.period, 500), 'overlapping_interval',
  to_json({kept: d.kept_line})::varchar
from ${dropped} d join ${readings} r on r.line = d.line`;
}

async function readingRemarks(session: ReadingSession, readings: string): Promise<Remark[]> {
  const remarks: Remark[] = [];
  const [provisional] = await session.rows<{ many: number | bigint }>(
    `select count(*) as many from ${readings} where rule is null and strip_accents(lower(status)) like 'provisoire%'`,
  );
  if (Number(provisional?.many ?? 0) > 0) {
    remarks.push({
      code: 'GRD-013',
      severity: 'information',
      values: { readings: Number(provisional?.many) },
    });
  }
  const unknown = await session.rows<{ wording: string; many: number | bigint; row: number | bigint }>(
    `select unknown_wording as wording, count(*) as many, min(row) as row from ${readings}
where rule is null and unknown_wording is not null group by 1 order by 1 limit ${MOST_REMARKS}`,
  );
  for (const { wording, many, row } of unknown) {
    remarks.push({
      code: 'GRD-014',
      severity: 'warning',
      values: { readings: Number(many), wording: wording.slice(0, 50), row: Number(row) },
      row: Number(row),
    });
  }
  // networks carry 9.5 to 10.5 (gas B) or 10.7 to 12.8 (gas H) kWh PCS a normal cubic metre; the rest is pressure and heat
  const [odd] = await session.rows<{ many: number | bigint; row: number | bigint }>(
    `select count(*) as many, min(row) as row from ${readings}
where rule is null and volume_m3 >= 10 and (energy_kwh_pcs < 7 * volume_m3 or energy_kwh_pcs > 15 * volume_m3)`,
  );
  if (Number(odd?.many ?? 0) > 0) {
    remarks.push({
      code: 'GRD-016',
      severity: 'warning',
      values: { readings: Number(odd?.many), row: Number(odd?.row) },
      row: Number(odd?.row),
    });
  }
  return remarks;
}

async function gapRemarks(session: ReadingSession, good: string, dropped: string): Promise<Remark[]> {
  const { gaps, total } = await findGaps(
    session,
    `select * from ${good} where line not in (select line from ${dropped})`,
    MOST_REMARKS,
  );
  const remarks: Remark[] = gaps.map(({ series, from, to, line }) => ({
    code: 'GRD-010',
    severity: 'warning',
    values: { series, from: from.slice(0, 10), to: to.slice(0, 10), line },
    row: line,
  }));
  if (total > gaps.length) {
    remarks.push({
      code: 'GRD-011',
      severity: 'warning',
      values: { more: total - gaps.length, all: total },
    });
  }
  return remarks;
}

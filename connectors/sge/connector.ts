import { z } from 'zod';
import {
  type Connector,
  ExtractError,
  type ExtractFile,
  pullFiles,
  type Reading,
  type ReadingSession,
  type Remark,
} from '../connector.ts';
import { findGaps, settleOverlaps } from '../interval-series.ts';
import { type Measure, readAnswer } from './answer.ts';
import { settleMeasures } from './measures.ts';

const options = z.strictObject({
  meter: z.string().min(1).optional().describe('meter (PRM) of an answer taken out of its envelope'),
  grid: z
    .enum(['distributor', 'supplier'])
    .optional()
    .describe(
      'which of the two grids of time classes is read; the distributor (TURPE) grid where there is one',
    ),
});
export type SgeOptions = z.infer<typeof options>;

const COLUMNS = ['meter', 'interval_start', 'minutes', 'energy_kwh', 'direction', 'quality'];
const MOST_REMARKS = 20;

/**
 * Reads answers of Enedis SGE's web service consulterMesures (XML).
 *
 * One record set, `intervals`, addressed by the n-th `<mesure>`: one row a measure, so that a period billed in
 * four time classes gives four rows, which add up. Only active energy of one grid.
 */
export const sge: Connector<SgeOptions> = {
  id: 'sge',
  title: 'Enedis SGE web service answers: consulterMesures (XML)',
  options,
  pull: (source) => pullFiles(source),
  read,
};

async function read(extract: ExtractFile, options: SgeOptions, session: ReadingSession): Promise<Reading> {
  const answer = await readAnswer(extract);
  const meter = options.meter ?? answer.meter ?? /(?<![0-9])[0-9]{14}(?![0-9])/.exec(extract.name)?.[0];
  if (meter === undefined) {
    throw new ExtractError('SGE-006', { extract: extract.name });
  }
  const energy = answer.measures.filter(({ quantity }) => quantity.toUpperCase() === 'EA');
  const grid =
    options.grid ?? (energy.some((one) => one.grid === 'distributor') ? 'distributor' : 'supplier');
  const read = energy.filter((one) => one.grid === grid);
  const measures = await settleMeasures(session, read, meter);
  const good = session.temporary('sge_good');
  await session.run(
    `create temp table ${good} as select line, series, starts, ends, rank from ${measures} where rule is null`,
  );
  const { dropped } = await settleOverlaps(session, good, 'sge');
  return {
    addressing: 'record',
    records: {
      intervals: {
        columns: COLUMNS,
        query: `select m.row as row_number, m.meter, strftime(m.starts, '%Y-%m-%dT%H:%M:%SZ') as interval_start,
  m.minutes::varchar as minutes, (m.micro_kwh::decimal(32, 0) * 0.000001::decimal(6, 6))::varchar as energy_kwh,
  'consumption' as direction, m.quality
from ${measures} m anti join ${dropped} d on d.line = m.line
where m.rule is null
order by m.row`,
      },
    },
    rejects: rejectsQuery(measures, dropped),
    rowsRead: read.length,
    numbers: 'point',
    dates: 'iso',
    remarks: [
      ...asideRemarks(answer.measures, energy, read, grid),
      ...(await natureRemarks(session, measures)),
      ...(await gapRemarks(session, good, dropped)),
    ],
    facts: { meter, grid, calendars: [...new Set(read.map(({ calendar }) => calendar))].sort().join(', ') },
  };
}

function rejectsQuery(measures: string, dropped: string): string {
  return `select row as row_number, fault_column as column_name, left(fault_value, 500) as value, rule, null::varchar as facts
from ${measures}
where rule is not null
union all
select m.row, 'dateDebut, dateFin', m.period, 'overlapping_interval',
  to_json({kept: d.kept_line})::varchar
from ${dropped} d join ${measures} m on m.line = d.line`;
}

/** Measures that are not records: the other grid says the same energy again, other quantities are no energy. */
function asideRemarks(
  all: readonly Measure[],
  energy: readonly Measure[],
  read: readonly Measure[],
  grid: string,
): Remark[] {
  const remarks: Remark[] = [];
  const others = all.filter((one) => !energy.includes(one));
  if (others.length > 0) {
    const names = [...new Set(others.map(({ quantity }) => quantity || '(none)'))].sort().join(', ');
    remarks.push({
      code: 'SGE-012',
      severity: 'information',
      values: { measures: others.length, names },
    });
  }
  if (energy.length > read.length) {
    remarks.push({
      code: 'SGE-013',
      case: grid,
      severity: 'information',
      values: { measures: energy.length - read.length },
    });
  }
  return remarks;
}

async function natureRemarks(session: ReadingSession, measures: string): Promise<Remark[]> {
  const unknown = await session.rows<{ nature: string; many: number | bigint; row: number | bigint }>(
    `select unknown_nature as nature, count(*) as many, min(row) as row from ${measures}
where rule is null and unknown_nature is not null group by 1 order by 1 limit ${MOST_REMARKS}`,
  );
  return unknown.map(({ nature, many, row }) => ({
    code: 'SGE-014',
    severity: 'warning',
    values: { measures: Number(many), nature: nature.slice(0, 50), line: Number(row) },
    row: Number(row),
  }));
}

async function gapRemarks(session: ReadingSession, good: string, dropped: string): Promise<Remark[]> {
  const { gaps, total } = await findGaps(
    session,
    `select * from ${good} where line not in (select line from ${dropped})`,
    MOST_REMARKS,
  );
  const remarks: Remark[] = gaps.map(({ series, from, to, line }) => ({
    code: 'SGE-010',
    severity: 'warning',
    values: { series, from: utc(from), to: utc(to), line },
    row: line,
  }));
  if (total > gaps.length) {
    remarks.push({
      code: 'SGE-011',
      severity: 'warning',
      values: { more: total - gaps.length, all: total },
    });
  }
  return remarks;
}

function utc(timestamp: string): string {
  return `${timestamp.replace(' ', 'T')}Z`;
}

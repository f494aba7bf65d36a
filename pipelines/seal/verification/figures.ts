import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identifier, literal } from '../../../connectors/connector.ts';
import { allEnded } from '../../all-ended.ts';
import { rulesIn } from '../../indicators/disclosure/rules.ts';
import type { Figure, MeasureValue } from '../../indicators/figure.ts';
import { type FigureMethods, readMethods } from '../../indicators/figure-methods.ts';
import { exportFigures, recordFigures } from '../../indicators/record.ts';
import { protectedFigures } from '../../indicators/withheld.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import type { RunRecord } from '../record-run.ts';
import type { Findings } from './report.ts';

/**
 * Computes every figure again from measures that were computed again, and compares value, numerator,
 * denominator, coverage, estimated share, status and method with the database, figures.csv and figures.parquet.
 */
export async function checkFigures(
  again: Warehouse,
  record: RunRecord,
  values: readonly MeasureValue[],
  {
    folder,
    scratch,
    sameProgram,
  }: { readonly folder: string; readonly scratch: string; readonly sameProgram: boolean },
  findings: Findings,
): Promise<{ readonly figures: Figure[]; readonly methods: FigureMethods }> {
  const rules = await rulesIn(again, record.suppressBelow);
  // the database tells how the data are known while figures are worked out
  const [{ figures, withheld }, methodsOf] = await allEnded(
    protectedFigures(record.catalogue, values, rules),
    readMethods(again, record.catalogue),
  );
  const methods = methodsOf(figures);
  await recordFigures(again, figures, scratch, methods);
  await checkWithheld(again, withheld, findings);
  const columns = await again.rows<{ column_name: string; column_type: string }>('describe result.figure');
  const csv = literal(join(folder, 'figures.csv'));
  const typed = columns.map((one) => `${literal(one.column_name)}: ${literal(one.column_type)}`).join(', ');
  const copies: [string, string, string][] = [
    ['figures.csv', `read_csv(${csv}, header = true, columns = {${typed}})`, join(folder, 'figures.csv')],
    [
      'figures.parquet',
      `read_parquet(${literal(join(folder, 'figures.parquet'))})`,
      join(folder, 'figures.parquet'),
    ],
    ['warehouse.duckdb, result.figure', 'sealed.result.figure', join(folder, 'warehouse.duckdb')],
  ];
  for (const [name, relation, file] of copies) {
    // one that is gone is named by the seal
    if (
      !(await access(file).then(
        () => true,
        () => false,
      ))
    )
      continue;
    try {
      await compare(
        again,
        columns.map((one) => one.column_name),
        relation,
        name,
        findings,
      );
    } catch (error) {
      findings.differs('figures', name, 'unreadable', {
        message: (error as Error).message.split('\n')[0] ?? '',
      });
    }
  }
  // what is right row by row may stand in another order, or have cells beside it
  const named = findings.differences.some(({ place }) => place === 'figures.csv');
  const sealed = await readFile(join(folder, 'figures.csv')).catch(() => undefined);
  if (sameProgram && !named && sealed) {
    await exportFigures(again, scratch);
    if (!sealed.equals(await readFile(join(scratch, 'figures.csv'))))
      findings.differs('figures', 'figures.csv', 'figure_bytes');
  }
  findings.checked.figures = figures.length;
  return { figures, methods };
}

/** What `trace` hides is what the protection of people hides. */
async function checkWithheld(
  again: Warehouse,
  places: ReadonlySet<string>,
  findings: Findings,
): Promise<void> {
  const sealed = await again
    .rows<{ place: string }>(
      "select concat_ws('|', measure, entity, period, basis) as place from sealed.result.withheld",
    )
    // a run of before it was recorded: trace works it out
    .catch(() => undefined);
  if (!sealed) return;
  const stored = new Set(sealed.map(({ place }) => place));
  for (const place of places)
    if (!stored.has(place))
      findings.differs('figures', 'warehouse.duckdb, result.withheld', 'withheld_gone', { place });
  for (const place of stored)
    if (!places.has(place))
      findings.differs('figures', 'warehouse.duckdb, result.withheld', 'withheld_added', { place });
}

const key = ['indicator', 'entity', 'period', 'basis'];

async function compare(
  again: Warehouse,
  columns: readonly string[],
  relation: string,
  name: string,
  findings: Findings,
): Promise<void> {
  const compared = columns.filter((column) => !key.includes(column));
  const differs = compared.map(
    (column) => `a.${identifier(column)} is distinct from b.${identifier(column)}`,
  );
  const rows = await again.rows<Record<string, string | null> & { here: boolean; there: boolean }>(
    `select coalesce(a.indicator, b.indicator) || ':' || coalesce(a.entity, b.entity) || ':' || coalesce(a.period, b.period) || ':' || coalesce(a.basis, b.basis) as place,
       a.indicator is not null as here, b.indicator is not null as there,
       ${compared.map((column) => `a.${identifier(column)}::varchar as ${identifier(`a_${column}`)}, b.${identifier(column)}::varchar as ${identifier(`b_${column}`)}`).join(', ')}
     from result.figure as a full join (select * from ${relation}) as b
       on a.indicator = b.indicator and a.entity = b.entity and a.period = b.period and a.basis = b.basis
     where a.indicator is null or b.indicator is null or ${differs.join(' or ')} order by place`,
  );
  // a row told twice joins like one
  const count = (from: string) => again.scalar<number>(`select count(*)::integer from ${from}`);
  const [stored, made] = [await count(`(select * from ${relation})`), await count('result.figure')];
  if (rows.length === 0 && stored !== made)
    findings.differs('figures', name, 'figure_rows', { stored, again: made });
  for (const row of rows) {
    const place = row.place as string;
    if (!row.there) findings.differs('figures', name, 'figure_gone', { figure: place });
    else if (!row.here) findings.differs('figures', name, 'figure_added', { figure: place });
    else {
      const column = compared.find((one) => row[`a_${one}`] !== row[`b_${one}`]) as string;
      findings.differs('figures', name, 'figure', {
        figure: place,
        column,
        stored: row[`b_${column}`] ?? '–',
        again: row[`a_${column}`] ?? '–',
      });
    }
  }
}

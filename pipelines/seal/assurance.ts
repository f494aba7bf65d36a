import { access, mkdir, readFile, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Fault } from '../fault.ts';
import type { Measure } from '../indicators/catalogue.ts';
import { GROUP } from '../indicators/figure.ts';
import { tableColumns } from '../indicators/measure-values.ts';
import { isPopulationStatistic } from '../indicators/population.ts';
import { hidesPart, placeOf } from '../indicators/withheld.ts';
import type { Language } from '../language/wording.ts';
import { templatesFolder } from '../places.ts';
import type { ReportContent } from '../report/content.ts';
import { readContent } from '../report/record-content.ts';
import { withheldIn } from '../report/withheld.ts';
import { ledgerText, readLedger } from '../review/ledger.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { Archive } from './assurance/archive.ts';
import { csvStream, csvTable } from './assurance/csv.ts';
import {
  addressesOfLines,
  countLines,
  lineColumnsOf,
  measureLines,
  streamLines,
} from './assurance/measure-lines.ts';
import {
  changesTable,
  decisionsTable,
  evidenceTable,
  extractsTable,
  indicatorsTable,
  type Listed,
  measuresTable,
  measureValuesTable,
  reconciliationsTable,
  windowsTable,
} from './assurance/tables.ts';
import { journalFile, keptJournal } from './kept-journal.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { type RunRecord, recordedModels } from './record-run.ts';
import { openRun } from './trace.ts';

export interface AssuranceRequest {
  /** where to write; `<run>.assurance.zip` in the working folder by default */
  readonly out?: string | undefined;
  /** language of the guide; the run's by default */
  readonly language?: Language | undefined;
  /** lines of one measure that are listed */
  readonly rows?: number | undefined;
  /** log of the run, where the group kept one */
  readonly log?: string | undefined;
}

export interface AssuranceOutcome {
  readonly file: string;
  readonly entries: number;
  readonly lines: number;
  /** measures whose lines are not given, or not all */
  readonly withheld: number;
}

const mostLines = 1_000_000;
const guides = { fr: 'LISEZ-MOI.md', en: 'READ-ME.md' } as const;

/**
 * One zip with which an assurance provider checks a sealed run without Concordance: guide, definitions,
 * figures, the lines behind the measures (pseudonymous), quarantine, reconciliations, decisions,
 * restatements, evidence, manifest and signature, and two programs that recompute figures and draw samples.
 * The same run, journal and ledger give the same bytes.
 *
 * Left out: the database and the extracts, which hold pay; rows of pay or health, and of measures in which a
 * small group would be seen, alone or by subtraction.
 *
 * @throws {Fault} ASR-001 for a file that stands already, ASR-002 beyond 4 GB
 */
export async function packAssurance(run: string, request: AssuranceRequest = {}): Promise<AssuranceOutcome> {
  const folder = await realpath(run).catch(() => run);
  const manifest = await readManifest(folder);
  const language = request.language ?? manifest.language;
  const file = resolve(request.out ?? `${basename(folder)}.assurance.zip`);
  if (await exists(file)) {
    throw new Fault('ASR-001', `${file} stands already.`, 'Move it away, or name another with --out.', {
      exitStatus: 2,
    });
  }
  const { warehouse, record } = await openRun(folder);
  await mkdir(dirname(file), { recursive: true });
  const next = `${file}.next`;
  const archive = await Archive.create(next);
  try {
    const outcome = await fill(archive, warehouse, record, { folder, manifest, language }, request);
    await archive.end();
    await rename(next, file);
    return { file, ...outcome };
  } catch (error) {
    await archive.abandon();
    await rm(next, { force: true });
    throw error;
  } finally {
    await warehouse.close();
  }
}

async function fill(
  archive: Archive,
  warehouse: Warehouse,
  record: RunRecord,
  { folder, manifest, language }: { folder: string; manifest: Manifest; language: Language },
  request: AssuranceRequest,
): Promise<Omit<AssuranceOutcome, 'file'>> {
  const content = await readContent(warehouse);
  const windows = record.windows.filter((one) => one.period === record.period);
  const { entries } = await keptJournal(folder, manifest);
  const own = join(templatesFolder, 'assurance');
  const guide = await readFile(join(own, language, 'guide.md'), 'utf8');
  await archive.add(
    guides[language],
    guide
      .replaceAll('{run}', manifest.run)
      .replaceAll('{group}', manifest.group)
      .replaceAll('{period}', manifest.period),
  );
  await archive.addFile('recompute.py', join(own, 'recompute.py'));
  await archive.addFile('sample.py', join(own, 'sample.py'));

  for (const name of ['manifest.json', 'manifest.sig', 'manifest.pub.pem'])
    if (await exists(join(folder, name))) await archive.addFile(`package/${name}`, join(folder, name));
  for (const { name } of manifest.outputs) await archive.addFile(`package/${name}`, join(folder, name));

  for (const model of await recordedModels(warehouse))
    await archive.add(`models/${model.name}.sql`, `${model.sql}\n`);
  await archive.add('perimeter.csv', await perimeterTable(warehouse));
  await archive.add('windows.csv', windowsTable(windows));
  await archive.add('indicators.csv', indicatorsTable(record.catalogue, language));
  const listed: Listed[] = [];
  const withheld = withheldIn(content);
  const hidden = hiddenMeasures(content, withheld);
  const columns = await tableColumns(warehouse);
  const most = request.rows ?? mostLines;
  for (const measure of record.catalogue.measures) {
    const reason = closedBecause(measure, hidden);
    if (reason) {
      listed.push({ measure, file: '', rows: null, listed: 0, reason });
      continue;
    }
    const rows = await countLines(warehouse, measure, columns(measure.table), windows);
    if (rows === null) {
      listed.push({ measure, file: '', rows: null, listed: 0, reason: 'small_group' });
      continue;
    }
    if (rows === 0) {
      listed.push({ measure, file: '', rows, listed: 0, reason: '' });
      continue;
    }
    const name = `rows/${measure.id}.csv`;
    const lines = measureLines(measure, columns(measure.table), windows);
    await archive.add(name, csvStream(lineColumnsOf(measure), streamLines(warehouse, lines, most)));
    listed.push({
      measure,
      file: name,
      rows,
      listed: Math.min(rows, most),
      reason: rows > most ? 'capped' : '',
    });
  }
  await archive.add('measures.csv', measuresTable(listed, language));
  await archive.add(
    'measure-values.csv',
    measureValuesTable(
      content.measures.filter(
        (one) =>
          one.period === record.period &&
          !withheld.has(placeOf(one.measure, one.entity, one.period, one.basis)),
      ),
    ),
  );

  await archive.add('reconciliations.csv', reconciliationsTable(content));
  await archive.add('changes.csv', changesTable(content.changes));
  await archive.add('ledger.csv', await ledgerUpTo(folder, manifest));
  await archive.add('decisions.csv', decisionsTable(entries));
  if (entries.length > 0 && manifest.state === 'draft')
    await archive.addFile('decisions.ndjson', journalFile(folder, manifest));
  await archive.add('evidence.csv', evidenceTable(content, entries, manifest.evidence));
  await archive.add('extracts.csv', extractsTable(manifest.extracts));
  if (request.log !== undefined) await archive.addFile('run.log', resolve(request.log));
  const sums = archive.sums.map((one) => `${one.sha256}  ${one.name}\n`).join('');
  await archive.add('SHA256SUMS', sums);
  return {
    entries: archive.sums.length,
    lines: listed.reduce((sum, one) => sum + one.listed, 0),
    withheld: listed.filter((one) => one.reason !== '').length,
  };
}

/** Addresses of lines that a provider names: the group looks them up, for they are not in the archive for people. */
export async function resolveLines(
  run: string,
  id: string,
  numbers: readonly number[],
): Promise<{ line: number; extract: string; row: number }[]> {
  const { warehouse, record } = await openRun(run);
  try {
    const measure = record.catalogue.measures.find((one) => one.id === id);
    // who holds the run may look up any line that some output gave
    const reason = measure && closedBecause(measure, new Set());
    if (!measure || reason) {
      throw new Fault(
        'ASR-003',
        measure ? `The lines of ${id} are not given (${reason}).` : `This run has no measure "${id}".`,
        'See measures.csv in the assurance package.',
        { exitStatus: 2 },
      );
    }
    const columns = await tableColumns(warehouse);
    // lines of people are numbered over the whole history, others over the period's windows
    const windows = record.windows.filter((one) => measure.people || one.period === record.period);
    return await addressesOfLines(warehouse, measureLines(measure, columns(measure.table), windows), numbers);
  } finally {
    await warehouse.close();
  }
}

/** Measures of which some cell is not shown in the run's windows or a quarter of them: their lines would show it. */
function hiddenMeasures(content: ReportContent, withheld: ReadonlySet<string>): ReadonlySet<string> {
  const entities = [GROUP, ...content.entities.map((one) => one.id)];
  const { period } = content.run;
  return new Set(
    content.catalogue.measures
      .filter((one) =>
        (['quarter', 'ttm'] as const).some((basis) => hidesPart(withheld, entities, one, { period, basis })),
      )
      .map((one) => one.id),
  );
}

function closedBecause(measure: Measure, hidden: ReadonlySet<string>): Listed['reason'] | undefined {
  if (measure.opens !== 'rows') return 'pay_or_health';
  if (hidden.has(measure.id)) return 'small_group';
  return isPopulationStatistic(measure) ? 'statistic' : undefined;
}

async function perimeterTable(warehouse: Warehouse): Promise<string> {
  const rows = await warehouse.rows<Record<'entity' | 'weight' | 'entry_date' | 'exit_date', string | null>>(
    'select entity, weight, entry_date::varchar as entry_date, exit_date::varchar as exit_date from reference.entity order by entity',
  );
  return csvTable(['entity', 'weight', 'entry_date', 'exit_date'], rows);
}

/**
 * The ledger of published figures, its chain checked; for a published run up to its own lines, so that what is
 * published later does not change its package.
 */
async function ledgerUpTo(folder: string, manifest: Manifest): Promise<string> {
  const file = join(dirname(dirname(folder)), 'published.csv');
  if (!(await exists(file))) return ledgerText([]);
  const lines = await readLedger(file);
  const rows = (await readFile(file, 'utf8')).split('\n');
  const last = lines.findLastIndex((one) => one.run === manifest.run);
  const kept = manifest.state === 'published' ? last + 1 : lines.length;
  return `${rows.slice(0, kept + 1).join('\n')}\n`;
}

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

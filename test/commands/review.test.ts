import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Fault } from '../../pipelines/fault.ts';
import { reviewRun } from '../../pipelines/review-round.ts';
import { approval, Reviewer } from './filled-workbook.ts';
import { concordance, type Project, tinyProject } from './tiny-project.ts';

/** One sealed run for all tests; each starts without a journal. */
vi.setConfig({ testTimeout: 180_000 });
let project: Project;
let run: string;
let journalFile: string;
let standing: string;
const recycling = 'waste.recycling_rate:GROUP:2026-Q3:quarter';
beforeAll(async () => {
  project = await tinyProject();
  await concordance(['run', '-c', project.config, '--period', '2026-Q3']);
  const { realpath } = await import('node:fs/promises');
  run = await realpath(join(project.folder, 'out', '2026-Q3', 'latest'));
  const folder = join(project.folder, 'out', '2026-Q3', 'review');
  journalFile = join(folder, `${basename(run)}.ndjson`);
  standing = join(folder, `${basename(run)}.xlsx`);
});
afterAll(() => project?.remove());
beforeEach(() => rm(join(project.folder, 'out', '2026-Q3', 'review'), { recursive: true, force: true }));

const sealed = () => Reviewer.open(join(run, 'review.xlsx'));
const saved = (name: string) => join(project.folder, name);
/** The command without its process: the command line itself is tested below. */
const review = async (file: string) => {
  try {
    const { added, review: found } = await reviewRun(run, file, '2026-11-02T08:00:00.000Z');
    const count = (state: string) => found.figures.filter((one) => one.state === state).length;
    return {
      status: 0,
      err: '',
      added,
      approved: count('approved'),
      rejected: count('rejected'),
      overridden: count('overridden'),
    };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { status: error.exitStatus, err: error.message };
  }
};
const journal = async () =>
  (await readFile(journalFile, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const override = (by: string, value: number | string = 75) => ({
  Décision: 'Remplacer',
  'Valeur de remplacement': value,
  Motif: 'bordereau D2 pesé deux fois',
  'Référence de la preuve': 'BSD-2026-118',
  Relecteur: by,
  Date: new Date('2026-10-12T00:00:00Z'),
});

describe('concordance review', () => {
  test('records who, when, what, from what to what; the sealed package stays as it is', async () => {
    const form = await sealed();
    const id = form.ids('Revue').find((one) => one.startsWith('waste.recycling_rate:SA')) as string;
    const manifest = await readFile(join(run, 'manifest.json'));
    const before = await readFile(join(run, 'SHA256SUMS'));
    form.write('Revue', id, override('Alice Martin'));
    const ended = await review(await form.save(saved('one.xlsx')));
    expect(ended.err).toBe('');
    expect(ended).toMatchObject({ added: 1, overridden: 1, approved: 0 });
    expect(await journal()).toMatchObject([
      {
        sequence: 1,
        kind: 'decision',
        subject: id,
        decision: 'override',
        by: 'Alice Martin',
        on: '2026-10-12',
        // 10 t of 12.5 t
        from: { state: 'open', value: '80' },
        to: { state: 'overridden', value: '75' },
        reason: 'bordereau D2 pesé deux fois',
        evidence: 'BSD-2026-118',
      },
    ]);
    expect(await readFile(join(run, 'manifest.json'))).toEqual(manifest);
    expect(await readFile(join(run, 'SHA256SUMS'))).toEqual(before);
    expect((await concordance(['verify', run])).status).toBe(0);
  });

  test('the same workbook taken in twice adds nothing; neither does a copy saved again', async () => {
    const form = (await sealed()).approveAll('Alice Martin');
    const first = await review(await form.save(saved('one.xlsx')));
    const count = form.ids('Revue').length;
    expect(first).toMatchObject({ added: count, approved: count });
    const written = await readFile(journalFile);
    const workbook = await readFile(standing);
    expect(await review(saved('one.xlsx'))).toMatchObject({ added: 0 });
    const again = await (await Reviewer.open(saved('one.xlsx'))).save(saved('two.xlsx'));
    expect(await review(again)).toMatchObject({ added: 0 });
    expect(await readFile(journalFile)).toEqual(written);
    expect(await readFile(standing)).toEqual(workbook);
  });

  test('a stale copy turns nothing back', async () => {
    const form = await sealed();
    const [id] = form.ids('Revue') as [string];
    await review(await form.write('Revue', id, approval('Alice Martin')).save(saved('one.xlsx')));
    const other = await sealed();
    other.write('Revue', id, { ...approval('Bo Dupont'), Décision: 'Rejeter', Motif: 'périmètre à revoir' });
    await review(await other.save(saved('two.xlsx')));
    const stale = await (await Reviewer.open(saved('one.xlsx'))).save(saved('stale.xlsx'));
    expect(await review(stale)).toMatchObject({ added: 0, rejected: 1, approved: 0 });
  });

  test('who overrides cannot approve, whatever the writing of the name; another person can, having seen it', async () => {
    const form = await sealed();
    const id = form.ids('Revue').find((one) => one.startsWith('waste.recycling_rate:SA')) as string;
    await review(await form.write('Revue', id, override('Éloïse de La Tour')).save(saved('one.xlsx')));
    for (const name of ['eloise DE LA TOUR', 'La Tour (de) Eloïse', 'É. de La Tour']) {
      const seen = await Reviewer.open(standing);
      const ended = await review(await seen.write('Revue', id, approval(name)).save(saved('two.xlsx')));
      expect(ended.status, name).toBe(1);
      expect(ended.err, name).toMatch(
        /REV-004 .*\n {2}Revue!K\d+: ".*" cannot approve waste\.recycling_rate:SA/,
      );
    }
    // another person, in a copy that does not show the override
    const blind = (await sealed()).write('Revue', id, approval('Bo Dupont'));
    expect((await review(await blind.save(saved('blind.xlsx')))).err).toContain('does not show that');
    const seen = await Reviewer.open(standing);
    expect(seen.cell('Revue', id, 'Décision consignée').value).toMatch(
      /remplacé par Éloïse de La Tour.*75,0.*au lieu de 80,0/,
    );
    expect(seen.cell('Revue', id, 'Valeur calculée').result).toBe(80);
    const ended = await review(await seen.write('Revue', id, approval('Bo Dupont')).save(saved('two.xlsx')));
    expect(ended).toMatchObject({ added: 1, approved: 1, overridden: 0 });
    expect((await journal()).at(-1)).toMatchObject({
      from: { state: 'overridden', value: '75' },
      to: { state: 'approved', value: '75' },
    });
  });

  test('refuses a workbook whose computed cells were changed, and names them', async () => {
    const form = (await sealed()).approveAll('Alice Martin');
    const id = form.ids('Revue').find((one) => one.startsWith('waste.recycling_rate:SA')) as string;
    const value = form.cell('Revue', id, 'Valeur calculée');
    value.value = 85;
    const measures = form.sheet('Mesures');
    const text = measures.getCell('A6').value;
    measures.getCell('A6').value = 'autre mesure';
    const ended = await review(await form.save(saved('one.xlsx')));
    expect(ended.status).toBe(1);
    expect(ended.err).toContain('REV-003');
    expect(ended.err).toContain(`Revue!${value.address}: found 85, expected 80`);
    expect(ended.err).toContain(
      `Mesures!A6: found autre mesure, expected ${typeof text === 'string' ? text : (text as { text: string }).text}`,
    );
    await expect(stat(journalFile)).rejects.toThrow('ENOENT');
  });

  test('asks for a program that computes where formulas came back without values', async () => {
    const file = await (await sealed()).approveAll('Alice Martin').save(saved('one.xlsx'));
    const parts = unzipSync(new Uint8Array(await readFile(file)));
    for (const [name, bytes] of Object.entries(parts))
      if (name.startsWith('xl/worksheets/'))
        parts[name] = strToU8(strFromU8(bytes).replace(/(<\/f>)<v>[^<]*<\/v>/g, '$1'));
    await writeFile(file, zipSync(parts));
    const ended = await review(file);
    expect(ended.status).toBe(1);
    expect(ended.err).toMatch(/^REV-008 .*none of its \d+ formulas has a value/);
  });

  test('reads by id: a sorted sheet, widened columns and notes of the reviewer change nothing', async () => {
    const form = (await sealed()).approveAll('Alice Martin');
    const sheet = form.sheet('Revue');
    const ids = form.ids('Revue');
    // the first and the last row change places, cell by cell
    const [a, b] = [form.rowOf('Revue', ids[0] as string), form.rowOf('Revue', ids.at(-1) as string)];
    for (let column = 1; column <= sheet.columnCount; column += 1) {
      const [x, y] = [sheet.getCell(a, column), sheet.getCell(b, column)];
      const plain = (cell: typeof x) => (cell.formula ? (cell.result ?? null) : cell.value);
      const [kept, moved] = [plain(x), plain(y)];
      x.value = moved as string;
      y.value = kept as string;
    }
    sheet.getColumn(3).width = 80;
    sheet.autoFilter = 'A5:D9';
    sheet.getCell(sheet.rowCount + 3, 2).value = 'note : à revoir en séance';
    const ended = await review(await form.save(saved('sorted.xlsx')));
    expect(ended.err).toBe('');
    expect(ended).toMatchObject({ added: ids.length, approved: ids.length });
  });

  test('lists everything that is wrong in the form at once, with sheet and cell', async () => {
    const form = await sealed();
    const [a, b, c, d, e] = form.ids('Revue') as [string, string, string, string, string];
    form
      .write('Revue', a, { Décision: 'Valider', Relecteur: 'Alice Martin' })
      .write('Revue', b, { ...override('Alice Martin', 'beaucoup'), 'Référence de la preuve': '' })
      .write('Revue', c, { Décision: 'Rejeter', Motif: 'non', Relecteur: 'X', Date: '31/02/2026' })
      .write('Revue', d, { Motif: 'sans décision' })
      .write('Revue', e, { ...approval('Alice Martin', '2026-06-30'), 'Valeur de remplacement': 3 });
    const ended = await review(await form.save(saved('one.xlsx')));
    expect(ended.status).toBe(1);
    const at = (id: string, heading: string) => `Revue!${form.cell('Revue', id, heading).address}: `;
    for (const expected of [
      `${at(a, 'Décision')}"Valider" is no decision`,
      `${at(b, 'Valeur de remplacement')}"beaucoup" is not a number`,
      `${at(b, 'Référence de la preuve')}empty; an override needs its evidence`,
      `${at(c, 'Motif')}"non"; "Rejeter" needs a reason of 10 characters`,
      `${at(c, 'Relecteur')}"X"; a decision needs its reviewer's name`,
      `${at(c, 'Date')}"31/02/2026" is not a day`,
      `${at(d, 'Décision')}empty, though ${at(d, 'Motif').slice(0, -2)} says "sans décision"`,
      `${at(e, 'Valeur de remplacement')}"3", though the decision is "Approuver"`,
      `${at(e, 'Date')}2026-06-30 does not lie between 2026-07-01 and`,
    ]) {
      expect(ended.err).toContain(expected);
    }
    await expect(stat(journalFile)).rejects.toThrow('ENOENT');
  });

  test('refuses the workbook of another run, and what is no workbook', async () => {
    const other = await tinyProject();
    try {
      await other.write('extracts/waste_2026-Q3.csv', 'vide\n');
      await concordance(['run', '-c', other.config, '--period', '2026-Q3']);
      const theirs = join(other.folder, 'out', '2026-Q3', 'latest', 'review.xlsx');
      const ended = await review(theirs);
      expect(ended.status).toBe(2);
      expect(ended.err).toMatch(/REV-002 .* it is of 2026-Q3-[0-9a-f]{12}/);
    } finally {
      await other.remove();
    }
    await writeFile(saved('letter.xlsx'), 'Bonjour');
    expect(await review(saved('letter.xlsx'))).toMatchObject({
      status: 2,
      err: expect.stringContaining('REV-001'),
    });
  });

  test('a journal that was changed is refused, and its line named', async () => {
    const form = (await sealed()).approveAll('Alice Martin');
    await review(await form.save(saved('one.xlsx')));
    const text = await readFile(journalFile, 'utf8');
    await writeFile(journalFile, text.replace('"by":"Alice Martin"', '"by":"Aline Martin"'));
    expect((await review(saved('one.xlsx'))).err).toMatch(/REV-005 .* line 2, it does not follow/);
  });

  test('as a command, takes a comment without a decision', async () => {
    const form = await sealed();
    const [id] = form.ids('Revue') as [string];
    form.write('Revue', id, { Commentaire: 'à suivre', Relecteur: 'Alice Martin', Date: '12/10/2026' });
    const { status, out } = await concordance(['review', run, await form.save(saved('one.xlsx')), '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(out.trim().split('\n').at(-1) as string)).toMatchObject({
      event: 'done',
      added: 1,
      approved: 0,
      explained: 0,
    });
    expect(await journal()).toMatchObject([{ kind: 'comment', comment: 'à suivre', on: '2026-10-12' }]);
  });

  const office = ['/usr/bin/soffice', '/usr/local/bin/soffice'].find((one) => existsSync(one));
  test.skipIf(!office)('a workbook that LibreOffice recalculated and saved comes back', async () => {
    const form = (await sealed()).approveAll('Alice Martin', [recycling]);
    form.write('Revue', recycling, override('Alice Martin', '75,5'));
    const home = join(project.folder, 'office');
    await mkdir(join(home, 'out'), { recursive: true });
    await cp(await form.save(saved('one.xlsx')), join(home, 'one.xlsx'));
    await promisify(execFile)(office as string, [
      `-env:UserInstallation=file://${home}/profile`,
      '--headless',
      '--convert-to',
      'xlsx:Calc MS Excel 2007 XML',
      '--outdir',
      join(home, 'out'),
      join(home, 'one.xlsx'),
    ]);
    const ended = await review(join(home, 'out', 'one.xlsx'));
    expect(ended.err).toBe('');
    const count = form.ids('Revue').length;
    expect(ended).toMatchObject({ added: count, approved: count - 1, overridden: 1 });
    expect((await journal()).find((one) => one.subject === recycling)).toMatchObject({
      to: { value: '75.5' },
    });
  });
});

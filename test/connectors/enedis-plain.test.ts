import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connector } from '../../connectors/connector.ts';
import { type EnedisOptions, enedis, readSections } from '../../connectors/enedis/connector.ts';
import { utf8Text } from '../../connectors/utf8-text.ts';
import { extractFile, openSession, readAll, readSome } from './reading-session.ts';

/** The same connector without its way for plain tables. */
const bySections: Connector<EnedisOptions> = {
  ...enedis,
  readTogether: undefined,
  read: async (extract, options, session) =>
    readSections(extract, await utf8Text(extract, session, 'ENE'), options, session),
};

const HEADING =
  'Identifiant PRM;Date de début;Date de fin;Grandeur physique;Grandeur métier;Etape métier;Unité;Horodate;Valeur;Nature;Pas;Indice de vraisemblance;Etat complémentaire';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'enedis-plain-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Holds both ways against each other on one text; tells whether it was read as a plain table. */
async function sameBothWays(content: string | Buffer, options: object = {}): Promise<boolean> {
  const path = join(folder, 'courbe.csv');
  await writeFile(path, content);
  const told = (connector: Connector<EnedisOptions>) =>
    readAll(connector, path, options).then(
      ({ reading, records, rejects }) => ({
        isPlain: reading.records.intervals?.typed !== undefined,
        said: {
          rows: reading.rowsRead,
          remarks: reading.remarks,
          facts: reading.facts,
          records,
          rejects,
        },
      }),
      (error: Error) => ({ isPlain: false, said: error.message }),
    );
  const [ours, theirs] = [await told(enedis), await told(bySections)];
  expect(ours.said).toEqual(theirs.said);
  expect(theirs.isPlain).toBe(false);
  return ours.isPlain;
}

interface Cells {
  meter: string;
  quantity: string;
  direction: string;
  stage: string;
  unit: string;
  stamp: string;
  value: string;
  nature: string;
  step: string;
}

const usual: Cells = {
  meter: '30001234567890',
  quantity: 'PA',
  direction: 'CONS',
  stage: 'BRUT',
  unit: 'W',
  stamp: '',
  value: '692',
  nature: 'B',
  step: 'PT30M',
};

const line = ({ meter, quantity, direction, stage, unit, stamp, value, nature, step }: Cells) =>
  `${meter};2026-01-01;2027-01-01;${quantity};${direction};${stage};${unit};${stamp};${value};${nature};${step};0;0`;

/** A half-hour's end on the clock of Paris, without or with its offset from UTC. */
function stamp(start: string, half: number, offset = false): string {
  const instant = new Date(Date.parse(`${start}Z`) + half * 1_800_000);
  const year = instant.getUTCFullYear();
  const lastSunday = (month: number) => {
    const day = new Date(Date.UTC(year, month, 31));
    return Date.UTC(year, month, 31 - day.getUTCDay(), 1);
  };
  const summer = instant.getTime() >= lastSunday(2) && instant.getTime() < lastSunday(9);
  const local = new Date(instant.getTime() + (summer ? 2 : 1) * 3_600_000).toISOString().slice(0, 19);
  return offset ? `${local}+0${summer ? 2 : 1}:00` : local.replace('T', ' ');
}

const curve = (start: string, halves: number, more: Partial<Cells> = {}) =>
  Array.from({ length: halves }, (_, half) => ({ ...usual, stamp: stamp(start, half), ...more }));

const text = (rows: readonly Cells[], end = '\n') => [HEADING, ...rows.map(line), ''].join(end);

const day = curve('2026-01-13T00:00:00', 20);
const change = (at: number, cells: Partial<Cells>) =>
  day.map((row, place) => (place === at ? { ...row, ...cells } : row));

describe('a plain table is read at once, and as by its sections', () => {
  test.each<[string, string | Buffer, object?]>([
    ['in order', text(day)],
    ['lines that end by return and line feed', text(day, '\r\n')],
    ['gzip', gzipSync(text(day))],
    ['a byte order mark', `\ufeff${text(day)}`],
    ['no end of the last line', text(day).trimEnd()],
    ['the clock goes back', text(curve('2026-10-24T20:00:00', 20))],
    [
      'ends on the dial, the clock goes back',
      text([
        ...curve('2026-10-24T20:00:00', 8),
        ...['02:30', '03:00', '02:30', '03:00', '03:30'].map((at) => ({
          ...usual,
          stamp: `2026-10-25 ${at}:00`,
        })),
      ]),
    ],
    ['the repeated hour stands once', text(curve('2026-10-24T20:00:00', 20).filter((_, at) => at !== 11))],
    ['the clock goes forward', text(curve('2026-03-28T20:00:00', 20))],
    [
      'an hour that does not exist',
      text([...curve('2026-03-28T20:00:00', 9), { ...usual, stamp: '2026-03-29 02:30:00' }]),
    ],
    ['starts', text(curve('2026-10-24T20:00:00', 20)), { timestamp: 'start' }],
    ['what looks like starts', text(curve('2026-01-12T23:00:00', 48))],
    [
      'offsets',
      text(
        curve('2026-10-24T20:00:00', 20).map((row, at) => ({
          ...row,
          stamp: stamp('2026-10-24T20:00:00', at, true),
        })),
      ),
    ],
    [
      'two meters, two directions',
      text([
        ...day,
        ...day.map((row) => ({ ...row, direction: 'PROD' })),
        ...day.map((row) => ({ ...row, meter: '30009876543210' })),
      ]),
    ],
    ['a gap', text(day.filter((_, at) => at !== 7))],
    ['more gaps than are told', text(curve('2026-01-13T00:00:00', 60).filter((_, at) => at % 2 === 0))],
    ['a value that is none', text(change(3, { value: 'n.d.' }))],
    ['no value', text(change(0, { value: '' }))],
    ['a negative value', text(change(19, { value: '-3' }))],
    ['a unit that is none', text(change(3, { unit: 'kVA' }))],
    ['a direction that is none', text(change(3, { direction: '?' }))],
    ['a step that is none', text(change(3, { step: 'PT7M' }))],
    ['a timestamp that is none', text(change(3, { stamp: '2026-01-13 24:00:00' }))],
    ['other quantities', text([...day, ...day.map((row) => ({ ...row, quantity: 'PRI' }))])],
    [
      'blanks around values',
      text(change(3, { unit: ' W', value: ' 692\t', stamp: `${day[3]?.stamp} `, nature: '\u00a0C' })),
    ],
    ['energies', text(day.map((row) => ({ ...row, quantity: 'EA', unit: 'kWh', value: '1 234,567891' })))],
  ])('%s', async (_, content, options) => {
    expect(await sameBothWays(content, options)).toBe(true);
  });
});

describe('any other text is read by its sections', () => {
  const lines = text(day).split('\n');
  const with5 = (one: string) => [...lines.slice(0, 5), one, ...lines.slice(5)].join('\n');
  test.each<[string, string | Buffer, object?]>([
    ['a quote', text(change(3, { value: '"692"' }))],
    ['a blank line', with5('')],
    ['a line of separators', with5(';;;;;;;;;;;;')],
    ['a line without a meter', text(change(3, { meter: '' }))],
    ['a meter in scientific notation', text(change(3, { meter: '3,00E+13' }))],
    ['a blank before a meter', text(change(3, { meter: ` ${usual.meter}` }))],
    ['a field too few', with5((lines[5] as string).replace(/;0;0$/, ''))],
    ['two headings', `${text(day)}${text(day.map((row) => ({ ...row, meter: '30009876543210' })))}`],
    ['a curve of two columns after it', `${text(day)}Horodate;Valeur\n2026-01-13 00:30:00;5\n`],
    ['mixed line ends', text(day).replace('\n3', '\r\n3')],
    ['a return within a line', text(change(3, { stage: 'BR\rUT' }))],
    ['an overlap', text([...day, ...day.slice(3, 5)])],
    ['descending order', text([...day].reverse())],
    [
      'a series in two parts',
      text([...day.slice(0, 4), ...day.map((row) => ({ ...row, direction: 'PROD' })), ...day.slice(5)]),
    ],
    ['a nature that is not known', text(change(3, { nature: '?' }))],
    ['a day far from the others', text(change(3, { stamp: '1996-01-13 01:00:00' }))],
    ['no rows', `${HEADING}\n`],
    ['Windows-1252', Buffer.from(text(day), 'latin1')],
    ['no table', 'a;b\n1;2\n'],
  ])('%s', async (_, content, options) => {
    expect(await sameBothWays(content, options)).toBe(false);
  });
});

test('the typed values are those of the texts, in the types that are declared', async () => {
  const path = join(folder, 'typed.csv');
  await writeFile(path, text(change(3, { value: '12.5' })));
  const session = await openSession();
  try {
    const { records } = await enedis.read(await extractFile(path), enedis.options.parse({}), session);
    const { typed, query } = records.intervals ?? {};
    const columns = Object.entries(typed?.types ?? {});
    const [types] = await session.rows(
      `select ${columns.map(([name]) => `lower(typeof(${name})) as ${name}`).join(', ')} from (${typed?.query}) limit 1`,
    );
    expect(types).toEqual(Object.fromEntries(columns));
    const told = columns.map(([name, type]) =>
      type === 'timestamp'
        ? `strftime(${name}, '%Y-%m-%dT%H:%M:%SZ') as ${name}`
        : `${name}::varchar as ${name}`,
    );
    expect(await session.rows(`select row_number, ${told.join(', ')} from (${typed?.query})`)).toEqual(
      await session.rows(query as string),
    );
  } finally {
    await session.close();
  }
});

/** Rows of a few series, with what goes wrong in files: rarely, often, or with anything at all. */
const anyText = fc
  .record({
    start: fc.constantFrom('2026-10-24T21:00:00', '2026-03-28T21:00:00', '2026-07-13T22:00:00'),
    series: fc.array(
      fc.record({
        meter: fc.constantFrom('30001234567890', '30009876543210'),
        direction: fc.constantFrom('CONS', 'PROD'),
        stage: fc.constantFrom('BRUT', 'Corrigé'),
        from: fc.nat(6),
        halves: fc.integer({ min: 1, max: 14 }),
        minutes: fc.constantFrom('PT30M', '30', 'PT10M'),
        offset: fc.boolean(),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    changes: fc.array(
      fc.record({
        at: fc.nat(40),
        cells: fc.oneof(
          fc.record({
            value: fc.constantFrom(
              '',
              'n.d.',
              'NA',
              '-1',
              '12,5',
              ' 7 ',
              '1 234',
              '1e3',
              '999999999999999',
              '0.0005',
              '999999999999',
            ),
          }),
          fc.record({ unit: fc.constantFrom('kW', 'Wh', 'kWh', 'MWh', '', 'w') }),
          fc.record({ nature: fc.constantFrom('', 'C', 'E', 'e', 'Réel', 'H') }),
          fc.record({
            quantity: fc.constantFrom('', 'EA', 'ER', 'Puissance réactive', 'Energie active', 'PMA'),
          }),
          fc.record({ step: fc.constantFrom('PT1H', 'PT60M', '', 'PT90M', 'x') }),
          fc.record({ direction: fc.constantFrom('Soutirage', 'injection', '', 'x') }),
          fc.record({ stage: fc.constantFrom('', 'Estimée', 'CORRIGE') }),
          fc.record({
            stamp: fc.constantFrom(
              '',
              '2026-10-25 02:30:00',
              '2026-03-29 02:30:00',
              '25/10/2026 02:00',
              '2026-10-25T02:30',
              '2026-10-25T02:30:00Z',
              '2026-07-14 00:00:00',
              '2026/07/14 00:00:00',
              'x',
              '2027-10-31 02:30:00',
            ),
          }),
        ),
      }),
      { maxLength: 4 },
    ),
    oddities: fc.array(
      fc.record({
        at: fc.nat(40),
        what: fc.constantFrom(
          '',
          ' ',
          ';;;;;;;;;;;;',
          'x',
          HEADING,
          'Horodate;Valeur',
          '"',
          '\u001f',
          '\r',
          ';',
          '\u00a0',
          'twice',
          'swap',
          'E',
        ),
      }),
      { maxLength: 2 },
    ),
    isOdd: fc.integer({ min: 0, max: 3 }).map((one) => one === 0),
    end: fc.constantFrom('\n', '\r\n'),
    lastEnd: fc.boolean(),
    timestamp: fc.constantFrom(undefined, undefined, 'start', 'end'),
  })
  .map(({ start, series, changes, oddities, isOdd, end, lastEnd, timestamp }) => {
    const rows = series.flatMap(({ from, halves, minutes, offset, ...cells }) =>
      Array.from({ length: halves }, (_, half) => ({
        ...usual,
        ...cells,
        step: minutes,
        stamp: stamp(start, from + half, offset),
      })),
    );
    for (const { at, cells } of changes) Object.assign(rows[at % rows.length] as Cells, cells);
    const lines = [HEADING, ...rows.map(line)];
    for (const { at, what } of isOdd ? oddities : []) {
      const place = 1 + (at % (lines.length - 1));
      const there = lines[place] as string;
      if (what === 'twice') lines.splice(place, 0, there);
      else if (what === 'swap') lines.push(...lines.splice(place, 1));
      else if (['"', '\u001f', '\r', ';', '\u00a0', ' ', 'E'].includes(what))
        lines[place] = there.slice(0, at) + what + there.slice(at);
      else lines.splice(place, 0, what);
    }
    const content = lines.join(end) + (lastEnd ? end : '');
    return { content, options: timestamp === undefined ? {} : { timestamp } };
  });

test('whatever stands in a table, both ways say the same of it', async () => {
  let plain = 0;
  const runs = 40;
  await fc.assert(
    fc.asyncProperty(anyText, async ({ content, options }) => {
      if (await sameBothWays(content, options)) plain += 1;
    }),
    { numRuns: runs },
  );
  expect(plain).toBeGreaterThan(runs / 10);
}, 120_000);

test('lines of a plain table are taken without the rest, but those whose meaning hangs on others', async () => {
  const change = curve('2026-10-24T20:00:00', 20);
  const contents = [text(day), text(change), text(change), `${text(day)}${text(day)}`, gzipSync(text(day))];
  const rows = [[3, 21], [3], [11], [3], [3]];
  const wanted = [];
  for (const [at, content] of contents.entries()) {
    const path = join(folder, `taken-${at}.csv`);
    await writeFile(path, content);
    wanted.push({ extract: await extractFile(path), rows: rows[at] as number[] });
  }
  const taken = await readSome(enedis, wanted);
  expect(
    taken.map((found) => found?.intervals?.map((row) => [row.row_number, row.interval_start].join(' '))),
  ).toEqual([
    ['3 2026-01-13T00:00:00Z', '21 2026-01-13T09:00:00Z'],
    ['3 2026-10-24T20:00:00Z'],
    // the hour that comes twice, a second heading, no plain bytes
    undefined,
    undefined,
    undefined,
  ]);
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { concordance, configuration, type Ended, type Project, tinyProject } from './tiny-project.ts';

/** One run over everything that an extract can have wrong: each fault is said, and none stops the others. */

const waste =
  "Identifiant unique;Entité;Site;Code déchet;Dangereux;Date d'expédition;Poids en tonnes;Code de traitement prévu\n";
const dispatch = (id: string, { entity = 'SA', site = 'USINE', day = '2026-07-10' } = {}) =>
  `${id};${entity};${site};12 01 01;non;${day};10;R4\n`;
const water = 'Entité;Site;Compteur;Origine;Flux;Début;Fin;Quantité;Unité;Nature\n';
const invoices =
  "Entité;Fournisseur;Facture;Date de facture;Date d'échéance;Date de paiement;Montant HT;Montant TTC;Devise\n";
const ledgerHead =
  'JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\n';
const entry = (account: string, debit: string, credit: string) =>
  `AC\tAchats\t1\t20260715\t${account}\tX\t\t\tP1\t20260715\tlibellé\t${debit}\t${credit}\t\t\t20260715\t\t\n`;
const dsn = (...lines: string[]) => {
  const all = [
    "S10.G00.00.005,'02'",
    "S10.G00.00.006,'P26V01'",
    "S20.G00.05.001,'01'",
    "S20.G00.05.002,'01'",
    "S20.G00.05.003,'11'",
    "S20.G00.05.004,'1'",
    "S20.G00.05.005,'01072026'",
    "S20.G00.05.010,'01'",
    "S21.G00.06.001,'732829320'",
    "S21.G00.11.001,'00017'",
    ...lines,
  ];
  return `${[...all, `S90.G00.90.001,'${all.length + 2}'`, "S90.G00.90.002,'1'"].join('\r\n')}\r\n`;
};
const source = (id: string, connector: string, contract: string, more = '') =>
  `  - { id: ${id}, connector: ${connector}, ${contract ? `contract: ${contract}, ` : ''}path: extracts/${id}/*, entities: [SA]${more} }\n`;

const files: Record<string, string | Uint8Array> = {
  'empty/a.csv': '',
  'latin/a.csv': Buffer.from(waste + dispatch('L1'), 'latin1'),
  'gz/a.csv.gz': gzipSync(
    waste + Array.from({ length: 3000 }, (_, i) => dispatch(`Z${i}`)).join(''),
  ).subarray(0, 4000),
  'heading/a.csv': waste.replace('Poids en tonnes', 'Masse') + dispatch('H1'),
  'column/a.csv': 'Identifiant unique;Entité;Site\nC1;SA;USINE\n',
  'twice/a.csv': waste + dispatch('D1'),
  'twice/b.csv': waste + dispatch('D1'),
  'again/a.csv': waste + dispatch('D1'),
  'rows/2026-Q3.csv':
    waste +
    dispatch('U1', { entity: 'ZZ' }) +
    dispatch('U2', { site: 'PARIS' }) +
    dispatch('U3', { day: '2026-10-01' }) +
    dispatch('U4'),
  'invoices/a.csv': `${invoices}SA;F1;I1;2026-07-01;2026-08-01;2026-08-01;100;120;XBT\nSA;F1;I2;2026-10-01;2026-11-01;;100;120;USD\n`,
  'water/a.csv': `${water}SA;USINE;E1;network;withdrawal;2026-07-01;2026-09-30;92;firkin;measured\nSA;USINE;E2;network;withdrawal;2026-09-30;2026-07-01;92;m3;measured\n`,
  'nozip/a.xlsx': 'this is no zip archive',
  'bomb/a.xlsx': zipSync({
    '[Content_Types].xml': strToU8('<Types/>'),
    'xl/workbook.xml': strToU8('<workbook/>'),
    'xl/worksheets/sheet1.xml': new Uint8Array(3 << 20),
  }),
  // what Excel writes behind a password is an OLE2 compound file; here its first sector alone
  'password/a.xlsx': Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(504)]),
  'ledger/732829320FEC20260930.txt':
    ledgerHead + entry('606100', '1200,00', '0') + entry('401000', '0', '1020,00'),
  'ledger/999001019FEC20260930.txt':
    ledgerHead + entry('606100', '12,00', '0') + entry('401000', '0', '12,00'),
  'dsn/a.dsn': dsn(
    "S21.G00.30.001,'2850799123456'",
    "S21.G00.30.098,'?'",
    "S21.G00.40.001,'01032019'",
    "S21.G00.40.007,'01'",
    "S21.G00.40.009,'00042'",
  ),
  'orphan/b.dsn': dsn("S21.G00.40.001,'01032019'", "S21.G00.40.007,'01'", "S21.G00.40.009,'00043'"),
  'curve/a.csv': 'rien qui soit une courbe\n',
  'lines/a.ndjson': '{"entity":\n',
  'columns/a.parquet': 'PAR1 cut short',
  'name/juillet.csv': waste + dispatch('N1'),
};
const sources =
  source('nothing', 'csv', 'freight') +
  source('empty', 'csv', 'waste_register') +
  source('latin', 'csv', 'waste_register', ', options: { encoding: utf-8 }') +
  source('gz', 'csv', 'waste_register') +
  source('heading', 'csv', 'waste_register') +
  source('column', 'csv', 'waste_register') +
  source('twice', 'csv', 'waste_register') +
  source('again', 'csv', 'waste_register') +
  source('rows', 'csv', 'waste_register', `, covers: '(?<year>\\d{4})-Q(?<quarter>\\d)'`) +
  source('invoices', 'csv', 'supplier_invoices') +
  source('water', 'csv', 'water') +
  source('nozip', 'xlsx', 'water') +
  source('bomb', 'xlsx', 'water', ', options: { max_inflated_mb: 1 }') +
  source('password', 'xlsx', 'water') +
  source('ledger', 'fec', '') +
  source('dsn', 'dsn', '', ', personal: true') +
  source('orphan', 'dsn', '', ', personal: true') +
  source('curve', 'enedis', '') +
  source('lines', 'json', 'projects') +
  source('columns', 'parquet', 'deliveries') +
  source('name', 'csv', 'waste_register', `, covers: '(?<year>\\d{4})-Q(?<quarter>\\d)'`);

let project: Project;
let ended: Ended;
let gates: string[];
let quarantine: string[];
beforeAll(async () => {
  project = await tinyProject(() =>
    configuration
      .replace('country: FR, method', 'country: FR, siren: "732829320", method')
      .replace(/sources:[\s\S]*(?=privacy)/, `sources:\n${sources}`),
  );
  for (const [name, content] of Object.entries(files)) await project.write(`extracts/${name}`, content);
  ended = await concordance(['run', '-c', project.config, '--period', '2026-Q3', '--language', 'en']);
  gates = (JSON.parse(ended.out.trim().split('\n').at(-1) as string) as { gates: string[] }).gates;
  quarantine = (await readFile(join(project.folder, 'out/2026-Q3/latest/quarantine.csv'), 'utf8'))
    .split('\n')
    .slice(1);
});
afterAll(() => project?.remove());

test('the run goes to its end, asks the CSR lead to look, and shows no stack trace', () => {
  expect(ended.err).toBe('');
  expect(ended.status).toBe(3);
});

test.each([
  ['a missing file', /nothing could not be read: SRC-001 Source nothing has no file .* Deliver the extract/],
  ['an empty file', /empty\/a\.csv: CSV-001 The file is empty/],
  ['a wrong encoding', /latin\/a\.csv: CSV-004 The file is declared as utf-8, but line 1 is not/],
  ['a truncated gzip', /gz\/a\.csv\.gz: CSV-003 The gzip file is truncated or damaged/],
  ['a changed heading', /heading\/a\.csv: STG-010 .* has no column weight_t; its headings are .*Masse/],
  ['missing columns', /column\/a\.csv: STG-010 .* has no column waste_code, hazardous/],
  ['a workbook that is no zip', /nozip\/a\.xlsx: XLSX-001/],
  ['a zip bomb', /bomb\/a\.xlsx: XLSX-005 .* inflates to more than 1 MiB/],
  ['a password', /password\/a\.xlsx: XLSX-00[12]/],
  [
    'a FEC that does not balance',
    /FEC-004 Entry AC-1 does not balance: debit 1\s200,00, credit 1\s020,00 .*lines 2-3/,
  ],
  [
    'a DSN that lacks a block',
    /orphan\/b\.dsn: DSN-006 1 block S21\.G00\.40 under no individual \(S21\.G00\.30\)/,
  ],
  ['a curve that is none', /curve\/a\.csv: ENE-003/],
  ['a Parquet cut short', /columns\/a\.parquet: PARQUET-003/],
  ['a name that does not say its months', /name\/juillet\.csv: STG-012/],
])('%s is told to the CSR lead', (_, sentence) => {
  expect(gates.filter((gate) => sentence.test(gate))).toHaveLength(1);
});

test.each([
  ['the same extract under two names', 'twice/b.csv,1,"",', 'duplicate_extract'],
  ['the same extract from two sources', 'again/a.csv,1,"",', 'duplicate_extract'],
  ['an unknown entity', 'rows/2026-Q3.csv,1,entity,ZZ', 'unknown_entity'],
  ['an unknown site', 'rows/2026-Q3.csv,2,site,PARIS', 'unknown_site'],
  ['a date outside the period', 'rows/2026-Q3.csv,3,dispatch_date,2026-10-01', 'outside_period'],
  ['an unknown currency', 'invoices/a.csv,1,currency,XBT', 'unknown_currency'],
  ['a currency without a rate on the day', 'invoices/a.csv,2,currency,USD', 'no_rate'],
  ['an unknown unit', 'water/a.csv,1,unit,firkin', 'unknown_unit'],
  ['an end before its beginning', 'water/a.csv,2,period_end,2026-07-01', 'end_before_start'],
  [
    'a ledger of a company outside the perimeter',
    'ledger/999001019FEC20260930.txt,2,siren,999001019',
    'unknown_entity',
  ],
  ['a torn line of JSON', 'lines/a.ndjson,1,,', 'malformed_json'],
])('%s is in quarantine with row, column, value and rule', (_, start, rule) => {
  const line = quarantine.find((one) => one.startsWith(start));
  expect(line, quarantine.join('\n')).toContain(`,${rule},`);
});

test('an unknown rubric of a DSN is said in the workbook, and the person beside it is counted', async () => {
  const parts = unzipSync(await readFile(join(project.folder, 'out/2026-Q3/latest/review.xlsx')));
  const text = Object.values(parts)
    .map((part) => strFromU8(part))
    .join('');
  expect(text).toMatch(/DSN-008 [^<]*S21\.G00\.30\.098/);
  const manifest = JSON.parse(
    await readFile(join(project.folder, 'out/2026-Q3/latest/manifest.json'), 'utf8'),
  ) as { extracts: { name: string; rows_read: number; rows_staged: number; rows_quarantined: number }[] };
  for (const one of manifest.extracts)
    expect(one.rows_read, one.name).toBe(one.rows_staged + one.rows_quarantined);
  expect(manifest.extracts.find((one) => one.name.endsWith('a.dsn'))).toMatchObject({ rows_quarantined: 0 });
});

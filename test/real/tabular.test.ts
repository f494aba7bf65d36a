import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Connector } from '../../connectors/connector.ts';
import { csv } from '../../connectors/csv/connector.ts';
import { json } from '../../connectors/json/connector.ts';
import { xlsx } from '../../connectors/xlsx/connector.ts';
import { extractFile, openSession, type Row, readAll } from '../connectors/reading-session.ts';

const data = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

// biome-ignore lint/suspicious/noExplicitAny: the options are parsed by the connector's own schema
async function whole(connector: Connector<any>, path: string, options: object = {}) {
  const { reading, records, rejects } = await readAll(connector, `${data}${path}`, options);
  const columns = reading.records.rows?.columns ?? [];
  const rows = records.rows ?? [];
  return { reading, columns, rows, rejects, codes: (reading.remarks ?? []).map(({ code }) => code) };
}

// biome-ignore lint/suspicious/noExplicitAny: see above
async function refusal(connector: Connector<any>, path: string, options: object = {}): Promise<string> {
  return readAll(connector, `${data}${path}`, options).then(
    () => 'was read',
    (error: Error) => error.message,
  );
}

/** The sum of a column in units of its last decimal place, exactly. */
function sum(rows: readonly Row[], column: string, decimals = 0): bigint {
  return rows.reduce((total, row) => {
    const [whole = '0', fraction = ''] = String(row[column] ?? '0').split('.');
    return total + BigInt(whole + fraction.padEnd(decimals, '0'));
  }, 0n);
}

describe.skipIf(!existsSync(data))('delimited text', () => {
  /**
   * Counted with the csv module of Python 3: columns, records that are not blank, records of another width, and
   * the first 16 digits of the SHA-256 of all values of the others (unit separator between values, LF between
   * records, absent values empty). Every value is thus compared, not only the count. The line of blns.txt that is
   * a zero-width no-break space alone is empty in the digest: the driver takes it off when a value comes out of
   * DuckDB, where it is whole (a test of its own, below).
   */
  test.each([
    ['hr/emp_attrition.csv', 35, 1470, 0, 'c6cee96517b6eb2b', {}],
    ['hr/index-egalite-hf.csv', 9, 2323, 0, '1ad07d8fc953b23b', {}],
    ['hr/mock-gip-mds.csv', 71, 200, 0, '6d1e82180c1f4b52', { header_row: 3 }],
    ['emission-factors/Base.Carbone.V20.2_Extrait.BCS-1.csv', 67, 548, 0, '38757d878c11a694', {}],
    ['emission-factors/greenlang_stationary_combustion.csv', 10, 270, 0, '0faf39e50435125e', {}],
    ['emission-factors/greenlang_mobile_combustion.csv', 10, 350, 0, '0b1ecd4e678c399f', {}],
    ['emission-factors/greenlang_purchased_electricity.csv', 10, 29, 0, '709795e6845b564e', {}],
    ['emission-factors/defra2025_business_travel_air.csv', 10, 112, 0, '6832b41765298116', {}],
    ['emission-factors/defra2025_waste_disposal.csv', 10, 294, 0, 'f87b40e22ec9f08a', {}],
    ['emission-factors/egeria_stationary_combustion_fuels.csv', 12, 64, 0, 'a732ed0f42eabc55', {}],
    ['waste/stg_codes_dechets.csv', 2, 842, 0, '41cf2dc42de02a9a', {}],
    ['waste/codes_operations_traitements.csv', 2, 29, 0, '619a1d64d79236f9', {}],
    [
      'waste/s3ic.csv',
      24,
      10,
      0,
      '6dd44a4fd24b4491',
      { columns: Array.from({ length: 24 }, (_, n) => `c${n}`), quote: '', null_values: ['\\N'] },
    ],
    ['energy/il-electricity-cdd-hdd-hourly.csv.gz', 2, 19417, 0, '8423cb8a5013c025', {}],
    ['energy/bdg1_meta_open.csv', 19, 507, 0, 'aafa90518e63253f', {}],
    ['energy/Enedis_Conso_Jour.noPRM.csv', 17, 268, 4, 'b5e2b90d6ba0486d', { header_row: 3 }],
    ['messy/table-with-accents.csv', 8, 638, 0, '5553dc3b5c26896a', {}],
    ['messy/doublequote.csv', 17, 5, 0, '37d57891998bb91f', {}],
    ['messy/utf-16le_encoded.csv', 19, 327, 0, '91a7b18721650bc3', {}],
    ['messy/spanish_chars.csv', 8, 115, 0, '34dd50431716b7d7', {}],
    ['messy/skip_initials.csv', 2, 2, 0, 'd3fd73c16e742415', {}],
    ['messy/latin1.csv', 2, 2, 0, '6f513d03fd393e6e', {}],
    ['travel-fuel/fuel_prices.csv', 2, 4, 0, '7af510370bb2c0bd', {}],
    ['travel-fuel/fuel_types.csv', 3, 4, 0, '3ad40570908c6625', {}],
    ['hostile/blns.txt', 1, 665, 0, 'b673ea2f0c02a9f5', { columns: ['string'], quote: '' }],
    ['hostile/csv-payload.txt', 1, 6, 0, '2a5d2bea355cd09e', { columns: ['payload'], quote: '' }],
  ])('%s', async (path, columns, records, rejected, digest, options) => {
    const read = await whole(csv, path, options);
    expect([read.columns.length, read.reading.rowsRead, read.rejects.length]).toEqual([
      columns,
      records,
      rejected,
    ]);
    const text = read.rows.map((row) => read.columns.map((name) => row[name] ?? '').join('\x1f')).join('\n');
    expect(createHash('sha256').update(text).digest('hex').slice(0, 16)).toBe(digest);
  });

  test.each(['comma_in_quotes', 'empty', 'escaped_quotes', 'newlines_crlf', 'simple', 'utf8'])(
    'csv-spectrum %s gives the rows of its suite',
    async (name) => {
      const { rows } = await whole(csv, `messy/csv-spectrum_${name}.csv`);
      const expected: Row[] = JSON.parse(readFileSync(`${data}messy/csv-spectrum_${name}.json`, 'utf8'));
      // the suite's files were checked out with LF, its expectations kept CR LF
      const alike = (value: unknown) => String(value ?? '').replaceAll('\r\n', '\n');
      const values = (row: Row) => Object.entries(row).map(([key, value]) => `${key}=${alike(value)}`);
      expect(rows.map(({ row_number, ...row }) => values(row))).toEqual(expected.map(values));
    },
  );

  test('the hourly meter sums to the 10 438.28 kWh of the index, over 2015-12-26 to 2016-12-25', async () => {
    const { rows } = await whole(csv, 'energy/il-electricity-cdd-hdd-hourly.csv.gz');
    const year = rows.filter(({ start }) => String(start) >= '2015-12-26' && String(start) < '2016-12-26');
    expect(sum(year, 'value', 2)).toBe(1_043_828n);
  });

  test('the envelope above the pay-gap file announces as many lines as are read', async () => {
    const announced = readFileSync(`${data}hr/mock-gip-mds.csv`, 'utf8').split('\n')[1]?.split(';')[5];
    const { reading, codes } = await whole(csv, 'hr/mock-gip-mds.csv', { header_row: 3 });
    expect(reading.rowsRead).toBe(Number(announced));
    expect(codes).toContain('CSV-007');
  });

  test('incomes and leavers of the HR file (Python: 9 559 309 and 237)', async () => {
    const { rows } = await whole(csv, 'hr/emp_attrition.csv');
    expect(sum(rows, 'MonthlyIncome')).toBe(9_559_309n);
    expect(rows.filter((row) => row.Attrition === 'Yes')).toHaveLength(237);
  });

  test('a heading of years under a preamble: records and rejects are all the lines below that hold something', async () => {
    const { reading, columns } = await whole(csv, 'messy/weird_head_padding.csv', { header_row: 12 });
    expect(columns.slice(0, 3)).toEqual(['column_1', '1985', '1993']);
    const below = readFileSync(`${data}messy/weird_head_padding.csv`, 'utf8').split('\n').slice(12);
    expect(reading.rowsRead).toBe(below.filter((line) => /[^\s;]/.test(line)).length);
  });

  test('a value that is a zero-width no-break space alone is whole in DuckDB', async () => {
    const session = await openSession();
    const extract = await extractFile(`${data}hostile/blns.txt`);
    const reading = await csv.read(extract, csv.options.parse({ columns: ['string'], quote: '' }), session);
    const found = await session.rows(
      `select row_number from (${reading.records.rows?.query}) where string = chr(65279)`,
    );
    await session.close();
    expect(found).toEqual([{ row_number: 130n }]);
  });

  test('workbooks and XML given as text are refused', async () => {
    expect(await refusal(csv, 'messy/span_rich.xls')).toMatch(/^CSV-002 .*Excel 97-2003/);
    expect(await refusal(csv, 'messy/merged-cells.xlsx')).toMatch(/^CSV-002 .*connector xlsx/);
    expect(await refusal(csv, 'hostile/xmlbomb.xml')).toMatch(/^CSV-002 /);
  });
});

describe.skipIf(!existsSync(data))('workbooks', () => {
  test('accidents by activity: rows and sums as Python reads the XML (zipfile, ElementTree)', async () => {
    const { rows, columns, reading, codes } = await whole(xlsx, 'accidents/at-by-ctn-naf.xlsx');
    expect(reading.rowsRead).toBe(4498);
    expect(columns).toHaveLength(33);
    expect([rows[0]?.row_number, rows.at(-1)?.row_number]).toEqual([5n, 4502n]);
    expect(sum(rows, 'Nombre de salariés')).toBe(20_799_568n);
    expect(sum(rows, "Nombre d'heures travaillées")).toBe(34_359_322_638n);
    expect(sum(rows, 'AT en 1er règlement')).toBe(549_614n);
    expect(codes).toEqual(['XLSX-011']);
  });

  test('gas by month: 13 months, the 23 181 kWh of the index', async () => {
    const { rows, columns } = await whole(xlsx, 'energy/Donnees_informatives_PCE_MONTHLY.xlsx');
    expect(columns).toEqual(['Date de relevé', 'Volume consommé (m3)', 'Energie consommée (kWh)']);
    expect(rows).toHaveLength(13);
    expect(sum(rows, 'Energie consommée (kWh)')).toBe(23_181n);
  });

  test('float noise, percentages, both epochs, ISO dates, merged cells, headings of several rows', async () => {
    const noise = await whole(xlsx, 'messy/adjust-floating-point-error.xlsx');
    expect(noise.rows.map((row) => row['actual PO4 (values)'])).toContain('274.66');
    const percent = await whole(xlsx, 'messy/preserve-formatting-percentage.xlsx');
    expect(percent.rows.map((row) => row.col2)).toEqual(['0.52', '0.3', '0.06']);
    // calamine's own expectations for date_1904.xlsx: 2021-01-01, 2021-01-02, and 255:10:10 elapsed
    const epoch = await whole(xlsx, 'messy/calamine_date_1904.xlsx', { columns: ['moment', 'n'] });
    expect(epoch.rows.map((row) => row.moment)).toEqual(['2021-01-01', '2021-01-02', '255:10:10']);
    const iso = await whole(xlsx, 'messy/calamine_date_iso.xlsx', { columns: ['moment'] });
    expect(iso.rows.slice(0, 3).map((row) => row.moment)).toEqual([
      '2021-01-01',
      '2021-01-01T10:10:10',
      '10:10:10',
    ]);
    const merged = await whole(xlsx, 'messy/calamine_merge_cells.xlsx');
    expect(merged.columns).toEqual(['Row Merge', 'Row Merge_2', 'Not Merged']);
    const headings = await whole(xlsx, 'messy/multiline-headers.xlsx', { header_row: 1, header_rows: 5 });
    expect(headings.columns).toEqual([
      'Region',
      'Caloric contribution / (%)',
      'Cumulative impact of changes on cost of food basket / from previous quarter',
      'Cumulative impact of changes on cost of food basket / from baseline (%)',
    ]);
    expect(headings.rows).toHaveLength(1);
  });

  test('each kind of error is a reject with its value', async () => {
    const { rejects, rows } = await whole(xlsx, 'messy/calamine_errors.xlsx', { columns: ['result'] });
    expect(rows).toEqual([]);
    expect(rejects.map((row) => row.value)).toEqual([
      '#DIV/0!',
      '#NAME?',
      '#VALUE!',
      '#NULL!',
      '#REF!',
      '#NUM!',
      '#N/A',
    ]);
  });

  test('company tables: 50 companies, 119 targets, years as headings', async () => {
    // counted as <row> elements with a value below row 1 (Python, zipfile and regular expressions)
    const companies = await whole(xlsx, 'esg-reports/sbti_data_provider_example.xlsx');
    const targets = await whole(xlsx, 'esg-reports/sbti_data_provider_example.xlsx', {
      sheet: 'target_data',
    });
    expect([companies.rows.length, targets.rows.length]).toEqual([50, 119]);
    const history = await whole(xlsx, 'esg-reports/itr_test_data_company.xlsx', { sheet: 'historic_data' });
    expect(history.columns.slice(0, 5)).toEqual(['company_id', 'variable', 'scope', '2009', '2010']);
    expect(history.rows).toHaveLength(145);
  });

  test('the norm of the DSN: 576 fields', async () => {
    const { rows, columns } = await whole(xlsx, 'dsn/dsn-datatypes-CT2024.xlsx', { sheet: 'Fields' });
    expect(columns).toEqual(['Block Id', 'Id', 'Name', 'Description', 'DataType Id', 'Comment']);
    expect(rows).toHaveLength(576);
  });

  test('the official VSME sample holds the numbers and names that EFRAG reads in it; the blank template opens', async () => {
    const { facts }: { facts: { value: string; aspects: object }[] } = JSON.parse(
      readFileSync(`${data}esg-reports/vsme-1.2.0-facts.json`, 'utf8'),
    );
    const cells = new Set<string>();
    for (const sheet of [
      'General Information',
      'Environmental Disclosures',
      'Social Disclosures',
      'Governance Disclosures',
    ]) {
      for (const file of ['VSME-Digital-Template-Sample-1.2.0.xlsx', 'VSME-Digital-Template-1.3.0.xlsx']) {
        const { rows, columns, reading } = await whole(xlsx, `esg-reports/${file}`, {
          sheet,
          columns: ['A'],
        });
        expect(reading.rowsRead).toBeGreaterThan(10);
        if (!file.includes('Sample')) continue;
        for (const row of rows)
          for (const name of columns) if (row[name] !== null) cells.add(String(row[name]));
      }
    }
    // numbers, of which percentages are given times 100; and names short enough not to be abridged in the list
    const shown = (value: number) => String(Number(value.toPrecision(15)));
    const numbers = facts.filter(({ value }) => /^-?\d+(\.\d+)?$/.test(value));
    const expected = numbers.map(({ value, aspects }) =>
      'numeric-scale' in aspects ? shown(Number(value) / 100) : shown(Number(value)),
    );
    expect(numbers).toHaveLength(99);
    expect(
      expected.filter((value, index) => !cells.has(value) && !cells.has(numbers[index]?.value ?? '')),
    ).toEqual([]);
    const names = facts
      .map(({ value }) => value)
      .filter((value) => /^[^\n…]*[a-z][^\n…]*$/i.test(value) && !/^(True|False)$/.test(value));
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((value) => !cells.has(value))).toEqual([]);
  });

  test('hostile workbooks are refused before they are parsed', async () => {
    expect(await refusal(xlsx, 'hostile/poi_poc-xmlbomb.xlsx')).toMatch(/^XLSX-006 /);
    expect(await refusal(xlsx, 'hostile/poi_54764.xlsx')).toMatch(/^XLSX-006 /);
    expect(await refusal(xlsx, 'hostile/poi_protected_passtika.xlsx')).toMatch(/^XLSX-002 /);
    expect(await refusal(xlsx, 'hostile/poi_1904DateWindowing.xls')).toMatch(/^XLSX-003 /);
    expect(await refusal(xlsx, 'messy/span_rich.xls')).toMatch(/^XLSX-003 /);
    expect(await refusal(xlsx, 'hostile/blns.txt')).toMatch(/^XLSX-001 /);
  });
});

describe.skipIf(!existsSync(data))('JSON', () => {
  test('csv-spectrum expectations are themselves lists of objects', async () => {
    const { rows } = await whole(json, 'messy/csv-spectrum_newlines_crlf.json');
    expect(rows).toHaveLength(3);
    expect(rows[1]?.a).toMatch(/^Once upon \r?\na time$/);
  });

  test('one object over many lines is refused, with what to do', async () => {
    expect(await refusal(json, 'energy/eemeter_metadata.json')).toMatch(/^JSON-005 .*Set the option records/);
  });
});

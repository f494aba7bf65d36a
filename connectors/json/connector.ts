import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import {
  type Connector,
  ExtractError,
  type ExtractFile,
  identifier,
  literal,
  nameColumns,
  pullFiles,
  type Reading,
  type ReadingSession,
  type Remark,
} from '../connector.ts';
import { BrokenList, lineElements, listElements } from './elements.ts';
import { type JsonOptions, jsonOptions } from './options.ts';
import { shapeOf } from './shape.ts';
import { jsonText } from './text.ts';

/**
 * A list of JSON objects, or one object a line (NDJSON), plain or gzip. One record set, `rows`; `row_number` is
 * the n-th object, from 1. Nested values are given as JSON text.
 */
export const json: Connector<JsonOptions> = {
  id: 'json',
  title: 'JSON: a list of objects, or one object a line (NDJSON)',
  options: jsonOptions,
  pull: pullFiles,
  read,
};

async function read(extract: ExtractFile, options: JsonOptions, session: ReadingSession): Promise<Reading> {
  const shape = await shapeOf(extract, options, session);
  const file = session.scratch('elements');
  const rowsRead =
    shape.kind === 'document' ? shape.count : await writeElements(extract, options, shape.kind, file);
  const elements = session.temporary('elements');
  await session.run(
    `create or replace temp table ${elements} as
     with given as (${shape.kind === 'document' ? shape.query : written(file)}),
     parsed as (select *, case when json_valid(element) then element::json end as object from given),
     keyed as (select *, case when json_type(object) = 'OBJECT' then json_keys(object) end as keys from parsed)
     select *, case
       when object is null then 'malformed_json'
       when keys is null then 'not_an_object'
       when len(keys) <> len(list_distinct(keys)) then 'duplicate_key' end as fault
     from keyed`,
  );
  const keys = await session.rows<{ key: string }>(
    `select key, min((n, place)) as first
     from (select n, unnest(keys) as key, generate_subscripts(keys, 1) as place from ${elements} where fault is null)
     group by key order by first`,
  );
  const { columns, duplicates } = nameColumns(keys.map(({ key }) => key));
  const rows = session.temporary('rows');
  const pointers = keys.map(({ key }) => literal(`/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`));
  const values =
    pointers.length > 0 ? `json_extract_string(object, [${pointers.join(', ')}])` : '[]::varchar[]';
  await session.run(
    `create or replace temp table ${rows} as select n, ${values} as v from ${elements} where fault is null`,
  );
  const cells = columns.map((name, index) => `v[${index + 1}] as ${identifier(name)}`);
  return {
    addressing: 'record',
    records: { rows: { query: `select ${['n as row_number', ...cells].join(', ')} from ${rows}`, columns } },
    rejects: `select n as row_number, null::varchar as column_name, left(element, 65536) as value, fault as rule,
      to_json({record: n, line: line})::varchar as facts
      from ${elements} where fault is not null`,
    rowsRead,
    numbers: options.decimal,
    dates: options.dates,
    remarks: remarksOn(extract.name, rowsRead, duplicates),
  };
}

/** Writes `{"n", "line", "element"}` lines, the element as text; gives how many there are. */
async function writeElements(
  extract: ExtractFile,
  options: JsonOptions,
  kind: 'lines' | 'array',
  file: string,
): Promise<number> {
  const out = createWriteStream(file);
  let n = 0;
  let gathered = '';
  const pieces = jsonText(extract, options.max_inflated_mb);
  try {
    for await (const { text, line } of kind === 'array' ? listElements(pieces) : lineElements(pieces)) {
      n++;
      gathered += `${JSON.stringify({ n, line, element: text })}\n`;
      if (gathered.length < 1 << 20) continue;
      if (!out.write(gathered)) await once(out, 'drain');
      gathered = '';
    }
    out.write(gathered);
    return n;
  } catch (error) {
    if (!(error instanceof BrokenList)) throw error;
    const place = { extract: extract.name, row: error.line };
    throw new ExtractError('JSON-005', place, { case: error.what, values: error.values, cause: error });
  } finally {
    out.end();
    await finished(out);
  }
}

function written(file: string): string {
  return `select * from read_json(${literal(file)}, format = 'newline_delimited', maximum_object_size = 134217728,
    columns = {n: 'BIGINT', line: 'BIGINT', element: 'VARCHAR'})`;
}

function remarksOn(name: string, rows: number, duplicates: readonly string[]): Remark[] {
  const remarks: Remark[] = [];
  if (rows === 0) {
    remarks.push({
      code: 'JSON-007',
      severity: 'warning',
      values: { name },
    });
  }
  if (duplicates.length > 0) {
    remarks.push({
      code: 'JSON-008',
      severity: 'warning',
      values: { name, names: duplicates.join(', ') },
    });
  }
  return remarks;
}

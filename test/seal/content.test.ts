import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentOf } from '../../pipelines/seal/content.ts';
import { contentOfTable, rowTextOf } from '../../pipelines/warehouse/content-digest.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

test("a table is told by both halves of its rows' MD5, whatever their order; one value changed is another table", async () => {
  const warehouse = await Warehouse.open(':memory:');
  try {
    await warehouse.run(`create schema model;
      create table model.one as select i as n, 'text ' || i as t, (i * 0.5)::decimal(28,10) as q from range(500) as r(i);
      create table model.other_way as select * from model.one order by n desc;
      create table model.changed as select n, t, case when n = 7 then q + 0.0000000001 else q end as q from model.one;
      create table model.none as select * from model.one where false`);
    const [changed, none, one, otherWay] = await contentOf(warehouse);
    // each row as its values and the length of its text, a unit separator between
    const [halves] = await warehouse.rows<{ content: string }>(
      `select sum(md5_number_lower(r))::varchar || '-' || sum(md5_number_upper(r))::varchar as content
       from (select n || chr(31) || t || chr(31) || q || chr(31) || strlen(t) as r from model.one)`,
    );
    expect(one).toEqual({ table: 'model.one', rows: 500, content: `v2:${halves?.content}` });
    expect(otherWay?.content).toBe(one?.content);
    expect(changed?.content).not.toBe(one?.content);
    expect(none).toEqual({ table: 'model.none', rows: 0, content: 'v2:0-0' });
  } finally {
    await warehouse.close();
  }
});

test('a digest of an earlier package, over the text of whole rows, is made again as it was', async () => {
  const warehouse = await Warehouse.open(':memory:');
  try {
    await warehouse.run(
      `create schema model; create table model.one as select i as n, 'text ' || i as t from range(50) as r(i)`,
    );
    const [halves] = await warehouse.rows<{ content: string }>(
      `select sum(md5_number_lower(r::varchar))::varchar || '-' || sum(md5_number_upper(r::varchar))::varchar as content from model.one as r`,
    );
    const [one] = await contentOf(warehouse, undefined, undefined, undefined, () =>
      rowTextOf(halves?.content as string),
    );
    expect(one?.content).toBe(halves?.content);
  } finally {
    await warehouse.close();
  }
});

test('two rows have one digest only where every value is the same, whatever stands in their texts', async () => {
  const text = fc.option(
    fc
      .array(fc.constantFrom('a', '', '1', '-1', '\u001f', '\u0000'), { maxLength: 3 })
      .map((parts) => parts.join('')),
  );
  const row = fc.record({
    a: text,
    n: fc.option(fc.integer({ min: -1, max: 2 })),
    b: text,
    l: fc.option(fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 })),
  });
  const warehouse = await Warehouse.open(':memory:');
  const sql = (value: string | null) =>
    value === null ? 'null::varchar' : `decode(unhex('${Buffer.from(value).toString('hex')}'))`;
  const digest = async (one: {
    a: string | null;
    n: number | null;
    b: string | null;
    l: string[] | null;
  }) => {
    await warehouse.run(
      `create or replace table t as select ${sql(one.a)} as a, ${one.n ?? 'null'}::integer as n, ${sql(one.b)} as b,
         ${one.l === null ? 'null' : `[${one.l.map((x) => `'${x}'`).join(', ')}]`}::varchar[] as l`,
    );
    return (await contentOfTable(warehouse, 't')).content;
  };
  try {
    await fc.assert(
      fc.asyncProperty(row, row, async (one, other) => {
        expect((await digest(one)) === (await digest(other))).toBe(
          JSON.stringify(one) === JSON.stringify(other),
        );
      }),
      {
        numRuns: 150,
        examples: [
          [
            { a: 'a\u001f', n: 1, b: '', l: null },
            { a: 'a', n: 1, b: '\u001f', l: null },
          ],
        ],
      },
    );
  } finally {
    await warehouse.close();
  }
});

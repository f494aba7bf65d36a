import { expect, test } from 'vitest';
import { contentOf } from '../../pipelines/seal/content.ts';
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
    const [halves] = await warehouse.rows<{ content: string }>(
      `select sum(md5_number_lower(r::varchar))::varchar || '-' || sum(md5_number_upper(r::varchar))::varchar as content from model.one as r`,
    );
    expect(one).toEqual({ table: 'model.one', rows: 500, content: halves?.content });
    expect(otherWay?.content).toBe(one?.content);
    expect(changed?.content).not.toBe(one?.content);
    expect(none).toEqual({ table: 'model.none', rows: 0, content: '0-0' });
  } finally {
    await warehouse.close();
  }
});

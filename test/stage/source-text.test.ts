import { afterEach, beforeEach, expect, test } from 'vitest';
import { sourceIn, withFrenchSource } from '../../pipelines/stage/source-text.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

let warehouse: Warehouse;
beforeEach(async () => {
  warehouse = await Warehouse.open(':memory:', { memory: '1GB' });
  await warehouse.run(`create schema reference;
    create table reference.factors as select * from (values
      ('gas', 'IPCC, from memory', 'GIEC, de mémoire'), ('coal', 'ADEME', null)) as t (factor_id, source, source_fr);
    create table reference.group_factors as select 'heat' as factor_id, 'KAS' as site, 'Kassel network' as source`);
});
afterEach(() => warehouse.close());

const sources = async (language: 'fr' | 'en') =>
  Object.fromEntries(
    (
      await warehouse.rows<{ factor_id: string; source: string }>(
        `select factor_id, ${sourceIn[language]} as source from ${withFrenchSource('factors', 'group_factors')}`,
      )
    ).map((row) => [row.factor_id, row.source]),
  );

test('a source is said in French where there is a French text, and as it is where there is none', async () => {
  expect(await sources('fr')).toEqual({ gas: 'GIEC, de mémoire', coal: 'ADEME', heat: 'Kassel network' });
  expect(await sources('en')).toEqual({ gas: 'IPCC, from memory', coal: 'ADEME', heat: 'Kassel network' });
});

test('a table without a French column, as an older run has it, is read by its source', async () => {
  await warehouse.run('alter table reference.factors drop column source_fr');
  expect(await sources('fr')).toMatchObject({ gas: 'IPCC, from memory', heat: 'Kassel network' });
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import { refuseFactorOverlaps } from '../../pipelines/stage/factor-overlaps.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

let warehouse: Warehouse;
beforeEach(async () => {
  warehouse = await Warehouse.open(':memory:', { memory: '1GB' });
  await warehouse.run(`create schema reference;
    create table reference.factors (factor_id varchar, activity varchar, scope_part varchar, unit varchar, country varchar, gwp_set varchar, valid_from date, valid_to date, extract_id varchar, row_number bigint);
    create table reference.group_factors (factor_id varchar, activity varchar, scope_part varchar, unit varchar, country varchar, site varchar, gwp_set varchar, valid_from date, valid_to date, extract_id varchar, row_number bigint);
    create table reference.energy_mix (carrier varchar, country varchar, valid_from date, valid_to date, extract_id varchar, row_number bigint)`);
});
afterEach(() => warehouse.close());

let line = 0;
const factor = (
  id: string,
  from: string,
  to: string | null,
  part = 'combustion',
  set = 'AR5',
  country = 'FR',
) => {
  line += 1;
  return warehouse.run(
    `insert into reference.factors values ('${id}', 'gas', '${part}', 'kWh', '${country}', '${set}', '${from}', ${to ? `'${to}'` : 'null'}, 'factors/factors.csv', ${line})`,
  );
};

test('two factors of one activity that share a day are refused, with file, names and day', async () => {
  await factor('old', '2024-01-01', '2025-01-01');
  await factor('new', '2025-01-01', null);
  await expect(refuseFactorOverlaps(warehouse)).rejects.toThrow(
    /FAC-001[\s\S]*factors\/factors\.csv, lines \d+, \d+: old and new, from 2025-01-01/,
  );
});

test('one that ends the day before the next begins is no overlap, nor another country, part or report', async () => {
  await factor('old', '2024-01-01', '2024-12-31');
  await factor('new', '2025-01-01', null);
  await factor('upstream', '2024-01-01', null, 'upstream');
  await factor('germany', '2024-01-01', null, 'combustion', 'AR5', 'DE');
  await factor('ar5', '2024-01-01', null, 'gwp', 'AR5');
  await factor('ar6', '2024-01-01', null, 'gwp', 'AR6');
  await expect(refuseFactorOverlaps(warehouse)).resolves.toBeUndefined();
});

test('the group may repeat a built-in factor, and not itself', async () => {
  await factor('built-in', '2024-01-01', null);
  const own = (id: string) =>
    warehouse.run(
      `insert into reference.group_factors values ('${id}', 'gas', 'combustion', 'kWh', 'FR', null, 'AR5', '2024-01-01', null, 'factors/group_factors.csv', 1)`,
    );
  await own('own');
  await expect(refuseFactorOverlaps(warehouse)).resolves.toBeUndefined();
  await warehouse.run("update reference.group_factors set row_number = 2 where factor_id = 'own'");
  await own('own-again');
  await expect(refuseFactorOverlaps(warehouse)).rejects.toThrow(/own-again and own/);
});

test('dates the wrong way round are refused', async () => {
  await factor('turned', '2025-01-01', '2024-12-31');
  await expect(refuseFactorOverlaps(warehouse)).rejects.toThrow(/FAC-002 .*turned/);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Model,
  modelsBefore,
  modelsBehind,
  modelsWithout,
} from '../../pipelines/harmonise/harmonise.ts';
import { type Harmonised, harmonised } from './harmonised.ts';

describe('every model', () => {
  let empty: Harmonised;
  beforeAll(async () => {
    empty = await harmonised();
  });
  afterAll(() => empty.close());

  test('is built from empty staged tables', async () => {
    expect(empty.models.length).toBeGreaterThanOrEqual(35);
    for (const model of empty.models) {
      // that a French law does not concern a company abroad is told by the perimeter alone
      const from = model.name === 'obligation' ? 'model.obligation where bound' : `model.${model.name}`;
      expect(await empty.warehouse.scalar(`select count(*) from ${from}`), model.name).toBe(0);
    }
  });

  test('says whose row it is, when, of what quality and from where', async () => {
    const columns = await empty.rows<{ table_name: string; column_name: string; data_type: string }>(
      "select table_name, column_name, data_type from information_schema.columns where table_schema = 'model'",
    );
    for (const model of empty.models) {
      const own = new Map(
        columns.filter((c) => c.table_name === model.name).map((c) => [c.column_name, c.data_type]),
      );
      expect(
        [own.get('entity'), own.get('site'), own.get('date'), own.get('extract_id'), own.get('row_number')],
        model.name,
      ).toEqual(['VARCHAR', expect.stringMatching(/VARCHAR|INTEGER/), 'DATE', 'VARCHAR', 'BIGINT']);
      expect(own.has('quality'), model.name).toBe(true);
    }
  });

  test('holds no floating-point value', async () => {
    const floating = await empty.rows(
      "select table_name, column_name from information_schema.columns where table_schema = 'model' and data_type in ('DOUBLE', 'FLOAT')",
    );
    expect(floating).toEqual([]);
  });

  test('is built with those that it rests on, and no others', () => {
    const inputs = (name: string): string[] => {
      const { inputs: own } = empty.models.find((model) => model.name === name) as Model;
      const models = own.flatMap((input) => (input.startsWith('model.') ? [input.slice(6)] : []));
      return [name, ...models.flatMap(inputs)];
    };
    for (const { name } of empty.models) {
      const found = modelsBehind(empty.models, [name]).map((model) => model.name);
      expect([...found].sort(), name).toEqual([...new Set(inputs(name))].sort());
    }
    expect(modelsBehind(empty.models, ['waste', 'no_model']).map((model) => model.name)).toEqual(['waste']);
  });

  test('is made before people’s rows where these will only be put into it, with what it reads of them', () => {
    const declared = new Set(['staged.dsn_individuals', 'staged.dsn_declarations', 'staged.mileage_claims']);
    const names = (models: readonly Model[]) => models.map(({ name }) => name);
    const whole = names(modelsWithout(empty.models, declared));
    const before = names(modelsBefore(empty.models, declared));
    expect(whole).toEqual(expect.arrayContaining(['energy', 'ledger', 'waste']));
    expect(whole).not.toEqual(expect.arrayContaining(['emission']));
    // what emissions read of people is there, empty; what people alone make, and what rests on emissions, comes later
    const early = before.filter((name) => !whole.includes(name));
    expect(early).toEqual(
      expect.arrayContaining(['person', 'employment', 'travel', 'mileage', 'commuting', 'emission']),
    );
    for (const later of ['pay', 'absence', 'base_year', 'travel_cost']) expect(before).not.toContain(later);
    expect(names(modelsBefore(empty.models, new Set()))).toEqual(names(empty.models));
  });

  test('reads what its header says, and nothing else', () => {
    for (const model of empty.models) {
      const body = model.sql
        .split('\n')
        .filter((line) => !line.startsWith('--'))
        .join('\n');
      const read = [...body.matchAll(/\b(?:from|join)\s+((?:staged|reference|model)\.\w+)/g)].map(
        (match) => match[1] as string,
      );
      const inSubqueries = [...body.matchAll(/\b((?:staged|reference|model)\.\w+)/g)].map(
        (match) => match[1] as string,
      );
      expect([...new Set([...read, ...inSubqueries])].sort(), model.name).toEqual(
        [...new Set(model.inputs)].sort(),
      );
    }
  });
});

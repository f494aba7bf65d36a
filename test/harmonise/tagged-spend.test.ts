import { expect, test } from 'vitest';
import { harmonised } from './harmonised.ts';

const entries = `siren  journal_code  entry_number  entry_date  account  auxiliary  document_ref  label  debit  credit
111111111  AN  1  2025-01-01  205000  -  -  opening [A-1]  900  0
111111111  AC  2  2025-02-01  606300  -  F1  valves [A-1]  100  0
111111111  AC  2  2025-02-01  445660  -  F1  valves [A-1]  20  0
111111111  AC  2  2025-02-01  401000  S1  F1  valves [A-1]  0  120
111111111  BQ  3  2025-03-01  401000  S1  F1  valves [A-1]  120  0
111111111  AC  4  2025-04-01  215400  S2  F2  [p-9] oven  5000  0
111111111  OD  5  2025-04-30  681120  -  -  depreciation [A-1]  50  0
111111111  AC  6  2025-05-01  606300  -  F3  credit [A-1]  0  30
111111111  AC  7  2025-06-01  622600  -  F4  [A-77] studies  70  0
111111111  AC  8  2025-07-01  606300  -  F5  nothing said  11  0`;

test('a tagged purchase counts once, for the action or the project that its line names', async () => {
  const h = await harmonised(
    {
      actions: `action  objective  name_fr  department  due_date  status  project
A-1  O  Vannes  operations  2025-12-31  running  -
A-2  O  Four  operations  2025-12-31  running  P-9`,
      fec_entries: entries,
    },
    ['tagged_spend', 'milestone'],
    undefined,
    (warehouse) =>
      warehouse.run(
        "insert into reference.ledger_tags (rule, field, pattern, code) values ('bracket', 'label', '\\[([A-Za-z]-[0-9]+)\\]', null), ('studies', 'account', '^6226', 'A-1')",
      ),
  );
  try {
    const spend = await h.rows(
      'select code, action, sum(amount_eur) as amount, count(*) as n from model.tagged_spend group by all order by code',
    );
    expect(spend).toEqual([
      // 100 bought less a credit note of 30: neither VAT, supplier, bank, depreciation nor opening
      { code: 'A-1', action: 'A-1', amount: '70.00', n: 2 },
      // no action has the code: its money has no owner; the first rule that finds a line wins
      { code: 'A-77', action: null, amount: '70.00', n: 1 },
      { code: 'P-9', action: 'A-2', amount: '5000.00', n: 1 },
    ]);
  } finally {
    await h.close();
  }
});

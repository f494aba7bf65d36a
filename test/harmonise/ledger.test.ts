import { afterEach, describe, expect, test } from 'vitest';
import { type Harmonised, harmonised } from './harmonised.ts';

let built: Harmonised | undefined;
afterEach(() => built?.close());
const head =
  'siren  closing_date  journal_code  journal_label  entry_number  entry_date  account  auxiliary  debit  credit';

describe('the ledger', () => {
  test('flags opening entries, by code or by label, and entries within the group', async () => {
    built = await harmonised(
      {
        fec_entries: `${head}
          111111111  2025-12-31  AN  A NOUVEAUX  1  2025-01-01  701000  -  0  900
          111111111  2025-12-31  X1  À-nouveaux 2025  1  2025-01-01  512000  -  900  0
          111111111  2025-12-31  VE  Ventes  7  2025-02-10  411000  IC-B  120  0
          111111111  2025-12-31  VE  Ventes  7  2025-02-10  701000  -  0  100
          111111111  2025-12-31  VE  Ventes  7  2025-02-10  445710  -  0  20
          111111111  2025-12-31  VE  Ventes  8  2025-02-11  411000  C001  240  0
          111111111  2025-12-31  VE  Ventes  8  2025-02-11  701000  -  0  200
          999999999  2025-12-31  VE  Ventes  1  2025-02-11  701000  -  0  50`,
      },
      ['ledger'],
    );
    expect(
      await built.rows(
        "select entity, opening, intragroup, customer, amount::varchar as amount from model.ledger where account = '701000' order by row_number",
      ),
    ).toEqual([
      { entity: 'A', opening: true, intragroup: false, customer: null, amount: '-900.00' },
      { entity: 'A', opening: false, intragroup: true, customer: 'IC-B', amount: '-100.00' },
      { entity: 'A', opening: false, intragroup: false, customer: 'C001', amount: '-200.00' },
      // a company outside the perimeter stays in sight, and counts for nobody
      { entity: null, opening: false, intragroup: false, customer: null, amount: '-50.00' },
    ]);
    expect(await built.rows("select opening from model.ledger where account = '512000'")).toEqual([
      { opening: true },
    ]);
  });

  test('takes the later of two interim files that tell the same days', async () => {
    const rows = (closing: string, lines: string) => lines.replaceAll('CLOSING', closing);
    built = await harmonised(
      {
        'fec_entries@june': rows(
          '2025-06-30',
          `${head}\n111111111  CLOSING  VE  V  1  2025-02-10  701000  -  0  100`,
        ),
        'fec_entries@september': rows(
          '2025-09-30',
          `${head}\n111111111  CLOSING  AN  AN  1  2025-01-01  512000  -  5  0\n111111111  CLOSING  VE  V  1  2025-02-10  701000  -  0  110`,
        ),
        'fec_entries@year_before': `${head}\n111111111  2024-12-31  VE  V  1  2024-12-10  701000  -  0  90`,
      },
      ['ledger'],
    );
    expect(
      await built.rows(
        "select date::varchar as date, amount::varchar as amount from model.ledger where account = '701000' order by date",
      ),
    ).toEqual([
      { date: '2024-12-10', amount: '-90.00' },
      { date: '2025-02-10', amount: '-110.00' },
    ]);
  });
});

describe('purchases', () => {
  test('take the longest prefix of the chart, and assets only from a supplier', async () => {
    built = await harmonised(
      {
        fec_entries: `${head}
          111111111  2025-12-31  AC  Achats  1  2025-02-10  401000  S1  0  360
          111111111  2025-12-31  AC  Achats  1  2025-02-10  606110  -  100  0
          111111111  2025-12-31  AC  Achats  1  2025-02-10  606300  -  100  0
          111111111  2025-12-31  AC  Achats  1  2025-02-10  615280  -  100  0
          111111111  2025-12-31  AC  Achats  2  2025-02-11  404000  S2  0  500
          111111111  2025-12-31  AC  Achats  2  2025-02-11  215400  -  500  0
          111111111  2025-12-31  OD  Divers  3  2025-02-28  215400  -  70  0
          111111111  2025-12-31  OD  Divers  3  2025-02-28  722000  -  0  70`,
      },
      ['purchase'],
    );
    expect(
      await built.rows(
        'select account, family, treatment, supplier, amount_eur::varchar as amount from model.purchase order by account',
      ),
    ).toEqual([
      {
        account: '215400',
        family: 'tangible_assets',
        treatment: 'capital',
        supplier: 'S2',
        amount: '500.00',
      },
      {
        account: '606110',
        family: 'energy_and_water',
        treatment: 'physical',
        supplier: 'S1',
        amount: '100.00',
      },
      {
        account: '606300',
        family: 'small_equipment',
        treatment: 'monetary',
        supplier: 'S1',
        amount: '100.00',
      },
      { account: '615280', family: 'waste', treatment: 'physical', supplier: 'S1', amount: '100.00' },
    ]);
  });
});

describe('supplier invoices', () => {
  const invoices =
    'entity  supplier  invoice  invoice_date  due_date  payment_date  amount_excl_vat  amount_incl_vat  currency  disputed  intragroup';
  test('told again later count once, as last told; payment practice leaves out credits, disputes and the group', async () => {
    built = await harmonised(
      {
        'supplier_invoices@q1': `${invoices}
          A  S1  F1  2025-02-01  2025-03-18  -  100  120  EUR  false  false
          A  S1  F2  2025-02-01  2025-03-18  2025-03-20  -50  -60  EUR  false  false
          A  S2  F3  2025-02-01  2025-03-18  2025-03-20  200  240  EUR  true  false
          A  IC-B  F4  2025-02-01  2025-03-03  2025-03-03  900  1080  EUR  false  true`,
        'supplier_invoices@q2': `${invoices}\n          A  S1  F1  2025-02-01  2025-03-18  2025-03-18  100  120  EUR  false  false`,
        suppliers: `supplier  country  code_signed  esg_assessed  sheltered
          S1  FR  true  false  false`,
      },
      ['invoice', 'supplier_spend'],
    );
    expect(
      await built.rows(
        'select invoice, payment_days, on_time, amount_days::varchar as amount_days, extract_id from model.invoice where counted',
      ),
    ).toEqual([
      // 45 days from 1 February to 18 March, of 120 euros
      { invoice: 'F1', payment_days: 45, on_time: true, amount_days: '5400.00', extract_id: 'q2' },
    ]);
    expect(
      await built.rows(
        'select invoice.invoice, local, code_signed, in_register, s.amount_eur::varchar as amount from model.supplier_spend as s join model.invoice using (extract_id, row_number) order by 1',
      ),
    ).toEqual([
      { invoice: 'F1', local: true, code_signed: true, in_register: true, amount: '100.00' },
      { invoice: 'F2', local: true, code_signed: true, in_register: true, amount: '-50.00' },
      { invoice: 'F3', local: false, code_signed: false, in_register: false, amount: '200.00' },
    ]);
  });
});

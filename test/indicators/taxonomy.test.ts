import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Warehouse } from '../../pipelines/warehouse/warehouse.ts';
import { figuresOf } from './figures-of.ts';

const head =
  'siren  closing_date  journal_code  journal_label  entry_number  entry_date  account  auxiliary  label  debit  credit';

/** What a group declares in its own catalogue. */
const declare = async (warehouse: Warehouse) => {
  await warehouse.run(`insert into reference.taxonomy_activities values
    ('CCM 3.5', 'Équipements efficaces', 'Efficient equipment', 'CCM', true, true, true, true, 'Dossier T-35', null, null, 'test', 'activities', 1),
    ('CCM 7.6', 'Solaire', 'Solar', 'CCM', true, true, true, true, null, null, null, 'test', 'activities', 2),
    ('CCM 7.3', 'Rénovation', 'Renovation', 'CCM', true, true, false, true, 'Dossier T-73', null, null, 'test', 'activities', 3),
    ('CCM 6.5', 'Véhicules', 'Vehicles', 'CCM', false, null, null, null, null, null, null, 'test', 'activities', 4)`);
  await warehouse.run(`insert into reference.taxonomy_mapping values
    (null, 'turnover', '7011', null, null, 'CCM 3.5', 'test', 'mapping', 1),
    ('B', 'turnover', '7011', null, null, 'CCM 6.5', 'test', 'mapping', 2),
    (null, 'capex', '21', '[PV]', null, 'CCM 7.6', 'test', 'mapping', 3),
    (null, 'capex', '2182', null, null, 'CCM 6.5', 'test', 'mapping', 4),
    (null, 'opex', '615', null, null, 'CCM 7.3', 'test', 'mapping', 5)`);
};
const ids = (kpi: string) =>
  ['total', 'eligible', 'aligned', 'not_assessed', 'relief_left'].map((part) => `tax.${kpi}.${part}`);

describe('the indicators of Article 8', () => {
  test('turnover: a credit note takes off, sales within the group leave the group, an own mapping prevails', async () => {
    const found = await figuresOf(
      {
        fec_entries: `${head}
          111111111  2026-12-31  VE  Ventes  1  2026-01-10  701100  -  Pompes  0  800
          111111111  2026-12-31  VE  Ventes  1  2026-01-10  411000  C1  Pompes  800  0
          111111111  2026-12-31  VE  Ventes  2  2026-02-10  706000  -  Services  0  300
          111111111  2026-12-31  VE  Ventes  2  2026-02-10  411000  C1  Services  300  0
          111111111  2026-12-31  VE  Ventes  3  2026-03-10  701100  -  Avoir  200  0
          111111111  2026-12-31  VE  Ventes  3  2026-03-10  411000  C1  Avoir  0  200
          111111111  2026-12-31  VE  Ventes  4  2026-03-11  701100  -  Au groupe  0  1000
          111111111  2026-12-31  VE  Ventes  4  2026-03-11  411000  IC-B  Au groupe  1000  0
          222222222  2026-12-31  VE  Ventes  1  2026-03-12  701100  -  Autres  0  100
          222222222  2026-12-31  VE  Ventes  1  2026-03-12  411000  C9  Autres  100  0`,
      },
      ids('turnover'),
      { before: declare },
    );
    // group: 800 + 300 - 200 + 100 = 1000; eligible and aligned (evidence named): 800 - 200 = 600
    // not assessed: 100 of B, at the limit: 10 % of 1000 less 100 leaves nothing
    expect(found.values(ids('turnover'))).toEqual({
      'tax.turnover.total': '1000',
      'tax.turnover.eligible': '60',
      'tax.turnover.aligned': '60',
      'tax.turnover.not_assessed': '10',
      'tax.turnover.relief_left': '0',
    });
    // the company counts its sale to the group: 1900, of which 1600
    expect(found.value('tax.turnover.total@A')).toBe('1900');
    expect(found.value('tax.turnover.eligible@A')).toBe('84.210526315789');
    // all of B is left unassessed: beyond the relief by 100 - 10
    expect(found.value('tax.turnover.relief_left@B')).toBe('-90');
  });

  test('capex: additions from suppliers, no goodwill, no advance, no transfer; no evidence, no alignment', async () => {
    const found = await figuresOf(
      {
        fec_entries: `${head}
          111111111  2026-12-31  AC  Achats  1  2026-01-10  215400  -  Toiture [PV]  400  0
          111111111  2026-12-31  AC  Achats  1  2026-01-10  404000  F1  Toiture  0  400
          111111111  2026-12-31  AC  Achats  2  2026-01-11  218200  -  Voiture  50  0
          111111111  2026-12-31  AC  Achats  2  2026-01-11  404000  F2  Voiture  0  50
          111111111  2026-12-31  AC  Achats  3  2026-01-12  207000  -  Fonds  900  0
          111111111  2026-12-31  AC  Achats  3  2026-01-12  404000  F3  Fonds  0  900
          111111111  2026-12-31  AC  Achats  4  2026-01-13  238000  -  Acompte  70  0
          111111111  2026-12-31  AC  Achats  4  2026-01-13  404000  F3  Acompte  0  70
          111111111  2026-12-31  AC  Achats  5  2026-01-14  231000  -  En cours  350  0
          111111111  2026-12-31  AC  Achats  5  2026-01-14  404000  F4  En cours  0  350
          111111111  2026-12-31  OD  Divers  6  2026-03-14  213000  -  Mise en service  350  0
          111111111  2026-12-31  OD  Divers  6  2026-03-14  231000  -  Mise en service  0  350
          111111111  2026-12-31  AN  A nouveaux  7  2026-01-01  215400  -  A nouveau [PV]  9999  0
          111111111  2026-12-31  AN  A nouveaux  7  2026-01-01  404000  F4  A nouveau  0  9999`,
      },
      ids('capex'),
      { before: declare },
    );
    // 400 + 50 + 350 = 800; solar is eligible without evidence: not aligned; vehicles not assessed: 50
    expect(found.values(ids('capex'))).toEqual({
      'tax.capex.total': '800',
      'tax.capex.eligible': '50',
      'tax.capex.aligned': '0',
      'tax.capex.not_assessed': '6.25',
      'tax.capex.relief_left': '30',
    });
  });

  test('opex in the narrow sense; significant harm, no alignment; an empty denominator is not zero', async () => {
    const ledger = `${head}
      111111111  2026-12-31  AC  Achats  1  2026-01-10  615200  -  Façade  300  0
      111111111  2026-12-31  AC  Achats  1  2026-01-10  401000  F1  Façade  0  300
      111111111  2026-12-31  AC  Achats  2  2026-01-10  617000  -  Étude  500  0
      111111111  2026-12-31  AC  Achats  2  2026-01-10  401000  F1  Étude  0  500
      111111111  2026-12-31  AC  Achats  3  2026-01-10  613200  -  Loyer  200  0
      111111111  2026-12-31  AC  Achats  3  2026-01-10  401000  F1  Loyer  0  200
      111111111  2026-12-31  AC  Achats  4  2026-01-10  615280  -  Bennes  700  0
      111111111  2026-12-31  AC  Achats  4  2026-01-10  401000  F1  Bennes  0  700
      111111111  2026-12-31  AC  Achats  5  2026-01-10  606100  -  Électricité  900  0
      111111111  2026-12-31  AC  Achats  5  2026-01-10  401000  F1  Électricité  0  900`;
    const found = await figuresOf({ fec_entries: ledger }, [...ids('opex'), ...ids('capex')], {
      before: declare,
    });
    expect(found.values(ids('opex'))).toEqual({
      'tax.opex.total': '1000',
      'tax.opex.eligible': '30',
      'tax.opex.aligned': '0',
      'tax.opex.not_assessed': '0',
      'tax.opex.relief_left': '100',
    });
    expect(found.value('tax.capex.total')).toBe('0');
    expect(found.value('tax.capex.eligible')).toBe('<not_calculable>');
    const missing = await figuresOf({}, ids('opex'), { before: declare, missing: ['fec_entries'] });
    expect(missing.value('tax.opex.total')).toBe('<missing>');
    expect(missing.value('tax.opex.aligned')).toBe('<missing>');
  });

  test('aligned never exceeds eligible, and eligible with unassessed never exceeds the whole', async () => {
    const line = fc.record({
      account: fc.constantFrom('701100', '706000', '701900'),
      amount: fc.integer({ min: 1, max: 9999 }),
      company: fc.constantFrom('111111111', '222222222'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 10 }), async (lines) => {
        const text = lines
          .map(
            (l, n) =>
              `${l.company}  2026-12-31  VE  Ventes  ${n}  2026-01-10  ${l.account}  -  Vente  0  ${l.amount}`,
          )
          .join('\n');
        const found = await figuresOf({ fec_entries: `${head}\n${text}` }, ids('turnover'), {
          before: declare,
        });
        const [total, eligible, aligned, unassessed] = ids('turnover').map((id) => Number(found.value(id)));
        expect(total).toBe(lines.reduce((sum, l) => sum + l.amount, 0));
        expect(aligned).toBeLessThanOrEqual(eligible as number);
        expect((eligible as number) + (unassessed as number)).toBeLessThanOrEqual(100 + 1e-9);
        // additive: the companies make the group
        const parts = ['A', 'B'].map((e) => Number(found.value(`tax.turnover.total@${e}`)));
        expect(parts.reduce((sum, p) => sum + p, 0)).toBe(total);
      }),
      { numRuns: 4, seed: 20260331 },
    );
  }, 120_000);
});

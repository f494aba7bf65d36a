import { type GoldenCase, registerOf } from './golden-case.ts';

const ledgerHead =
  'siren  closing_date  journal_code  entry_number  entry_date  account  auxiliary  label  debit  credit';

export const conduct: GoldenCase[] = [
  {
    name: 'governing bodies, ethics log and exposed functions at 31 March 2026',
    period: '2026-Q1',
    staged: {
      // board: 2 women of 5 with a vote, the employee director apart; committee: 1 of 4
      governance_bodies: `entity  body  member  sex  independent  employee_director  as_of
        A  board  P1  F  true  false  2026-03-31
        A  board  P2  F  false  false  2026-03-31
        A  board  P3  M  true  false  2026-03-31
        A  board  P4  M  -  false  2026-03-31
        A  board  P5  M  true  false  2026-03-31
        A  board  P6  F  true  true  2026-03-31
        A  executive_committee  P1  F  -  false  2026-03-31
        A  executive_committee  P7  M  -  false  2026-03-31
        A  executive_committee  P8  M  -  false  2026-03-31
        A  executive_committee  P9  M  -  false  2026-03-31`,
      // 4 reports; of discrimination and harassment 2 are confirmed; fines 1 500 + 500
      ethics_log: `entity  case  report_date  kind  status  fine_amount  currency
        A  E1  2026-01-10  discrimination  confirmed  1500  EUR
        A  E2  2026-01-11  harassment  confirmed  -  -
        A  E3  2026-02-11  discrimination  open  -  -
        A  E4  2026-03-11  other  dismissed  500  EUR`,
      // 8 people exposed, of whom 6 hold a certificate valid on the last day (the 31st included)
      exposed_functions: [
        'entity  person  month  function  certificate_until',
        ...Array.from({ length: 5 }, (_, i) => `A  x${i}  2026-03-01  buyer  2026-12-31`),
        'A  x5  2026-03-01  buyer  2026-03-31',
        'A  x6  2026-03-01  sales  2026-03-30',
        'A  x7  2026-03-01  sales  -',
      ].join('\n'),
    },
    figures: {
      'gov.board_women': 40,
      'gov.committee_women': 25,
      'gov.alerts': 4,
      'gov.discrimination': 2,
      'gov.discrimination_reported': 3, // the open one too
      'gov.fines': 2000,
      'gov.anticorruption_training': 75,
    },
  },
  {
    name: 'payments to SMEs: micro and small or medium suppliers; one supplier is large, one of unknown size',
    period: '2026-Q1',
    staged: {
      suppliers: `supplier  name  country  family  code_signed  esg_assessed  size
        S1  Un  FR  raw_materials  true  true  small_medium
        S2  Deux  DE  raw_materials  true  false  large
        S3  Trois  FR  services  false  false  micro
        S4  Quatre  FR  services  false  false  -`,
      // F5 is open and due on 3 March; the credit note, the dispute and the group's invoice count nowhere here
      supplier_invoices: `entity  supplier  invoice  invoice_date  due_date  payment_date  amount_excl_vat  amount_incl_vat  currency  disputed  intragroup
        A  S1  F1  2026-01-05  2026-02-04  2026-02-04  5000  6000  EUR  false  false
        A  S1  C1  2026-01-06  2026-02-04  2026-02-04  -1000  -1200  EUR  false  false
        A  S1  F5  2026-02-01  2026-03-03  -  500  600  EUR  false  false
        A  S1  F6  2026-01-05  2026-02-04  2026-03-20  900  1080  EUR  true  false
        A  S2  F2  2026-01-05  2026-02-04  2026-01-15  2500  3000  EUR  false  false
        A  S3  F3  2026-01-05  2026-02-04  2026-02-14  1667  2000  EUR  false  false
        A  S4  F4  2026-01-05  2026-02-04  2026-02-04  833  1000  EUR  false  false
        A  B  G1  2026-01-05  2026-02-04  2026-02-04  9000  9999  EUR  false  true`,
    },
    figures: {
      'pay.avg_days_sme': (6000 * 30 + 2000 * 40) / 8000, // 32,5
      'pay.on_time_sme_share': (100 * 6000) / 8000,
      'pay.late_sme_amount': 600,
      'pay.size_known_share': (100 * (6000 + 2000 + 3000)) / 12000,
      'proc.code_signed_count': 50, // S1 and S2 of four
      'proc.esg_assessed_count': 25, // S1
    },
  },
  {
    name: 'purchases of A (French) by supplier, first quarter of 2026',
    period: '2026-Q1',
    staged: {
      suppliers: `supplier  name  country  family  code_signed  esg_assessed  sheltered
        S1  Un  FR  raw_materials  true  true  false
        S2  Deux  DE  raw_materials  true  false  false
        S3  Trois  FR  services  false  false  true`,
      // S1 5 000 less a credit note of 1 000; S2 3 000; S3 1 000; S4, not in the register, 2 000: 10 000 in all
      supplier_invoices: `entity  supplier  invoice  invoice_date  due_date  payment_date  amount_excl_vat  amount_incl_vat  currency  disputed  intragroup
        A  S1  F1  2026-01-05  2026-02-04  2026-02-04  5000  6000  EUR  false  false
        A  S1  C1  2026-01-06  2026-02-04  2026-02-04  -1000  -1200  EUR  false  false
        A  S2  F2  2026-01-05  2026-02-04  2026-02-04  3000  3600  EUR  false  false
        A  S3  F3  2026-01-05  2026-02-04  2026-02-04  1000  1200  EUR  false  false
        A  S4  F4  2026-01-05  2026-02-04  2026-02-04  2000  2400  EUR  false  false
        A  B  G1  2026-01-05  2026-02-04  2026-02-04  9000  9999  EUR  false  true`,
    },
    figures: {
      'proc.local_share': 50, // S1 4 000, S3 1 000
      'proc.code_signed': 70, // S1 4 000, S2 3 000
      'proc.esg_assessed': 40, // S1
      'proc.sheltered': 1000,
    },
  },
  {
    name: 'ledger and projects of A, first quarter of 2026',
    period: '2026-Q1',
    staged: {
      // revenue 10 000 less a credit note of 2 000; to B 500, which leaves the group; wages 1 600 less a correction of 100;
      // a machine of 700 from a supplier, returned in part for 200; 50 put into service without a supplier
      fec_entries: `${ledgerHead}
        111111111  2026-12-31  VE  1  2026-01-10  701000  -  Vente  0  10000
        111111111  2026-12-31  VE  1  2026-01-10  411000  C1  Vente  10000  0
        111111111  2026-12-31  VE  2  2026-02-10  701000  -  Avoir  2000  0
        111111111  2026-12-31  VE  2  2026-02-10  411000  C1  Avoir  0  2000
        111111111  2026-12-31  VE  3  2026-02-11  706000  -  Groupe  0  500
        111111111  2026-12-31  VE  3  2026-02-11  411000  IC-B  Groupe  500  0
        111111111  2026-12-31  OD  4  2026-01-31  641100  -  Paie  1600  0
        111111111  2026-12-31  OD  4  2026-01-31  421000  -  Paie  0  1600
        111111111  2026-12-31  OD  5  2026-02-28  641100  -  Correction  0  100
        111111111  2026-12-31  OD  5  2026-02-28  421000  -  Correction  100  0
        111111111  2026-12-31  AC  6  2026-01-15  215400  -  Machine  700  0
        111111111  2026-12-31  AC  6  2026-01-15  404000  F1  Machine  0  700
        111111111  2026-12-31  AC  7  2026-02-15  215400  -  Avoir machine  0  200
        111111111  2026-12-31  AC  7  2026-02-15  404000  F1  Avoir machine  200  0
        111111111  2026-12-31  OD  8  2026-02-16  215400  -  Mise en service  50  0
        111111111  2026-12-31  OD  8  2026-02-16  231000  -  Mise en service  0  50`,
      // research 400 of which 300 for sustainable ends, after a negative correction of 100 of those
      projects: `entity  project  name  department  kind  month  spent  budget  currency  status  sustainable
        A  R1  Un  innovation  rd  2026-01-01  400  1000  EUR  running  true
        A  R1  Un  innovation  rd  2026-02-01  -100  1000  EUR  running  true
        A  R2  Deux  innovation  rd  2026-02-01  100  1000  EUR  running  false`,
    },
    figures: {
      'fin.revenue': 8000,
      'fin.revenue@A': 8500,
      'fin.payroll_share': (100 * 1500) / 8000,
      'fin.capex': 500,
      'inno.rd_share': (100 * 400) / 8000,
      'inno.rd_green_share': (100 * 300) / 400,
    },
  },
  {
    name: 'financing, taxes and result of A at 31 March 2026, B with a ledger and no opening entries',
    period: '2026-Q1',
    staged: {
      'fec_entries@FEC2025': `${ledgerHead}
        111111111  2025-12-31  AN  1  2025-01-01  101000  -  Capital  0  9000
        111111111  2025-12-31  OD  2  2025-06-30  164000  -  Emprunt  0  7000`,
      'fec_entries@FEC2026': `${ledgerHead}
        111111111  2026-12-31  AN  1  2026-01-01  101000  -  Capital  0  9000
        111111111  2026-12-31  AN  1  2026-01-01  120000  -  Résultat 2025  0  1000
        111111111  2026-12-31  AN  1  2026-01-01  131000  -  Subvention  0  300
        111111111  2026-12-31  AN  1  2026-01-01  164000  -  Emprunt  0  5000
        111111111  2026-12-31  AN  1  2026-01-01  213000  -  Bâtiment  4000  0
        111111111  2026-12-31  AN  1  2026-01-01  281300  -  Amortissement  0  1000
        111111111  2026-12-31  AC  9  2026-02-20  218300  -  Ordinateurs  500  0
        111111111  2026-12-31  AC  9  2026-04-20  218300  -  Après la période  70  0
        111111111  2026-12-31  OD  2  2026-02-15  120000  -  Affectation  1000  0
        111111111  2026-12-31  OD  2  2026-02-15  106000  -  Affectation  0  400
        111111111  2026-12-31  OD  2  2026-02-15  457000  -  Dividendes  0  600
        111111111  2026-12-31  BQ  3  2026-03-31  164000  -  Échéance  250  0
        111111111  2026-12-31  BQ  3  2026-03-31  661100  -  Intérêts  40  0
        111111111  2026-12-31  BQ  3  2026-03-31  512000  -  Échéance  0  290
        111111111  2026-12-31  VE  4  2026-03-01  701000  -  Vente  0  8000
        111111111  2026-12-31  OD  5  2026-03-31  641100  -  Salaires  1500  0
        111111111  2026-12-31  OD  5  2026-03-31  645100  -  Cotisations  600  0
        111111111  2026-12-31  OD  5  2026-03-31  647200  -  Comité  20  0
        111111111  2026-12-31  OD  6  2026-03-31  635110  -  CFE  90  0
        111111111  2026-12-31  OD  6  2026-03-31  695000  -  Impôt  500  0
        111111111  2026-12-31  OD  6  2026-03-31  691000  -  Participation  110  0
        111111111  2026-12-31  OD  7  2026-03-31  740000  -  Aide  0  75
        111111111  2026-12-31  OD  8  2026-04-02  164000  -  Après la période  999  0
        222222222  2026-12-31  OD  1  2026-02-01  164000  -  Emprunt  0  800`,
    },
    figures: {
      'fin.equity@A': 9000 + 1000 + 300 - 1000 + 400,
      'fin.debt@A': 5000 - 250,
      'fin.fixed_assets@A': 4000 - 1000 + 500,
      'fin.fixed_assets@B': '<not_calculable>',
      'fin.dividends@A': 600,
      'fin.equity@B': '<not_calculable>',
      'fin.debt@B': '<not_calculable>',
      'fin.interest@A': 40,
      'fin.personnel_costs': 1500 + 600 + 20,
      'fin.works_council': 20,
      'fin.taxes': 90 + 500,
      'fin.profit_sharing': 110,
      'fin.subsidies': 75,
      'fin.result@A': 8000 + 75 - 40 - 2120 - 590 - 110,
    },
  },
  {
    name: 'AI systems in use at 31 March 2026',
    period: '2026-Q1',
    staged: {
      // U1 has owner, class and impact assessment; U2 lacks the owner; U3 is an idea
      ai_use_cases: `entity  use_case  name  department  purpose  owner  risk_class  dpia  status  annual_value  value_evidence  currency  as_of
        A  U1  Un  operations  inspection  Dupont  high  true  production  300  -  EUR  2026-03-31
        A  U2  Deux  finance  matching  -  minimal  true  pilot  100  -  EUR  2026-03-31
        A  U3  Trois  hr  sorting  Martin  limited  true  idea  100  -  EUR  2026-03-31`,
    },
    figures: { 'ai.systems_inventoried': 50 },
  },
  {
    name: 'subcontracting and cost of twelve employees of A in 2025',
    period: '2025-Q4',
    staged: {
      hr_register: registerOf([{ name: 'a', count: 12, sex: 'F', entity: 'A' }]),
      fec_entries: `${ledgerHead}
        111111111  2025-12-31  OD  1  2025-06-30  641100  -  Salaires  30000  0
        111111111  2025-12-31  OD  1  2025-06-30  645100  -  Cotisations  6000  0
        111111111  2025-12-31  AC  2  2025-11-05  611000  -  Usinage  900  0
        111111111  2025-12-31  AC  2  2025-11-05  401000  F1  Usinage  0  900
        111111111  2025-12-31  AC  3  2025-11-06  611000  -  Usinage par B  400  0
        111111111  2025-12-31  AC  3  2025-11-06  401000  IC-B  Usinage par B  0  400
        111111111  2025-12-31  AC  4  2025-12-06  611000  -  Avoir  0  100
        111111111  2025-12-31  AC  4  2025-12-06  401000  F1  Avoir  100  0
        111111111  2025-12-31  AC  5  2025-12-07  604000  -  Études  70  0
        111111111  2025-12-31  AC  5  2025-12-07  401000  F2  Études  0  70`,
    },
    figures: {
      'fin.personnel_cost_per_head@GROUP@ttm': (30000 + 6000) / 12,
      'fin.subcontracting@A': 900 + 400 - 100,
      'fin.subcontracting': 900 - 100, // what B did for A is the group's own
    },
  },
];

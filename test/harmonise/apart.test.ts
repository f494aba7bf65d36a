import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Model } from '../../pipelines/harmonise/harmonise.ts';
import { onlyOf } from '../../pipelines/warehouse/divided.ts';
import { harmonised } from './harmonised.ts';

const day = (n: number) => new Date(Date.UTC(2025, 0, 1 + n)).toISOString().slice(0, 10);

const line = fc.record({
  siren: fc.constantFrom('111111111', '222222222', '999999999'),
  closing: fc.constantFrom('2025-06-30', '2025-12-31', '-'),
  journal: fc.constantFrom('AC', 'VE', 'AN'),
  entry: fc.constantFrom('1', '2', '3', '-'),
  day: fc.integer({ min: 0, max: 200 }),
  account: fc.constantFrom(
    '401000',
    '411000',
    '408100',
    '601000',
    '606110',
    '615280',
    '215400',
    '404000',
    '701000',
    '706000',
    '707000',
  ),
  auxiliary: fc.constantFrom('S1', 'S2', 'IC-A', 'IC-B', '-'),
  debit: fc.integer({ min: 0, max: 999 }),
  extract: fc.constantFrom('first', 'later', 'last'),
});

const interval = fc.record({
  meter: fc.constantFrom('M1', 'M2', 'M9'),
  slot: fc.integer({ min: 0, max: 150 }),
  minutes: fc.constantFrom(30, 30, 30, 1440),
  kwh: fc.integer({ min: 0, max: 999 }),
  direction: fc.constantFrom('consumption', 'consumption', 'generation'),
  quality: fc.constantFrom('corrected', 'measured', 'estimated'),
  extract: fc.constantFrom('first', 'later'),
});

/** Rows by extract, as {@link harmonised} stages them. */
function staged<Row extends { extract: string }>(
  contract: string,
  head: string,
  rows: readonly Row[],
  text: (row: Row) => string,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const row of rows) {
    const name = `${contract}@${row.extract}`;
    found[name] = `${found[name] ?? head}\n${text(row)}`;
  }
  return found;
}

const ledgerLines = fc
  .array(line, { minLength: 40, maxLength: 80 })
  .map((lines) =>
    staged(
      'fec_entries',
      'siren  closing_date  journal_code  journal_label  entry_number  entry_date  account  auxiliary  debit  credit',
      lines,
      (l) =>
        `${l.siren}  ${l.closing}  ${l.journal}  X  ${l.entry}  ${day(l.day)}  ${l.account}  ${l.auxiliary}  ${l.debit}  0`,
    ),
  );

const curves = fc.array(interval, { minLength: 5, maxLength: 120 }).map((intervals) => ({
  ...staged(
    'energy_intervals',
    'meter  interval_start  minutes  energy_kwh  direction  quality',
    intervals,
    (i) => {
      const at = new Date(Date.UTC(2025, 2, 29, 12, 0) + i.slot * 1_800_000).toISOString();
      return `${i.meter}  ${at.slice(0, 19).replace('T', ' ')}  ${i.minutes}  ${i.kwh}  ${i.direction}  ${i.quality}`;
    },
  ),
  gas_readings:
    'meter  start_date  end_date  energy_kwh_pcs  quality\nG1  2025-01-01  2025-02-01  500  measured',
}));

const contract = fc.record({
  entity: fc.constantFrom('A', 'B', 'D'),
  carrier: fc.constantFrom('electricity', 'electricity', 'natural_gas'),
  instrument: fc.constantFrom('guarantee_of_origin', 'ppa', 'supplier_specific'),
  from: fc.integer({ min: 0, max: 60 }),
  mwh: fc.integer({ min: 0, max: 40 }),
});

/** Curves with contracts that cover some of them, more than all of them, or none. */
const covered = fc.tuple(curves, fc.array(contract, { maxLength: 6 })).map(([rows, contracts]) => ({
  ...rows,
  ...(contracts.length === 0
    ? {}
    : {
        energy_contracts: [
          'entity  carrier  instrument  valid_from  valid_to  covered_mwh  factor_kgco2e_kwh  certificate',
          ...contracts.map(
            (c, n) =>
              `${c.entity}  ${c.carrier}  ${c.instrument}  ${day(c.from)}  ${day(c.from + 90)}  ${c.mwh / 10}  0.02  C${n}`,
          ),
        ].join('\n'),
      }),
}));

const trip = fc.record({
  entity: fc.constantFrom('A', 'B'),
  day: fc.integer({ min: 0, max: 170 }),
  km: fc.integer({ min: 1, max: 900 }),
  extract: fc.constantFrom('first', 'later', 'last'),
});

/** Trips by rail and in own vehicles, and a survey about the way to work of some employees. */
const trips = fc.tuple(fc.array(trip, { maxLength: 12 }), fc.array(trip, { maxLength: 12 })).map(
  ([rail, own]): Record<string, string> => ({
    ...staged(
      'travel',
      'entity  traveller  ticket  travel_date  mode  distance  amount_excl_vat  currency  kind',
      rail,
      (t) => `${t.entity}  p1  T${t.day}  ${day(t.day)}  rail  ${t.km}  90  EUR  sale`,
    ),
    ...staged(
      'mileage_claims',
      'entity  person  claim  travel_date  vehicle  distance  distance_unit',
      own,
      (t) => `${t.entity}  p1  C${t.day}  ${day(t.day)}  car  ${t.km}  km`,
    ),
    hr_register: `entity  site  person  month  sex  birth_year  contract_class  fte_rate  job_class  entry_date  currency  collective_agreement  disability
      A  SA  p1  2025-02-01  F  1980  permanent  1  worker  2020-01-01  EUR  true  false
      A  SA  p2  2025-02-01  F  1980  permanent  1  worker  2020-01-01  EUR  true  false`,
    ...staged(
      'commute_survey',
      'entity  site  valid_from  valid_to  mode  distance_km  days_per_week  occupants',
      own,
      (t) => `A  SA  2025-01-01  2025-03-31  car  ${t.km}  5  1`,
    ),
  }),
);

/** With spend, materials whose weight takes the place of it, and what people move by. */
const activities = fc.tuple(covered, ledgerLines, trips).map(([energy, ledger, moved]) => ({
  ...energy,
  ...ledger,
  ...moved,
  material_flows: `entity  site  month  flow  material  biological  quantity  unit  spend_family  supplier_factor_kgco2e_kg  supplier_document
    A  SA  2025-03-01  inflow  steel  false  2  t  raw_materials  1.2  EPD-7
    B  SB  2025-04-01  inflow  steel  false  1  t  raw_materials  -  -`,
}));

const declaration = fc.record({
  company: fc.constantFrom('111111111', '222222222', '999999999'),
  month: fc.integer({ min: 1, max: 12 }),
  extract: fc.constantFrom('first', 'later', 'last'),
  people: fc.array(
    fc.record({
      person: fc.constantFrom('p1', 'p2', 'p3', 'p4'),
      born: fc.integer({ min: 1960, max: 2000 }),
      gross: fc.integer({ min: 0, max: 9000 }),
      hours: fc.constantFrom('151.67', '70', '-'),
      /** overtime is paid for this month of the year */
      overtime: fc.option(fc.integer({ min: 1, max: 12 })),
      bonus: fc.option(fc.constantFrom('026', '040', '060')),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

/** Payroll declarations, several of them in one extract, with a register of one company and decisions about pay. */
const payrolls = fc.array(declaration, { minLength: 6, maxLength: 20 }).map((declarations) => {
  const tables: Record<string, string[]> = {};
  const heads: Record<string, string> = {
    dsn_declarations: 'declaration_type  declaration_order  fraction  siren  idcc',
    dsn_individuals: 'individual  person  registration_number  sex  birth_date',
    dsn_contracts:
      'individual  contract_number  start_date  conventional_status  nature_code  scheme  quota_unit  quota_reference  quota_contract  working_time  idcc  workplace_siret  disability_status',
    dsn_pays: 'individual  contract_number  period_start  period_end  pay_type  hours  amount',
    dsn_activities: 'individual  contract_number  activity_type  measure  measure_unit',
    dsn_bonuses: 'individual  contract_number  bonus_type  amount',
  };
  const add = (table: string, extract: string, line: string) => {
    const name = `${table}@${extract}`;
    tables[name] ??= [`declaration  siret  month  nature  ${heads[table]}`];
    tables[name].push(line);
  };
  declarations.forEach(({ company, month, extract, people }, at) => {
    const first = `2025-${String(month).padStart(2, '0')}-01`;
    const siret = `${company}${company === '222222222' ? '00022' : '00011'}`;
    const own = `${at + 1}  ${siret}  ${first}  01`;
    add('dsn_declarations', extract, `${own}  01  ${at}  11  ${company}  3248`);
    people.forEach(({ person, born, gross, hours, overtime, bonus }, place) => {
      const one = `${own}  ${place + 1}`;
      const sex = person < 'p3' ? '01' : '02';
      add('dsn_individuals', extract, `${one}  ${person}  M${person}  ${sex}  ${born}-05-01`);
      add(
        'dsn_contracts',
        extract,
        `${one}  C1  2020-01-01  07  01  99  10  151.67  151.67  10  3248  ${siret}  -`,
      );
      add('dsn_pays', extract, `${one}  C1  ${first}  ${first}  001  -  ${gross}`);
      if (overtime !== null) {
        const worked = `2025-${String(overtime).padStart(2, '0')}-01`;
        add('dsn_pays', extract, `${one}  C1  ${worked}  ${worked}  017  7  150`);
      }
      if (bonus !== null) add('dsn_bonuses', extract, `${one}  C1  ${bonus}  200`);
      if (hours !== '-') add('dsn_activities', extract, `${one}  C1  01  ${hours}  10`);
    });
  });
  return {
    ...Object.fromEntries(Object.entries(tables).map(([name, lines]) => [name, lines.join('\n')])),
    hr_register: `entity  site  person  month  sex  birth_year  contract_class  fte_rate  job_class  entry_date  currency  collective_agreement  disability  gross_pay  paid_hours
      D  SD  d1  2025-02-01  F  1980  permanent  1  worker  2020-01-01  EUR  true  false  3000  150
      D  SD  d2  2025-02-01  M  1980  permanent  1  worker  2020-01-01  EUR  true  false  3500  150`,
    pay_reviews: `entity  person  effective_date  kind
      A  p1  2025-03-01  individual_raise
      A  p3  2025-06-01  promotion
      B  p1  2025-04-01  promotion
      B  p2  2025-07-01  individual_raise`,
  };
});

/** Models that are told to stand apart, with rows that make them. */
const checked = new Map<string, fc.Arbitrary<Record<string, string>>>([
  ...['ledger', 'purchase', 'taxonomy'].map((name) => [name, ledgerLines] as const),
  ['energy', curves],
  ['energy_origin', covered],
  ['energy_source', covered],
  ['emission', activities],
  ...['pay', 'wage_adequacy', 'equality_person'].map((name) => [name, payrolls] as const),
]);

test('every model that says it stands apart is held to it', async () => {
  const built = await harmonised();
  await built.close();
  expect(
    built.models
      .filter(({ apart }) => apart.length > 0)
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...checked.keys()].sort());
});

test.each([...checked])(
  'the rows of %s with one value rest on the rows with that value alone',
  async (name, rows) => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(rows, async (tables) => {
        const built = await harmonised(tables, [name], '2025-Q4');
        try {
          const { sql, apart } = built.models.find((model) => model.name === name) as Model;
          for (const way of apart) {
            const { column, of } = way;
            const values = await built.rows<{ value: string | null }>(
              [...of, `model.${name}`]
                .map((table) => `select distinct ${column} as value from ${table}`)
                .join(' union '),
            );
            const some = values.map(({ value }) => value).filter((_, at) => at % 2 === 0);
            for (const selection of [...values.map(({ value }) => [value]), some]) {
              const own = { column, values: selection };
              const alone = await built.rows(`select * from (${onlyOf(sql, way, own)}) order by all`);
              const whole = await built.rows(
                `from model.${name} where list_contains([${selection.map((one) => `'${one}'`).join(', ')}]::varchar[], coalesce(${column}, 'null')) order by all`,
              );
              expect(alone).toEqual(whole);
              compared += whole.length;
            }
          }
        } finally {
          await built.close();
        }
      }),
      { numRuns: 12 },
    );
    // comparing nothing with nothing would always hold
    expect(compared).toBeGreaterThan(20);
  },
  240_000,
);

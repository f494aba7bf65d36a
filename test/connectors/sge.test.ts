import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sge } from '../../connectors/sge/connector.ts';
import { readAll, type WholeReading } from './reading-session.ts';

const METER = '30001234567890';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sge-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function reading(
  content: string | Buffer,
  options: object = {},
  name = 'reponse.xml',
): Promise<WholeReading> {
  const path = join(folder, 'reponse.xml');
  await writeFile(path, content);
  return readAll(sge, path, options, name);
}

interface Given {
  value?: string;
  nature?: string;
  status?: string;
}

function measure(
  begin: string,
  end: string,
  { value = '100', nature = 'REEL', status = 'INITIALE' }: Given = {},
): string {
  return `<mesure><valeur>${value}
  </valeur><dateDebut>${begin}</dateDebut><dateFin>${end}
  </dateFin><nature code="${nature}"><libelle>x</libelle></nature><declencheur code="CYCLIQUE"/><statut code="${status}"><libelle>y</libelle></statut></mesure>`;
}

function serie(timeClass: string, measures: string[], { quantity = 'EA', unit = 'kWh' } = {}): string {
  return `<serie><grandeurPhysique code="${quantity}"><libelle>z</libelle></grandeurPhysique><classeTemporelle code="${timeClass}"/>
  <calendrier code="DI000003"/><unite>${unit}</unite><mesuresDatees>${measures.join('')}</mesuresDatees></serie>`;
}

function answer({
  turpe = [],
  supplier = [],
  meter = METER,
}: {
  turpe?: string[];
  supplier?: string[];
  meter?: string;
} = {}): string {
  const header =
    meter === ''
      ? ''
      : `<s:Header><infoFonctionnelles><pointId>${meter}</pointId></infoFonctionnelles></s:Header>`;
  const grid = (name: string, series: string[]) =>
    series.length === 0 ? '' : `<${name}>${series.join('')}</${name}>`;
  return `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">${header}<s:Body>
<v1:consulterMesuresResponse xmlns:v1="urn:x">${grid('seriesMesuresDateesGrilleTurpe', turpe)}${grid('seriesMesuresDateesGrilleFrn', supplier)}</v1:consulterMesuresResponse></s:Body></s:Envelope>`;
}

const intervals = (whole: WholeReading) => whole.records.intervals ?? [];
const rules = (whole: WholeReading) => whole.rejects.map((reject) => reject.rule);
const codes = (whole: WholeReading) => (whole.reading.remarks ?? []).map((remark) => remark.code);

describe('measures', () => {
  test('a measure is an interval of civil days, the end day excluded, switch days counted in', async () => {
    const whole = await reading(
      answer({
        turpe: [
          serie('BASE', [
            measure('2026-03-05', '2026-04-05', { value: '483' }),
            measure('2026-02-05', '2026-03-05', { value: '0.5' }),
          ]),
        ],
      }),
    );
    // 31 days of which one has 23 hours: 31 x 1440 - 60; 28 days
    expect(intervals(whole)).toEqual([
      {
        row_number: 1n,
        meter: METER,
        interval_start: '2026-03-04T23:00:00Z',
        minutes: '44580',
        energy_kwh: '483.000000',
        direction: 'consumption',
        quality: 'measured',
      },
      {
        row_number: 2n,
        meter: METER,
        interval_start: '2026-02-04T23:00:00Z',
        minutes: '40320',
        energy_kwh: '0.500000',
        direction: 'consumption',
        quality: 'measured',
      },
    ]);
    expect(codes(whole)).toEqual([]);
  });

  test('each time class of a period is a row; they add up and do not overlap one another', async () => {
    const period = (value: string) => [measure('2026-01-05', '2026-02-05', { value })];
    const whole = await reading(
      answer({
        turpe: [
          serie('HPH', period('294')),
          serie('HCH', period('78')),
          serie('HPB', period('0')),
          serie('HCB', period('0')),
        ],
      }),
    );
    expect(intervals(whole).map((one) => one.energy_kwh)).toEqual([
      '294.000000',
      '78.000000',
      '0.000000',
      '0.000000',
    ]);
    expect(rules(whole)).toEqual([]);
  });

  test('a total beside its classes is not counted again', async () => {
    const period = (value: string) => [measure('2026-01-05', '2026-02-05', { value })];
    const before = measure('2025-12-05', '2026-01-05', { value: '400' });
    const whole = await reading(
      answer({
        turpe: [
          serie('BASE', [...period('372'), before]),
          serie('HP', period('294')),
          serie('HC', period('78')),
        ],
      }),
    );
    expect(intervals(whole).map((one) => one.energy_kwh)).toEqual(['400.000000', '294.000000', '78.000000']);
    expect(whole.rejects).toMatchObject([{ row_number: 1n, rule: 'total_of_classes', value: 'BASE' }]);
  });

  test('the two grids say the same energy: one is read, the distributor grid unless declared', async () => {
    const text = answer({
      turpe: [serie('BASE', [measure('2026-01-05', '2026-02-05', { value: '483' })])],
      supplier: [serie('BASE', [measure('2026-01-05', '2026-02-05', { value: '483' })])],
    });
    const whole = await reading(text);
    expect(intervals(whole)).toMatchObject([{ row_number: 1n, energy_kwh: '483.000000' }]);
    expect(whole.reading.rowsRead).toBe(1);
    expect(codes(whole)).toEqual(['SGE-013']);
    expect(intervals(await reading(text, { grid: 'supplier' }))).toMatchObject([
      { row_number: 2n, energy_kwh: '483.000000' },
    ]);
    const alone = answer({ supplier: [serie('BASE', [measure('2026-01-05', '2026-02-05')])] });
    expect(intervals(await reading(alone))).toHaveLength(1);
  });

  test('only active energy is consumption', async () => {
    const whole = await reading(
      answer({
        turpe: [
          serie('BASE', [measure('2026-01-05', '2026-02-05')], { quantity: 'PMA', unit: 'kVA' }),
          serie('BASE', [measure('2026-01-05', '2026-02-05')]),
        ],
      }),
    );
    expect(intervals(whole)).toMatchObject([{ row_number: 2n }]);
    expect(whole.reading.remarks).toMatchObject([
      { code: 'SGE-012', message: expect.stringContaining('1 measure is of PMA') },
    ]);
  });

  test('nature and status say the quality', async () => {
    const months = ['2026-01-05', '2026-02-05', '2026-03-05', '2026-04-05', '2026-05-05'];
    const given: Given[] = [{}, { nature: 'ESTIME' }, { status: 'RECTIFICATIVE' }, { nature: 'AUTRE' }];
    const whole = await reading(
      answer({
        turpe: [
          serie(
            'BASE',
            given.map((one, index) => measure(months[index] ?? '', months[index + 1] ?? '', one)),
          ),
        ],
      }),
    );
    expect(intervals(whole).map((one) => one.quality)).toEqual([
      'measured',
      'estimated',
      'corrected',
      'estimated',
    ]);
    expect(codes(whole)).toEqual(['SGE-014']);
  });

  test('units are brought to kWh exactly', async () => {
    const of = (unit: string, value: string) =>
      answer({ turpe: [serie('BASE', [measure('2026-01-05', '2026-02-05', { value })], { unit })] });
    const energies: unknown[] = [];
    for (const [unit, value] of [
      ['kWh', '483'],
      ['Wh', '483000'],
      ['MWh', '0,483'],
    ])
      energies.push(intervals(await reading(of(unit ?? '', value ?? '')))[0]?.energy_kwh);
    expect(energies).toEqual(Array(3).fill('483.000000'));
  });

  test('gaps are remarked, doubles and overlaps rejected, the rectified measure kept', async () => {
    const whole = await reading(
      answer({
        turpe: [
          serie('BASE', [
            measure('2026-01-05', '2026-02-05'),
            measure('2026-01-05', '2026-02-05', { value: '90', status: 'RECTIFICATIVE' }),
            measure('2026-03-05', '2026-04-05'),
            measure('2026-03-20', '2026-04-20'),
          ]),
        ],
      }),
    );
    expect(intervals(whole).map((one) => [one.row_number, one.energy_kwh])).toEqual([
      [2n, '90.000000'],
      [3n, '100.000000'],
    ]);
    expect(whole.rejects.map((reject) => [reject.row_number, reject.rule])).toEqual([
      [1n, 'overlapping_interval'],
      [4n, 'overlapping_interval'],
    ]);
    expect(whole.reading.remarks).toMatchObject([
      {
        code: 'SGE-010',
        message: expect.stringContaining('from 2026-02-04T23:00:00Z to 2026-03-04T23:00:00Z'),
      },
    ]);
  });

  test('what cannot be used is rejected by name', async () => {
    const months = ['01', '02', '03', '04', '05'].map((month) => `2026-${month}-05`);
    const measures = ['', 'abc', '-3', '100'].map((value, index) =>
      measure(months[index] ?? '', months[index + 1] ?? '', { value }),
    );
    const whole = await reading(
      answer({
        turpe: [
          serie('BASE', [
            ...measures,
            measure('05/01/2026', '2026-02-05'),
            measure('2026-02-05', '2026-02-05'),
          ]),
          serie('HP', [measure('2025-02-05', '2025-03-05')], { unit: 'kVA' }),
        ],
      }),
    );
    expect(rules(whole)).toEqual([
      'absent_value',
      'unreadable_value',
      'negative_value',
      'unreadable_date',
      'empty_period',
      'unknown_unit',
    ]);
    expect(whole.reading.rowsRead).toBe(7);
  });

  test('an answer out of its envelope is named by the file or the option', async () => {
    const text = answer({ meter: '', turpe: [serie('BASE', [measure('2026-01-05', '2026-02-05')])] });
    expect(intervals(await reading(text, {}, `sge/${METER}.xml`))).toMatchObject([{ meter: METER }]);
    expect(intervals(await reading(text, { meter: '30009876543210' }))).toMatchObject([
      { meter: '30009876543210' },
    ]);
    await expect(reading(text)).rejects.toMatchObject({ code: 'SGE-006' });
  });

  test('an answer without measures is an empty reading', async () => {
    expect((await reading(answer())).reading.rowsRead).toBe(0);
  });
});

describe('documents that are no answer', () => {
  const refused = (content: string | Buffer) =>
    reading(content).then(
      () => 'read',
      (error) => `${error.name} ${error.code}`,
    );

  test('each says what it is', async () => {
    expect(await refused('')).toBe('ExtractError SGE-001');
    expect(await refused(answer({ turpe: [serie('BASE', [])] }).slice(0, 300))).toBe('ExtractError SGE-002');
    expect(await refused('Horodate;Valeur\n')).toBe('ExtractError SGE-002');
    expect(await refused('<?xml version="1.0"?><a>&unknown;</a>')).toBe('ExtractError SGE-002');
    expect(await refused(`<a>${'<b>'.repeat(60)}${'</b>'.repeat(60)}</a>`)).toBe('ExtractError SGE-002');
    expect(await refused('<a><b/></a>')).toBe('ExtractError SGE-004');
    expect(
      await refused('<e><acquittement><resultat code="SGT4B8">Point inconnu</resultat></acquittement></e>'),
    ).toBe('ExtractError SGE-005');
  });

  test('a document type is refused at once, entities are never expanded', async () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`,
    );
    const bomb = `<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY e0 "x">${levels.join('')}]><a>&e30;</a>`;
    const start = performance.now();
    expect(await refused(bomb)).toBe('ExtractError SGE-003');
    expect(
      await refused(`<!-- ${'x'.repeat(70_000)} --><!doctype a SYSTEM "file:///etc/passwd"><a/>`),
    ).toMatch(/SGE-00[23]/);
    expect(await refused(`<!-- ${'x'.repeat(70_000)} --><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>`)).toBe(
      'ExtractError SGE-003',
    );
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

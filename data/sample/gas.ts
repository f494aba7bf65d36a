import { addMonths, firstDay, lastDay, type Month, months } from './calendar.ts';
import { csv, type ExtractOut, fixed } from './extract-files.ts';
import { firstMonth, type SiteId } from './group.ts';
import { stream } from './random.ts';

/** Heating need of a month, mean 1 over a year. */
const heating = [2.1, 1.9, 1.5, 0.9, 0.4, 0.15, 0.05, 0.05, 0.25, 0.8, 1.6, 2.3];

interface GasMeter {
  readonly id: string;
  readonly site: SiteId;
  readonly entity: 'ORV' | 'OFR';
  /** kWh PCS a month: process, and mean heating */
  readonly process: number;
  readonly heating: number;
  readonly index: number;
  readonly last: Month;
}

const meters: readonly GasMeter[] = [
  {
    id: 'GI099001',
    site: 'LOR',
    entity: 'OFR',
    process: 560_000,
    heating: 170_000,
    index: 812_330,
    last: '9999-12',
  },
  {
    id: '09900000000111',
    site: 'ANG',
    entity: 'OFR',
    process: 40_000,
    heating: 168_000,
    index: 220_418,
    last: '9999-12',
  },
  {
    id: '09900000000122',
    site: 'VIE',
    entity: 'OFR',
    process: 55_000,
    heating: 96_000,
    index: 148_902,
    last: '2025-12',
  },
  {
    id: '09900000000133',
    site: 'NAN',
    entity: 'ORV',
    process: 0,
    heating: 56_000,
    index: 65_774,
    last: '9999-12',
  },
];

/** kWh PCS of a French site in a month. */
export function gasKwh(place: SiteId, month: Month): number {
  const meter = meters.find((candidate) => candidate.site === place);
  if (!meter || month > meter.last) return 0;
  const number = Number(month.slice(5)) - 1;
  const slow = month.endsWith('-08') ? 0.55 : 1;
  const moved = place === 'LOR' && month >= '2026-01' ? 1.08 : 1;
  const kwh = meter.process * slow * moved + meter.heating * (heating[number] as number);
  return Math.round(kwh * (1 + 0.03 * stream(`gas/${place}/${month}`).normal()));
}

/**
 * Monthly readings with the fields of GRDF's data service (ADICT). A reading ends where the next begins,
 * on the first of the month; energy is in kWh PCS. December 2025 at Angers is estimated.
 */
export function gasFiles(last: Month): ExtractOut[] {
  const headings = [
    'idPce',
    'dateDebutReleve',
    'dateFinReleve',
    'journeeGaziere',
    'indexDebut',
    'indexFin',
    'volumeBrutConsomme',
    'volumeConverti',
    'coeffConversion',
    'energieConsomme',
    'pcs',
    'pta',
    'natureReleve',
    'qualificationReleve',
    'status',
    'temperature',
    'frequenceReleve',
  ];
  const files: ExtractOut[] = [];
  const indexes = new Map(meters.map((meter) => [meter.id, meter.index]));
  for (const month of months(firstMonth, last)) {
    for (const company of ['OFR', 'ORV'] as const) {
      const rows = meters
        .filter((meter) => meter.entity === company && month <= meter.last)
        .map((meter) => {
          const random = stream(`pcs/${meter.id}/${month}`);
          const kwh = gasKwh(meter.site, month);
          const coefficient = 10.9 + Math.round(random.next() * 60) / 100;
          const cubicMetres = Math.round(kwh / coefficient);
          const before = indexes.get(meter.id) as number;
          indexes.set(meter.id, before + cubicMetres);
          const estimated = meter.site === 'ANG' && month === '2025-12';
          return [
            meter.id,
            firstDay(month),
            firstDay(addMonths(month, 1)),
            '',
            before,
            before + cubicMetres,
            cubicMetres,
            cubicMetres,
            fixed(coefficient, 2, '.'),
            kwh,
            fixed(coefficient, 2, '.'),
            '',
            'Informative Journalier',
            estimated ? 'Estimé' : 'Mesuré',
            'Définitive',
            '',
            'MM',
          ];
        });
      // one energy in words: Lorient's month stays, a second line for Angers breaks its contract
      if (company === 'OFR' && month === '2025-02')
        rows.push([
          '09900000000111',
          firstDay(month),
          lastDay(month),
          '',
          '',
          '',
          '',
          '',
          '',
          'illisible',
          '',
          '',
          'Informative Journalier',
          'Mesuré',
          'Définitive',
          '',
          'MM',
        ]);
      files.push(csv(`energy/gas/${company}_GRDF_${month}.csv`, headings, rows, { decimal: '.' }));
    }
  }
  return files;
}

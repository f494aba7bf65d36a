import { firstDay, lastDay, type Month, months, monthsOf, quartersOf } from './calendar.ts';
import { csv, type ExtractOut, fixed } from './extract-files.ts';
import { finalMonth, firstMonth } from './group.ts';
import { stream } from './random.ts';

/** Lorient's foundry: carbon added to the melt and flux, fossil; bark of the sand binder, biogenic. By quarter, in t of gas. */
export function processFiles(last: Month): ExtractOut[] {
  const headings = [
    'Entité',
    'Site',
    'Procédé',
    'Gaz',
    'Début',
    'Fin',
    'Quantité',
    'Unité',
    'Nature',
    'Justificatif',
  ];
  return quartersOf(months(firstMonth, finalMonth))
    .map((quarter) => {
      const [first, , third] = monthsOf(quarter);
      const random = stream(`process/LOR/${quarter}`);
      const row = (process: string, gas: string, tonnes: number) => [
        'OFR',
        'LOR',
        process,
        gas,
        firstDay(first),
        lastDay(third),
        fixed(tonnes, 3),
        't',
        'calculated',
        `SEQE-${quarter.slice(0, 4)}`,
      ];
      return {
        third,
        file: csv(`process/process_${quarter}.csv`, headings, [
          row('Carburation et fondants', 'CO2', random.around(2.6, 0.05)),
          row('Liant végétal du sable', 'CO2_biogenic', random.around(1.1, 0.05)),
        ]),
      };
    })
    .filter(({ third }) => third <= last)
    .map(({ file }) => file);
}

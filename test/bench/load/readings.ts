import { addDays } from '../../../data/sample/calendar.ts';
import { fixed } from '../../../data/sample/extract-files.ts';
import { stream } from '../../../data/sample/random.ts';
import type { Company } from './group.ts';
import { oneBrokenIn } from './intervals.ts';
import { TextFile } from './text-file.ts';

/**
 * Meter readings as a plain CSV under the contract `meter_readings`: ten columns, decimal comma, one row a
 * meter and day of 2026-Q3, then again from the first day for as many rows as are asked.
 */
export async function writeReadings(
  path: string,
  companies: readonly Company[],
  rows: number,
  seed: string,
): Promise<void> {
  const file = new TextFile(path);
  file.put('Entité;Site;Compteur;Énergie;Début;Fin;Quantité;Unité;Nature;Facture\r\n');
  const random = stream(`load/${seed}/readings`);
  const meters = companies.flatMap(({ id, site, meters }) => meters.map((meter) => `${id};${site};${meter}`));
  const days = Array.from({ length: 92 }, (_, n) => addDays('2026-07-01', n));
  for (let row = 0; row < rows; row += 1) {
    const meter = meters[Math.floor(row / days.length) % meters.length] as string;
    const day = days[row % days.length] as string;
    const kwh = random.chance(1 / oneBrokenIn) ? 'n.d.' : fixed(random.next() * 9000, 3);
    const line = `${meter};electricity;${day};${day};${kwh};kWh;measured;F${String(row).padStart(9, '0')}\r\n`;
    if (file.put(line)) await file.flush();
  }
  await file.close();
}

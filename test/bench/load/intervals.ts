import {
  addDays,
  firstDay,
  isWorkingDay,
  lastDay,
  lastSunday,
  monthsOf,
  offsetAtMidnight,
  type Quarter,
} from '../../../data/sample/calendar.ts';
import { stream } from '../../../data/sample/random.ts';
import { TextFile } from './text-file.ts';

const halfHour = 1_800_000;
const heading =
  'Identifiant PRM;Date de début;Date de fin;Grandeur physique;Grandeur métier;Etape métier;Unité;Horodate;Valeur;Nature;Pas;Indice de vraisemblance;Etat complémentaire';

/** One value in so many cannot be read: what a contract and a quarantine are for. */
export const oneBrokenIn = 10_000;

/**
 * Load curves of meters over a quarter, as Enedis exports them: power in watts, the time is the end of the
 * half-hour in French wall clock, without a zone. One file; gives the number of rows.
 */
export async function writeIntervals(
  path: string,
  meters: readonly string[],
  quarter: Quarter,
  seed: string,
  /** one value in so many cannot be read; 0: none */
  brokenIn = oneBrokenIn,
): Promise<number> {
  const file = new TextFile(path);
  file.put(`${heading}\r\n`);
  const slots = slotsOf(quarter);
  const [first, , third] = monthsOf(quarter);
  const days = `${firstDay(first)};${addDays(lastDay(third), 1)}`;
  let rows = 0;
  for (const meter of meters) {
    const random = stream(`load/${seed}/curve/${meter}/${quarter}`);
    const size = 20_000 + random.int(0, 400_000);
    const head = `${meter};${days};PA;CONS;BRUT;W;`;
    for (const { clock, level } of slots) {
      const watts = Math.round(size * level * (0.94 + 0.12 * random.next()));
      const broken = random.chance(1 / brokenIn) && brokenIn > 0;
      const value = broken ? 'n.d.' : watts;
      rows += 1;
      if (file.put(`${head}${clock};${value};B;PT30M;0;0\r\n`)) await file.flush();
    }
  }
  await file.close();
  return rows;
}

interface Slot {
  /** end of the half-hour, `yyyy-mm-dd hh:mm:ss` on the French wall clock */
  readonly clock: string;
  /** share of the meter's size that is drawn */
  readonly level: number;
}

function slotsOf(quarter: Quarter): Slot[] {
  const [first, , third] = monthsOf(quarter);
  const slots: Slot[] = [];
  const to = midnight(addDays(lastDay(third), 1));
  for (let instant = midnight(firstDay(first)); instant < to; instant += halfHour) {
    const start = wallClock(instant);
    const hour = Number(start.slice(11, 13));
    const working = isWorkingDay(start.slice(0, 10));
    const level = !working ? 0.25 : hour >= 6 && hour < 21 ? 1 : 0.45;
    slots.push({ clock: wallClock(instant + halfHour), level });
  }
  return slots;
}

/** The instant (UTC milliseconds) of midnight in France. */
function midnight(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) - offsetAtMidnight(day) * 3_600_000;
}

/** French wall clock: summer time from 01:00 UTC on the last Sunday of March to that of October. */
function wallClock(instant: number): string {
  const year = new Date(instant).toISOString().slice(0, 4);
  const summer = Date.parse(`${lastSunday(year, '03')}T01:00:00Z`);
  const winter = Date.parse(`${lastSunday(year, '10')}T01:00:00Z`);
  const offset = instant >= summer && instant < winter ? 2 : 1;
  return new Date(instant + offset * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

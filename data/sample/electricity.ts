import {
  addDays,
  type Day,
  daysIn,
  firstDay,
  isWorkingDay,
  lastDay,
  lastSunday,
  type Month,
  months,
  monthsOf,
  offsetAtMidnight,
  type Quarter,
} from './calendar.ts';
import { type ExtractOut, encode } from './extract-files.ts';
import { finalMonth, firstMonth, type SiteId } from './group.ts';
import { stream } from './random.ts';

/** A meter whose half-hours are published. Powers in kW: weekday, night, weekend. */
interface CurveMeter {
  readonly id: string;
  readonly site: SiteId;
  readonly day: number;
  readonly night: number;
  readonly weekend: number;
}

/**
 * Lorient's furnaces and workshops, Angers' lines. Lorient takes castings back from a subcontractor in
 * 2026 and uses more; Angers declares a saving of 180 MWh a year from November 2025 that its curve does
 * not show.
 */
const curveMeters: readonly CurveMeter[] = [
  { id: '30009900000011', site: 'LOR', day: 1860, night: 1240, weekend: 240 },
  { id: '30009900000022', site: 'LOR', day: 560, night: 290, weekend: 130 },
  { id: '30009900000033', site: 'ANG', day: 860, night: 290, weekend: 150 },
];

/** A meter whose index is published each day. Daily kWh on working days and on others. */
interface IndexMeter {
  readonly id: string;
  readonly site: SiteId;
  readonly entity: 'ORV' | 'OFR';
  readonly working: number;
  readonly idle: number;
  /** winter swing, as a share */
  readonly season: number;
  readonly start: number;
}

const indexMeters: readonly IndexMeter[] = [
  {
    id: '30009900000044',
    site: 'NAN',
    entity: 'ORV',
    working: 3150,
    idle: 1250,
    season: 0.22,
    start: 4_812_330_000,
  },
  {
    id: '30009900000055',
    site: 'REN',
    entity: 'ORV',
    working: 3820,
    idle: 1840,
    season: 0.1,
    start: 7_220_105_000,
  },
  {
    id: '30009900000066',
    site: 'LYO',
    entity: 'OFR',
    working: 2840,
    idle: 1190,
    season: 0.14,
    start: 2_904_771_000,
  },
  {
    id: '30009900000077',
    site: 'VIE',
    entity: 'OFR',
    working: 9200,
    idle: 2100,
    season: 0.06,
    start: 9_120_450_000,
  },
];

/** Months of Lyon's grid meter that nobody delivered. */
export const missingLyonMonths: readonly Month[] = ['2026-08', '2026-09'];

const halfHour = 1_800_000;

interface CurvePoint {
  /** end of the half-hour, French wall clock `yyyy-mm-dd hh:mm:ss` */
  readonly end: string;
  readonly month: Month;
  readonly watts: number;
}

function curveOf(meter: CurveMeter, quarter: Quarter): CurvePoint[] {
  const [first, , third] = monthsOf(quarter);
  const random = stream(`curve/${meter.id}/${quarter}`);
  const points: CurvePoint[] = [];
  const from = midnight(firstDay(first));
  const to = midnight(addDays(lastDay(third), 1));
  for (let instant = from; instant < to; instant += halfHour) {
    const start = wallClock(instant);
    const watts = Math.round(power(meter, start, random.normal()) * 1000);
    points.push({ end: wallClock(instant + halfHour), month: start.slice(0, 7), watts });
  }
  return points;
}

function power(meter: CurveMeter, clock: string, noise: number): number {
  const day = clock.slice(0, 10);
  const hour = Number(clock.slice(11, 13));
  const working = isWorkingDay(day);
  const level = !working ? meter.weekend : hour >= 5 && hour < 22 ? meter.day : meter.night;
  const month = day.slice(5, 7);
  const monthDay = Number(day.slice(8));
  const closed = (month === '08' && monthDay <= 21) || (month === '12' && monthDay >= 24);
  const winter = ['11', '12', '01', '02'].includes(month) ? 1.05 : 0.98;
  const returned = meter.site === 'LOR' ? insourcing(day) : 1;
  return level * (closed && working ? 0.3 : 1) * winter * returned * (1 + 0.03 * noise);
}

/** Castings come back to Lorient from January 2026. */
function insourcing(day: Day): number {
  if (day < '2026-01-01') return 1;
  if (day < '2026-03-01') return 1.1;
  return day < '2026-06-01' ? 1.22 : 1.3;
}

/** The instant (UTC milliseconds) of midnight in France. */
function midnight(day: Day): number {
  return Date.parse(`${day}T00:00:00Z`) - offsetAtMidnight(day) * 3_600_000;
}

/** French wall clock of an instant: summer time from 01:00 UTC on the last Sunday of March to that of October. */
function wallClock(instant: number): string {
  const year = new Date(instant).toISOString().slice(0, 4);
  const summer = Date.parse(`${lastSunday(year, '03')}T01:00:00Z`);
  const winter = Date.parse(`${lastSunday(year, '10')}T01:00:00Z`);
  const offset = instant >= summer && instant < winter ? 2 : 1;
  return new Date(instant + offset * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

/** Day kWh of a meter read by index. */
function dayKwh(meter: IndexMeter, day: Day): number {
  const random = stream(`index/${meter.id}/${day}`);
  const month = Number(day.slice(5, 7));
  const swing = [1, 0.9, 0.55, 0.1, -0.4, -0.6, -0.3, -0.5, -0.6, -0.1, 0.5, 0.9][month - 1] as number;
  const holiday = month === 8 ? 0.78 : 1;
  const renewed = meter.site === 'NAN' && day >= '2025-11-01' ? 0.93 : 1;
  const solar = meter.site === 'LYO' && day >= '2025-07-01' ? 1 - 0.2 * (sunshine[month - 1] as number) : 1;
  const base = isWorkingDay(day) ? meter.working : meter.idle;
  return Math.round(
    base * (1 + meter.season * swing) * holiday * renewed * solar * (1 + 0.02 * random.normal()),
  );
}

const sunshine = [0.3, 0.5, 0.85, 1.15, 1.4, 1.55, 1.6, 1.4, 1.1, 0.7, 0.4, 0.25];

/** kWh that Lyon's roof made in a month, all used on the spot. */
export function solarKwh(month: Month): number {
  return Math.round(
    stream(`solar/${month}`).around(11800, 0.03) * (sunshine[Number(month.slice(5)) - 1] as number),
  );
}

export interface Electricity {
  /** kWh drawn from the grid by site and month, missing months included: they were used, if not delivered */
  kwh(site: SiteId, month: Month): number;
  /** extracts of the meters, up to a month */
  extracts(last: Month): ExtractOut[];
}

/** Meters of the French sites over the whole history. */
export function frenchElectricity(): Electricity {
  const used = new Map<string, number>();
  const count = (place: SiteId, month: Month, wattHours: number): void => {
    used.set(`${place}/${month}`, (used.get(`${place}/${month}`) ?? 0) + wattHours);
  };
  const quarters = [
    ...new Set(
      months(firstMonth, finalMonth).map(
        (month) => `${month.slice(0, 4)}-Q${Math.ceil(Number(month.slice(5)) / 3)}`,
      ),
    ),
  ];
  const curves = new Map<string, CurvePoint[]>();
  for (const meter of curveMeters) {
    for (const quarter of quarters) {
      const points = curveOf(meter, quarter);
      curves.set(`${meter.id}/${quarter}`, points);
      for (const point of points) count(meter.site, point.month, point.watts / 2);
    }
  }
  const days = new Map<string, number>();
  for (const meter of indexMeters) {
    for (const month of months(firstMonth, meter.site === 'VIE' ? '2025-12' : finalMonth)) {
      for (let n = 0; n < daysIn(month); n++) {
        const day = addDays(firstDay(month), n);
        const kwh = dayKwh(meter, day);
        days.set(`${meter.id}/${day}`, kwh);
        count(meter.site, month, kwh * 1000);
      }
    }
  }
  return {
    kwh: (place, month) => Math.round((used.get(`${place}/${month}`) ?? 0) / 1000),
    extracts: (last) => [
      ...curveMeters.flatMap((meter) =>
        quarters
          .filter((quarter) => monthsOf(quarter)[2] <= last)
          .map((quarter) => curveFile(meter, quarter, curves.get(`${meter.id}/${quarter}`) as CurvePoint[])),
      ),
      ...indexMeters.flatMap((meter) =>
        quarters
          .filter((quarter) => monthsOf(quarter)[2] <= last && (meter.site !== 'VIE' || quarter <= '2025-Q4'))
          .map((quarter) => indexFile(meter, quarter, days)),
      ),
    ],
  };
}

/** A load curve as Enedis exports it: power in watts, the time is the end of the half-hour, no zone. */
function curveFile(meter: CurveMeter, quarter: Quarter, points: readonly CurvePoint[]): ExtractOut {
  const [first, , third] = monthsOf(quarter);
  const head = `${meter.id};${firstDay(first)};${addDays(lastDay(third), 1)};PA;CONS;BRUT;W`;
  const random = stream(`quality/${meter.id}/${quarter}`);
  const lines = [
    'Identifiant PRM;Date de début;Date de fin;Grandeur physique;Grandeur métier;Etape métier;Unité;Horodate;Valeur;Nature;Pas;Indice de vraisemblance;Etat complémentaire',
  ];
  const estimated = random.int(0, points.length - 20);
  points.forEach((point, index) => {
    // one broken value in all curves: Angers, 2026-Q1
    const broken = meter.site === 'ANG' && quarter === '2026-Q1' && index === 2000;
    const nature = index >= estimated && index < estimated + 6 ? 'E' : 'B';
    lines.push(`${head};${point.end};${broken ? 'n.d.' : point.watts};${nature};PT30M;0;0`);
  });
  return {
    path: `energy/curves/${meter.site}_${meter.id}_${quarter}.csv`,
    bytes: encode(`${lines.join('\r\n')}\r\n`, 'utf8'),
  };
}

/** Daily indexes as Enedis' customer space exports them: three heading rows, Wh, off-peak and peak columns. */
function indexFile(meter: IndexMeter, quarter: Quarter, days: ReadonlyMap<string, number>): ExtractOut {
  const [first, , third] = monthsOf(quarter);
  const end = addDays(lastDay(third), 1);
  let peak = Math.round(meter.start * 0.7);
  let offPeak = meter.start - peak;
  const step = (day: Day): void => {
    const wattHours = (days.get(`${meter.id}/${day}`) ?? 0) * 1000;
    const high = Math.round(wattHours * 0.72);
    peak += high;
    offPeak += wattHours - high;
  };
  for (let day = firstDay(firstMonth); day < firstDay(first); day = addDays(day, 1)) step(day);
  const lines = [
    'Identifiant PRM;Type de donnees;Date de debut;Date de fin;Grandeur physique;Grandeur metier;Etape metier;Unite',
    `${meter.id};Index;${frenchDate(firstDay(first))};${frenchDate(end)};Energie active;Consommation;Comptage Brut;Wh`,
    'Horodate;Type de releve;EAS F1;EAS F2;EAS F3;EAS F4;EAS F5;EAS F6;EAS F7;EAS F8;EAS F9;EAS F10;EAS D1;EAS D2;EAS D3;EAS D4;EAS T',
  ];
  for (let day = firstDay(first); day <= end; day = addDays(day, 1)) {
    const silent = meter.site === 'LYO' && day > '2026-08-01';
    const total = peak + offPeak;
    if (!silent)
      lines.push(
        `${day}T00:00:00+0${offsetAtMidnight(day)}:00;Arrêté quotidien;${offPeak};${peak};;;;;;;;;${total};;;;${total}`,
      );
    step(day);
  }
  lines.push(
    'Periode;Identifiant calendrier fournisseur;Libelle calendrier fournisseur;Identifiant classe temporelle 1;Libelle classe temporelle 1;Cadran classe temporelle 1',
    `Du ${firstDay(first)}T00:00:00+0${offsetAtMidnight(firstDay(first))}:00 au;FC000020;Heures pleines / creuses;HC;Heures creuses;EAS F1`,
  );
  return {
    path: `energy/indexes/${meter.entity}_${meter.site}_${meter.id}_${quarter}.csv`,
    bytes: encode(`${lines.join('\r\n')}\r\n`, 'utf8-bom'),
  };
}

function frenchDate(day: Day): string {
  return `${day.slice(8)}/${day.slice(5, 7)}/${day.slice(0, 4)}`;
}

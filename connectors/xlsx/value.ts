import { Decimal } from 'decimal.js';
import type { NumberFormat } from './number-format.ts';

const dayMs = 86_400_000;
/** 9999-12-31 in the epoch of 1900 */
const lastDay = 2_958_465;

/**
 * A number with the fifteen significant digits that Excel shows, never with an exponent.
 *
 * @example numberText('0.30000000000000004') // '0.3'
 * @example numberText('3.0001234567890E13') // '30001234567890'
 */
export function numberText(stored: string): string | undefined {
  const number = Number(stored);
  if (stored.trim() === '' || !Number.isFinite(number)) return undefined;
  const text = String(Number(number.toPrecision(15)));
  return text.includes('e') ? new Decimal(text).toFixed() : text === '-0' ? '0' : text;
}

/**
 * A stored number as its format means it: a date or time in ISO, an elapsed time as `h:mm:ss`, an identifier
 * with its leading zeros, else the number.
 */
export function formattedText(stored: string, format: NumberFormat, epoch1904: boolean): string | undefined {
  const plain = numberText(stored);
  if (plain === undefined) return undefined;
  if (format.digits !== undefined) return /^\d+$/.test(plain) ? plain.padStart(format.digits, '0') : plain;
  const serial = Number(stored);
  if (format.moment === undefined || serial < 0 || serial > lastDay + 1) return plain;
  if (format.moment === 'elapsed' || (format.moment === 'time' && serial >= 1)) return elapsed(serial);
  const decimals = Math.min(format.secondDecimals ?? 0, 3);
  const unit = 10 ** (3 - decimals);
  const ms = Math.round((serial * dayMs) / unit) * unit;
  const day = Math.floor(ms / dayMs);
  const time = timeText(ms - day * dayMs, decimals);
  if (format.moment === 'time') return time;
  const midnight = ms === day * dayMs;
  return format.moment === 'date' && midnight
    ? dayText(day, epoch1904)
    : `${dayText(day, epoch1904)}T${time}`;
}

/**
 * ISO day of a serial number. In the epoch of 1900, day 60 is the 29 February 1900 that Lotus 1-2-3 invented:
 * given as such, since no date is right for it.
 */
function dayText(day: number, epoch1904: boolean): string {
  if (!epoch1904 && day === 60) return '1900-02-29';
  const zero = epoch1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, day < 60 ? 31 : 30);
  return new Date(zero + day * dayMs).toISOString().slice(0, 10);
}

function timeText(ms: number, decimals: number): string {
  const whole = new Date(ms).toISOString().slice(11, 23);
  return decimals > 0 ? whole.slice(0, 9 + decimals) : whole.slice(0, 8);
}

function elapsed(serial: number): string {
  const seconds = Math.round(serial * 86_400);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

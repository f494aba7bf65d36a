import { createHmac } from 'node:crypto';

/**
 * The readings of text cells that every contract shares, as DuckDB macros: NULL means "not readable",
 * which the stage turns into a quarantined row. Kept in one place because they are the dialect-bound
 * part of staging.
 */
export function macros(secret?: string): string {
  return [
    // narrow and ordinary no-break spaces, thin space, apostrophe: thousands separators in the wild
    String.raw`create or replace temp macro bare_number(t) as
      regexp_replace(regexp_replace(trim(t), '[\s\x{00A0}\x{202F}\x{2009}''’]', '', 'g'), '^(.*)-$', '-\1')`,
    String.raw`create or replace temp macro point_number(t) as case
      when regexp_full_match(t, '-?[0-9]+(\.[0-9]+)?') then t
      when regexp_full_match(bare_number(t), '[-+]?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?|[-+]?\.[0-9]+') then bare_number(t)
      when regexp_full_match(bare_number(t), '[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?') then replace(bare_number(t), ',', '')
    end`,
    String.raw`create or replace temp macro comma_number(t) as case
      when regexp_full_match(t, '-?[0-9]+(,[0-9]+)?') then replace(t, ',', '.')
      when regexp_full_match(bare_number(t), '[-+]?[0-9]*(,[0-9]*)?') and regexp_matches(t, '[0-9]') then replace(bare_number(t), ',', '.')
      when regexp_full_match(bare_number(t), '[-+]?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]*)?') then replace(replace(bare_number(t), '.', ''), ',', '.')
      when regexp_full_match(bare_number(t), '[-+]?[0-9]+\.[0-9]+') then bare_number(t)
    end`,
    `create or replace temp macro auto_number(t) as case
      when contains(t, ',') and contains(t, '.') then
        case when strpos(reverse(t), ',') < strpos(reverse(t), '.') then comma_number(t) else point_number(t) end
      when contains(t, ',') then comma_number(t)
      else point_number(t)
    end`,
    day('iso_day', isoDays),
    day('dmy_day', [...isoDays, ...dayFirst], '%d/%m/%Y'),
    day('mdy_day', [...isoDays, '%m/%d/%Y'], '%m/%d/%Y'),
    `create or replace temp macro instant(t) as ${firstOf(instants)}::timestamp`,
    `create or replace temp macro flag(t) as case
      when list_contains(['1', 'true', 'vrai', 'oui', 'o', 'yes', 'y', 'ja', 'si', 'sí', 'x'], lower(trim(t))) then true
      when list_contains(['0', 'false', 'faux', 'non', 'n', 'no', 'nein'], lower(trim(t))) then false
    end`,
    personKey(secret),
  ].join(';\n');
}

const isoDays = [
  '%Y-%m-%d',
  '%Y%m%d',
  '%Y-%m',
  '%Y-%m-%dT%H:%M:%S',
  '%Y-%m-%d %H:%M:%S',
  '%Y-%m-%dT%H:%M:%S.%g',
  '%Y-%m-%dT%H:%M:%SZ',
];
const dayFirst = ['%d/%m/%Y', '%d.%m.%Y', '%d-%m-%Y', '%d/%m/%Y %H:%M', '%d/%m/%Y %H:%M:%S', '%m/%Y'];
const instants = [
  '%Y-%m-%dT%H:%M:%SZ',
  '%Y-%m-%d %H:%M:%S',
  '%Y-%m-%dT%H:%M:%S',
  '%Y-%m-%dT%H:%M:%S.%gZ',
  '%Y-%m-%d',
];

/**
 * A cast is quicker than a format, and takes other texts than days: it is asked of those that look like one. A
 * format that does not fit costs much: one with slashes is asked at once of what looks so, which fits no other.
 */
function day(name: string, formats: readonly string[], slashed?: string): string {
  const atOnce = slashed
    ? `when t like '__/__/____' and t >= '0' then try_strptime(t, '${slashed}')::date`
    : '';
  return `create or replace temp macro ${name}(t) as coalesce(
    case when t like '____-__-__' and t >= '0' then try_cast(t as date) ${atOnce} end, ${firstOf(formats)}::date)`;
}

/** The reading by the first format that fits. Asked for one by one, every text would be trimmed, needed or not. */
function firstOf(formats: readonly string[]): string {
  return `try_strptime(trim(t), [${formats.map((format) => `'${format}'`).join(', ')}])`;
}

/**
 * HMAC-SHA-256 (RFC 2104) of an identity, 32 hexadecimal digits: the pseudonym of a person. Computed in
 * SQL so that identities never pass through JavaScript.
 */
function personKey(secret: string | undefined): string {
  if (secret === undefined) return `create or replace temp macro person_key(t) as error('no pseudonym key')`;
  const key = Buffer.alloc(64);
  Buffer.from(secret, 'hex').copy(key);
  const pad = (byte: number) => Buffer.from(key.map((k) => k ^ byte)).toString('hex');
  return `create or replace temp macro person_key(t) as left(sha256(
    unhex('${pad(0x5c)}') || unhex(sha256(unhex('${pad(0x36)}') || encode(upper(trim(t)))))), 32)`;
}

/** The same pseudonym worked out by Node, for tests and for looking one person up. */
export function pseudonym(secret: string, identity: string): string {
  return createHmac('sha256', Buffer.from(secret, 'hex'))
    .update(identity.trim().toUpperCase())
    .digest('hex')
    .slice(0, 32);
}

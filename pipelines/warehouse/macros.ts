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
    // a cast is quicker than a format, and takes other texts than days: it is asked of those that look like one
    `create or replace temp macro iso_day(t) as coalesce(
      case when t like '____-__-__' and t >= '0' then try_cast(t as date) end::timestamp,
      try_strptime(trim(t), '%Y-%m-%d'), try_strptime(trim(t), '%Y%m%d'), try_strptime(trim(t), '%Y-%m'),
      try_strptime(trim(t), '%Y-%m-%dT%H:%M:%S'), try_strptime(trim(t), '%Y-%m-%d %H:%M:%S'),
      try_strptime(trim(t), '%Y-%m-%dT%H:%M:%S.%g'), try_strptime(trim(t), '%Y-%m-%dT%H:%M:%SZ'))::date`,
    `create or replace temp macro dmy_day(t) as coalesce(iso_day(t),
      try_strptime(trim(t), '%d/%m/%Y')::date, try_strptime(trim(t), '%d.%m.%Y')::date, try_strptime(trim(t), '%d-%m-%Y')::date,
      try_strptime(trim(t), '%d/%m/%Y %H:%M')::date, try_strptime(trim(t), '%d/%m/%Y %H:%M:%S')::date,
      try_strptime(trim(t), '%m/%Y')::date)`,
    `create or replace temp macro mdy_day(t) as coalesce(iso_day(t), try_strptime(trim(t), '%m/%d/%Y')::date)`,
    `create or replace temp macro instant(t) as coalesce(
      try_strptime(trim(t), '%Y-%m-%dT%H:%M:%SZ'), try_strptime(trim(t), '%Y-%m-%d %H:%M:%S'),
      try_strptime(trim(t), '%Y-%m-%dT%H:%M:%S'), try_strptime(trim(t), '%Y-%m-%dT%H:%M:%S.%gZ'),
      try_strptime(trim(t), '%Y-%m-%d'))::timestamp`,
    `create or replace temp macro flag(t) as case
      when list_contains(['1', 'true', 'vrai', 'oui', 'o', 'yes', 'y', 'ja', 'si', 'sí', 'x'], lower(trim(t))) then true
      when list_contains(['0', 'false', 'faux', 'non', 'n', 'no', 'nein'], lower(trim(t))) then false
    end`,
    personKey(secret),
  ].join(';\n');
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

import { identifier, literal, type TypeOfValue } from '../../connectors/connector.ts';
import { hiddenValue } from '../language/faults.ts';
import { type Column, sqlType } from './contract.ts';
import { codesOf, isKnown, listOf } from './known-values.ts';
import type { Writing } from './read-batch.ts';

/**
 * SQL of one cell, in three layers that each look at the one below by name, so that a text is trimmed once
 * and read once however many rules it has.
 */
export interface Cell {
  /** text as received, over the extract's columns; named {@link textOf} */
  readonly text: string;
  /** typed value, NULL when not readable, over the texts; named {@link readOf} */
  readonly read: string;
  /** what is staged, over both */
  readonly value: string;
  /** what the cell must not be, over both; of several that it breaks, the first counts */
  readonly rules: readonly Rule[];
}

/** What a row must not be, as SQL. */
export interface Rule {
  /** BOOLEAN: TRUE where the rule is broken */
  readonly broken: string;
  /** asks less: TRUE where the rule is broken, and perhaps where another rule of the row is */
  readonly suspect?: string;
  /** it looks into another table: rows come out of it in any order */
  readonly joins?: boolean;
  /** STRUCT(column_name, value, rule, facts) that says so */
  readonly fault: string;
}

export function textOf(name: string): string {
  return identifier(`_text_${name}`);
}

export function readOf(name: string): string {
  return identifier(`_read_${name}`);
}

/**
 * Reads a text cell as its contract says. Empty text is no value; text that cannot be read as the type,
 * or breaks a rule, is a fault with the rule's name and what its sentence needs.
 *
 * @param asCodes a text that must be one of a list is read as its place in the list, which takes a byte or two: NULL when
 * it is none of them
 */
export function cell(
  name: string,
  column: Column,
  source: string | null,
  reading: Writing,
  asCodes = false,
): Cell {
  const type = sqlType(column);
  if (source === null) {
    return {
      text: 'null::varchar',
      read: `null::${type}`,
      value: `null::${type}`,
      rules: column.required ? [{ broken: 'true', fault: absent(name) }] : [],
    };
  }
  const given = reading.types?.[source];
  const asItStands = given === type && column.type !== 'person';
  const typed = readOf(name);
  const received = textOf(name);
  // a value that has its type has no text but the one that it is shown with
  const text = asItStands && given !== 'varchar' ? `${received}::varchar` : received;
  const shown =
    column.confidential || column.type === 'person' || column.keep
      ? literal(hiddenValue)
      : `left(${text}, 500)`;
  const rules: Rule[] = [];
  if (column.required)
    rules.push({
      broken: `${received} is null`,
      fault: fault(name, `''`, 'required'),
    });
  if (!asItStands && !['text', 'code', 'person'].includes(column.type)) {
    rules.push({
      broken: `${received} is not null and ${typed} is null`,
      fault: fault(name, shown, `type_${column.type.replace(/\W.*/, '')}`),
    });
  }
  const codes = asCodes ? codesIn(column) : undefined;
  const accepted = acceptance(column, text, typed);
  if (accepted) {
    rules.push({
      broken: `${received} is not null and not (${codes ? `${typed} is not null` : accepted.test})`,
      fault: fault(name, shown, accepted.rule, accepted.facts),
    });
  }
  const stored = column.confidential
    ? `null::${type}`
    : column.keep === 'year'
      ? `date_trunc('year', ${typed})::date`
      : typed;
  return {
    text: asItStands ? identifier(source) : receivedText(source, given, reading),
    read: codes ? `try_cast(${text} as ${codes})` : asItStands ? received : typedValue(text, column, reading),
    value: stored,
    rules,
  };
}

/** The type of the codes that a column's text must be one of; undefined where it is stored otherwise, or may be any. */
function codesIn(column: Column): string | undefined {
  if (!['text', 'code'].includes(column.type) || column.confidential || column.list === 'siren')
    return undefined;
  return listOf(column)?.type ?? (column.values && codesOf(column.values));
}

/** SQL: the text of a value, without blanks around it; NULL when empty. */
function receivedText(source: string, given: TypeOfValue | undefined, { trimmed }: Writing): string {
  const value = identifier(source);
  if (given === 'timestamp') return `strftime(${value}, '%Y-%m-%dT%H:%M:%SZ')`;
  if (given !== undefined) return `${value}::varchar`;
  return `nullif(${trimmed ? value : `trim(${value})`}, '')`;
}

function typedValue(text: string, column: Column, reading: Writing): string {
  const numbers = { point: 'point_number', comma: 'comma_number', auto: 'auto_number' }[
    reading.numbers ?? 'point'
  ];
  const days = { iso: 'iso_day', dmy: 'dmy_day', auto: 'dmy_day', mdy: 'mdy_day' }[reading.dates ?? 'iso'];
  switch (column.type) {
    case 'text':
    case 'code':
      return text;
    case 'person':
      return `person_key(${text})`;
    case 'integer':
      // 12.0 is an integer written by a spreadsheet; 12.5 is not
      return `case when regexp_full_match(${text}, '-?[0-9]{1,18}') then ${text}::bigint
        when regexp_full_match(${numbers}(${text}), '[-+]?[0-9]+(\\.0*)?') then try_cast(${numbers}(${text}) as decimal(38,6))::bigint end`;
    case 'date':
      return `${days}(${text})`;
    case 'timestamp':
      return `instant(${text})`;
    case 'boolean':
      return `flag(${text})`;
    default:
      return `try_cast(${numbers}(${text}) as ${column.type})`;
  }
}

function acceptance(
  column: Column,
  text: string,
  typed: string,
): { test: string; rule: string; facts?: Readonly<Record<string, string>> } | undefined {
  const list = listOf(column);
  if (column.list && list) {
    return {
      test: isKnown(column.list === 'siren' ? `left(${text}, 9)` : text, list),
      rule: column.list === 'siren' ? 'unknown_entity' : `unknown_${column.list}`,
    };
  }
  if (column.values) {
    const values = column.values.map((v) => literal(String(v)));
    return {
      // a long IN would be a join, which loses the order of the rows
      test: `list_contains([${values.join(', ')}], ${text})`,
      rule: 'code_list',
      facts: { accepted: literal(column.values.join(', ')) },
    };
  }
  if (column.pattern) {
    return {
      test: `regexp_full_match(${text}, ${literal(column.pattern.replace(/^\^|\$$/g, ''))})`,
      rule: 'pattern',
      facts: { pattern: literal(column.pattern) },
    };
  }
  const bounds = [
    column.min !== undefined && `${typed} >= ${column.min}`,
    column.max !== undefined && `${typed} <= ${column.max}`,
  ].filter(Boolean);
  if (bounds.length > 0) {
    return {
      test: bounds.join(' and '),
      rule: 'range',
      facts: { min: literal(String(column.min ?? '-∞')), max: literal(String(column.max ?? '∞')) },
    };
  }
  return undefined;
}

function absent(name: string): string {
  return fault(name, `''`, 'column_missing');
}

/**
 * What is wrong with one cell, as the quarantine keeps it.
 *
 * @param value SQL of the cell's text
 * @param facts SQL of what the rule's sentence says besides the column and the value
 */
export function fault(
  name: string,
  value: string,
  rule: string,
  facts: Readonly<Record<string, string>> = {},
): string {
  const pairs = Object.entries(facts).map(([fact, sql]) => `${literal(fact)}: (${sql})::varchar`);
  const told = pairs.length === 0 ? 'null' : `to_json({${pairs.join(', ')}})`;
  return `{'column_name': ${literal(name)}, 'value': ${value}, 'rule': ${literal(rule)}, 'facts': ${told}::varchar}`;
}

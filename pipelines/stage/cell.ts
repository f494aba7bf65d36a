import { identifier, literal } from '../../connectors/connector.ts';
import { type Column, sqlType } from './contract.ts';
import { isKnown, listOf } from './known-values.ts';
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
  /** STRUCT(column_name, value, rule, message) that says so */
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
 * or breaks a rule, is a fault with the rule's name and a message in three parts.
 */
export function cell(name: string, column: Column, source: string | null, reading: Writing): Cell {
  const type = sqlType(column);
  if (source === null) {
    return {
      text: 'null::varchar',
      read: `null::${type}`,
      value: `null::${type}`,
      rules: column.required ? [{ broken: 'true', fault: absent(name) }] : [],
    };
  }
  const text = textOf(name);
  const typed = readOf(name);
  const shown =
    column.confidential || column.type === 'person' || column.keep ? `'(hidden)'` : `left(${text}, 500)`;
  const rules: Rule[] = [];
  if (column.required)
    rules.push({
      broken: `${text} is null`,
      fault: fault(name, `''`, 'required', `'Column ${name} is empty. Complete the row.'`),
    });
  if (!['text', 'code', 'person'].includes(column.type)) {
    rules.push({
      broken: `${text} is not null and ${typed} is null`,
      fault: fault(
        name,
        shown,
        `type_${column.type.replace(/\W.*/, '')}`,
        message(name, shown, `cannot be read as ${article(column)}`),
      ),
    });
  }
  const accepted = acceptance(column, text, typed);
  if (accepted) {
    rules.push({
      broken: `${text} is not null and not (${accepted.test})`,
      fault: fault(name, shown, accepted.rule, message(name, shown, accepted.says)),
    });
  }
  const stored = column.confidential
    ? `null::${type}`
    : column.keep === 'year'
      ? `date_trunc('year', ${typed})::date`
      : typed;
  return {
    text: `nullif(${reading.trimmed ? identifier(source) : `trim(${identifier(source)})`}, '')`,
    read: typedValue(text, column, reading),
    value: stored,
    rules,
  };
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

const notListed = {
  entity: 'is not an entity of the perimeter',
  siren: 'is the SIREN of no entity of the perimeter',
  site: 'is not a site of the perimeter',
  meter: 'is not a meter of the perimeter',
  currency: 'is a currency without a rate in reference/fx.csv',
  unit: 'is not a unit of reference/units.csv',
} as const;

function acceptance(
  column: Column,
  text: string,
  typed: string,
): { test: string; rule: string; says: string } | undefined {
  const list = listOf(column);
  if (column.list && list) {
    return {
      test: isKnown(column.list === 'siren' ? `left(${text}, 9)` : text, list),
      rule: column.list === 'siren' ? 'unknown_entity' : `unknown_${column.list}`,
      says: column.dimensions
        ? `is not a unit of ${column.dimensions.join(' or ').replaceAll('_', ' ')} in reference/units.csv`
        : notListed[column.list],
    };
  }
  if (column.values) {
    const values = column.values.map((v) => literal(String(v)));
    return {
      // a long IN would be a join, which loses the order of the rows
      test: `list_contains([${values.join(', ')}], ${text})`,
      rule: 'code_list',
      says: `is not one of ${column.values.join(', ')}`,
    };
  }
  if (column.pattern) {
    return {
      test: `regexp_full_match(${text}, ${literal(column.pattern.replace(/^\^|\$$/g, ''))})`,
      rule: 'pattern',
      says: `does not follow the pattern ${column.pattern}`,
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
      says: `is outside ${column.min ?? '-∞'} to ${column.max ?? '∞'}`,
    };
  }
  return undefined;
}

function absent(name: string): string {
  return fault(
    name,
    `''`,
    'column_missing',
    `'The extract has no column ${name}. Restore the heading, or add it to the contract.'`,
  );
}

function message(name: string, shown: string, says: string): string {
  return `'Column ${name}: "' || ${shown} || ${literal(`" ${says}. Correct the extract.`)}`;
}

function article(column: Column): string {
  if (column.type === 'integer') return 'a whole number';
  if (column.type.startsWith('decimal')) return 'a number';
  return { date: 'a date', timestamp: 'a time', boolean: 'yes or no' }[column.type] ?? column.type;
}

/** What is wrong with one cell, as the quarantine shows it; `value` and `text` are SQL. */
export function fault(name: string, value: string, rule: string, text: string): string {
  return `{'column_name': ${literal(name)}, 'value': ${value}, 'rule': ${literal(rule)}, 'message': ${text}}`;
}

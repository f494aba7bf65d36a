import { ExtractError } from '../connector.ts';

/** One field of the FEC: its official heading and the column that it becomes. */
interface FecField {
  readonly heading: string;
  readonly column: string;
  readonly holds: 'text' | 'date' | 'amount' | 'account' | 'sense';
  /** the other ways producers write the heading, already reduced by {@link reduced} */
  readonly also?: readonly string[];
}

/** The fields of LPF A47 A-1 VII in their order, then those of cash-basis ledgers (BNC, BA) and of Montant/Sens. */
export const FIELDS: readonly FecField[] = [
  { heading: 'JournalCode', column: 'journal_code', holds: 'text', also: ['codejournal'] },
  {
    heading: 'JournalLib',
    column: 'journal_label',
    holds: 'text',
    also: ['journallibelle', 'libellejournal'],
  },
  {
    heading: 'EcritureNum',
    column: 'entry_number',
    holds: 'text',
    also: ['ecriturenumero', 'numeroecriture'],
  },
  { heading: 'EcritureDate', column: 'entry_date', holds: 'date', also: ['dateecriture'] },
  { heading: 'CompteNum', column: 'account', holds: 'account', also: ['comptenumero', 'numerocompte'] },
  { heading: 'CompteLib', column: 'account_label', holds: 'text', also: ['comptelibelle', 'libellecompte'] },
  { heading: 'CompAuxNum', column: 'auxiliary', holds: 'text', also: ['compteauxnum', 'comptauxnum'] },
  { heading: 'CompAuxLib', column: 'auxiliary_label', holds: 'text', also: ['compteauxlib', 'comptauxlib'] },
  { heading: 'PieceRef', column: 'document_ref', holds: 'text', also: ['referencepiece'] },
  { heading: 'PieceDate', column: 'document_date', holds: 'date', also: ['datepiece'] },
  { heading: 'EcritureLib', column: 'label', holds: 'text', also: ['ecriturelibelle', 'libelleecriture'] },
  { heading: 'Debit', column: 'debit', holds: 'amount' },
  { heading: 'Credit', column: 'credit', holds: 'amount' },
  { heading: 'EcritureLet', column: 'lettering', holds: 'text', also: ['ecriturelettrage'] },
  { heading: 'DateLet', column: 'lettering_date', holds: 'date', also: ['datelettrage'] },
  { heading: 'ValidDate', column: 'validation_date', holds: 'date', also: ['datevalid', 'datevalidation'] },
  { heading: 'Montantdevise', column: 'currency_amount', holds: 'amount' },
  { heading: 'Idevise', column: 'currency', holds: 'text', also: ['iddevise'] },
  { heading: 'Montant', column: 'amount', holds: 'amount' },
  { heading: 'Sens', column: 'sense', holds: 'sense' },
  { heading: 'DateRglt', column: 'settlement_date', holds: 'date', also: ['datereglement'] },
  { heading: 'ModeRglt', column: 'settlement_mode', holds: 'text', also: ['modereglement'] },
  { heading: 'NatOp', column: 'operation_nature', holds: 'text', also: ['natureoperation'] },
  { heading: 'IdClient', column: 'customer', holds: 'text', also: ['identifiantclient'] },
];

export const SEPARATORS = ['\t', '|', ';', ','] as const;
export type Separator = (typeof SEPARATORS)[number];

/** How the ledger is laid out, read in its first line. */
export interface Heading {
  readonly separator: Separator;
  /** one for each field of the file, in its order; `undefined` for a heading that is not of the FEC */
  readonly fields: readonly (FecField | undefined)[];
  /** fields of the header line, those without a heading at its end included: a trailing separator opens one */
  readonly width: number;
  /** every field between quotes: then quotes are syntax, else they belong to the labels */
  readonly quoted: boolean;
  readonly layout: 'debit-credit' | 'amount-sense';
  /** headings that are not of the FEC, as written */
  readonly unknown: readonly string[];
  /** official headings that the file lacks but can be read without */
  readonly absent: readonly string[];
}

/**
 * Finds the separator (the one that gives the most known headings) and the place of each field.
 *
 * @throws ExtractError FEC-003 when the line is no header, a heading is missing or stands twice.
 */
export function readHeading(line: string, name: string, declared?: Separator): Heading {
  const candidates = declared === undefined ? SEPARATORS : [declared];
  const readings = candidates.map((separator) => ({ separator, fields: fieldsOf(line, separator) }));
  const best = readings.reduce((left, right) => (known(right.fields) > known(left.fields) ? right : left));
  if (known(best.fields) < 5) {
    const place = { extract: name, row: 1, value: line.slice(0, 80) };
    throw new ExtractError('FEC-003', place, { case: 'headings' });
  }
  // A separator after the last heading opens no field.
  const headings = line.split(best.separator);
  const width = headings.length;
  while (headings.at(-1)?.trim() === '') headings.pop();
  const fields = best.fields.slice(0, headings.length);
  refuseTwice(fields, name);
  const has = (heading: string) => fields.some((field) => field?.heading === heading);
  const layout = has('Debit') || has('Credit') ? 'debit-credit' : 'amount-sense';
  const amounts = layout === 'debit-credit' ? ['Debit', 'Credit'] : ['Montant', 'Sens'];
  const missing = ['JournalCode', 'EcritureNum', 'EcritureDate', 'CompteNum', ...amounts].filter(
    (heading) => !has(heading),
  );
  if (missing.length > 0) {
    throw new ExtractError(
      'FEC-003',
      { extract: name, row: 1 },
      {
        case: !has('Debit') && !has('Montant') ? 'amounts' : 'lacks',
        values: { missing: missing.join(', ') },
      },
    );
  }
  const official = FIELDS.slice(0, 18)
    .map((field) => field.heading)
    .filter((heading) => heading !== 'Debit' && heading !== 'Credit');
  return {
    separator: best.separator,
    fields,
    width,
    quoted: headings.every((heading) => /^\s*\ufeff?\s*".*"\s*$/.test(heading)),
    layout,
    unknown: headings.filter((heading, index) => fields[index] === undefined && heading.trim() !== ''),
    absent: official.filter((heading) => !has(heading)),
  };
}

function fieldsOf(line: string, separator: string): (FecField | undefined)[] {
  return line.split(separator).map((heading) => {
    const name = reduced(heading);
    return FIELDS.find((field) => field.heading.toLowerCase() === name || field.also?.includes(name));
  });
}

/** `"Écriture Date"` -> `ecrituredate`: case, accents, marks, quotes and blanks do not make another heading. */
function reduced(heading: string): string {
  return heading
    .normalize('NFD')
    .replace(/[^A-Za-z0-9]/g, '')
    .toLowerCase();
}

function known(fields: readonly (FecField | undefined)[]): number {
  return fields.filter((field) => field !== undefined).length;
}

function refuseTwice(fields: readonly (FecField | undefined)[], name: string): void {
  const twice = fields.find((field, index) => field !== undefined && fields.indexOf(field) !== index);
  if (twice === undefined) return;
  const values = { heading: twice.heading };
  throw new ExtractError('FEC-003', { extract: name, row: 1 }, { case: 'twice', values });
}

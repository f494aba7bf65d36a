import { Decimal } from 'decimal.js';
import { type ExtractFacts, type QuarantinedRow, quarantineCap } from '../../content.ts';
import { type Cells, formula, link, number, numeric, text, words } from '../cell.ts';
import { percentFormat } from '../look.ts';
import { rowsLeft, tableSheet } from '../table.ts';

type Line =
  | { readonly kind: 'extract'; readonly extract: ExtractFacts }
  | {
      readonly kind: 'missing';
      readonly source: string;
      readonly department: string;
      readonly message: string;
    };

/** Every extract with its conservation check, and every source that has not come. */
export const qualitySheet = tableSheet<Line>({
  key: 'quality',
  rows: ({ content }) => [
    ...content.missingSources.map((one) => ({ kind: 'missing' as const, ...one })),
    ...content.extracts.map((extract) => ({ kind: 'extract' as const, extract })),
  ],
  ids: (line) => [line.kind === 'extract' ? `extract:${line.extract.id}` : `source:${line.source}`],
  cells: (line, here, book) => {
    const { say, name } = book.words;
    if (line.kind === 'missing') {
      return {
        status: text(say('quality.missing')),
        source: text(line.source),
        department: text(name('departments', line.department)),
        remarks: text(line.message),
      };
    }
    const { extract } = line;
    const gap = extract.rowsRead - extract.rowsStaged - extract.rowsQuarantined;
    const [read, staged, quarantined] = [here.at('read'), here.at('staged'), here.at('quarantined')];
    const kept = say('quality.kept');
    const lost = say('quality.lost');
    const quarantineShare =
      extract.rowsRead === 0
        ? '0'
        : new Decimal(extract.rowsQuarantined).dividedBy(extract.rowsRead).toFixed();
    return {
      status: formula(`IF(${here.at('check')}=0,"${kept}","${lost}")`, words(gap === 0 ? kept : lost)),
      source: text(extract.source),
      department: text(name('departments', extract.department)),
      name: text(extract.name),
      contract: text(extract.contract),
      read: number(extract.rowsRead),
      staged: number(extract.rowsStaged),
      quarantined: number(extract.rowsQuarantined),
      check: formula(`${read}-${staged}-${quarantined}`, numeric(gap)),
      share: formula(`IF(${read}=0,0,${quarantined}/${read})`, numeric(quarantineShare), {
        format: percentFormat(1, book.language),
      }),
      open:
        extract.rowsQuarantined > 0
          ? link(say('to_quarantine'), book.places.link(`quarantine:${extract.id}`))
          : text(''),
      remarks: text(extract.remarks.map((r) => `${r.code} ${r.message}`).join('\n')),
      connector: text(extract.connector),
      bytes: number(extract.bytes),
      sha256: text(extract.sha256),
      id: text(extract.id),
    } satisfies Cells;
  },
});

/** Rows refused by their contract, with the value as it came: text, whatever it begins with. */
export const quarantineSheet = tableSheet<QuarantinedRow>({
  key: 'quarantine',
  rows: ({ content }) => content.quarantine,
  rest: (book) =>
    book.content.quarantine.length < quarantineCap
      ? undefined
      : rowsLeft(
          book,
          'quarantine',
          quarantineCap,
          book.content.extracts.reduce((sum, one) => sum + one.rowsQuarantined, 0),
        ),
  ids: (row) => [`quarantine:${row.extract}`],
  cells: (row, _here, book) => {
    const extract = book.extract(row.extract);
    return {
      extract: link(extract?.name ?? row.extract, book.places.link(`extract:${row.extract}`)),
      row: number(row.row),
      column: text(row.column),
      value: text(row.value),
      rule: text(row.rule),
      message: text(row.message),
    };
  },
});

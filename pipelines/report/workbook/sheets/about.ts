import { workbookKey } from '../../../review/workbook-key.ts';
import { date, quarter } from '../../format.ts';
import type { Book } from '../book.ts';
import { type Cell, day, number, text } from '../cell.ts';
import type { SheetLayout } from '../layout.ts';
import { columnLook, symbolConditions } from '../look.ts';
import { Page } from '../page.ts';
import { openFrame, type SheetPlan } from '../table.ts';

/** What this file is: run, hashes, how to read it, what the signs say, who is in the perimeter. */
export function aboutSheet(book: Book): SheetPlan {
  return {
    place() {},
    write(file) {
      const layout = book.layouts.get('about') as SheetLayout;
      const sheet = openFrame(file, layout, book, 3);
      const page = new Page(sheet, book, layout.columns.length, 4, [5]);
      writeReading(page);
      const signs = page.row;
      writeSigns(page);
      sheet.conditions(`A${signs}:A${page.row}`, symbolConditions(`$A${signs}`));
      writeRun(page);
      writePerimeter(page);
      sheet.printArea(`A1:H${page.row - 1}`);
      sheet.protect();
    },
  };
}

const steps = ['open', 'formula', 'rows', 'review', 'gap', 'absence', 'privacy', 'protection'] as const;

function writeReading(page: Page): void {
  const { book } = page;
  const { say } = book.words;
  const folder = `out/${book.content.run.period}/${book.content.run.id}`;
  page.section(say('about.reading'));
  for (const step of steps) {
    page.paragraph(
      `•  ${say(`about.steps.${step}`, {
        review: book.names.get('review') as string,
        measures: book.names.get('measures') as string,
        rows: book.names.get('rows') as string,
        reconciliations: book.names.get('reconciliations') as string,
        folder,
        threshold: book.content.run.suppressionThreshold,
        missing: book.words.mark('missing'),
        not_calculable: book.words.mark('not_calculable'),
        suppressed: book.words.mark('suppressed'),
      })}`,
      165,
    );
  }
}

function writeSigns(page: Page): void {
  const { say, state, name, mark } = page.book.words;
  page.section(say('about.signs'));
  for (const status of [
    'complete',
    'estimated',
    'partial',
    'missing',
    'not_calculable',
    'not_applicable',
    'suppressed',
    'overridden',
    'rejected',
  ]) {
    const shown =
      status === 'complete' || status === 'estimated' || status === 'partial' || status === 'overridden'
        ? ''
        : mark(status);
    const meaning = status === 'complete' ? say('about.complete') : name('marks_meaning', status);
    page.line([text(state('figure_statuses', status)), text(shown, { bold: true }), text(meaning)]);
  }
  for (const status of ['achieved', 'on_track', 'drifting', 'off_track', 'unknown']) {
    page.line([text(state('statuses', status)), undefined, text(name('statuses_meaning', status))]);
  }
  for (const severity of ['critical', 'major', 'minor']) {
    page.line([text(state('severities', severity)), undefined, text(say(`about.severities.${severity}`))]);
  }
}

function writeRun(page: Page): void {
  const { book } = page;
  const { run, group, extracts } = book.content;
  const { say, name } = book.words;
  const fact = (key: string, value: Cell) =>
    page.line([text(say(`about.facts.${key}`), { bold: true }), value]);
  const code = (value: string) => text(value, { font: 'Consolas', size: 8 });
  page.section(say('about.run'));
  fact('group', text(`${group.name} (${group.currency})`));
  fact(
    'period',
    text(
      `${quarter(run.period, book.language)} · ${date(run.from, book.language)} – ${date(run.to, book.language)}`,
    ),
  );
  fact('id', code(run.id));
  fact('restates', run.restates === null ? text(say('about.facts.no_restatement')) : code(run.restates));
  fact('key', code(workbookKey(run.id, book.content.review)));
  fact('state', text(name('run_states', run.state)));
  fact('previous', run.previousRun === null ? text(say('about.no_previous')) : code(run.previousRun));
  fact('version', text(`Concordance ${run.codeVersion}`));
  fact('extracts', text(say('about.extracts', { number: extracts.length })));
  fact('hash_extracts', code(run.hashes.extracts));
  fact('hash_catalogue', code(run.hashes.catalogue));
  fact('hash_factors', code(run.hashes.factors));
  fact('hash_configuration', code(run.hashes.configuration));
}

function writePerimeter(page: Page): void {
  const { book } = page;
  const { entities, sites } = book.content;
  const { say, name } = book.words;
  const dated = (iso: string | null) => ({
    ...day(iso),
    look: columnLook({ key: '', width: 1, kind: 'day', input: false, total: false }, book.language),
  });
  const heads = (columns: readonly string[]) =>
    page.heads(columns.map((c) => (c ? say(`about.columns.${c}`) : '')));
  page.section(say('about.entities'));
  heads(['entity', 'name', 'country', 'method', 'share', 'entry', 'exit', 'siren']);
  for (const one of entities) {
    page.line([
      text(one.id, { bold: true }),
      text(one.name),
      text(name('countries', one.country)),
      text(name('methods', one.method)),
      number(one.share, { format: '0.##', across: 'right' }),
      dated(one.entry),
      dated(one.exit),
      text(one.siren),
    ]);
  }
  page.section(say('about.sites'));
  heads(['site', 'name', 'country', 'city', 'entity', 'entry', 'exit', '']);
  for (const one of sites) {
    page.line([
      text(one.id, { bold: true }),
      text(one.name),
      text(name('countries', one.country)),
      text(one.city),
      text(one.entity),
      dated(one.entry),
      dated(one.exit),
    ]);
  }
}

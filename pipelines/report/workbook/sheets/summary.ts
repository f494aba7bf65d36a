import { Decimal } from 'decimal.js';
import type { Finding } from '../../../alignment/finding.ts';
import { type Figure, GROUP } from '../../../indicators/figure.ts';
import type { Standing } from '../../../objectives/objective.ts';
import { quantity, quarter } from '../../format.ts';
import { unexplainedGaps } from '../../unexplained-gaps.ts';
import type { Book } from '../book.ts';
import { type Cell, formula, link, numeric, still, text, words } from '../cell.ts';
import type { SheetFile } from '../excel.ts';
import type { SheetLayout } from '../layout.ts';
import { linesOf } from '../lines.ts';
import { ink, introLook, symbolConditions, valueFormat } from '../look.ts';
import { Page } from '../page.ts';
import { openFrame, type SheetPlan } from '../table.ts';
import { changeCell } from './indicators.ts';
import { reconciliationId } from './reconciliation-id.ts';
import { writeState } from './summary-state.ts';

const frozenRows = 3;

/** Where we are, what drifts, what to look at; every line leads to the sheet that tells more. */
export function summarySheet(book: Book): SheetPlan {
  return {
    place() {},
    write(file) {
      const layout = book.layouts.get('summary') as SheetLayout;
      const sheet = openFrame(file, layout, book, frozenRows);
      const page = new Page(sheet, book, layout.columns.length, 4, [4, 5, 6]);
      writeRunLine(sheet, book);
      writeGaps(page);
      writeState(page);
      writeKeyFigures(page);
      writeDrifts(page);
      writeFindings(page);
      sheet.conditions(`A4:A${page.row}`, symbolConditions('$A4'));
      sheet.conditions(`H4:H${page.row}`, symbolConditions('$H4'));
      sheet.printArea(`A1:H${page.row - 1}`);
      sheet.protect();
    },
  };
}

function writeRunLine(sheet: SheetFile, book: Book): void {
  const { run } = book.content;
  const state = book.words.name('run_states', run.state);
  sheet.put(
    2,
    1,
    { kind: 'text', text: book.words.say('summary.run', { ...book.holes, run: run.id, state }) },
    introLook,
  );
  sheet.put(
    2,
    8,
    { kind: 'link', text: book.words.say('to_about'), to: book.places.top('about') },
    { ink: ink.link, underline: true, across: 'right' },
  );
}

/** Before everything else: what stops the publication. */
function writeGaps(page: Page): void {
  const { book } = page;
  const { say, state } = book.words;
  const gaps = unexplainedGaps(book.content);
  if (gaps.length === 0) return;
  page.section(say('summary.gaps', { number: gaps.length }));
  page.line([text(say('summary.gaps_meaning'), { ink: ink.muted })]);
  for (const gap of gaps) {
    const row = page.line([
      text(state('reconciliation_statuses', gap.status)),
      link(gap.label, book.places.link(reconciliationId(gap)), { wrap: true }),
      text(book.entityName(gap.entity)),
      undefined,
      undefined,
      undefined,
      undefined,
      text(gap.sentence, { wrap: true }),
    ]);
    page.sheet.height(row, 12.5 * linesOf(gap.sentence, 84) + 4);
  }
}

/** The group's material figures, each read from the sheet of indicators. */
function writeKeyFigures(page: Page): void {
  const { book } = page;
  const { say, name, state } = book.words;
  page.section(say('summary.figures', book.holes));
  page.heads(
    ['pillar', 'indicator', 'window', 'value', 'before', 'change', 'unit', 'status'].map((c) =>
      say(`summary.columns.${c}`, book.holes),
    ),
  );
  for (const indicator of book.indicators.filter((i) => i.material)) {
    const basis = indicator.bases[0] as 'quarter' | 'ttm';
    const figure = book.figure(indicator.id, GROUP, book.content.run.period, basis);
    const earlier = book.figure(indicator.id, GROUP, book.yearBefore, basis);
    const id = `indicator:${indicator.id}:${GROUP}`;
    const cell = book.places.cell(id, `value_${basis}`);
    const beforeCell = book.places.cell(id, `before_${basis}`);
    if (!figure || !cell || !beforeCell) continue;
    const look = (shown: Figure | undefined) => ({
      format: valueFormat(indicator.decimals, shown?.value),
      across: 'right' as const,
    });
    const at = page.row;
    page.line([
      text(name('pillars', indicator.pillar), { ink: ink.muted }),
      link(indicator.label[book.language], book.places.link(id)),
      text(name('bases', basis)),
      formula(cell, book.shown(figure), { ...look(figure), bold: true }),
      formula(beforeCell, book.shown(earlier), look(earlier)),
      changeCell(book, indicator, figure, earlier, `D${at}`, `E${at}`),
      text(book.unit(indicator.unit)),
      text(state('figure_statuses', figure.status)),
    ]);
  }
}

function writeDrifts(page: Page): void {
  const { book } = page;
  const { say, state } = book.words;
  const drifting = book.content.objectives.filter(
    (o) => o.status === 'off_track' || o.status === 'drifting' || o.status === 'unknown',
  );
  page.section(say('summary.drifts'));
  if (drifting.length === 0) {
    page.line([text(say('summary.no_drift'))]);
    return;
  }
  page.heads(
    ['state', 'objective', 'owner', 'value', 'expected', 'target', 'unit', 'sentence'].map((c) =>
      say(`summary.columns.${c}`),
    ),
  );
  const order = ['off_track', 'drifting', 'unknown'];
  for (const standing of drifting.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status))) {
    const { objective } = standing;
    const indicator = book.indicator(objective.indicator);
    const cell = (column: string, value: string | number | null): Cell => {
      const shown =
        value === null
          ? words(column === 'value' ? shownValue(book, standing) : say('none'))
          : numeric(value);
      const look = { format: valueFormat(indicator?.decimals ?? 1, value), across: 'right' as const };
      const place = book.places.cell(`objective:${objective.id}`, column);
      return place ? formula(place, shown, look) : still(shown, look);
    };
    const row = page.line([
      text(state('statuses', standing.status)),
      link(objective.label[book.language], book.places.link(`objective:${objective.id}`), { wrap: true }),
      text(objective.owner ?? say('none'), { wrap: true }),
      cell('value', standing.value),
      cell('expected', standing.expected),
      cell('target', objective.target?.value ?? null),
      text(
        indicator && objective.target
          ? `${book.unit(indicator.unit)} · ${quarter(objective.target.period, book.language)}`
          : '',
        { wrap: true },
      ),
      text(standing.sentence, { wrap: true }),
    ]);
    page.sheet.height(
      row,
      12.5 * Math.max(linesOf(standing.sentence, 84), linesOf(objective.label[book.language], 40)) + 4,
    );
  }
}

function shownValue(book: Book, { objective }: Standing): string {
  const figure = book.figure(objective.indicator, objective.entity, book.content.run.period, objective.basis);
  return figure ? book.shown(figure).text : book.words.mark('missing');
}

function writeFindings(page: Page): void {
  const { book } = page;
  const { say, name, state } = book.words;
  page.section(say('summary.findings', { number: book.content.findings.length }));
  if (book.content.findings.length === 0) {
    page.line([text(say('summary.no_finding'))]);
    return;
  }
  page.heads(
    ['severity', 'kind', 'entity', 'figures', '', '', '', 'sentence'].map((c) =>
      c ? say(`summary.columns.${c}`) : '',
    ),
  );
  for (const finding of book.content.findings) {
    const figures = finding.figures
      .map((f) =>
        say('summary.figure', {
          name: f.name,
          value:
            f.value === null
              ? book.words.mark('missing')
              : quantity(f.value, f.unit, decimalsFor(f.value), book.language),
        }),
      )
      .join('\n');
    const row = page.line([
      text(state('severities', finding.severity)),
      link(
        `${name('finding_kinds', finding.kind)}${subjectOf(book, finding)}`,
        book.places.link(targetOf(book, finding)),
        { wrap: true },
      ),
      text(finding.entity === undefined ? '' : book.entityName(finding.entity)),
      text(figures, { wrap: true, ink: ink.muted }),
      undefined,
      undefined,
      undefined,
      text(finding.sentence, { wrap: true }),
    ]);
    page.sheet.merge(row, 4, 7);
    page.sheet.height(
      row,
      12.5 *
        Math.max(
          linesOf(finding.sentence, 84),
          linesOf(figures, 68),
          linesOf(`${finding.kind}${subjectOf(book, finding)}`, 48),
        ) +
        4,
    );
  }
}

const decimalsFor = (value: string) => Math.min(1, new Decimal(value).decimalPlaces());

function subjectOf(book: Book, finding: Finding): string {
  const objective = book.content.objectives.find((o) => o.objective.id === finding.objective)?.objective
    .label;
  const gap = book.content.reconciliations.find(
    (r) => `reconciliation:${r.reconciliation}:${r.entity}` === finding.id,
  );
  if (gap) return ` · ${gap.label}`;
  const label =
    objective ?? (finding.indicator === undefined ? undefined : book.indicator(finding.indicator)?.label);
  return label ? ` · ${label[book.language]}` : '';
}

/** The most telling place of the workbook for a finding. */
function targetOf(book: Book, { id, entity, indicator, objective }: Finding): string {
  const parts = id.split(':');
  const candidates = [
    id,
    ...parts.map((_, i) => parts.slice(0, parts.length - i).join(':')),
    `objective:${objective ?? ''}`,
    `indicator:${indicator ?? ''}:${entity ?? GROUP}`,
    `indicator:${indicator ?? ''}`,
    `action:${parts[1] ?? ''}`,
    `source:${parts[1] ?? ''}`,
  ];
  return candidates.find((candidate) => book.places.has(candidate)) ?? '';
}

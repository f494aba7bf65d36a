import { Decimal } from 'decimal.js';
import { aggregationText } from '../indicators/aggregation-text.ts';
import { dayName, number, quantity, quarterName, unitName } from '../language/quantity.ts';
import type { Language, Say } from '../language/wording.ts';
import type { FigureReview } from '../review/decision.ts';
import type { MeasureTrace, Trace, TracedRow } from '../seal/trace.ts';
import type { Decided } from '../seal/tracing/decided.ts';
import type { Address, HarmonisedRow, StagedRow } from '../seal/tracing/lineage.ts';
import type { Received, ReceivedRow } from '../seal/tracing/received.ts';

/** Rows of an estimate that are printed under it; `--json` gives those that were opened. */
const printedRows = 3;

/** The tree of a figure for people: from its value down to the cells of the files that made it. */
export function traceText(
  opened: Trace,
  received: Received,
  language: Language,
  say: Say,
  /** the vocabulary that the documents share */
  common: Say,
  /** what people decided of the figure; null for a measure */
  decided: Decided | null = null,
): string {
  const page = new Page(opened, received, language, say, common, decided);
  return page.text();
}

class Page {
  private readonly lines: string[] = [];
  private readonly rows = new Map<string, ReceivedRow>();

  constructor(
    private readonly opened: Trace,
    private readonly received: Received,
    private readonly language: Language,
    private readonly say: Say,
    private readonly common: Say,
    private readonly decided: Decided | null,
  ) {
    for (const row of received.rows) this.rows.set(keyOf(row), row);
  }

  text(): string {
    this.head();
    for (const one of this.opened.measures) this.measure(one);
    if (this.received.unread.length > 0)
      this.lines.push(this.say('unread', { number: this.received.unread.length }), '');
    return `${this.lines.join('\n')}`;
  }

  private head(): void {
    const { indicator, figure, entity, period, basis } = this.opened;
    if (!indicator || !figure) return;
    const { language, say } = this;
    const value =
      figure.value === null
        ? say(`statuses.${figure.status}`)
        : quantity(figure.value, indicator.unit, indicator.decimals, language);
    const scale = indicator.scale === 1 ? '' : ` × ${indicator.scale}`;
    const share = (part: number) => quantity(new Decimal(part).times(100).toFixed(), '%', 1, language);
    this.lines.push(
      `${indicator.label[language]}  (${indicator.id})`,
      `  ${entity}, ${quarterName(period, language)}, ${say(`bases.${basis}`)} : ${value}`.replace(
        ' :',
        language === 'fr' ? '\u202f:' : ':',
      ),
      `  ${say('state', { status: say(`statuses.${figure.status}`), coverage: share(figure.coverage), estimated: share(figure.estimatedShare) })}`,
      `  = ${indicator.numerator}${indicator.denominator ? ` / (${indicator.denominator})` : ''}${scale}`,
    );
    if (indicator.denominator || indicator.scale !== 1)
      this.lines.push(
        `  = ${this.plain(figure.numerator)}${indicator.denominator ? ` / ${this.plain(figure.denominator)}` : ''}${scale}`,
      );
    this.decisions();
    this.lines.push('');
  }

  /** What the review made of the figure, and what was published of it. */
  private decisions(): void {
    const { decided, say, language } = this;
    if (!decided) return;
    const add = (text: string) => this.lines.push(`  ${text}`);
    const { review, entries, ledger, change } = decided;
    if (review && review.state !== 'open') {
      const { override, decided: last } = review;
      const replaced = review.state === 'approved' && override !== null;
      add(
        say(`decided.${replaced ? 'replaced' : review.state}`, {
          by: last?.by ?? '',
          on: dayName(last?.on ?? '', language),
          reason: bare(last?.reason),
          computed: this.shown(review.computed),
          ...(override
            ? {
                value: this.shown(override.value),
                author: override.by,
                since: dayName(override.on, language),
                reason: bare(override.reason),
                evidence: evidenceOf(override),
              }
            : {}),
        }),
      );
    }
    for (const { by, on, text } of review?.comments ?? [])
      add(say('decided.comment', { by, on: dayName(on, language), text }));
    if (entries.length > 1) {
      add(say('decided.history'));
      for (const one of entries)
        add(
          `  ${say(`decided.entry.${one.decision ?? 'comment'}`, {
            on: dayName(one.on, language),
            by: one.by,
            from: this.shown(one.from.value),
            to: this.shown(one.to.value),
          })}`,
        );
    }
    for (const line of ledger) {
      add(
        say(`decided.${line.kind}`, {
          run: line.run,
          value: this.shown(line.value || null, line.status),
          from: this.shown(line.from || null),
          cause: line.cause
            .split(/, /)
            .map((code) => this.causes(code))
            .join(', '),
        }) + (line.reason ? ` (${line.reason})` : ''),
      );
    }
    if (change)
      add(
        say(`decided.${change.published === null ? 'changes' : 'restates'}`, {
          run: change.published ?? '',
          before: this.shown(change.before),
          after: this.shown(change.after),
          parts: change.parts
            .map(
              ({ cause, amount }) =>
                `${this.causes(cause)} ${amount === null ? this.say('statuses.missing') : signed(this.plain(amount))}`,
            )
            .join(', '),
        }),
      );
  }

  private causes(codes: string): string {
    return codes
      .split('+')
      .map((code) => translated(this.say, 'causes', code))
      .join(' + ');
  }

  /** A value of the figure as decisions state it: every digit, and the unit. */
  private shown(value: string | null, status = 'missing'): string {
    if (value === null) return translated(this.say, 'statuses', status);
    return `${this.plain(value)} ${unitName(this.opened.indicator?.unit ?? '', this.language)}`.trim();
  }

  private measure(one: MeasureTrace): void {
    const { language, say } = this;
    const { measure } = one;
    const unit = unitName(measure.unit, language);
    this.lines.push(
      `${measure.label[language]}  (${measure.id})`,
      `  ${say('made', {
        value:
          one.value?.value == null
            ? say('statuses.missing')
            : `${this.plain(one.value.value)} ${unit}`.trim(),
        expression: aggregationText(measure, language),
        rows: number(String(one.rows), 0, language),
        table: measure.table,
        filter: measure.filter,
      })}${one.divisor === 1 ? '' : say('divided', { divisor: one.divisor })}`,
    );
    if (one.rows > 0 && one.exact)
      this.lines.push(`  ${say('exact', { contributed: this.plain(one.contributed) })}`);
    for (const { method, rows, contribution } of one.methods)
      this.lines.push(
        `  ${say('estimated', { method: this.method(method), rows: number(String(rows), 0, language), contribution: `${this.plain(contribution)} ${unit}`.trim() })}`,
      );
    if (one.extracts.length > 0) this.lines.push(`  ${say('by_extract')}`);
    for (const { extract, rows, contribution } of one.extracts)
      this.lines.push(
        `    ${this.plain(contribution).padStart(18)} ${unit}  ${say('rows', { rows: number(String(rows), 0, language) }).padStart(16)}  ${extract}`,
      );
    if (one.shown !== 'rows') this.lines.push(`  ${say(`shown.${one.shown}`)}`);
    else if (one.largest.length > 0)
      this.lines.push(
        `  ${say('largest', { shown: one.largest.length, rows: number(String(one.rows), 0, language) })}`,
      );
    if (measure.people && one.largest.length > 0)
      this.lines.push(`  ${say('lines', { measure: measure.id })}`);
    one.largest.forEach((row, i) => {
      this.row(row, i + 1, unit);
    });
    this.lines.push('');
  }

  private row(row: TracedRow, place: number, unit: string): void {
    const { say } = this;
    const where = [row.entity, row.site, row.date, row.quality && this.quality(row.quality)]
      .filter(Boolean)
      .join(', ');
    this.lines.push(
      `  ${String(place).padStart(3)}. ${row.contribution === null ? say('no_value') : `${this.plain(row.contribution)} ${unit}`.trim()}  ${where}`,
    );
    if (Number(row.share) !== 1)
      this.lines.push(
        `       ${say('share', { value: this.plain(row.value), share: quantity(new Decimal(row.share).times(100).toFixed(), '%', 2, this.language) })}`,
      );
    if (row.line !== null) this.lines.push(`       ${say('line', { line: row.line })}`);
    else if (row.harmonised) this.harmonised(row.harmonised, '       ');
    else this.lines.push(`       ${row.extract}, ${say('row', { row: row.row ?? '' })}`);
  }

  private harmonised(one: HarmonisedRow, indent: string, arrow = ''): void {
    const { say } = this;
    const hidden = new Set(['entity', 'site', 'date', 'quality']);
    const facts = Object.entries(one.values)
      .filter(([name]) => !hidden.has(name))
      .map(([name, value]) => `${name} ${String(value)}`)
      .join('; ');
    this.lines.push(`${indent}${arrow}${one.table}: ${facts}`);
    for (const step of one.steps) {
      const reference = [this.reference(step.reference), step.source?.[this.language]]
        .filter(Boolean)
        .join('; ');
      this.lines.push(
        step.kind === 'estimate' || step.kind === 'sum'
          ? `${indent}  ${say(`steps.${step.kind}`, { method: this.method(step.by), rows: one.rests, to: step.to })}`
          : `${indent}  ${say(`steps.${step.kind}`)}: ${step.from} × ${step.by} → ${step.to}${reference ? ` (${reference})` : ''}`.replace(
              '× ÷',
              '÷',
            ),
      );
    }
    for (const parent of one.from) this.harmonised(parent, `${indent}  `, '← ');
    for (const staged of one.staged.slice(0, printedRows)) this.staged(staged, indent);
    const more = Math.max(one.rests, one.staged.length) - Math.min(printedRows, one.staged.length);
    if (one.staged.length > 0 && more > 0)
      this.lines.push(`${indent}  ${say('more_rows', { number: more })}`);
  }

  private staged(row: StagedRow, indent: string): void {
    const { say } = this;
    const received = this.rows.get(keyOf(row));
    const place = received
      ? say(`addressing.${received.addressing}`, { row: row.row })
      : say('row', { row: row.row });
    this.lines.push(
      `${indent}← ${row.extract}, ${received?.part ? `${received.part}, ` : ''}${place}  [${row.contract}]`,
    );
    const texts = new Map(received?.values.map((one) => [one.column, one]));
    const cells = Object.entries(row.values).map(([column, value]) => {
      const one = texts.get(column);
      if (!one?.text) return `${column} ${String(value)}`;
      const heading = one.heading === column ? column : `${one.heading} = ${column}`;
      return one.text.trim() === String(value)
        ? `${heading} "${one.text.trim()}"`
        : `${heading} "${one.text.trim()}" → ${String(value)}`;
    });
    this.lines.push(`${indent}  ${cells.join('; ')}`);
  }

  /** A decimal text without its idle zeros, as the language writes it. */
  private plain(value: string | null): string {
    if (value === null) return this.say('statuses.missing');
    const places = Math.min(10, new Decimal(value).decimalPlaces());
    return number(value, places, this.language);
  }

  private method(code: string): string {
    return translated(this.common, 'data_methods', code);
  }

  /** Ids and versions as they are, a doubt and a method in words. */
  private reference(parts: string): string {
    return parts
      .split(', ')
      .map((part) =>
        part === 'to_confirm' ? translated(this.common, 'certainties', part) : this.method(part),
      )
      .join(', ');
  }

  private quality(code: string): string {
    return translated(this.common, 'data_qualities', code);
  }
}

/** A code of the data in words where there are some, else as it is. */
function translated(say: Say, list: string, code: string): string {
  try {
    return say(`${list}.${code}`);
  } catch {
    return code;
  }
}

/** What an override rests on, with the hash of the document that was delivered. */
const evidenceOf = ({ evidence, document }: NonNullable<FigureReview['override']>) =>
  `${bare(evidence)}${document ? ` (SHA-256 ${document.sha256})` : ''}`;

/** A reason that ends a sentence of ours brings no full stop of its own. */
const bare = (text: string | null | undefined) => (text ?? '').replace(/\s*\.$/, '');

const signed = (amount: string) => (/^[-\u2212]/.test(amount) ? amount : `+${amount}`);

const keyOf = ({ extract, row }: Address) => `${extract}\0${row}`;

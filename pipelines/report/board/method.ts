import { Decimal } from 'decimal.js';
import type { Answer } from '../../frameworks/answer.ts';
import { groupedBy } from '../../grouped-by.ts';
import { GROUP } from '../../indicators/figure.ts';
import { semicolon } from '../../language/typography.ts';
import type { ChangedFigure, ExtractFacts, FactorFacts, ReportContent } from '../content.ts';
import { methodText } from '../figure-method.ts';
import { number, quarter, scaled, scaleFor, share, shortDate } from '../format.ts';
import { cellWithUnit, idle, indicatorScale, quantityOrMark, shareCell } from './cell.ts';
import type { FigureBook } from './figure-book.ts';
import { entityName } from './objectives.ts';
import type { Voice } from './voice.ts';

/** Changed figures printed; the workbook lists them all. */
const longestChanges = 25;

/** How the figures were made: perimeter and its changes, estimates, sources, restatements, factors, standards. */
export function arrangeMethod(
  content: ReportContent,
  book: FigureBook,
  essential: ReadonlySet<string>,
  voice: Voice,
) {
  return {
    title: voice.say('method.title'),
    principles: ['conservation', 'ratios', 'absence', 'estimates', 'privacy', 'forecast'].map((key) =>
      voice.say(`method.principle.${key}`, { threshold: content.run.suppressionThreshold }),
    ),
    perimeter: perimeter(content, voice),
    estimates: estimates(content, book, essential, voice),
    sources: sources(content, voice),
    changes: changes(content, book, voice),
    factors: factors(content, voice),
    standards: standards(content, voice),
  };
}

function perimeter(content: ReportContent, voice: Voice) {
  const { run } = content;
  const day = (iso: string) => shortDate(iso, voice.language);
  const within = (iso: string | null) => iso !== null && iso >= run.from && iso <= run.to;
  // the figures beside those of the year before: a change since then changes the comparison
  const since = `${Number(run.from.slice(0, 4)) - 1}${run.from.slice(4)}`;
  const recent = (iso: string | null) => iso !== null && iso >= since && iso <= run.to;
  const moves = [
    ...content.entities.map((e) => ({ ...e, label: e.name })),
    ...content.sites.map((s) => ({
      ...s,
      label: voice.say('method.site', { name: s.name, entity: entityName(content, s.entity) }),
    })),
  ].flatMap((one) => [
    ...(recent(one.entry)
      ? [
          {
            on: one.entry as string,
            text: voice.say('method.enters', { name: one.label, date: day(one.entry as string) }),
          },
        ]
      : []),
    ...(recent(one.exit)
      ? [
          {
            on: one.exit as string,
            text: voice.say('method.leaves', { name: one.label, date: day(one.exit as string) }),
          },
        ]
      : []),
  ]);
  return {
    title: voice.say('method.perimeter'),
    intro: voice.plural(
      'method.perimeter_intro',
      content.entities.filter((e) => e.method !== 'excluded').length,
      { sites: content.sites.filter((s) => s.exit === null || s.exit > run.to).length },
    ),
    head: {
      entity: voice.say('method.entity'),
      siren: voice.say('method.siren'),
      country: voice.say('method.country'),
      method: voice.say('method.consolidation'),
      share: voice.say('method.share'),
      entry: voice.say('method.entry'),
      exit: voice.say('method.exit'),
      sites: voice.say('method.sites'),
    },
    rows: content.entities.map((entity) => ({
      name: entity.name,
      siren: entity.siren ?? '—',
      country: voice.wordFor('countries', entity.country),
      method: voice.word(`methods.${entity.method}`),
      share: quantityOrMark(String(entity.share), '%', Number.isInteger(entity.share) ? 0 : 2, voice),
      entry: entity.entry === null ? '—' : day(entity.entry),
      exit: entity.exit === null ? '—' : day(entity.exit),
      changed: within(entity.entry) || within(entity.exit),
      sites:
        content.sites
          .filter((s) => s.entity === entity.id && (s.exit === null || s.exit > run.to))
          .map((s) => s.city)
          .join(', ') || '—',
    })),
    moves_title: voice.say('method.moves'),
    moves: moves.sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0)).map((m) => m.text),
    no_move: voice.say('method.no_move'),
  };
}

function estimates(content: ReportContent, book: FigureBook, essential: ReadonlySet<string>, voice: Voice) {
  const estimated = book.indicators.flatMap((indicator) => {
    const figure = book.figure(indicator.id, indicator.bases[0] ?? 'quarter', book.period, GROUP);
    if (
      !figure ||
      figure.status === 'not_applicable' ||
      (figure.status === 'complete' && figure.estimatedShare === 0 && figure.coverage === 1)
    )
      return [];
    return [
      {
        id: indicator.id,
        label: voice.label(indicator.label),
        basis: voice.word(`bases_short.${figure.basis}`),
        value: cellWithUnit(figure, indicatorScale(indicator, [figure], voice), voice).text,
        coverage: shareCell(figure, 'coverage', voice).text,
        estimated: shareCell(figure, 'estimatedShare', voice).text,
        method: methodText(content, figure, voice.wordFor) || idle.text,
        status: voice.wordFor('figure_statuses', figure.status),
      },
    ];
  });
  const rows = estimated.filter((one) => essential.has(one.id));
  const others = estimated.length - rows.length;
  return {
    title: voice.say('method.estimates'),
    intro: voice.plural('method.estimates_intro', estimated.length),
    rest: others > 0 ? voice.plural('method.estimates_rest', others) : '',
    head: {
      indicator: voice.say('pillar.indicator'),
      basis: voice.say('entities.basis'),
      value: voice.say('method.value'),
      coverage: voice.say('pillar.coverage'),
      estimated: voice.say('pillar.estimated'),
      method: voice.say('method.known'),
      status: voice.say('alignment.status'),
    },
    rows,
  };
}

function sources(content: ReportContent, voice: Voice) {
  const { language } = voice;
  const bySource = groupedBy(content.extracts, ({ source }) => source);
  const count = (value: number) => number(String(value), 0, language);
  const total = (extracts: readonly ExtractFacts[], key: 'rowsRead' | 'rowsStaged' | 'rowsQuarantined') =>
    extracts.reduce((sum, e) => sum + e[key], 0);
  const row = (extracts: readonly ExtractFacts[]) => ({
    extracts: count(extracts.length),
    read: count(total(extracts, 'rowsRead')),
    staged: count(total(extracts, 'rowsStaged')),
    quarantined: count(total(extracts, 'rowsQuarantined')),
    share:
      total(extracts, 'rowsRead') === 0
        ? '—'
        : share(
            new Decimal(total(extracts, 'rowsQuarantined')).dividedBy(total(extracts, 'rowsRead')).toFixed(),
            2,
            language,
          ),
    remarks: count(extracts.reduce((sum, e) => sum + e.remarks.length, 0)),
  });
  return {
    title: voice.say('method.sources'),
    intro: voice.plural('method.sources_intro', content.extracts.length, {
      read: count(total(content.extracts, 'rowsRead')),
      quarantined: count(total(content.extracts, 'rowsQuarantined')),
    }),
    head: {
      source: voice.say('method.source'),
      department: voice.say('method.department'),
      extracts: voice.say('method.extracts'),
      read: voice.say('method.read'),
      staged: voice.say('method.staged'),
      quarantined: voice.say('method.quarantined'),
      share: voice.say('method.quarantine_share'),
      remarks: voice.say('method.remarks'),
    },
    rows: [...bySource].map(([source, extracts]) => ({
      source,
      department: voice.wordFor('departments', extracts[0]?.department ?? ''),
      ...row(extracts),
    })),
    total: { label: voice.say('method.total'), ...row(content.extracts) },
    missing_title: voice.say('method.missing_sources'),
    missing: content.missingSources.map((m) => ({
      source: m.source,
      department: voice.wordFor('departments', m.department),
      message: voice.prose(m.message),
    })),
    no_missing: voice.say('method.no_missing_source'),
  };
}

function changes(content: ReportContent, book: FigureBook, voice: Voice) {
  const { language } = voice;
  // what was published first, then the group before its entities
  const rank = (c: ChangedFigure) => (c.published === null ? 2 : 0) + (c.entity === GROUP ? 0 : 1);
  const listed = content.changes.toSorted((a, b) => rank(a) - rank(b)).slice(0, longestChanges);
  const rest = content.changes.length - listed.length;
  return {
    title: voice.say('method.changes'),
    intro:
      content.run.previousRun === null
        ? voice.say('method.no_previous')
        : voice.plural('method.changes_intro', content.changes.length, { run: content.run.previousRun }),
    rest: rest > 0 ? voice.plural('method.changes_rest', rest) : '',
    order: voice.say('method.changes_order'),
    head: {
      indicator: voice.say('pillar.indicator'),
      entity: voice.say('method.entity'),
      period: voice.say('method.period'),
      before: voice.say('method.before'),
      after: voice.say('method.after'),
      cause: voice.say('method.cause'),
    },
    rows: listed.map((change) => {
      const indicator = book.indicator(change.indicator);
      const scale = scaleFor(
        indicator?.unit ?? '',
        indicator?.decimals ?? 2,
        [change.before, change.after],
        language,
      );
      const shown = (value: string | null) =>
        value === null ? voice.word('marks.missing') : scaled(value, scale, language);
      return {
        label: indicator ? voice.label(indicator.label) : change.indicator,
        unit: scale.unit,
        entity: change.entity === GROUP ? voice.word('group_title') : entityName(content, change.entity),
        period: `${quarter(change.period, language)} · ${voice.wordFor('bases_short', change.basis)}`,
        before: shown(change.before),
        after: shown(change.after),
        cause: voice.prose(
          [
            ...change.parts.map(({ cause, amount }) => {
              const name = cause
                .split('+')
                .map((one) => voice.wordFor('causes', one))
                .join(' + ');
              // one cause alone made the whole change
              if (amount === null || change.parts.length === 1) return name;
              const sign = new Decimal(amount).isNegative() ? '' : '+';
              return `${name} ${sign}${scaled(amount, scale, language)}`;
            }),
            ...(change.published === null ? [] : [voice.say('method.was_published')]),
          ].join(', '),
        ),
      };
    }),
  };
}

/** The factors used, a line a source and version: how many, and how many of them are still to be confirmed. */
function factors(content: ReportContent, voice: Voice) {
  const { language } = voice;
  const toConfirm = (of: readonly FactorFacts[]) => of.filter((f) => f.certainty === 'to_confirm').length;
  const count = (value: number) => number(String(value), 0, language);
  const bySource = groupedBy(content.factors, ({ source, version }) => {
    // an identity or an order of magnitude has no version
    const versioned = /^[-\p{Lu}\d]*\d/u.test(version);
    return versioned ? `${source}, ${version}` : source;
  });
  return {
    title: voice.say('method.factors'),
    intro: voice.plural('method.factors_intro', content.factors.length, {
      unconfirmed: toConfirm(content.factors),
    }),
    head: {
      source: voice.say('method.source'),
      factors: voice.say('method.factors_of'),
      count: voice.say('method.factors_count'),
      unconfirmed: voice.say('method.factors_unconfirmed'),
    },
    rows: [...bySource]
      .sort(([a, of], [b, other]) => other.length - of.length || (a < b ? -1 : 1))
      .map(([source, of]) => ({
        source,
        factors:
          of.length > 3
            ? `${of
                .slice(0, 2)
                .map((f) => f.label)
                .join(semicolon(language))}, ${voice.plural('method.factors_more', of.length - 2)}`
            : of.map((f) => f.label).join(semicolon(language)),
        count: count(of.length),
        unconfirmed: toConfirm(of) === 0 ? idle.text : count(toConfirm(of)),
      })),
  };
}

const answers = ['answered', 'partial', 'not_calculable', 'missing', 'not_applicable'] as const;

/** How far the run answers each framework, by disclosure; the datapoints themselves are in the workbook. */
function standards(content: ReportContent, voice: Voice) {
  const shown = (count: number) => (count === 0 ? idle.text : number(String(count), 0, voice.language));
  const counts = (of: Readonly<Record<Answer, number>>) => answers.map((answer) => shown(of[answer]));
  return {
    title: voice.say('method.standards'),
    intro: voice.say('method.standards_intro'),
    head: {
      framework: voice.say('method.framework'),
      total: voice.say('method.datapoints'),
      answers: answers.map((answer) => voice.word(`answers.${answer}`)),
    },
    rows: content.frameworks.coverage.map((one) => ({
      framework: `${voice.wordFor('frameworks', one.framework)} ${one.version}`,
      title: voice.label(one.title),
      module: one.module ? voice.label(one.module) : '',
      chosen: voice.say(`method.chosen_by.${one.chosenBy}`),
      total: number(String(one.total), 0, voice.language),
      counts: counts(one.answers),
      unanswered: one.disclosures
        .filter((d) => d.answers.answered + d.answers.partial + d.answers.not_calculable === 0)
        .filter((d) => d.answers.missing > 0)
        .map((d) => d.disclosure),
    })),
    unanswered: voice.say('method.unanswered'),
    note: voice.say('method.standards_note', { mark: voice.word('marks.to_confirm') }),
  };
}

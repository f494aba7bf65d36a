import { Decimal } from 'decimal.js';
import type { Finding, ReconciliationResult } from '../../alignment/finding.ts';
import { gapsByEntity } from '../../alignment/findings.ts';
import { GROUP } from '../../indicators/figure.ts';
import type { ReportContent } from '../content.ts';
import {
  columnScale,
  date,
  month,
  number,
  type Scale,
  scaled,
  scaledQuantity,
  scaleFor,
  share,
  signed,
} from '../format.ts';
import { arrangeArbitration } from './arbitration.ts';
import { largest } from './largest.ts';
import { arrangeMatrix } from './matrix.ts';
import { actionsHead, arrangeAction, entityName } from './objectives.ts';
import { rankFindings } from './rank-findings.ts';
import { arrangeResolutions } from './resolutions.ts';
import type { Voice } from './voice.ts';

const order: readonly ReconciliationResult['status'][] = ['differs', 'missing_side', 'agrees'];
/** The kinds of finding that are told in this section, each under its own heading. */
const told: readonly Finding['kind'][] = ['contradiction', 'action', 'claim', 'source', 'quality', 'privacy'];
/** Findings printed under one heading; the workbook holds them all. */
const longest = 6;
/** Rows of difference printed under a gap; the workbook has more. */
const longestList = 4;
/** Lines of companies that do not agree, and gaps told one by one, at most: a board reads ten minutes. */
const most = { lines: 40, gaps: 12 };

/** Where the departments' data, and their priorities, agree and where they do not. */
export async function arrangeAlignment(content: ReportContent, voice: Voice) {
  const results = content.reconciliations
    .map((result, index) => ({ result, index }))
    .sort(
      (a, b) =>
        order.indexOf(a.result.status) - order.indexOf(b.result.status) ||
        Number(b.result.entity === GROUP) - Number(a.result.entity === GROUP) ||
        a.index - b.index,
    )
    .map(({ result }) => result);
  const count = (status: ReconciliationResult['status']) => results.filter((r) => r.status === status).length;
  const weigh = weightIn(results);
  const differing = gapsByEntity(results);
  const gaps = largest(differing, most.gaps, weigh);
  // a board reads the group and what does not agree; the workbook holds every company's line
  const open = results.filter((r) => r.entity !== GROUP && r.status !== 'agrees');
  const lines = new Set(largest(open, most.lines, weigh));
  const printed = results.filter((r) => r.entity === GROUP || lines.has(r));
  const agreeing = results.filter((r) => r.entity !== GROUP && r.status === 'agrees').length;
  const unless = (count: number, key: string) => (count > 0 ? voice.plural(key, count) : '');
  const scalesOf = scalesByUnit(printed, voice);
  const extracts = new Map(content.extracts.map(({ id, name }) => [id, name]));
  const money = columnScale(
    content.group.currency,
    0,
    content.agenda.items.map((item) => item.money),
    voice.language,
  );
  return {
    title: voice.say('alignment.title'),
    lead: voice.plural('alignment.lead', results.length, {
      agrees: count('agrees'),
      differs: count('differs'),
      missing: count('missing_side'),
    }),
    resolutions: arrangeResolutions(content, voice),
    agenda_title: voice.say('alignment.agenda'),
    agenda_note: voice.say('alignment.agenda_note'),
    agenda_head: Object.fromEntries(
      ['objective', 'owner', 'weight', 'distance', 'money', 'materiality'].map((key) => [
        key,
        voice.say(`alignment.agenda_head.${key}`),
      ]),
    ),
    agenda: content.agenda.items.map((item) => ({
      status: item.status,
      label: voice.prose(item.label),
      owner: item.owner ?? voice.say('objective.no_owner'),
      weight: number(String(item.weight), 1, voice.language),
      distance: share(item.distance, 0, voice.language),
      money: scaledQuantity(item.money, money, voice.language),
      materiality: number(String(item.materiality), 2, voice.language),
    })),
    reconciliations_title: voice.say('alignment.reconciliations'),
    head: {
      reality: voice.say('alignment.reality'),
      left: voice.say('alignment.left'),
      right: voice.say('alignment.right'),
      gap: voice.say('alignment.gap'),
      share: voice.say('alignment.share'),
      tolerance: voice.say('alignment.tolerance'),
      status: voice.say('alignment.status'),
    },
    rows_rest: [
      unless(open.length - lines.size, 'alignment.other_lines'),
      unless(agreeing, 'alignment.agreeing'),
    ]
      .filter(Boolean)
      .join(' '),
    rows: printed.map((result) => reconciliationRow(result, scalesOf(result.unit), content, voice)),
    differences_title: differing.length > 0 ? voice.say('alignment.differences') : '',
    differences: gaps.map((result) => difference(result, extracts, content, voice)),
    differences_rest: unless(differing.length - gaps.length, 'alignment.other_gaps'),
    matrix: arrangeMatrix(content, voice),
    arbitration: await arrangeArbitration(content, voice),
    groups: told
      .map((kind) => ({
        kind,
        findings: rankFindings(
          content.findings.filter((f) => f.kind === kind),
          content,
        ),
      }))
      .filter(({ findings }) => findings.length > 0)
      .map(({ kind, findings }) => ({
        title: voice.say(`alignment.group.${kind}`),
        intro: voice.say(`alignment.intro.${kind}`),
        findings: findings.slice(0, longest).map((finding) => ({
          severity: finding.severity,
          severity_word: voice.word(`severities.${finding.severity}`),
          entity: finding.entity ? nameOf(finding.entity, content, voice) : '',
          sentence: voice.prose(finding.sentence),
        })),
        rest: findings.length > longest ? voice.plural('alignment.rest', findings.length - longest) : '',
      })),
    loose_title: content.looseActions.length > 0 ? voice.say('alignment.loose') : '',
    loose_intro: voice.say('alignment.loose_intro'),
    actions_head: actionsHead(voice),
    loose: content.looseActions.map((action) => arrangeAction(action, content, voice)),
  };
}

/** How much a gap is of what the group has of the same reality; a side that is missing weighs nothing. */
function weightIn(results: readonly ReconciliationResult[]): (one: ReconciliationResult) => Decimal {
  const sizeOf = ({ left, right }: ReconciliationResult) =>
    Decimal.max(new Decimal(left.value ?? 0).abs(), new Decimal(right.value ?? 0).abs());
  const group = new Map(
    results.filter((one) => one.entity === GROUP).map((one) => [one.reconciliation, sizeOf(one)]),
  );
  return (one) => {
    const whole = group.get(one.reconciliation) ?? sizeOf(one);
    return one.gap === null || whole.isZero() ? new Decimal(0) : new Decimal(one.gap).abs().dividedBy(whole);
  };
}

/** Money and people are compared in whole units. */
function decimalsFor(unit: string): number {
  return ['EUR', 'persons', 'count', 'h', 'd'].includes(unit) ? 0 : 1;
}

function nameOf(entity: string, content: ReportContent, voice: Voice): string {
  return entity === GROUP ? voice.word('group') : entityName(content, entity);
}

/** The scale of both sides of lines of one unit, and that of their gaps. */
interface LineScales {
  readonly sides: Scale;
  readonly gaps: Scale;
}

/** Lines of one unit are in one scale, found when the unit is first asked for. */
function scalesByUnit(
  lines: readonly ReconciliationResult[],
  { language }: Voice,
): (unit: string) => LineScales {
  const found = new Map<string, LineScales>();
  return (unit) => {
    const known = found.get(unit);
    if (known) return known;
    const alike = lines.filter((line) => line.unit === unit);
    const scaleOf = (values: readonly (string | null)[]) =>
      columnScale(unit, decimalsFor(unit), values, language);
    const scales = {
      sides: scaleOf(alike.flatMap(({ left, right }) => [left.value, right.value])),
      gaps: scaleOf(alike.map(({ gap }) => gap)),
    };
    found.set(unit, scales);
    return scales;
  };
}

function reconciliationRow(
  result: ReconciliationResult,
  { sides, gaps }: LineScales,
  content: ReportContent,
  voice: Voice,
) {
  const { language } = voice;
  const side = (one: ReconciliationResult['left']) => ({
    department: voice.wordFor('departments', one.department),
    text: one.value === null ? voice.word('marks.missing') : scaledQuantity(one.value, sides, language),
  });
  return {
    label: voice.prose(result.label),
    entity: nameOf(result.entity, content, voice),
    left: side(result.left),
    right: side(result.right),
    gap: result.gap === null ? '—' : scaledQuantity(result.gap, gaps, language),
    share: result.gapShare === null ? '—' : share(result.gapShare, 1, language),
    tolerance: share(result.tolerance, 1, language),
    status: result.status,
    status_word: voice.word(`reconciliation_statuses.${result.status}`),
  };
}

function difference(
  result: ReconciliationResult,
  extracts: ReadonlyMap<string, string>,
  content: ReportContent,
  voice: Voice,
) {
  const { language } = voice;
  const scale = scaleFor(
    result.unit,
    decimalsFor(result.unit),
    result.months.flatMap((m) => [m.left, m.right]),
    language,
  );
  const shown = (value: string | null) =>
    value === null ? voice.word('marks.missing') : scaled(value, scale, language);
  return {
    label: voice.prose(`${result.label} · ${nameOf(result.entity, content, voice)}`),
    owner: voice.say('alignment.explains', { department: voice.wordFor('departments', result.owner) }),
    sentence: voice.prose(result.sentence),
    likely: voice.prose(result.likely),
    causes_note: result.likely === '' ? '' : voice.say('alignment.causes_note'),
    open: voice.say('alignment.open'),
    rows_title: result.rows.length > 0 ? voice.say('alignment.rows') : '',
    rows: result.rows.slice(0, longestList).map((row) => ({
      side: voice.wordFor('departments', result[row.side].department),
      date: date(row.date, language),
      amount: scaledQuantity(
        row.amount,
        scaleFor(result.unit, decimalsFor(result.unit), [row.amount], language),
        language,
      ),
      address: `${extracts.get(row.extract) ?? row.extract}:${row.row}`,
    })),
    caption: voice.say('alignment.months', {
      label: result.label,
      unit: scale.unit === '' ? voice.word('number') : scale.unit,
    }),
    month_head: voice.say('alignment.month'),
    left: voice.wordFor('departments', result.left.department),
    right: voice.wordFor('departments', result.right.department),
    gap_head: voice.say('alignment.gap'),
    months: result.months.map((m) => ({
      month: month(m.month, language),
      left: shown(m.left),
      right: shown(m.right),
      gap:
        m.left === null || m.right === null
          ? '—'
          : signed(
              new Decimal(m.left).minus(m.right).dividedBy(new Decimal(10).pow(scale.power)).toFixed(),
              scale.decimals,
              language,
            ),
    })),
  };
}

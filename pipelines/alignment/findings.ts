import { Decimal } from 'decimal.js';
import type { Catalogue } from '../indicators/catalogue.ts';
import { GROUP } from '../indicators/figure.ts';
import type { NameOf } from '../indicators/place-name.ts';
import {
  decimalsOfUnit,
  listed,
  monthName,
  percentage,
  quantity,
  quarterName,
} from '../language/quantity.ts';
import type { Language, Say } from '../language/wording.ts';
import type { Standing } from '../objectives/objective.ts';
import type { Finding, ReconciliationResult } from './finding.ts';
import type { TellGap } from './reconcile.ts';

const order = { critical: 0, major: 1, minor: 2 } as const;

/** Most severe first, then by id: the order in which a reader meets them. */
export function ranked(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => order[a.severity] - order[b.severity] || (a.id < b.id ? -1 : 1));
}

export function driftFindings(standings: readonly Standing[], catalogue: Catalogue, say: Say): Finding[] {
  return standings
    .filter((s) => ['drifting', 'off_track', 'unknown'].includes(s.status))
    .map((s) => {
      const unit = catalogue.indicators.find((i) => i.id === s.objective.indicator)?.unit ?? '';
      return {
        id: `drift:${s.objective.id}`,
        kind: 'drift',
        severity: s.status === 'off_track' ? 'critical' : 'major',
        objective: s.objective.id,
        ...(s.objective.indicator === null ? {} : { indicator: s.objective.indicator }),
        entity: s.objective.entity,
        sentence: s.sentence,
        figures: [
          { name: say('names.value'), value: s.value, unit },
          { name: say('names.expected'), value: s.expected, unit },
          { name: say('names.target'), value: decimal(s.objective.target?.value), unit },
        ],
      };
    });
}

/** Gaps beyond tolerance, entity by entity; the group's own only when no entity has it. */
export function gapsByEntity(results: readonly ReconciliationResult[]): ReconciliationResult[] {
  const differing = results.filter((one) => one.status === 'differs');
  return differing.filter(
    (one) =>
      one.entity !== GROUP ||
      !differing.some((o) => o.reconciliation === one.reconciliation && o.entity !== GROUP),
  );
}

/** What gaps beyond tolerance say. */
export function gapFindings(
  results: readonly ReconciliationResult[],
  catalogue: Catalogue,
  language: Language,
  say: Say,
): Finding[] {
  const label = (id: string) => catalogue.measures.find((m) => m.id === id)?.label[language] ?? id;
  return gapsByEntity(results).map((r) => ({
    id: `reconciliation:${r.reconciliation}:${r.entity}`,
    kind: 'reconciliation',
    // a reviewer has said why: known, and no gate any more
    severity: r.explanation
      ? 'minor'
      : r.gapShare !== null && r.gapShare > 2 * r.tolerance
        ? 'critical'
        : 'major',
    entity: r.entity,
    sentence: r.explanation ? r.sentence : `${r.sentence} ${r.likely}`.trim(),
    figures: [
      { name: label(r.left.measure), value: r.left.value, unit: r.unit },
      { name: label(r.right.measure), value: r.right.value, unit: r.unit },
      { name: say('names.gap'), value: r.gap, unit: r.unit },
    ],
  }));
}

export function standingTeller(catalogue: Catalogue, period: string, language: Language, say: Say) {
  return (standing: Omit<Standing, 'sentence'>): string => {
    const { objective } = standing;
    const indicator = catalogue.indicators.find((i) => i.id === objective.indicator);
    const shown = (value: string | null) =>
      quantity(value, indicator?.unit ?? '', indicator?.decimals ?? 0, language);
    const { target } = objective;
    if (!target) return say('standing.unmeasured', { objective: objective.label[language] });
    return say(`standing.${standing.status}`, {
      objective: objective.label[language],
      value: shown(standing.value),
      expected: shown(standing.expected),
      target: shown(String(target.value)),
      target_period: quarterName(target.period, language),
      period: quarterName(period, language),
    });
  };
}

function decimal(value: number | undefined): string | null {
  return value === undefined ? null : String(value);
}

export function gapTeller(
  language: Language,
  say: Say,
  nameOf: NameOf = (place) => (place === GROUP ? say('group') : place),
): TellGap {
  const shownIn = (unit: string) => (value: string | null) =>
    quantity(value, unit, decimalsOfUnit(unit), language);
  return {
    gap: (result, meaning) => {
      const shown = shownIn(result.unit);
      const known = result.left.value !== null ? result.left.department : result.right.department;
      const sentence = say(`reconciliation.${result.status}`, {
        label: result.label,
        entity: nameOf(result.entity),
        left_department: say(`the_department.${result.left.department}`),
        right_department: say(`the_department.${result.right.department}`),
        known: say(`the_department.${known}`),
        left: shown(result.left.value),
        right: shown(result.right.value),
        gap: shown(result.gap === null ? null : new Decimal(result.gap).abs().toFixed()),
        gap_share: percentage(result.gapShare ?? 0, 1, language),
        accepted:
          result.tolerance === 0
            ? say('reconciliation.none_accepted')
            : say('reconciliation.accepted', { tolerance: percentage(result.tolerance, 1, language) }),
        meaning,
      });
      if (result.status !== 'differs' || !result.explanation) return sentence;
      const { text, reviewer, since } = result.explanation;
      return `${sentence} ${say('reconciliation.explained', { text, reviewer, since: quarterName(since, language) })}`;
    },
    likely: (result) => {
      const shown = shownIn(result.unit);
      const named = result.causes.map(({ cause, amount }) => {
        const { months, evidence } = where(result, cause);
        const detail = (cause === 'timing' ? [months, evidence] : [evidence, months])
          .filter((text) => text !== '')
          .join(', ');
        return say('reconciliation.cause', {
          cause: say(`gap_cause.${cause}`),
          amount: shown(amount),
          where: detail === '' ? '' : ` (${detail})`,
        });
      });
      const supposed = result.causes.some(({ cause }) => cause !== 'unexplained');
      // a unit may end with a point of its own
      if (supposed)
        return say('reconciliation.likely', { causes: named.join(language === 'fr' ? ' ; ' : '; ') }).replace(
          /\.\.$/,
          '.',
        );
      const { months } = where(result, 'unexplained');
      return months === ''
        ? say('reconciliation.unexplained')
        : say('reconciliation.unexplained_since', { months });
    },
  };

  /** What points to a cause, and the months that hold the most of it. */
  function where(result: Parameters<TellGap['likely']>[0], cause: string) {
    const parts = result.parts.filter((part) => part.cause === cause);
    const evidence = [...new Set(parts.map((part) => part.evidence).filter((text) => text !== ''))];
    const total = parts.reduce((sum, part) => sum.plus(new Decimal(part.amount).abs()), new Decimal(0));
    const large = parts.filter((part) => new Decimal(part.amount).abs().times(2).greaterThanOrEqualTo(total));
    return {
      evidence: evidence.length > 2 ? '' : evidence.map((one) => evidenceName(one, cause)).join(', '),
      months: listed(
        [...new Set(large.flatMap((part) => part.month ?? []))].map((month) => monthName(month, language)),
        language,
      ),
    };
  }

  function evidenceName(evidence: string, cause: string): string {
    if (cause === 'timing') return say('gap_cause.mirror', { month: monthName(evidence, language) });
    return evidence === 'intragroup' ? say('gap_cause.intragroup') : evidence;
  }
}

import { Decimal } from 'decimal.js';
import type { Catalogue } from '../indicators/catalogue.ts';
import type { NameOf } from '../indicators/place-name.ts';
import { listed, percentage, quantity } from '../language/quantity.ts';
import type { Language, Say } from '../language/wording.ts';
import type { Standing } from '../objectives/objective.ts';
import type { Finding } from './finding.ts';

/** Objectives whose parts do not make the whole, or leave some of the perimeter without a target. */
export function cascadeFindings(
  standings: readonly Standing[],
  catalogue: Catalogue,
  language: Language,
  say: Say,
  nameOf: NameOf = (place) => place,
): Finding[] {
  return standings.flatMap(({ objective, cascade }): Finding[] => {
    if (!cascade || (cascade.status !== 'differs' && cascade.status !== 'incomplete')) return [];
    const indicator = catalogue.indicators.find((one) => one.id === objective.indicator);
    const unit = indicator?.unit ?? '';
    const shown = (value: string | null) => quantity(value, unit, indicator?.decimals ?? 0, language);
    return [
      {
        id: `contradiction:cascade:${objective.id}`,
        kind: 'contradiction',
        severity: cascade.status === 'differs' ? 'major' : 'minor',
        objective: objective.id,
        ...(objective.indicator === null ? {} : { indicator: objective.indicator }),
        sentence: say(`contradiction.cascade_${cascade.status}`, {
          objective: objective.label[language],
          parts: listed(
            cascade.parts.map((part) => nameOf(part.entity)),
            language,
          ),
          together: shown(cascade.together),
          target: shown(cascade.target),
          gap: shown(new Decimal(cascade.gap ?? 0).abs().toFixed()),
          gap_share: percentage(cascade.gapShare ?? 0, 1, language),
          tolerance: percentage(cascade.tolerance, 1, language),
          uncovered: listed(cascade.uncovered.map(nameOf), language),
          number: cascade.uncovered.length,
        }),
        figures: [
          { name: say('names.target'), value: cascade.target, unit },
          { name: say('names.together'), value: cascade.together, unit },
          ...cascade.parts.map((part) => ({ name: nameOf(part.entity), value: part.target, unit })),
        ],
      },
    ];
  });
}

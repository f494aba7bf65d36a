import { rulesOf } from '../indicators/disclosure/rules.ts';
import { withheldMeasures } from '../indicators/withheld.ts';
import type { ReportContent } from './content.ts';

const known = new WeakMap<ReportContent['measures'], ReadonlySet<string>>();

/** The measure values that the documents of a run do not show, see `withheldMeasures`; worked out once. */
export function withheldIn({ catalogue, measures, entities, run }: ReportContent): ReadonlySet<string> {
  const withheld =
    known.get(measures) ?? withheldMeasures(catalogue, measures, rulesOf(run.suppressionThreshold, entities));
  known.set(measures, withheld);
  return withheld;
}

/** Says what is withheld of measure values for which a run has worked it out already: of many companies, it takes seconds. */
export function rememberWithheld(measures: ReportContent['measures'], withheld: ReadonlySet<string>): void {
  known.set(measures, withheld);
}

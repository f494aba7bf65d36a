import { inactionFindings, tellsInaction } from '../alignment/contradictions.ts';
import type { Finding } from '../alignment/finding.ts';
import { driftFindings, ranked, standingTeller } from '../alignment/findings.ts';
import { type Figure, GROUP } from '../indicators/figure.ts';
import { quantity } from '../language/quantity.ts';
import { type Say, wording } from '../language/wording.ts';
import { standings } from '../objectives/standing.ts';
import { applyReview, dependantsOf, idOf } from '../review/applied.ts';
import type { Review } from '../review/decision.ts';
import type { ReportContent } from './content.ts';

/** The content of the final documents: decisions applied, what rests on them said. */
export async function publishedContent(
  content: ReportContent,
  review: Review,
  publication: NonNullable<ReportContent['publication']>,
): Promise<ReportContent> {
  const { catalogue, run } = content;
  const say = await wording(run.language, 'findings');
  const figures = applyReview(content.figures, review);
  const changed = figures.filter((one, i) => one !== content.figures[i]);
  const onObjectives = content.objectives.some((one) =>
    changed.some((figure) => figure.indicator === one.objective.indicator),
  );
  const actions = [...content.objectives.flatMap((one) => one.actions), ...content.looseActions];
  const objectives = onObjectives
    ? standings(
        content.objectives.map((one) => one.objective),
        catalogue.indicators,
        figures,
        actions,
        run.period,
        standingTeller(catalogue, run.period, run.language, say),
      )
    : content.objectives;
  const rejected = new Set(changed.filter((one) => one.status === 'rejected').map((one) => one.indicator));
  const kept = content.findings.filter(
    (one) =>
      !(onObjectives && (one.kind === 'drift' || tellsInaction(one))) &&
      (one.indicator === undefined || !rejected.has(one.indicator)),
  );
  return {
    ...content,
    run: { ...run, state: 'published' },
    figures,
    objectives,
    findings: ranked([
      ...kept,
      ...(onObjectives
        ? [
            ...driftFindings(objectives, catalogue, say),
            ...inactionFindings(objectives, catalogue.indicators, run.language, say),
          ]
        : []),
      ...reviewFindings(content, changed, review, say),
    ]),
    review,
    publication,
  };
}

/** Overrides with what depends on the same data, and rejections with their reason. */
function reviewFindings(
  content: ReportContent,
  changed: readonly Figure[],
  review: Review,
  say: Say,
): Finding[] {
  const { language } = content.run;
  const label = (id: string) =>
    content.catalogue.indicators.find((one) => one.id === id)?.label[language] ?? id;
  const entity = (id: string) => (id === GROUP ? say('group') : id);
  return changed.map((figure) => {
    const one = review.figures.find((r) => r.figure === idOf(figure)) as Review['figures'][number];
    const indicator = content.catalogue.indicators.find((i) => i.id === figure.indicator);
    const shown = (value: string | null) => quantity(value, figure.unit, indicator?.decimals ?? 0, language);
    const names = {
      indicator: label(figure.indicator),
      entity: entity(figure.entity),
      basis: say(`review.basis.${figure.basis}`),
      by: one.decided?.by ?? '',
    };
    const figures = [
      { name: say('review.computed'), value: one.computed, unit: figure.unit },
      ...(one.override
        ? [{ name: say('review.override'), value: one.override.value, unit: figure.unit }]
        : []),
    ];
    if (!one.override) {
      return {
        id: `review:rejected:${idOf(figure)}`,
        kind: 'quality',
        severity: 'minor',
        entity: figure.entity,
        indicator: figure.indicator,
        sentence: say('review.rejected', { ...names, reason: one.decided?.reason ?? '' }),
        figures,
      };
    }
    const dependants = dependantsOf(one, content.catalogue.indicators, content.figures).map(
      (d) => `${label(d.indicator)} (${entity(d.entity)})`,
    );
    return {
      id: `review:override:${idOf(figure)}`,
      kind: 'quality',
      severity: 'minor',
      entity: figure.entity,
      indicator: figure.indicator,
      sentence: [
        say('review.overridden', {
          ...names,
          value: shown(one.override.value),
          computed: shown(one.computed),
          author: one.override.by,
          reason: one.override.reason,
          evidence: evidenceText(one.override),
        }),
        ...(dependants.length > 0
          ? [
              say('review.dependants', {
                number: dependants.length,
                names: dependants.slice(0, 6).join(', '),
              }),
            ]
          : []),
      ].join(' '),
      figures,
    };
  });
}

/** What an override rests on, with the first digits of the hash of the document that was delivered. */
const evidenceText = ({ evidence, document }: NonNullable<Review['figures'][number]['override']>) =>
  document ? `${evidence} (SHA-256 ${document.sha256.slice(0, 12)}…)` : evidence;

import type { ReportContent } from '../content.ts';
import { abatementChart } from './charts/abatement.ts';
import type { Chart } from './charts/draw.ts';
import { openFigures } from './figure-book.ts';
import { readLayout } from './layout.ts';
import { titledTrajectory } from './objectives.ts';
import { chartsOf, pillars } from './pillars.ts';
import { voiceOf } from './voice.ts';

/** A chart of the board report outside its page. */
export interface TitledChart extends Chart {
  readonly id: string;
  readonly title: string;
}

/** The charts that the workbook shows too: those of the pillars, the cost of a tonne avoided, each objective's way. */
export async function chartGallery(content: ReportContent, templates: string): Promise<TitledChart[]> {
  const [voice, layout] = await Promise.all([
    voiceOf(content.run.language, templates),
    readLayout(templates),
  ]);
  const book = openFigures(content);
  const found: TitledChart[] = [];
  for (const pillar of pillars)
    for (const [index, chart] of (await chartsOf(pillar, content, book, layout, voice)).entries())
      found.push({ ...chart, id: `${pillar}-${index + 1}` });
  const abatement = content.arbitration
    ? await abatementChart(content.arbitration, 'abatement', voice)
    : null;
  if (abatement) found.push({ ...abatement, id: 'abatement', title: voice.say('arbitration.caption') });
  for (const [index, standing] of content.objectives.entries()) {
    const chart = await titledTrajectory(standing, index, content, book, voice);
    if (chart) found.push({ ...chart, id: `objective:${standing.objective.id}` });
  }
  return found;
}

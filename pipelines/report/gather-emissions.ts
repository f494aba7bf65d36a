import { join } from 'node:path';
import { shiftQuarter } from '../configuration/period.ts';
import { type Bridge, bridgeSides } from '../indicators/bridge.ts';
import { type BridgeSide, readSide } from '../indicators/bridge-side.ts';
import type { Catalogue, Measure } from '../indicators/catalogue.ts';
import { emissionProfiles } from '../indicators/emission-profile.ts';
import { GROUP } from '../indicators/figure.ts';
import type { Window } from '../indicators/measure-rows.ts';
import { exhaustionOf } from '../warehouse/exhausted.ts';
import { Warehouse } from '../warehouse/warehouse.ts';
import type { BridgeFacts, EmissionFacts, Language, ScreenedCategory } from './content.ts';

/** Measures whose change is shown by cause. */
const bridged = ['scope12_market', 'scope12_location', 'scope3_total'];

/** How the group's emissions are known, the review of the fifteen categories of scope 3, and what made them change. */
export async function gatherEmissions(
  warehouse: Warehouse,
  catalogue: Catalogue,
  windows: readonly Window[],
  period: string,
  language: Language,
  previousFolder: string | null,
): Promise<EmissionFacts> {
  const ending = windows.filter((w) => w.period === period);
  const year = ending.find((w) => w.basis === 'ttm') ?? (ending[0] as Window);
  const measures = bridged.flatMap((id) => catalogue.measures.filter((m) => m.id === id));
  const bridges: BridgeFacts[] = [];
  for (const measure of measures) {
    for (const after of ending) {
      const before = windows.find((w) => w.basis === after.basis && w.period === shiftQuarter(period, -4));
      const now = await readSide(warehouse, measure, GROUP, after);
      if (before) {
        const change = bridgeSides(await readSide(warehouse, measure, GROUP, before), now);
        bridges.push(...factsOf(measure, 'year_before', after, change));
      }
      const previous = previousFolder ? await previousSide(previousFolder, measure, after) : null;
      if (previous) bridges.push(...factsOf(measure, 'previous_run', after, bridgeSides(previous, now)));
    }
  }
  const screening = await warehouse.rows<ScreenedCategory>(
    `select category, label_${language} as label, treatment, reason_${language} as reason from reference.scope3_screening
     order by regexp_extract(category, '[0-9]+')::integer`,
  );
  return {
    basis: year.basis,
    profiles: await emissionProfiles(warehouse, year),
    screening,
    bridges,
  };
}

/** The same window as the run before saw it; null where its database has not what the measure reads, as an older program's may. */
async function previousSide(folder: string, measure: Measure, window: Window): Promise<BridgeSide | null> {
  const before = await Warehouse.read(join(folder, 'warehouse.duckdb')).catch(() => null);
  if (!before) return null;
  try {
    return await readSide(before, measure, GROUP, window);
  } catch (error) {
    const exhausted = exhaustionOf(error);
    if (exhausted) throw exhausted;
    return null;
  } finally {
    await before.close();
  }
}

function factsOf(
  measure: Measure,
  against: BridgeFacts['against'],
  { basis }: Window,
  change: Bridge,
): BridgeFacts[] {
  const about = { measure: measure.id, against, basis };
  const { lines, ...total } = change;
  return [
    { ...about, entity: GROUP, group: '', ...total },
    ...lines.map((line) => ({ ...about, ...line, group: line.group.split('|')[1] ?? line.group })),
  ];
}

import { join } from 'node:path';
import { shiftQuarter } from '../configuration/period.ts';
import { type Bridge, bridgeSides } from '../indicators/bridge.ts';
import { type BridgeSide, readSides } from '../indicators/bridge-side.ts';
import type { Catalogue, Measure } from '../indicators/catalogue.ts';
import { emissionProfiles } from '../indicators/emission-profile.ts';
import { GROUP } from '../indicators/figure.ts';
import type { Window } from '../indicators/measure-rows.ts';
import { exhaustionOf } from '../warehouse/exhausted.ts';
import type { Answering } from '../warehouse/kept-results.ts';
import { Warehouse } from '../warehouse/warehouse.ts';
import type { BridgeFacts, EmissionFacts, Language, ScreenedCategory } from './content.ts';

/** Measures whose change is shown by cause. */
const bridged = ['scope12_market', 'scope12_location', 'scope3_total'];

/** How the group's emissions are known, the review of the fifteen categories of scope 3, and what made them change. */
export async function gatherEmissions(
  warehouse: Answering,
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
    const now = await readSides(warehouse, measure, GROUP, ending);
    const yearBefore = ending.flatMap(
      ({ basis }) => windows.find((w) => w.basis === basis && w.period === shiftQuarter(period, -4)) ?? [],
    );
    const earlier = await readSides(warehouse, measure, GROUP, yearBefore);
    const previous = previousFolder ? await previousSides(warehouse, previousFolder, measure, ending) : null;
    for (const [i, after] of ending.entries()) {
      const side = now[i] as BridgeSide;
      const before = earlier[yearBefore.findIndex(({ basis }) => basis === after.basis)];
      if (before) bridges.push(...factsOf(measure, 'year_before', after, bridgeSides(before, side)));
      const run = previous?.[i];
      if (run) bridges.push(...factsOf(measure, 'previous_run', after, bridgeSides(run, side)));
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

/** The same windows as the run before saw them; null where its database has not what the measure reads, as an older program's may. */
async function previousSides(
  warehouse: Answering,
  folder: string,
  measure: Measure,
  windows: readonly Window[],
): Promise<BridgeSide[] | null> {
  const database = join(folder, 'warehouse.duckdb');
  const before = await Warehouse.read(database).catch(() => null);
  if (!before) return null;
  try {
    return await readSides((await warehouse.earlier?.(database, before)) ?? before, measure, GROUP, windows);
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

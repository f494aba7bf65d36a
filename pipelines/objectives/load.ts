import { resolve } from 'node:path';
import { z } from 'zod';
import type { Project } from '../configuration/load.ts';
import { type Misfit, readYaml, YamlFault } from '../configuration/yaml.ts';
import type { Catalogue } from '../indicators/catalogue.ts';
import { GROUP } from '../indicators/figure.ts';
import { circles } from './circles.ts';
import { Objective } from './objective.ts';
import { notBySite } from './site-figures.ts';

export const ObjectiveFile = z.strictObject({ objectives: z.array(Objective) });

/**
 * Reads the objectives beside the configuration; none when it names no file.
 *
 * @throws {YamlFault} for an objective on an indicator, entity or parent that does not exist, an id twice,
 * or objectives that are parts of each other in a circle
 */
export async function loadObjectives(project: Project, catalogue: Catalogue): Promise<Objective[]> {
  const name = project.configuration.objectives;
  if (!name) return [];
  const file = resolve(project.base, name);
  const { value, lineOf } = await readYaml(file, ObjectiveFile, 'OBJ-001');
  const indicators = new Map(catalogue.indicators.map((i) => [i.id, i]));
  const entities = new Set(project.configuration.perimeter.entities.map((e) => e.id));
  const companyOf = new Map(project.configuration.perimeter.sites.map((s) => [s.id, s.entity]));
  const ids = value.objectives.map((o) => o.id);
  const misfits: Misfit[] = [];
  value.objectives.forEach((objective, i) => {
    const fail = (key: string, found: string, expected: string) =>
      misfits.push({ line: lineOf(['objectives', i, key]), key: `objectives.${i}.${key}`, found, expected });
    if (ids.indexOf(objective.id) !== i) fail('id', `"${objective.id}" again`, 'each id once');
    if (objective.parent !== null && !ids.includes(objective.parent))
      fail('parent', `"${objective.parent}"`, `one of ${ids.join(', ')}`);
    const unknown = (objective.sites ? [] : (objective.entities ?? [objective.entity])).find(
      (e) => e !== GROUP && !entities.has(e),
    );
    if (unknown) {
      const expected = [...(objective.entities ? [] : [GROUP]), ...entities].join(', ');
      fail(objective.entities ? 'entities' : 'entity', `"${unknown}"`, `one of ${expected}`);
    }
    const strange = (objective.sites ?? []).find((site) => !companyOf.has(site));
    if (strange) fail('sites', `"${strange}"`, `sites among ${[...companyOf.keys()].join(', ')}`);
    if (objective.indicator === null) return;
    const indicator = indicators.get(objective.indicator);
    if (!indicator)
      fail(
        'indicator',
        `"${objective.indicator}"`,
        'an indicator of the catalogue (`concordance indicators`)',
      );
    else if (!indicator.bases.includes(objective.basis))
      fail('basis', `"${objective.basis}"`, `one of ${indicator.bases.join(', ')}`);
    const unable = indicator && objective.sites ? notBySite(indicator, catalogue) : null;
    if (unable) fail('sites', unable, 'entities, or an indicator that sites can be told of');
  });
  const parents = new Map(value.objectives.map((o) => [o.id, o.parent === null ? [] : [o.parent]]));
  for (const circle of circles(parents)) {
    const i = ids.indexOf(circle[0] as string);
    misfits.push({
      line: lineOf(['objectives', i, 'parent']),
      key: `objectives.${i}.parent`,
      found: [...circle, circle[0]].join(' → '),
      expected: 'no circle of parents',
    });
  }
  if (misfits.length > 0) throw new YamlFault('OBJ-001', file, misfits);
  return value.objectives.map((objective) => ({
    ...objective,
    companies: [...new Set((objective.sites ?? []).flatMap((site) => companyOf.get(site) ?? []))].sort(),
  }));
}

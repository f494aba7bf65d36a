import { resolve } from 'node:path';
import { z } from 'zod';
import type { Project } from '../configuration/load.ts';
import { readYaml, YamlFault } from '../configuration/yaml.ts';
import type { Catalogue } from '../indicators/catalogue.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { type Action, Objective } from './objective.ts';

export const ObjectiveFile = z.strictObject({ objectives: z.array(Objective) });

/**
 * Reads the objectives beside the configuration; none when it names no file.
 *
 * @throws {YamlFault} for an objective on an indicator or entity that does not exist
 */
export async function loadObjectives(project: Project, catalogue: Catalogue): Promise<Objective[]> {
  const name = project.configuration.objectives;
  if (!name) return [];
  const file = resolve(project.base, name);
  const { value, lineOf } = await readYaml(file, ObjectiveFile, 'OBJ-001');
  const indicators = new Map(catalogue.indicators.map((i) => [i.id, i]));
  const entities = new Set(['GROUP', ...project.configuration.perimeter.entities.map((e) => e.id)]);
  value.objectives.forEach((objective, i) => {
    const fail = (key: string, found: string, expected: string): never => {
      throw new YamlFault('OBJ-001', file, [
        { line: lineOf(['objectives', i, key]), key: `objectives.${i}.${key}`, found, expected },
      ]);
    };
    const indicator = indicators.get(objective.indicator);
    if (!indicator)
      fail(
        'indicator',
        `"${objective.indicator}"`,
        'an indicator of the catalogue (`concordance indicators`)',
      );
    if (!indicator?.bases.includes(objective.basis))
      fail('basis', `"${objective.basis}"`, `one of ${indicator?.bases.join(', ')}`);
    if (!entities.has(objective.entity))
      fail('entity', `"${objective.entity}"`, `one of ${[...entities].join(', ')}`);
    if (objective.target.period <= objective.baseline.period)
      fail('target', objective.target.period, `a quarter after ${objective.baseline.period}`);
  });
  return value.objectives;
}

/** The actions that the registers declare, in the order of their ids; late when due and not done. */
export async function readActions(
  warehouse: Warehouse,
  periodEnd: string,
  language: 'fr' | 'en',
): Promise<Action[]> {
  const name = language === 'fr' ? 'name_fr' : 'coalesce(name_en, name_fr)';
  return warehouse.rows<Action>(`select action as id, objective, ${name} as name, department, owner, entity,
      due_date::varchar as due,
      case when status in ('planned', 'running') and due_date < date '${periodEnd}' then 'late' else status end as status,
      budget, spent, expected_effect as "expectedEffect", expected_unit as "expectedUnit", claimed_saving as "claimedSaving",
      evidence, extract_id as "extractId", row_number as "rowNumber"
    from staged.actions
    where start_date is null or start_date <= date '${periodEnd}'
    order by action, extract_id, row_number`);
}

import { Command } from 'commander';
import { type Connector, ExtractError } from '../../connectors/connector.ts';
import { connectorById } from '../../connectors/index.ts';
import { coverageOf } from '../collect/covers.ts';
import { loadProject, type Project } from '../configuration/load.ts';
import { lastClosedQuarter, quarterOf } from '../configuration/period.ts';
import { type Misfit, YamlFault } from '../configuration/yaml.ts';
import { Fault } from '../fault.ts';
import { chooseFrameworks } from '../frameworks/choose.ts';
import { loadFrameworks } from '../frameworks/load.ts';
import { loadModels } from '../harmonise/harmonise.ts';
import type { Catalogue } from '../indicators/catalogue.ts';
import { loadCatalogue } from '../indicators/load.ts';
import { faultWords } from '../language/faults.ts';
import { cascades } from '../objectives/cascade.ts';
import { loadObjectives } from '../objectives/load.ts';
import type { Objective } from '../objectives/objective.ts';
import { perimeterOf } from '../objectives/place.ts';
import { waitingCircles } from '../objectives/waiting-circles.ts';
import { readPresentation } from '../report/presentation.ts';
import { loadContracts } from '../stage/contract.ts';
import { loadReference } from '../stage/reference.ts';
import { checkSourceContracts } from '../stage/source-contracts.ts';
import { Warehouse } from '../warehouse/warehouse.ts';
import { actionsAsDelivered } from './check-actions.ts';

export function checkCommand(): Command {
  return new Command('check')
    .description('validate configuration, catalogue, contracts and sources; runs nothing')
    .requiredOption('-c, --config <file>', 'configuration')
    .action(async ({ config }: { config: string }) => check(config));
}

async function check(config: string): Promise<void> {
  const project = await loadProject(config);
  const { configuration } = project;
  const say = (text: string) => process.stdout.write(`${text}\n`);
  const { perimeter } = configuration;
  say(
    `configuration  ${configuration.group.name}: ${perimeter.entities.length} entities, ${perimeter.sites.length} sites, ${perimeter.meters.length} meters`,
  );
  const catalogue = await loadCatalogue(project.overlay);
  say(
    `catalogue      ${catalogue.indicators.length} indicators on ${catalogue.measures.length} measures, ${catalogue.reconciliations.length} reconciliations`,
  );
  const contracts = await loadContracts(project.overlay);
  const models = await loadModels();
  checkSourceContracts(project, contracts);
  say(`models         ${models.length} harmonised tables, ${contracts.size} contracts`);
  say(`factors        ${await checkFactors(project)}`);
  const objectives = await loadObjectives(project, catalogue);
  say(`objectives     ${objectives.length}`);
  for (const line of cascadeLines(objectives, catalogue, configuration)) say(line);
  const library = await loadFrameworks(catalogue, new Set(contracts.keys()), project.overlay);
  const today = new Date().toISOString().slice(0, 10);
  const start = configuration.fiscal_year_start_month;
  const { to } = quarterOf(lastClosedQuarter(today, start), start);
  const chosen = chooseFrameworks(library, configuration.frameworks, to);
  say(`frameworks     ${chosen.map(({ framework }) => `${framework.id} ${framework.version}`).join(', ')}`);
  const { sections, files } = await readPresentation(project);
  say(`report         ${sections.length} sections, ${files.length} files of your own`);
  const misfits: Misfit[] = [];
  let silent = 0;
  const words = await faultWords('en');
  for (const [index, source] of configuration.sources.entries()) {
    const connector = connectorById(source.connector) as Connector;
    const miss = (key: string, found: string, expected: string) =>
      misfits.push({
        line: project.lineOf(['sources', index, key]),
        key: `sources.${index}.${key}`,
        found,
        expected,
      });
    try {
      const extracts = await connector.pull(
        { id: source.id, base: project.base, path: source.path },
        connector.options.parse(source.options),
      );
      const unnamed = extracts.filter(
        (one) => coverageOf(source, one.name, configuration.fiscal_year_start_month) === undefined,
      );
      for (const one of unnamed) miss('covers', `the name ${one.name}`, `names that follow ${source.covers}`);
      say(`source         ${source.id.padEnd(22)} ${String(extracts.length).padStart(4)} extracts`);
    } catch (error) {
      if (!(error instanceof ExtractError)) throw error;
      const why = `${error.code} ${words.say(error)}`;
      say(`source         ${source.id.padEnd(22)} none: ${why}`);
      silent += 1;
      if (source.required) miss('path', why, 'an extract: the source is required');
    }
  }
  const actions = await actionsAsDelivered(project, contracts);
  const circles = waitingCircles(actions);
  say(`actions        ${actions.length}, ${actions.flatMap((one) => one.milestones).length} milestones`);
  if (misfits.length > 0) throw new YamlFault('CFG-006', project.file, misfits);
  const waiting = [...circles.actions, ...circles.milestones, ...circles.mixed].map(
    (circle) => `  actions: ${[...circle, circle[0]].join(' → ')} wait for each other`,
  );
  if (waiting.length > 0) {
    throw new Fault(
      'CFG-007',
      `${waiting.length} mistake(s):\n${waiting.join('\n')}\n`,
      'Take one of each out of its depends_on.',
      { exitStatus: 2 },
    );
  }
  say(
    silent === 0
      ? 'all is well'
      : `all is well, but ${silent} of ${configuration.sources.length} sources have no extract yet: their figures would be missing`,
  );
}

/** Loads perimeter, factors and reference tables as a run does; how many factors, and of which assessment report. */
async function checkFactors(project: Project): Promise<string> {
  const { history_from, fiscal_year_start_month, carbon, limits } = project.configuration;
  const warehouse = await Warehouse.open(':memory:', limits, project.secret);
  try {
    await loadReference(warehouse, project, [quarterOf(history_from, fiscal_year_start_month)]);
    const count = await warehouse.scalar<number>(
      'select (select count(*) from reference.factors) + (select count(*) from reference.group_factors)',
    );
    return `${count}, warming potentials of ${carbon.gwp_set}`;
  } finally {
    await warehouse.close();
  }
}

/** Whether the parts of each objective make it, as far as targets alone can tell: a finding of the run, no mistake. */
function cascadeLines(
  objectives: readonly Objective[],
  catalogue: Catalogue,
  configuration: Project['configuration'],
): string[] {
  const perimeter = perimeterOf(configuration, '', []);
  return cascades(objectives, catalogue, [], perimeter).map((one) => {
    const parts = one.parts.map((part) => `${part.objective} ${part.target}`).join(' + ');
    const said = {
      agrees: `make ${one.together} for ${one.target}`,
      incomplete: `make ${one.together} for ${one.target}; no target for ${one.uncovered.join(', ')}`,
      differs: `make ${one.together} for ${one.target}, beyond the ${one.tolerance * 100} % accepted`,
      not_checkable: `cannot be set against ${one.target} without figures (${one.reason}); the run tries again`,
    }[one.status];
    return `cascade        ${one.objective}: ${parts} ${said}`;
  });
}

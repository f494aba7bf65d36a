import { Command, Option } from 'commander';
import { loadProject } from '../configuration/load.ts';
import { Fault } from '../fault.ts';
import { loadFrameworks } from '../frameworks/load.ts';
import { loadModels } from '../harmonise/harmonise.ts';
import type { Indicator } from '../indicators/catalogue.ts';
import { consolidationOf, measuresOfIndicator } from '../indicators/consolidation.ts';
import { loadCatalogue } from '../indicators/load.ts';
import { type Language, sentencesOf, wording } from '../language/wording.ts';
import { loadContracts } from '../stage/contract.ts';
import { readParameters } from '../stage/parameters.ts';
import { datapointsOf, frameworkCard } from './framework-card.ts';
import { indicatorCard, usedIn } from './indicator-card.ts';

interface Options {
  config?: string;
  framework?: string;
  json?: boolean;
  language: Language;
}

export function indicatorsCommand(): Command {
  return new Command('indicators')
    .description('the catalogue: definition, formula, sources, standards, where it is used')
    .argument('[id]', 'one indicator')
    .option('-c, --config <file>', "a group's configuration, to include its own catalogue")
    .option('--framework <id>', 'the datapoints of a framework and what answers them: VSME, ESRS:2023')
    .option('--json', 'as JSON')
    .addOption(new Option('--language <language>').choices(['fr', 'en']).default('fr'))
    .action(run);
}

async function run(id: string | undefined, options: Options): Promise<void> {
  const overlay = options.config ? (await loadProject(options.config)).overlay : undefined;
  const catalogue = await loadCatalogue(overlay);
  const contracts = await loadContracts(overlay);
  const library = await loadFrameworks(catalogue, new Set(contracts.keys()), overlay);
  const say = await wording(options.language, 'catalogue');
  const print = (text: string) => process.stdout.write(text);
  if (options.framework) {
    if (options.json) print(`${JSON.stringify(datapointsOf(options.framework, library), null, 2)}\n`);
    else print(frameworkCard(options.framework, library, contracts, options.language, say));
    return;
  }
  const chosen = id ? catalogue.indicators.filter((one) => one.id === id) : catalogue.indicators;
  if (chosen.length === 0) {
    throw new Fault(
      'CAT-006',
      `The catalogue has no indicator "${id}".`,
      '`concordance indicators` lists them.',
      { exitStatus: 2 },
    );
  }
  if (options.json) {
    const full = chosen.map((one) => ({
      ...one,
      consolidation: consolidationOf(one, catalogue),
      measures: measuresOfIndicator(one, catalogue),
      used_in: usedIn(one, catalogue).map((r) => `reconciliation ${r.id}`),
    }));
    print(`${JSON.stringify(id ? full[0] : full, null, 2)}\n`);
    return;
  }
  if (!id) {
    for (const one of chosen)
      print(`${one.id.padEnd(30)} ${one.unit.padEnd(14)} ${one.label[options.language]}\n`);
    return;
  }
  const [models, parameters, columns] = await Promise.all([
    loadModels(),
    readParameters(overlay),
    sentencesOf(options.language, 'columns'),
  ]);
  const shelves = { catalogue, contracts, library, models, parameters, columns: columns.sentences };
  print(indicatorCard(chosen[0] as Indicator, shelves, options.language, say));
}

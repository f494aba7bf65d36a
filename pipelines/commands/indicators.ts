import { Command, Option } from 'commander';
import { loadProject } from '../configuration/load.ts';
import { Fault } from '../fault.ts';
import { aggregationText } from '../indicators/aggregation-text.ts';
import type { Catalogue, Indicator, Measure } from '../indicators/catalogue.ts';
import { measuresOf, parseExpression } from '../indicators/expression.ts';
import { loadCatalogue } from '../indicators/load.ts';
import type { Language } from '../language/wording.ts';

interface Options {
  config?: string;
  json?: boolean;
  language: Language;
}

export function indicatorsCommand(): Command {
  return new Command('indicators')
    .description('the catalogue: definition, formula, sources, standards, where it is used')
    .argument('[id]', 'one indicator')
    .option('-c, --config <file>', "a group's configuration, to include its own catalogue")
    .option('--json', 'as JSON')
    .addOption(new Option('--language <language>').choices(['fr', 'en']).default('fr'))
    .action(run);
}

async function run(id: string | undefined, options: Options): Promise<void> {
  const overlay = options.config ? (await loadProject(options.config)).overlay : undefined;
  const catalogue = await loadCatalogue(overlay);
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
      measures: measuresUsed(one, catalogue),
      used_in: usedIn(one, catalogue),
    }));
    process.stdout.write(`${JSON.stringify(id ? full[0] : full, null, 2)}\n`);
    return;
  }
  if (!id) {
    for (const one of chosen)
      process.stdout.write(`${one.id.padEnd(30)} ${one.unit.padEnd(14)} ${one.label[options.language]}\n`);
    return;
  }
  process.stdout.write(card(chosen[0] as Indicator, catalogue, options.language));
}

function card(one: Indicator, catalogue: Catalogue, language: Language): string {
  const formula = `${one.numerator}${one.denominator ? ` / (${one.denominator})` : ''}${one.scale === 1 ? '' : ` x ${one.scale}`}`;
  const lines = [
    `${one.id}  ${one.label[language]}`,
    '',
    one.definition[language],
    ...(one.notes ? [one.notes[language]] : []),
    '',
    `unit        ${one.unit}, ${one.decimals} decimals; better when it goes ${one.direction}`,
    `formula     ${formula}`,
    `windows     ${one.bases.join(', ')}`,
    `shown       ${one.suppress_below ? `not below ${one.suppress_below} people` : 'always'}${one.material ? '; material' : ''}`,
    '',
    'measures',
    ...measuresUsed(one, catalogue).flatMap((m) => [
      `  ${m.id} (${m.unit})  ${m.label[language]}`,
      `    ${aggregationText(m)} over model.${m.table} where ${m.filter}; ${m.time}`,
      `    known when delivered: ${m.contracts.join(', ')}`,
    ]),
    '',
    'standards',
    ...one.standards.map(
      (s) =>
        `  ${s.framework} ${s.version} ${s.disclosure}${s.paragraph ? ` §${s.paragraph}` : ''}${s.certainty === 'to_confirm' ? '  (to confirm)' : ''}`,
    ),
    '',
    `used in     ${usedIn(one, catalogue).join(', ') || 'workbook and board report'}`,
    '',
  ];
  return lines.join('\n');
}

function measuresUsed(one: Indicator, catalogue: Catalogue): Measure[] {
  const ids = new Set(
    [one.numerator, one.denominator ?? '0'].flatMap((text) => measuresOf(parseExpression(text))),
  );
  return catalogue.measures.filter((m) => ids.has(m.id));
}

/** Reconciliations that look at the same measures. */
function usedIn(one: Indicator, catalogue: Catalogue): string[] {
  const ids = new Set(measuresUsed(one, catalogue).map((m) => m.id));
  return catalogue.reconciliations
    .filter((r) => ids.has(r.left.measure) || ids.has(r.right.measure))
    .map((r) => `reconciliation ${r.id}`);
}

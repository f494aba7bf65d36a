import { Command, Option } from 'commander';
import { csvCell } from '../csv-cell.ts';
import { type FactorPreview, previewFactors } from '../factor-preview.ts';
import { GROUP } from '../indicators/figure.ts';
import { atLeast, number, quantity } from '../language/quantity.ts';
import { type Language, type Say, wording } from '../language/wording.ts';

interface Options {
  with: string;
  entity: string;
  json?: boolean;
  csv?: boolean;
  language?: Language;
}

export function factorsCommand(): Command {
  return new Command('factors')
    .description(
      'a sealed run computed again with another set of factors, on the same activity; writes nothing',
    )
    .argument('<run>', 'a run, e.g. out/2026-Q3/latest')
    .requiredOption('--with <folder>', 'folder with factors.csv, group_factors.csv or both')
    .option('--entity <id>', 'figures of one entity', GROUP)
    .option('--json', 'as JSON, every entity')
    .option('--csv', 'as CSV, one line a figure, every entity')
    .addOption(new Option('--language <language>', "default: the run's").choices(['fr', 'en']))
    .action(async (run: string, options: Options) => {
      const preview = await previewFactors(run, options.with);
      const language = options.language ?? preview.language;
      const { catalogue, ...told } = preview;
      if (options.json) process.stdout.write(`${JSON.stringify(told, null, 2)}\n`);
      else if (options.csv) process.stdout.write(asCsv(preview));
      else
        process.stdout.write(asText(preview, options.entity, language, await wording(language, 'catalogue')));
    });
}

function asCsv({ changes }: FactorPreview): string {
  return [
    'indicator,entity,basis,unit,before,after',
    ...changes.map((one) =>
      [one.indicator, one.entity, one.basis, one.unit, one.before ?? '', one.after ?? '']
        .map(csvCell)
        .join(','),
    ),
    '',
  ].join('\n');
}

function asText(preview: FactorPreview, entity: string, language: Language, say: Say): string {
  const { catalogue } = preview;
  const shown = catalogue.indicators.flatMap((indicator) =>
    preview.changes
      .filter((one) => one.indicator === indicator.id && one.entity === entity)
      .map((one) => {
        const digits = atLeast(indicator.decimals, 2);
        const say2 = (value: string | null) =>
          value === null ? say('factors.no_value') : quantity(value, one.unit, digits, language);
        return `  ${indicator.id.padEnd(30)} ${say(`bases.${one.basis}`)} : ${say2(one.before)} → ${say2(one.after)}`;
      }),
  );
  const labels = new Map(catalogue.measures.map((one) => [one.id, one.label[language]]));
  const tonnes = (value: string) => quantity(value, 'tCO2e', 2, language);
  return [
    say('factors.title', { run: preview.run, period: preview.period }),
    '',
    ...preview.bridges.flatMap((one) => [
      `${labels.get(one.measure) ?? one.measure}, ${say(`bases.${one.basis}`)}`,
      ...(one.yearBefore === null
        ? []
        : [
            `  ${say('factors.year_before')} ${tonnes(one.yearBefore)}`,
            ...(['activity', 'perimeter', 'method', 'factor'] as const).map(
              (cause) => `  ${say(`factors.${cause}`)} ${tonnes(one[cause])}`,
            ),
          ]),
      `  ${say('factors.reported')} ${tonnes(one.reported)}`,
      `  ${say('factors.new_factors')} ${tonnes(one.newFactors)}`,
      `  ${say('factors.preview')} ${tonnes(one.preview)}`,
    ]),
    '',
    say('factors.which'),
    ...preview.effects
      .slice(0, 20)
      .map(
        (one) =>
          `  ${one.activity} (${one.part}) ${one.before ?? '–'} ${amount(one.valueBefore, language)} → ${one.after ?? '–'} ${amount(one.valueAfter, language)} kgCO2e/${one.unit} : ${tonnes(one.effect)}`,
      ),
    ...(preview.effects.length > 20 ? [say('factors.more', { number: preview.effects.length - 20 })] : []),
    ...(preview.orphans > 0 ? ['', say('factors.orphans', { rows: preview.orphans })] : []),
    '',
    say('factors.figures', { entity }),
    ...(shown.length > 0 ? shown : [`  ${say('factors.none')}`]),
    '',
    say('factors.nothing_written'),
    '',
  ].join('\n');
}

const amount = (value: string | null, language: Language) =>
  value === null ? '–' : number(value, 5, language);

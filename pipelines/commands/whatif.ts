import { Command } from 'commander';
import { type Arbitration, arbitrate } from '../alignment/arbitration/arbitrate.ts';
import { readProblem } from '../alignment/arbitration/record.ts';
import { loadProject } from '../configuration/load.ts';
import { Fault } from '../fault.ts';
import { percentage, quantity } from '../language/quantity.ts';
import { type Say, wording } from '../language/wording.ts';
import { latestPackage } from '../seal/packages.ts';
import { openRun } from '../seal/trace.ts';

interface Options {
  config: string;
  budget?: string;
  without: string[];
  period?: string;
  out?: string;
  json?: boolean;
}

export function whatifCommand(): Command {
  return new Command('whatif')
    .description('the best set of actions of the latest run within another budget, or without some action')
    .requiredOption('-c, --config <file>', 'configuration')
    .option('--budget <amount>', "what may still be spent, in the group's currency")
    .option(
      '--without <action>',
      'an action that is not done; can be repeated',
      (id: string, earlier: string[]) => [...earlier, id],
      [] as string[],
    )
    .option('--period <quarter>', 'quarter of the run (default: the latest that has run)')
    .option(
      '--out <folder>',
      'where packages are (default: out beside the configuration, else in the current folder)',
    )
    .option('--json', 'as JSON')
    .action(whatif);
}

async function whatif(options: Options): Promise<void> {
  const project = await loadProject(options.config);
  const folder = await latestPackage(project, options.config, options);
  const { warehouse, record } = await openRun(folder);
  try {
    const problem = await readProblem(warehouse, folder);
    const known = new Set(problem.options.map((option) => option.id));
    const stranger = options.without.find((id) => !known.has(id));
    if (stranger !== undefined)
      throw new Fault(
        'ARB-003',
        `${stranger} is no open action of ${record.run}.`,
        `Name one of: ${[...known].join(', ') || 'none is open'}.`,
        { exitStatus: 2 },
      );
    const asked = await arbitrate(problem, {
      budget: amount(options.budget),
      without: options.without,
    });
    const before = await arbitrate(problem);
    const say = await wording(record.language, 'findings');
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ run: record.run, period: record.period, before: summary(before), whatif: summary(asked), assumptions: assumptions(asked, record.language, say) }, null, 2)}\n`
        : asText(record.run, before, asked, record.language, say),
    );
  } finally {
    await warehouse.close();
  }
}

/** @throws {Fault} ARB-004 for anything but an amount of zero or more */
function amount(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const plain = text.replace(/[\s_\u00a0\u202f]/g, '').replace(',', '.');
  if (!/^\d+(\.\d{1,2})?$/.test(plain))
    throw new Fault('ARB-004', `"${text}" is not an amount.`, 'Write it as 400000 or 400000.50.', {
      exitStatus: 2,
    });
  return plain;
}

function summary(one: Arbitration) {
  return {
    budget: one.budget,
    currency: one.problem.currency,
    without: one.without,
    chosen: one.set.chosen,
    cost: one.set.cost,
    closed: one.closed,
    goals: one.goals,
    given_up: one.givenUp,
    actions: one.ranking
      .filter(({ option }) => !one.without.includes(option.id))
      .map((ranked) => ({
        action: ranked.option.id,
        cost: ranked.option.cost,
        closes: ranked.closes,
        closes_per_100k: ranked.closesPer100k,
        abatement_cost: ranked.abatementCost?.each ?? null,
        chosen: ranked.chosen,
        stays: ranked.stays,
        scenarios: ranked.scenarios,
        excluded: ranked.option.excluded,
      })),
  };
}

function assumptions(one: Arbitration, language: 'fr' | 'en', say: Say): string[] {
  const { problem } = one;
  return [
    say(one.budgetDeclared ? 'whatif.assume.budget' : 'whatif.assume.all'),
    ...['cost', 'effect', 'capped', 'exact', 'sensitivity'].map((key) => say(`whatif.assume.${key}`)),
    say('whatif.assume.rate', {
      rate: percentage(problem.discountRate, 1, language),
      years: problem.defaultLifetime,
    }),
  ];
}

function asText(
  run: string,
  before: Arbitration,
  asked: Arbitration,
  language: 'fr' | 'en',
  say: Say,
): string {
  const { problem } = asked;
  const money = (value: string) => quantity(value, problem.currency, 0, language);
  const share = (value: number) => percentage(value, 1, language);
  const names = new Map(problem.options.map((option) => [option.id, option.name]));
  const goals = new Map(problem.goals.map((goal) => [goal.id, goal]));
  const named = (ids: readonly string[]) =>
    ids.length === 0
      ? say('whatif.none')
      : ids.map((id) => `${id} ${names.get(id) ?? ''}`.trim()).join(' ; ');
  const lines = [
    run,
    say('whatif.before', {
      budget: money(before.budget),
      cost: money(before.set.cost),
      closed: share(before.closed),
    }),
    say('whatif.asked', {
      budget: money(asked.budget),
      cost: money(asked.set.cost),
      closed: share(asked.closed),
    }),
    ...(asked.without.length > 0 ? [say('whatif.without', { actions: named(asked.without) })] : []),
    '',
    say('whatif.chosen', { actions: named(asked.set.chosen) }),
    say('whatif.given_up', { actions: named(asked.givenUp) }),
    '',
    [
      `    ${''.padEnd(16)}`,
      say('whatif.head.cost').padStart(16),
      say('whatif.head.closes').padStart(9),
      say('whatif.head.per_100k').padStart(12),
      say('whatif.head.stays').padStart(7),
      say('whatif.head.each'),
    ].join(' '),
    ...asked.ranking
      .filter(({ option }) => !asked.without.includes(option.id))
      .map((one) =>
        [
          `  ${one.chosen ? 'x' : ' '} ${one.option.id.padEnd(16)}`,
          (one.option.cost === null ? say('whatif.none') : money(one.option.cost)).padStart(16),
          one.option.excluded === null
            ? share(one.closes).padStart(9)
            : say(`whatif.excluded.${one.option.excluded}`),
          one.option.excluded === null
            ? (one.closesPer100k === null ? '' : share(one.closesPer100k)).padStart(12)
            : '',
          one.option.excluded === null ? `${one.stays}/${one.scenarios}`.padStart(7) : '',
          one.abatementCost ? `${money(one.abatementCost.each)}/tCO2e` : '',
          ...one.option.effects
            .filter((effect) => effect.share < 0)
            .map((effect) => say('whatif.widens', { goal: effect.goal, share: share(-effect.share) })),
        ]
          .filter((part, i) => i < 5 || part !== '')
          .join(' ')
          .trimEnd(),
      ),
    '',
    ...asked.goals.map((outcome) => {
      const was = before.goals.find((goal) => goal.goal === outcome.goal)?.closed ?? 0;
      return `  ${outcome.goal.padEnd(16)} ${share(was).padStart(9)} -> ${share(outcome.closed).padStart(9)}  ${goals.get(outcome.goal)?.label ?? ''}`;
    }),
    '',
    ...assumptions(asked, language, say).map((line) => `- ${line}`),
  ];
  return `${lines.join('\n')}\n`;
}

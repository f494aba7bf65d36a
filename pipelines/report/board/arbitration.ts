import type { Arbitration, RankedOption } from '../../alignment/arbitration/arbitrate.ts';
import type { ReportContent } from '../content.ts';
import { columnScale, list, quantity, type Scale, scaledQuantity, scaleFor, share } from '../format.ts';
import { abatementChart } from './charts/abatement.ts';
import type { Voice } from './voice.ts';

/** What to arbitrate: the best set for the budget, what is given up, and what a tonne avoided costs. */
export async function arrangeArbitration(content: ReportContent, voice: Voice) {
  const { arbitration } = content;
  const title = arbitration === null ? '' : voice.say('arbitration.title');
  const chart = arbitration === null ? null : await abatementChart(arbitration, 'abatement', voice);
  const ranked = arbitration?.ranking.filter(({ option }) => option.excluded === null) ?? [];
  const unranked = arbitration?.ranking.filter(({ option }) => option.excluded !== null) ?? [];
  const costs = columnScale(
    content.group.currency,
    0,
    ranked.map(({ option }) => option.cost),
    voice.language,
  );
  return {
    title,
    sentence: arbitration === null ? '' : sentenceOf(arbitration, voice),
    head: {
      choice: voice.say('arbitration.choice'),
      action: voice.say('arbitration.action'),
      cost: voice.say('arbitration.cost'),
      closes: voice.say('arbitration.closes'),
      per_100k: voice.say('arbitration.per_100k'),
      each: voice.say('arbitration.each'),
      stays: voice.say('arbitration.stays'),
    },
    rows: ranked.map((one) => row(one, costs, arbitration as Arbitration, voice)),
    note: voice.say('arbitration.note'),
    given_up_title: arbitration && arbitration.givenUp.length > 0 ? voice.say('arbitration.given_up') : '',
    given_up: (arbitration?.givenUp ?? []).flatMap((id) => {
      const one = ranked.find(({ option }) => option.id === id);
      return one && arbitration ? [forgone(one, arbitration, voice)] : [];
    }),
    goals_title: arbitration ? voice.say('arbitration.goals') : '',
    goals: (arbitration?.goals ?? []).map(({ goal, closed }) => ({
      label: voice.prose(arbitration?.problem.goals.find((g) => g.id === goal)?.label ?? goal),
      closed: share(closed, 0, voice.language),
    })),
    unranked:
      unranked.length > 0
        ? voice.plural('arbitration.unranked', unranked.length, {
            actions: list(
              unranked.map(({ option }) => option.name),
              voice.language,
            ),
          })
        : '',
    chart: chart?.svg ?? '',
    alternative: chart?.alternative ?? '',
    caption: chart ? voice.say('arbitration.caption') : '',
  };
}

function money(value: string, { problem }: Arbitration, voice: Voice): string {
  return scaledQuantity(value, scaleFor(problem.currency, 0, [value], voice.language), voice.language);
}

function sentenceOf(arbitration: Arbitration, voice: Voice): string {
  const { language } = voice;
  const names = new Map(arbitration.problem.options.map((option) => [option.id, option.name]));
  return voice.say(arbitration.budgetDeclared ? 'arbitration.sentence' : 'arbitration.sentence_all', {
    budget: money(arbitration.budget, arbitration, voice),
    cost: money(arbitration.set.cost, arbitration, voice),
    closed: share(arbitration.closed, 0, language),
    chosen:
      arbitration.set.chosen.length === 0
        ? voice.say('arbitration.none')
        : list(
            arbitration.set.chosen.map((id) => names.get(id) ?? id),
            language,
          ),
  });
}

function row(one: RankedOption, costs: Scale, arbitration: Arbitration, voice: Voice) {
  const { language } = voice;
  const { option } = one;
  return {
    mark: one.chosen ? '✔' : '✖',
    choice: voice.word(`arbitration_choices.${one.chosen ? 'chosen' : 'given_up'}`),
    action: voice.prose(option.name),
    department: voice.wordFor('departments', option.department),
    cost: option.cost === null ? '—' : scaledQuantity(option.cost, costs, language),
    closes: share(one.closes, 1, language),
    per_100k: one.closesPer100k === null ? '—' : share(one.closesPer100k, 1, language),
    each: one.abatementCost
      ? quantity(one.abatementCost.each, `${arbitration.problem.currency}/tCO2e`, 0, language)
      : '—',
    stays: voice.say('arbitration.of', { kept: one.stays, of: one.scenarios }),
  };
}

/** What is not done, with the part of each gap that stays open for it, and of those that it would widen. */
function forgone({ option }: RankedOption, arbitration: Arbitration, voice: Voice): string {
  const partsOf = (effects: typeof option.effects) =>
    effects.map((effect) =>
      voice.say('arbitration.forgone_part', {
        share: share(Math.min(1, Math.abs(effect.share)), 0, voice.language),
        goal: arbitration.problem.goals.find((goal) => goal.id === effect.goal)?.label ?? effect.goal,
      }),
    );
  const parts = partsOf(option.effects.filter((effect) => effect.share > 0));
  const widened = partsOf(option.effects.filter((effect) => effect.share < 0));
  const waits = option.dependsOn.filter((id) => !arbitration.set.chosen.includes(id));
  const names = new Map(arbitration.problem.options.map((one) => [one.id, one.name]));
  const sentence = voice.say(parts.length > 0 ? 'arbitration.forgone' : 'arbitration.forgone_nothing', {
    action: option.name,
    cost: money(option.cost ?? '0', arbitration, voice),
    parts: list(parts, voice.language),
  });
  return [
    sentence,
    widened.length > 0 ? voice.say('arbitration.widens', { parts: list(widened, voice.language) }) : '',
    waits.length > 0
      ? voice.say('arbitration.waits', {
          actions: list(
            waits.map((id) => names.get(id) ?? id),
            voice.language,
          ),
        })
      : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

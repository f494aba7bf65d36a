import type { RankedOption } from '../../../alignment/arbitration/arbitrate.ts';
import type { Effect, Goal, Option } from '../../../alignment/arbitration/option.ts';
import { atLeast } from '../../../language/quantity.ts';
import type { Book } from '../book.ts';
import { type Cell, formula, number, numeric, text, words } from '../cell.ts';
import { numberFormat, percentFormat, valueFormat } from '../look.ts';
import { columnRange, tableSheet } from '../table.ts';

interface EffectLine {
  readonly option: Option;
  readonly effect: Effect;
  readonly goal: Goal;
}

function effectLines(book: Book): EffectLine[] {
  const { arbitration } = book.content;
  if (!arbitration) return [];
  const goals = new Map(arbitration.problem.goals.map((goal) => [goal.id, goal]));
  return arbitration.problem.options.flatMap((option) =>
    option.effects.flatMap((effect) => {
      const goal = goals.get(effect.goal);
      return goal ? [{ option, effect, goal }] : [];
    }),
  );
}

const totalWeight = (book: Book) =>
  (book.content.arbitration?.problem.goals ?? []).reduce((sum, goal) => sum + goal.weight, 0);

/** The actions that are not finished, ranked by what they close for each euro, with the best set for the budget. */
export const arbitrationSheet = tableSheet<RankedOption>({
  key: 'arbitration',
  rows: ({ content }) => content.arbitration?.ranking ?? [],
  ids: ({ option }) => [`arbitration:${option.id}`],
  cells: (one, here, book) => {
    const { option, abatementCost } = one;
    const { say } = book.words;
    const ranked = option.excluded === null;
    const none = text(say('none'), { across: 'right' });
    const money = (value: string | null): Cell => (value === null ? none : number(value));
    return {
      choice: text(
        book.words.state('arbitration_choices', !ranked ? 'unranked' : one.chosen ? 'chosen' : 'given_up'),
      ),
      action: text(option.name),
      department: text(book.words.name('departments', option.department)),
      objective: text(
        book.content.objectives.find((o) => o.objective.id === option.objective)?.objective.label[
          book.language
        ] ?? say('none'),
      ),
      budget: money(option.budget),
      spent: money(option.spent),
      cost:
        option.cost === null
          ? none
          : formula(`MAX(0,${here.at('budget')}-N(${here.at('spent')}))`, numeric(option.cost)),
      closes: ranked ? closesCell(one, book) : none,
      per_100k: ranked
        ? formula(
            `IF(${here.at('cost')}=0,"${say('none')}",ROUND(${here.at('closes')}*100000/${here.at('cost')},6))`,
            one.closesPer100k === null ? words(say('none')) : numeric(one.closesPer100k),
            { format: percentFormat(2, book.language), across: 'right' },
          )
        : none,
      stays: ranked
        ? text(say('arbitration.stays', { kept: one.stays, of: one.scenarios }), { across: 'right' })
        : none,
      tonnes: abatementCost ? number(abatementCost.tonnes, { format: numberFormat(1) }) : none,
      years: abatementCost ? number(option.lifetime, { format: '0.##' }) : none,
      rate: abatementCost
        ? number(book.content.arbitration?.problem.discountRate ?? 0, {
            format: percentFormat(1, book.language),
          })
        : none,
      annuity: abatementCost
        ? formula(
            `ROUND(IF(${here.at('rate')}=0,${here.at('cost')}/${here.at('years')},-PMT(${here.at('rate')},${here.at('years')},${here.at('cost')})),2)`,
            numeric(abatementCost.annuity),
          )
        : none,
      running: abatementCost ? number(abatementCost.annualCost) : none,
      each: abatementCost
        ? formula(
            `ROUND((${here.at('annuity')}+${here.at('running')})/${here.at('tonnes')},2)`,
            numeric(abatementCost.each),
          )
        : none,
      note: text(noteOf(one, book)),
      id: text(option.id),
    };
  },
});

/** The part of the weighted gaps that an action closes: the live sum of its parts. */
function closesCell(one: RankedOption, book: Book): Cell {
  const rows = effectLines(book).length;
  const range = (key: string) => `${book.places.sheet('effects')}!${columnRange(book, 'effects', key, rows)}`;
  return formula(`ROUND(SUMIFS(${range('part')},${range('id')},"${one.option.id}"),6)`, numeric(one.closes), {
    format: percentFormat(2, book.language),
    across: 'right',
  });
}

function noteOf({ option, abatementCost }: RankedOption, book: Book): string {
  const { say } = book.words;
  if (option.excluded !== null) return say(`arbitration.reasons.${option.excluded}`);
  const names = new Map(book.content.arbitration?.problem.options.map((o) => [o.id, o.name]));
  const declared = book.content.objectives
    .flatMap((o) => o.actions)
    .concat(book.content.looseActions)
    .find((action) => action.id === option.id)?.lifetime;
  return [
    option.dependsOn.length > 0
      ? say('arbitration.depends', { actions: option.dependsOn.map((id) => names.get(id) ?? id).join(', ') })
      : '',
    Number(option.cost) === 0 ? say('arbitration.nothing_left') : '',
    abatementCost && declared === null ? say('arbitration.lifetime', { years: option.lifetime }) : '',
  ]
    .filter((note) => note !== '')
    .join(' ');
}

/** The parts of the arbitration: what each action is expected to close of each gap. */
export const effectsSheet = tableSheet<EffectLine>({
  key: 'effects',
  rows: effectLines,
  cells: ({ option, effect, goal }, here, book) => {
    const look = { format: valueFormat(goal.decimals, goal.value, goal.target) };
    const weights = totalWeight(book);
    const part = weights === 0 ? 0 : (Math.min(1, effect.share) * goal.weight) / weights;
    return {
      action: text(option.name),
      objective: text(goal.label),
      unit: text(book.unit(goal.unit)),
      value: number(goal.value, look),
      target: number(goal.target, look),
      gap: formula(`${here.at('target')}-${here.at('value')}`, numeric(goal.gap), look),
      change: number(effect.change, { format: valueFormat(atLeast(goal.decimals, 2), effect.change) }),
      share: formula(`ROUND(${here.at('change')}/${here.at('gap')},6)`, numeric(effect.share), {
        format: percentFormat(1, book.language),
      }),
      weight: number(goal.weight, { format: '0.##' }),
      weights: number(weights, { format: '0.##' }),
      part: formula(
        `MIN(1,${here.at('share')})*${here.at('weight')}/${here.at('weights')}`,
        numeric(Number(part.toFixed(12))),
        { format: percentFormat(2, book.language) },
      ),
      id: text(option.id),
    };
  },
});

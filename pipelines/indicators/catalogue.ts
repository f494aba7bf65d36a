import { z } from 'zod';
import { Bilingual } from '../configuration/bilingual.ts';

export { Bilingual };

/**
 * A declared aggregation of one harmonised table. It can always be opened: its value is
 * `aggregation(value)` over the rows of `model.<table>` that pass `filter`, divided by `divisor`
 * (the number of month-ends of an average stock; 1 otherwise).
 */
export const Measure = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_]*$/),
  label: Bilingual,
  /** unit of the value: MWh, tCO2e, m3, t, EUR, h, d, persons, FTE, count... */
  unit: z.string(),
  /** name of a harmonised model, without its schema */
  table: z.string(),
  /** SQL predicate on the table's columns */
  filter: z.string().default('true'),
  /** SQL expression, DECIMAL or integer, in `unit` */
  value: z.string().default('1'),
  /**
   * `sum` of `value`; `distinct`: number of distinct `key`, each counted once over the whole perimeter; or a
   * statistic of a population, in which each `key` has one value and one vote: `mean`, `median`, `highest`,
   * `quantile_members` (how many keys stand in one of equal groups)
   */
  aggregation: z.enum(['sum', 'distinct', 'mean', 'median', 'highest', 'quantile_members']).default('sum'),
  key: z.string().optional().describe('column counted once, for distinct and for statistics of a population'),
  /** SQL expression: a key's value is the sum of `value` over the sum of `per`, as pay over paid hours */
  per: z.string().optional(),
  /** for `quantile_members`: the `rank`th of `of` equal groups, lowest values first; `counting` picks rows by SQL predicate */
  quantile: z
    .strictObject({ of: z.int().min(2), rank: z.int().min(1), counting: z.string().optional() })
    .optional(),
  /** for `median`: of all keys but the one with the highest value */
  except_highest: z.boolean().default(false),
  /**
   * flow: rows dated in the window; stock_end: rows of its last month; stock_average: mean over its months;
   * trailing: rows of its last month that each tell the whole window, so that all its months are expected
   */
  time: z.enum(['flow', 'stock_end', 'stock_average', 'trailing']).default('flow'),
  /** `entity`: has a meaning by company only, such as a legal obligation: there is no value for the group */
  level: z.enum(['any', 'entity']).default('any'),
  /** DATE column that places a row in time */
  date: z.string().default('date'),
  /** rows flagged `intragroup` count for the entity and not for the group */
  eliminate_intragroup: z.boolean().default(false),
  /** contracts whose delivery makes the measure known: without them it is missing, not zero */
  contracts: z.array(z.string()).min(1),
  /** the value counts people or describes them: small cells are suppressed */
  people: z.boolean().default(false),
  /**
   * measures that it is a part of, and by what they are broken down (sex, reason...): with the other parts it makes
   * the whole, so that a hidden part is not the only one
   */
  part_of: z.array(z.strictObject({ whole: z.string(), by: z.string() })).optional(),
  /**
   * `totals`: its rows are pay or health, and open to totals by extract only; `cells`: its rows are groups of
   * people (class and age, say) and open to those; `closed`: its value is one person's pay and is shown nowhere
   */
  opens: z.enum(['rows', 'totals', 'cells', 'closed']).default('rows'),
});
export type Measure = z.infer<typeof Measure>;

/** Whether a window of the measure counts its last month alone. */
export const countsLastMonth = ({ time }: Pick<Measure, 'time'>): boolean =>
  time === 'stock_end' || time === 'trailing';

export const StandardReference = z.strictObject({
  framework: z.string().describe('key of data/frameworks'),
  version: z.string(),
  disclosure: z.string(),
  paragraph: z.string().optional(),
  /** first and last period end that the reference is for, where narrower than its version's validity */
  valid_from: z.iso.date().optional(),
  valid_to: z.iso.date().optional(),
  /** `to_confirm`: cited from memory or from a secondary source, to be checked against the text */
  certainty: z.enum(['confirmed', 'to_confirm']).default('to_confirm'),
});
export type StandardReference = z.infer<typeof StandardReference>;

/**
 * How an indicator goes from entities to the group:
 * - `sum`: entities add up after their consolidation share and intra-group eliminations
 * - `ratio_of_sums`: numerator and denominator are each consolidated, then divided; a ratio is never averaged
 * - `counted_once`: people (or other keys) are counted once over the whole perimeter
 * - `population`: worked out again from the records of the whole perimeter
 * - `by_company`: an obligation of each company, without a value for the group
 */
export const Consolidation = z.enum(['sum', 'ratio_of_sums', 'counted_once', 'population', 'by_company']);
export type Consolidation = z.infer<typeof Consolidation>;

/** A measure, or a ratio of expressions over measures times a scale. */
export const Indicator = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$/),
  label: Bilingual,
  definition: Bilingual,
  pillar: z.enum(['environment', 'social', 'governance', 'finance', 'innovation']),
  topic: z.string().describe('ESRS topic or our own: E1, E3, E5, S1, G1, finance, innovation'),
  unit: z.string(),
  /** expression over measure ids: + - * / ( ) and numbers */
  numerator: z.string(),
  denominator: z.string().optional(),
  scale: z.number().default(1),
  /** refused where its measures are consolidated otherwise; what they imply, where unsaid */
  consolidation: Consolidation.optional().describe(
    'from entities to the group: how numbers are consolidated',
  ),
  /** windows for which it has a meaning; the first is the one printed first */
  bases: z.array(z.enum(['quarter', 'ttm'])).min(1),
  direction: z.enum(['up', 'down', 'none']),
  /** how it is rounded when shown: to decimals, or to significant figures, as an intensity is */
  decimals: z.union([
    z.int().min(0).max(6),
    z.strictObject({ significant: z.int().min(1).max(6) }).describe('significant figures'),
  ]),
  material: z.boolean().default(false),
  /** a breakdown or a part of another indicator: in figures and workbook, not in the tables of the board report */
  detail: z.boolean().default(false),
  /** smallest number of people that may be shown; absent when the figure is not about people */
  suppress_below: z.int().optional(),
  /** measure that holds the number of people for that test, or several that must each reach it (each sex of a gap); the denominator's or numerator's by default */
  population: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  /** for an obligation that concerns some companies only: a measure that is 0 where it does not, and the reason to print */
  applies: z.strictObject({ measure: z.string(), otherwise: Bilingual }).optional(),
  standards: z.array(StandardReference),
  notes: Bilingual.optional(),
});
export type Indicator = z.infer<typeof Indicator>;

/** Two departments' views of one reality, declared with a tolerance. */
export const Reconciliation = z.strictObject({
  id: z.string(),
  label: Bilingual,
  owner: z.string().describe('department that explains the gap'),
  left: z.strictObject({ department: z.string(), measure: z.string() }),
  right: z.strictObject({ department: z.string(), measure: z.string() }),
  basis: z.enum(['quarter', 'ttm']).default('quarter'),
  /** accepted gap as a share of the larger side */
  tolerance: z.number().min(0),
  /** ratios of the two sides that betray a unit: 10 and 1000 of prefixes, 1.111 of calorific values */
  unit_factors: z.array(z.number().gt(1)).default([]),
  /** rows of a side's own that are booked ahead of what the other side sees */
  accruals: z
    .array(
      z.strictObject({
        side: z.enum(['left', 'right']),
        label: Bilingual,
        filter: z.string().describe("SQL predicate on the columns of the side's table"),
      }),
    )
    .default([]),
  /** codes beside a side's own where amounts that it lacks may sit */
  neighbours: z
    .array(
      z.strictObject({
        side: z.enum(['left', 'right']),
        label: Bilingual,
        filter: z.string().describe("SQL predicate on the columns of the side's table"),
        same: z
          .string()
          .optional()
          .describe(
            'column that ties a row to the side, such as the supplier; without it, amounts must match',
          ),
      }),
    )
    .default([]),
  /** one sentence for the board, said when the gap exceeds the tolerance */
  meaning: Bilingual,
});
export type Reconciliation = z.infer<typeof Reconciliation>;

export interface Catalogue {
  readonly measures: readonly Measure[];
  readonly indicators: readonly Indicator[];
  readonly reconciliations: readonly Reconciliation[];
}

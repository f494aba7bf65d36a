import { z } from 'zod';
import { Bilingual } from '../configuration/bilingual.ts';

const isoDate = z.iso.date();
const certainty = z.enum(['confirmed', 'to_confirm']);

/** One version of a reporting framework. Several versions of one framework live side by side. */
export const Framework = z.strictObject({
  id: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
  version: z.string(),
  title: Bilingual,
  valid_from: isoDate.nullable().describe('first period end that it is for; null: always'),
  valid_to: isoDate.nullable().describe('last period end that it is for; null: still'),
  /**
   * `date`: a period that ends in its validity takes it unless the configuration says otherwise;
   * `configuration`: its dates are not settled, so that only a configuration that names it takes it
   */
  chosen_by: z.enum(['date', 'configuration']).default('date'),
  /** `company`: an obligation of each company, which has no figure for the group */
  scope: z.enum(['group', 'company']).default('group'),
  /** parts that a group may report under, the smaller first; each holds those before it */
  modules: z.array(z.strictObject({ id: z.string(), label: Bilingual })).default([]),
  source: Bilingual,
  certainty,
  /** the text in which the references marked `confirmed` were read */
  checked_against: Bilingual.optional(),
  note: Bilingual,
});
export type Framework = z.infer<typeof Framework>;

/** Data that a datapoint needs and that no contract of the catalogue brings. */
export const NeededSource = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_]*$/),
  label: Bilingual,
  department: z.enum(['hr', 'finance', 'operations', 'innovation', 'governance']),
});
export type NeededSource = z.infer<typeof NeededSource>;

/** A file of `data/frameworks`. */
export const FrameworkFile = z.strictObject({
  frameworks: z.array(Framework).default([]),
  sources: z.array(NeededSource).default([]),
});

/** A quantity that a framework asks for, and what answers it. */
export const Datapoint = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:()/-]*$/),
  disclosure: z.string(),
  paragraph: z.string().optional(),
  title: Bilingual,
  unit: z.string(),
  module: z.string().optional(),
  /** indicators that answer it, in the order in which a reader looks */
  by: z.array(z.string()).default([]),
  /** what the indicators leave out of it: the datapoint is then partial at best */
  lacks: Bilingual.optional(),
  /** ids of contracts, or of `sources`, whose data would answer it or what it lacks */
  needs: z.array(z.string()).default([]),
  /** names of the framework's digital taxonomy (XBRL local names) */
  concepts: z.array(z.string()).default([]),
  voluntary: z.boolean().default(false),
  certainty: certainty.default('to_confirm'),
});
export type Datapoint = z.infer<typeof Datapoint>;

/** A file of `data/frameworks/datapoints`: the quantitative datapoints of one version. */
export const DatapointFile = z.strictObject({
  framework: z.string(),
  version: z.string(),
  /** takes the datapoints of another version, renumbered; what it declares itself is added or replaces by id */
  based_on: z
    .strictObject({
      version: z.string(),
      /** disclosures that have another number here: `E1-5: E1-7` */
      renumbered: z.record(z.string(), z.string()).default({}),
      /** datapoints that are no longer asked for */
      without: z.array(z.string()).default([]),
      /** voluntary datapoints are gone */
      without_voluntary: z.boolean().default(false),
      /** paragraphs are those of the other version: false where they are known to differ or not checked */
      paragraphs_kept: z.boolean().default(false),
    })
    .optional(),
  datapoints: z.array(Datapoint).default([]),
});
export type DatapointFile = z.infer<typeof DatapointFile>;

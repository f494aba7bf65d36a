import { z } from 'zod';

const isoDate = z.iso.date().describe('yyyy-mm-dd');
const code = z.string().regex(/^[A-Za-z0-9_.-]{1,32}$/, 'a short code: letters, digits, _ . -');
const quarter = z.string().regex(/^\d{4}-Q[1-4]$/, 'a quarter such as 2026-Q3');

export const Entity = z.strictObject({
  id: code,
  name: z.string().min(1),
  country: z.string().regex(/^[A-Z]{2}$/, 'an ISO 3166-1 alpha-2 country code'),
  siren: z
    .string()
    .regex(/^\d{9}$/, 'nine digits, between quotes')
    .optional()
    .describe('SIREN; for an entity outside France, the nine-digit number its ledger carries'),
  lei: z
    .string()
    .regex(/^[A-Z0-9]{18}\d{2}$/, 'a 20-character LEI')
    .optional(),
  parent: code.nullable().default(null),
  method: z
    .enum(['full', 'proportional', 'equity', 'excluded'])
    .describe('consolidation method: full counts 100 %, proportional its share, equity and excluded nothing'),
  share: z.number().min(0).max(100).describe('share held, in %'),
  entry: isoDate
    .nullable()
    .default(null)
    .describe(
      'first day in the perimeter; null: before the history. The first of a month: monthly extracts cannot be split',
    ),
  exit: isoDate.nullable().default(null).describe('last day in the perimeter'),
  intragroup_auxiliaries: z
    .array(z.string())
    .default([])
    .describe('auxiliary accounts (CompAuxNum) of the other group companies in this ledger'),
});

export const Site = z.strictObject({
  id: code,
  entity: code,
  name: z.string().min(1),
  city: z.string(),
  country: z.string().regex(/^[A-Z]{2}$/),
  siret: z
    .string()
    .regex(/^\d{14}$/, 'fourteen digits, between quotes')
    .optional(),
  area_m2: z.number().positive().optional(),
  water_stress: z.boolean().default(false).describe('lies in an area of high water stress (Aqueduct)'),
  entry: isoDate.nullable().default(null),
  exit: isoDate.nullable().default(null),
});

export const Meter = z.strictObject({
  id: z.string().min(1).describe('PRM, PCE or own number, between quotes'),
  site: code,
  carrier: z.enum([
    'electricity',
    'natural_gas',
    'district_heat',
    'heating_oil',
    'propane',
    'wood',
    'self_generated_solar',
    'water',
  ]),
  from: isoDate,
  to: isoDate.nullable().default(null),
});

export const Source = z.strictObject({
  id: code,
  connector: z.string().describe('csv, xlsx, parquet, json, fec, dsn, enedis, grdf, sge'),
  contract: z
    .string()
    .optional()
    .describe('contract of the rows; not for formats that imply it (fec, dsn, enedis, grdf, sge)'),
  path: z.string().min(1).describe('file or glob, relative to this configuration'),
  entities: z.array(code).min(1).describe('entities that it covers: a month without its extract is missing'),
  covers: z
    .string()
    .optional()
    .describe(
      'regular expression on the extract name: groups year with month or quarter, or year, or to (yyyymmdd)',
    ),
  required: z.boolean().default(false).describe('true: the run fails without it'),
  personal: z.boolean().default(false).describe('holds identities: kept out of the sealed package in clear'),
  options: z.record(z.string(), z.unknown()).default({}),
});

const bilingual = z.strictObject({ fr: z.string().min(1), en: z.string().min(1) });

/** Sections of the board report between its first pages and the approval, in the order in which they stand by default. */
export const reportSections = [
  'objectives',
  'alignment',
  'indicators',
  'entities',
  'method',
  'annex',
] as const;

/** How the group's own board report looks: logo, colour, type, foreword, order of sections, own templates. */
export const ReportStyle = z.strictObject({
  logo: z.string().optional().describe('SVG, PNG or JPEG file, relative to this configuration'),
  accent: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'a colour such as "#0b5471", between quotes')
    .optional()
    .describe('colour of titles and charts; at least 4.5 to 1 against white, so that everyone can read it'),
  font: z
    .strictObject({ regular: z.string(), semibold: z.string(), bold: z.string() })
    .optional()
    .describe('font files (woff2, woff, ttf, otf), relative to this configuration'),
  foreword: z
    .strictObject({ text: bilingual, name: z.string().min(1), role: bilingual })
    .optional()
    .describe('a word of introduction; an empty line parts paragraphs'),
  sections: z
    .array(
      z.union([
        z.enum(reportSections),
        z.strictObject({
          partial: z.string().regex(/^[a-z][a-z0-9_-]*$/, 'the name of a file in <templates>/partials'),
          title: bilingual,
        }),
      ]),
    )
    .default([...reportSections])
    .describe('sections in their order; one of your own names its partial. The method cannot be left out'),
  templates: z
    .string()
    .optional()
    .describe(
      'folder laid over the built-in templates/board: partials/*.hbs, and helpers.mjs whose exports are helpers',
    ),
});

/** `concordance.yaml`: everything that a group says of itself. */
export const Configuration = z.strictObject({
  group: z.strictObject({ name: z.string().min(1), currency: z.string().regex(/^[A-Z]{3}$/) }),
  language: z.enum(['fr', 'en']).default('fr'),
  fiscal_year_start_month: z.int().min(1).max(12).default(1),
  history_from: quarter.describe('first quarter that is computed'),
  report: ReportStyle.prefault({}).describe('how the board report looks'),
  objectives: z.string().optional().describe('file of strategic objectives, relative to this one'),
  catalogue: z
    .string()
    .optional()
    .describe(
      'folder laid over the built-in one: contracts, measures, indicators, factors, reference, reconciliations',
    ),
  perimeter: z.strictObject({
    entities: z.array(Entity).min(1),
    sites: z.array(Site).default([]),
    meters: z.array(Meter).default([]),
  }),
  sources: z.array(Source).min(1),
  not_applicable: z
    .array(
      z.strictObject({
        contract: z.string(),
        entities: z.array(code).min(1),
        reason: z
          .string()
          .min(10)
          .describe('why the entity has none of it, in a sentence that an auditor accepts'),
      }),
    )
    .default([])
    .describe('what an entity does not have: counted as zero and known, where silence would be missing'),
  frameworks: z
    .array(
      z.strictObject({
        id: code.describe('ESRS, VSME, GRI, BDESE, EGAPRO...'),
        version: z
          .string()
          .optional()
          .describe('a version of data/frameworks; default: the one valid on the last day of the period'),
        module: z
          .string()
          .optional()
          .describe('the part reported under, such as basic for the VSME; default: the whole'),
        not_applicable: z
          .array(z.strictObject({ datapoint: z.string(), reason: z.string().min(10) }))
          .default([])
          .describe('datapoints that do not concern the group, each with its reason'),
      }),
    )
    .default([])
    .describe('frameworks reported under; none named: every one that is valid on the last day of the period'),
  carbon: z
    .strictObject({
      gwp_set: z
        .enum(['AR4', 'AR5', 'AR6'])
        .default('AR6')
        .describe('IPCC assessment report whose 100-year warming potentials value gases and refrigerants'),
      base_year: z
        .strictObject({
          period: quarter.describe('the twelve months that end with this quarter are the base year'),
          threshold: z
            .number()
            .min(0)
            .max(1)
            .default(0.05)
            .describe('share of base-year emissions from which a change of perimeter restates them'),
          restatements: z
            .array(
              z.strictObject({
                entity: code,
                scope1: z.number().min(0).describe('tCO2e in the base year'),
                scope2_location: z.number().min(0),
                scope2_market: z.number().min(0),
                scope3: z.number().min(0).optional(),
                source: z
                  .string()
                  .min(10)
                  .describe('evidence of these values, as an auditor will ask for it'),
              }),
            )
            .default([])
            .describe('what acquired entities emitted in the base year, before their extracts begin'),
        })
        .optional()
        .describe('base year of reductions; without it they are not calculated'),
    })
    .prefault({}),
  thresholds: z
    .strictObject({
      suppress_below: z.int().min(1).default(5).describe('smallest group of people that is shown'),
      quarantine_share: z
        .number()
        .min(0)
        .max(1)
        .default(0.01)
        .describe('share of quarantined rows in an extract above which the CSR lead must look'),
    })
    .prefault({}),
  privacy: z.strictObject({
    key_file: z.string().describe('file with the secret of the pseudonyms, 64 hexadecimal digits'),
    personal_extracts: z
      .enum(['omit', 'encrypt', 'keep'])
      .default('omit')
      .describe('what the sealed package does with extracts that hold identities'),
  }),
  evidence: z
    .string()
    .optional()
    .describe('folder of the documents that actions name as evidence: each is told by its SHA-256'),
  seal: z
    .strictObject({
      signing_key: z
        .string()
        .optional()
        .describe('file of the Ed25519 private key that signs each manifest; `concordance key` makes one'),
    })
    .prefault({}),
  arbitration: z
    .strictObject({
      budget: z
        .number()
        .min(0)
        .optional()
        .describe('what the open actions may still spend together; all that remains to be spent by default'),
      discount_rate: z
        .number()
        .min(0)
        .max(0.5)
        .default(0.05)
        .describe("yearly rate of the annuities in abatement costs: the group's own, 0.05 until it is set"),
      lifetime_years: z
        .number()
        .min(1)
        .max(60)
        .default(10)
        .describe('years of use of an action that does not say its own'),
      exclusive: z
        .array(z.array(code).min(2))
        .default([])
        .describe('sets of actions of which one at most is done'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      memory: z
        .string()
        .regex(/^\d+(MB|GB|MiB|GiB)$/)
        .default('4GB')
        .describe('memory of the database; what it does not hold goes to temporary files'),
      threads: z.int().min(1).optional().describe('threads of the database; default: all cores'),
      temporary_folder: z
        .string()
        .optional()
        .describe(
          'where the database puts what its memory does not hold, relative to this configuration; default: beside the run being made, on the disk of the output folder',
        ),
      temporary_files: z
        .string()
        .regex(/^\d+(MB|GB|TB|MiB|GiB|TiB)$/)
        .optional()
        .describe('most that these files may hold; default: what the disk has'),
      sources_at_once: z.int().min(1).max(32).default(4),
      stage_cache: z
        .string()
        .regex(/^\d+(MB|GB|MiB|GiB)$/)
        .default('4GB')
        .describe('disk that what earlier runs staged and computed may take below the output folder'),
    })
    .prefault({}),
});

export type Configuration = z.infer<typeof Configuration>;
export type Entity = z.infer<typeof Entity>;
export type Site = z.infer<typeof Site>;
export type Source = z.infer<typeof Source>;

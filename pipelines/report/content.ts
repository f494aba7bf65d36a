import type { Arbitration } from '../alignment/arbitration/arbitrate.ts';
import type { Finding, ReconciliationResult } from '../alignment/finding.ts';
import type { AlignmentMatrix } from '../alignment/matrix.ts';
import type { SpendShare } from '../alignment/spend-share.ts';
import type { Coverage, IndexLine } from '../frameworks/answer.ts';
import type { Effects } from '../indicators/bridge.ts';
import type { Catalogue } from '../indicators/catalogue.ts';
import type { EmissionProfile } from '../indicators/emission-profile.ts';
import type { Basis, Figure, MeasureValue } from '../indicators/figure.ts';
import type { Action, Standing } from '../objectives/objective.ts';
import type { Agenda } from '../review/agenda.ts';
import type { Review } from '../review/decision.ts';
import type { FollowedResolution } from '../review/follow-up.ts';
import type { PastDecisions } from '../review/last-decisions.ts';

export type Language = 'fr' | 'en';

/** Everything that the two documents show, computed before; the report arranges and computes nothing. */
export interface ReportContent {
  readonly run: RunFacts;
  readonly group: { readonly name: string; readonly currency: string };
  readonly entities: readonly EntityFacts[];
  readonly sites: readonly SiteFacts[];
  readonly catalogue: Catalogue;
  /** windows that end with the run's period, with each earlier quarter, and both bases, all entities and GROUP */
  readonly figures: readonly Figure[];
  /** how the rows of the period's figures are known, by `methodKey` */
  readonly methods: Readonly<Record<string, string>>;
  readonly measures: readonly MeasureValue[];
  readonly objectives: readonly Standing[];
  /** actions that belong to no declared objective */
  readonly looseActions: readonly Action[];
  readonly reconciliations: readonly ReconciliationResult[];
  /** departments by objectives; null where there is no objective */
  readonly matrix: AlignmentMatrix | null;
  /** where the money goes against where the gap is */
  readonly spend: readonly SpendShare[];
  /** the best set of open actions within the budget; null where there is no objective or no action */
  readonly arbitration: Arbitration | null;
  readonly findings: readonly Finding[];
  readonly extracts: readonly ExtractFacts[];
  /** sources that could not be had, with the reason */
  readonly missingSources: readonly {
    readonly source: string;
    readonly department: string;
    readonly message: string;
  }[];
  /** the frameworks that the run reports under, each version with what it answers */
  readonly frameworks: { readonly coverage: readonly Coverage[]; readonly lines: readonly IndexLine[] };
  readonly quarantine: readonly QuarantinedRow[];
  readonly factors: readonly FactorFacts[];
  readonly emissions: EmissionFacts;
  /** who approved, once published; null for a draft */
  readonly publication: PublicationFacts | null;
  /** what the journal says of this run: decisions on figures, explanations of gaps */
  readonly review: Review;
  /** what the review has to talk about, and what each owner is asked */
  readonly agenda: Agenda;
  /** what earlier reviews decided of objectives, actions and the arbitration, and what became of it */
  readonly followed: readonly FollowedResolution[];
  /** what the last review decided of figures and explained of gaps, and what became of it */
  readonly pastDecisions: PastDecisions;
  /** figures that an earlier run told differently: restatements of published ones, then changes since the last draft */
  readonly changes: readonly ChangedFigure[];
  /** rows behind the group's figures of the run's period, capped by measure, largest first */
  readonly contributions: readonly MeasureContributions[];
  /** extracts behind the measures of the run's period and of the year before, largest first and capped */
  readonly origins: readonly MeasureOrigins[];
}

export interface RunFacts {
  readonly id: string;
  readonly period: string;
  /** first and last day of the quarter, ISO */
  readonly from: string;
  readonly to: string;
  readonly language: Language;
  readonly state: 'draft' | 'published';
  readonly codeVersion: string;
  readonly previousRun: string | null;
  /** the published run of this period that this one proposes to restate */
  readonly restates: string | null;
  readonly hashes: {
    readonly configuration: string;
    readonly catalogue: string;
    readonly factors: string;
    readonly extracts: string;
  };
  readonly suppressionThreshold: number;
}

export interface PublicationFacts {
  readonly version: number;
  readonly draftManifest: string;
  readonly journal: string;
  readonly approvals: readonly {
    readonly by: string;
    readonly from: string;
    readonly to: string;
    readonly figures: number;
  }[];
  readonly restatement: { readonly cause: string; readonly reason: string } | null;
}

export interface EntityFacts {
  readonly id: string;
  readonly name: string;
  readonly country: string;
  readonly siren: string | null;
  readonly parent: string | null;
  readonly method: 'full' | 'proportional' | 'equity' | 'excluded';
  readonly share: number;
  readonly entry: string | null;
  readonly exit: string | null;
}

export interface SiteFacts {
  readonly id: string;
  readonly entity: string;
  readonly name: string;
  readonly city: string;
  readonly country: string;
  readonly entry: string | null;
  readonly exit: string | null;
}

export interface ExtractFacts {
  readonly id: string;
  readonly source: string;
  readonly contract: string;
  readonly connector: string;
  readonly department: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rowsRead: number;
  readonly rowsStaged: number;
  readonly rowsQuarantined: number;
  readonly remarks: readonly { readonly code: string; readonly severity: string; readonly message: string }[];
}

/** Rows of the quarantine that the documents show; `quarantine.csv` has them all. */
export const quarantineCap = 5000;

export interface QuarantinedRow {
  readonly extract: string;
  readonly row: number;
  readonly column: string;
  readonly value: string;
  readonly rule: string;
  readonly message: string;
}

export interface FactorFacts {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly unit: string;
  readonly source: string;
  readonly version: string;
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly certainty: 'confirmed' | 'to_confirm';
}

/** How the group's emissions are known, and what made them change. */
export interface EmissionFacts {
  /** window of the profiles, which ends with the run's period */
  readonly basis: Basis;
  readonly profiles: readonly EmissionProfile[];
  /** the fifteen categories of scope 3, in their order */
  readonly screening: readonly ScreenedCategory[];
  /** of each measure, the group's change first, then its parts by entity and category */
  readonly bridges: readonly BridgeFacts[];
}

export interface ScreenedCategory {
  readonly category: string;
  readonly label: string;
  readonly treatment: 'measured' | 'excluded' | 'not_assessed';
  readonly reason: string;
}

/** `before + perimeter + factor + method + activity = after`, in tCO2e. */
export interface BridgeFacts extends Effects {
  readonly measure: string;
  readonly against: 'year_before' | 'previous_run';
  readonly basis: Basis;
  readonly entity: string;
  /** category of emissions; empty for the whole */
  readonly group: string;
  readonly before: string;
  readonly after: string;
}

export interface ChangedFigure {
  readonly indicator: string;
  readonly entity: string;
  readonly period: string;
  readonly basis: string;
  readonly before: string | null;
  readonly after: string | null;
  /** causes of the parts, `data, factor`; `data+method` where they cannot be told apart */
  readonly cause: string;
  /** `before` plus the amounts is `after`, exactly; an amount is null where the figure appeared or disappeared */
  readonly parts: readonly { readonly cause: string; readonly amount: string | null }[];
  /** the published run whose figure this restates; null for a figure that was never published */
  readonly published: string | null;
}

export interface MeasureContributions {
  readonly measure: string;
  readonly period: string;
  readonly basis: 'quarter' | 'ttm';
  /** rows in all, of which `rows` lists the largest */
  readonly total: number;
  /** the shell command that lists them all */
  readonly command: string;
  /** none where they would tell of a small group */
  readonly rows: readonly ContributingRow[];
}

/** The extracts behind one measure value. */
export interface MeasureOrigins {
  readonly measure: string;
  readonly entity: string;
  readonly period: string;
  readonly basis: string;
  readonly extracts: readonly {
    readonly extract: string;
    readonly rows: number;
    /** decimal text before an average's divisor; null where a person counts once over several extracts */
    readonly contribution: string | null;
  }[];
  /** extracts that are not listed */
  readonly more: number;
}

export interface ContributingRow {
  /** number of a line of people within the measure, which then has no site, extract, row and detail; null elsewhere */
  readonly line: number | null;
  readonly entity: string;
  readonly site: string | null;
  readonly date: string;
  /** contribution to the group's value, decimal text, after consolidation share */
  readonly contribution: string;
  readonly share: string;
  readonly quality: string | null;
  readonly extract: string | null;
  readonly row: number | null;
  /** of a row that adds up several of the extract: the last of them; null elsewhere */
  readonly last_row: number | null;
  /** what else the harmonised row says, for a reader: carrier, meter, account, label... */
  readonly detail: string;
}

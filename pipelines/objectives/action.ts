/** What is done for an objective, as the registers and the ledger tell it at the run's period. Money in euros. */
export interface Action {
  readonly id: string;
  /** null, or the id of an objective that may not be declared */
  readonly objective: string | null;
  readonly name: string;
  readonly department: string;
  readonly owner: string | null;
  readonly entity: string | null;
  /** where the effect can be read more closely */
  readonly site: string | null;
  /** code in the project register and in the ledger's tags */
  readonly project: string | null;
  /** ISO days */
  readonly start: string | null;
  readonly due: string;
  readonly doneOn: string | null;
  readonly status: 'planned' | 'running' | 'done' | 'late' | 'stopped';
  readonly budget: string | null;
  /** as the register says */
  readonly spent: string | null;
  /** as tagged ledger rows say, to the period's end; null when no row bears its code or its project's */
  readonly ledgerSpent: string | null;
  readonly ledgerRows: number;
  /** the largest of these rows; absent in a run of before they were kept */
  readonly ledgerLines?: readonly TaggedLine[];
  /** change of the objective's indicator, in `expectedUnit`, a year where the indicator is a flow */
  readonly expectedEffect: string | null;
  readonly expectedUnit: string | null;
  /** day from which the effect is expected; null: from the day it is done, or due */
  readonly effectFrom: string | null;
  /** tCO2e avoided a year, positive */
  readonly abatement: string | null;
  /** change of the yearly running costs, negative for a saving that is budgeted */
  readonly annualCost: string | null;
  /** years over which the money is spread */
  readonly lifetime: string | null;
  /** a year, as its owner claims it */
  readonly claimedSaving: string | null;
  readonly evidence: string | null;
  readonly evidenceFile: string | null;
  /** SHA-256 of the file, 64 hexadecimal digits */
  readonly evidenceSha256: string | null;
  /** actions that must be done before */
  readonly dependsOn: readonly string[];
  /** in the order of their due days */
  readonly milestones: readonly Milestone[];
  readonly extractId: string;
  readonly rowNumber: number;
}

/** A ledger row that bears the code of an action or of its project. Euros, debit less credit. */
export interface TaggedLine {
  readonly entity: string;
  readonly date: string;
  readonly account: string;
  readonly label: string | null;
  readonly amount: string;
  readonly extractId: string;
  readonly rowNumber: number;
}

export interface Milestone {
  readonly action: string;
  readonly id: string;
  readonly name: string;
  /** ISO days */
  readonly due: string;
  readonly doneOn: string | null;
  readonly status: 'planned' | 'done' | 'late';
  /** milestones that must be done before, as `ACTION:MILESTONE` */
  readonly dependsOn: readonly string[];
  readonly extractId: string;
  readonly rowNumber: number;
}

/** Neither done nor stopped. */
export const isOpen = ({ status }: Pick<Action, 'status'>): boolean =>
  status !== 'done' && status !== 'stopped';

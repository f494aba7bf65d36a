import type { Action } from '../../pipelines/objectives/action.ts';

/** An action with nothing to say against it; each test changes what it is about. */
export function actionOf(more: Partial<Action> = {}): Action {
  return {
    id: 'A-1',
    objective: 'O',
    name: 'Vannes',
    department: 'operations',
    owner: 'Chef de projet',
    entity: 'A',
    site: null,
    project: null,
    start: '2025-01-01',
    due: '2027-12-31',
    doneOn: null,
    status: 'running',
    budget: '1000',
    spent: '500',
    ledgerSpent: '500',
    ledgerRows: 2,
    expectedEffect: null,
    expectedUnit: null,
    effectFrom: null,
    abatement: null,
    annualCost: null,
    lifetime: null,
    claimedSaving: null,
    evidence: null,
    evidenceFile: null,
    evidenceSha256: null,
    dependsOn: [],
    milestones: [],
    extractId: 'actions.csv',
    rowNumber: 2,
    ...more,
  };
}

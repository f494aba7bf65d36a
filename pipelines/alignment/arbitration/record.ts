import { literal } from '../../../connectors/connector.ts';
import { Fault } from '../../fault.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import type { Problem } from './option.ts';

/** Writes `result.arbitration` (one JSON record): what a what-if of the sealed run starts from. */
export async function recordProblem(warehouse: Warehouse, problem: Problem): Promise<void> {
  await warehouse.run(
    `create or replace table result.arbitration as select ${literal(JSON.stringify(problem))} as record`,
  );
}

/** @throws {Fault} ARB-002 for a run of an earlier version, which recorded none */
export async function readProblem(warehouse: Warehouse, folder: string): Promise<Problem> {
  try {
    return JSON.parse(await warehouse.scalar<string>('select record from result.arbitration')) as Problem;
  } catch (cause) {
    throw new Fault(
      'ARB-002',
      `${folder} holds no arbitration: an earlier version made it.`,
      'Run the quarter again with `concordance run`.',
      { cause },
    );
  }
}

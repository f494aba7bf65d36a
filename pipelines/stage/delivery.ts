import { coverageOf, monthsCovered } from '../collect/covers.ts';
import { monthsBetween } from '../configuration/period.ts';
import type { Configuration, Source } from '../configuration/schema.ts';
import type { Contract } from './contract.ts';
import type { CountedExtract } from './staged-extract.ts';

/** (contract, entity, month) that has come. An extract with a readable heading and no row has come too: it says zero. */
export function deliveriesOf(
  staged: readonly CountedExtract[],
  history: { readonly from: string; readonly to: string },
  fiscalYearStartMonth: number,
): { contract: string; entity: string; month: string }[] {
  const found = new Map<string, { contract: string; entity: string; month: string }>();
  // a thousand companies deliver twelve thousand extracts, most of which say what another has said
  const said = new Set<string>();
  for (const one of staged) {
    const unreadable = one.rowsStaged === 0 && one.remarks.some((remark) => remark.severity === 'error');
    const whollyQuarantined = one.rowsRead > 0 && one.rowsStaged === 0;
    if (unreadable || whollyQuarantined) continue;
    const { source, name } = one.extract;
    const coverage = coverageOf(source, name, fiscalYearStartMonth);
    // a name that does not follow the pattern says nothing of months: counted for none
    if (coverage === undefined) continue;
    for (const month of monthsCovered(coverage, history)) {
      const told = JSON.stringify([source.id, month, one.contracts]);
      if (said.has(told)) continue;
      said.add(told);
      for (const entity of source.entities) {
        for (const contract of one.contracts)
          found.set(`${contract}|${entity}|${month}`, { contract, entity, month });
      }
    }
  }
  return [...found.values()];
}

/** (contract, entity) that some configured source is to deliver. */
export function expectationsOf(
  sources: readonly Source[],
  contracts: ReadonlyMap<string, Contract>,
): { contract: string; entity: string }[] {
  const found = new Map<string, { contract: string; entity: string }>();
  for (const source of sources) {
    const fed = source.contract
      ? [source.contract]
      : [...contracts.values()].filter((c) => c.connectors.includes(source.connector)).map((c) => c.id);
    for (const contract of fed) {
      for (const entity of source.entities) found.set(`${contract}|${entity}`, { contract, entity });
    }
  }
  return [...found.values()];
}

/** What the configuration declares that an entity does not have: as good as delivered empty, every month. */
export function notApplicable(
  declared: Configuration['not_applicable'],
  history: { readonly from: string; readonly to: string },
): { contract: string; entity: string; month: string }[] {
  const months = monthsBetween(history.from, history.to);
  return declared.flatMap(({ contract, entities }) =>
    entities.flatMap((entity) => months.map((month) => ({ contract, entity, month }))),
  );
}

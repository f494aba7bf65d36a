import type { Remark } from '../../connectors/connector.ts';
import type { CollectedExtract } from '../collect/collect.ts';
import type { FaultWords } from '../language/faults.ts';

/** What became of one extract: `rowsRead = rowsStaged + rowsQuarantined`, always. */
export interface CountedExtract {
  readonly extract: CollectedExtract;
  readonly contracts: readonly string[];
  readonly rowsRead: number;
  readonly rowsStaged: number;
  readonly rowsQuarantined: number;
  readonly remarks: readonly Pick<Remark, 'code' | 'severity'>[];
}

/** With what its connector and the stage remarked on it. */
export interface ReadExtract extends CountedExtract {
  readonly remarks: readonly Remark[];
  /** name of what its rows were made of; undefined without a cache, and where it could not be read */
  readonly key?: string;
  /** that holds its rows, where they need not be read */
  readonly pack?: string;
}

/** The same in words. */
export interface StagedExtract extends CountedExtract {
  readonly remarks: readonly (Pick<Remark, 'code' | 'severity'> & { readonly message: string })[];
}

export function inWords(extracts: readonly ReadExtract[], words: FaultWords): StagedExtract[] {
  return extracts.map(({ remarks, key: _key, pack: _pack, ...extract }) => ({
    ...extract,
    remarks: remarks.map((one) => ({ code: one.code, severity: one.severity, message: words.say(one) })),
  }));
}

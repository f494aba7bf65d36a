import type { Connector } from './connector.ts';
import { csv } from './csv/connector.ts';
import { dsn } from './dsn/connector.ts';
import { enedis } from './enedis/connector.ts';
import { fec } from './fec/connector.ts';
import { grdf } from './grdf/connector.ts';
import { json } from './json/connector.ts';
import { parquet } from './parquet/connector.ts';
import { sge } from './sge/connector.ts';
import { xlsx } from './xlsx/connector.ts';

/** Every connector, by id. */
// biome-ignore lint/suspicious/noExplicitAny: each has options of its own, checked by its own schema
export const connectors: readonly Connector<any>[] = [csv, dsn, enedis, fec, grdf, json, parquet, sge, xlsx];

/** The connector that `sources[].connector` names; undefined when there is none. */
// biome-ignore lint/suspicious/noExplicitAny: see above
export function connectorById(id: string): Connector<any> | undefined {
  return connectors.find((connector) => connector.id === id);
}

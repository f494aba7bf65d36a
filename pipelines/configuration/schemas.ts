import { z } from 'zod';
import { connectors } from '../../connectors/index.ts';
import { Configuration } from './schema.ts';

/** JSON Schema of what a file may hold, as an editor reads it. */
export function jsonSchema(schema: z.ZodType, title: string): string {
  const generated = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return `${JSON.stringify({ title, ...generated }, null, 2)}\n`;
}

interface SchemaNode {
  properties?: Record<string, SchemaNode>;
  items?: SchemaNode;
  enum?: string[];
  allOf?: unknown[];
}

/** The configuration's schema, with the options of each connector where that connector is named. */
export function configurationSchema(): string {
  const schema = JSON.parse(jsonSchema(Configuration, 'Concordance configuration')) as SchemaNode;
  const source = schema.properties?.sources?.items;
  if (source?.properties?.connector) {
    source.properties.connector.enum = connectors.map((one) => one.id);
    source.allOf = connectors.map((one) => ({
      if: { properties: { connector: { const: one.id } } },
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
      then: { properties: { options: z.toJSONSchema(one.options, { io: 'input', unrepresentable: 'any' }) } },
    }));
  }
  return `${JSON.stringify(schema, null, 2)}\n`;
}

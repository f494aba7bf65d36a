import { join } from 'node:path';
import { z } from 'zod';
import { readYaml } from '../../configuration/yaml.ts';

/** What the report puts forward, as data: `templates/board/layout.yaml`. Ids that the catalogue lacks are passed over. */
export const Layout = z.strictObject({
  headlines: z.array(z.string()).describe('indicators of the first page, at most eight are printed'),
  emissions: z.array(z.string()).describe('indicators stacked in the chart of emissions, bottom first'),
  multiples: z
    .array(z.string())
    .describe('indicators compared between entities in small charts, at most three'),
  entities: z
    .strictObject({
      most: z.int().min(6).describe('companies that the board compares'),
      by: z.string().describe('indicator whose largest figures choose them, where there are more'),
    })
    .default({ most: 30, by: 'hr.headcount' }),
  board: z
    .array(z.string())
    .describe(
      'indicators of the tables that a board reads, beside the material ones and those of objectives',
    ),
  pay_gaps: z.array(z.string()).describe('pay gaps in percent, drawn as bars, in their order'),
  pay_quartiles: z
    .array(z.string())
    .describe('share of women in each quarter of the pay scale, lowest first'),
  tiles: z.int().min(2).max(12).default(8),
  decisions: z.int().min(1).max(12).default(6),
});
export type Layout = z.infer<typeof Layout>;

export async function readLayout(templates: string): Promise<Layout> {
  return (await readYaml(join(templates, 'board', 'layout.yaml'), Layout, 'TPL-004')).value;
}

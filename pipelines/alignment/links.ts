import { z } from 'zod';
import { Bilingual } from '../configuration/bilingual.ts';
import { shelf } from '../configuration/library.ts';
import { readYaml, YamlFault } from '../configuration/yaml.ts';
import type { Catalogue } from '../indicators/catalogue.ts';

/** A measure that drives others, in the same direction unless it says otherwise. */
export const Link = z.strictObject({
  from: z.string().describe('measure that drives'),
  to: z.array(z.string()).min(1).describe('measures that it drives'),
  opposite: z.boolean().default(false).describe('more of the one makes less of the others'),
  why: Bilingual.describe('one sentence that a board member understands'),
  source: z.string(),
});
export type Link = z.infer<typeof Link>;

export const LinkFile = z.strictObject({ links: z.array(Link) });

/**
 * Reads what drives what from `data/alignment/*.yaml`, the group's own files laid over the built-in ones.
 *
 * @throws {YamlFault} ALI-001 for a measure that does not exist
 */
export async function loadLinks(catalogue: Catalogue, overlay?: string): Promise<Link[]> {
  const known = new Set(catalogue.measures.map((measure) => measure.id));
  const found: Link[] = [];
  for (const file of await shelf('alignment', overlay, ['.yaml'])) {
    const { value, lineOf } = await readYaml(file.path, LinkFile, 'ALI-001');
    value.links.forEach((link, i) => {
      const stranger = [link.from, ...link.to].find((id) => !known.has(id));
      if (stranger === undefined) return;
      const key = stranger === link.from ? 'from' : 'to';
      throw new YamlFault('ALI-001', file.path, [
        {
          line: lineOf(['links', i, key]),
          key: `links.${i}.${key}`,
          found: `"${stranger}"`,
          expected: 'a measure of data/measures',
        },
      ]);
    });
    found.push(...value.links);
  }
  return found;
}

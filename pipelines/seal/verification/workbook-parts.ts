import { strFromU8, unzipSync } from 'fflate';

/**
 * Tells whether two workbooks are the same to the byte of each part, the images of charts set aside: a browser drew
 * them, and another may draw them otherwise. They stay under the hash of the file.
 *
 * @throws {Error} for bytes that are no zip
 */
export function sameBeyondImages(one: Uint8Array, other: Uint8Array): boolean {
  const [a, b] = [withoutImages(one), withoutImages(other)];
  return a.size === b.size && [...a].every(([name, text]) => b.get(name) === text);
}

/** Parts by name, without drawings, their images and what points at them. */
function withoutImages(bytes: Uint8Array): Map<string, string> {
  const parts = new Map<string, string>();
  for (const [name, part] of Object.entries(unzipSync(bytes))) {
    if (/^xl\/(?:media|drawings)\//.test(name)) continue;
    const text = strFromU8(part, true);
    if (/^xl\/worksheets\/_rels\//.test(name)) {
      const left = text.replace(/<Relationship [^>]*\/relationships\/drawing"[^>]*\/>/g, '');
      if (/<Relationship /.test(left)) parts.set(name, left);
    } else if (/^xl\/worksheets\/sheet\d+\.xml$/.test(name))
      parts.set(name, text.replace(/<drawing r:id="[^"]*"\/>/g, ''));
    else if (name === '[Content_Types].xml')
      parts.set(
        name,
        text.replace(/<Default Extension="png"[^>]*\/>|<Override PartName="\/xl\/drawings\/[^>]*\/>/g, ''),
      );
    else parts.set(name, text);
  }
  return parts;
}

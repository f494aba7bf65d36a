/**
 * A font of one glyph: the narrow no-break space, `width` thousandths of the font size wide.
 *
 * The text family has none, and the shaper's stand-in is half a word space: too tight between thousands.
 * Source of the layout: the OpenType specification, tables cmap, head, hhea, hmtx, maxp, name, OS/2, post, glyf, loca.
 */
export function narrowSpaceFont(width: number): Buffer {
  const tables: Readonly<Record<string, Buffer>> = {
    'OS/2': os2(width),
    cmap: cmap(0x202f),
    glyf: Buffer.alloc(4),
    head: head(),
    hhea: hhea(width),
    hmtx: words(width, 0, width, 0),
    loca: words(0, 0, 0),
    maxp: Buffer.concat([longs(0x00010000), words(2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)]),
    name: words(0, 0, 6),
    post: Buffer.concat([longs(0x00030000, 0), words(0, 0), longs(0, 0, 0, 0, 0)]),
  };
  const names = Object.keys(tables);
  const directory = Buffer.alloc(12 + 16 * names.length);
  directory.writeUInt32BE(0x00010000, 0);
  directory.writeUInt16BE(names.length, 4);
  const power = 2 ** Math.floor(Math.log2(names.length));
  directory.writeUInt16BE(power * 16, 6);
  directory.writeUInt16BE(Math.log2(power), 8);
  directory.writeUInt16BE((names.length - power) * 16, 10);
  const bodies: Buffer[] = [];
  let offset = directory.length;
  names.forEach((name, index) => {
    const table = tables[name] as Buffer;
    const padded = Buffer.concat([table, Buffer.alloc((4 - (table.length % 4)) % 4)]);
    const at = 12 + 16 * index;
    directory.write(name, at, 'latin1');
    directory.writeUInt32BE(checksum(padded), at + 4);
    directory.writeUInt32BE(offset, at + 8);
    directory.writeUInt32BE(table.length, at + 12);
    bodies.push(padded);
    offset += padded.length;
  });
  return Buffer.concat([directory, ...bodies]);
}

/** One segment that maps the character to glyph 1, and the closing segment. */
function cmap(character: number): Buffer {
  const delta = (1 - character) & 0xffff;
  const segments = words(4, 32, 0, 4, 4, 1, 0, character, 0xffff, 0, character, 0xffff, delta, 1, 0, 0);
  return Buffer.concat([words(0, 1, 3, 1), longs(12), segments]);
}

function head(): Buffer {
  return Buffer.concat([
    longs(0x00010000, 0x00010000, 0, 0x5f0f3cf5),
    words(0x000b, 1000),
    longs(0, 0, 0, 0),
    words(0, 0, 0, 0, 0, 8, 2, 0, 0),
  ]);
}

function hhea(width: number): Buffer {
  return Buffer.concat([
    longs(0x00010000),
    words(750, 0x10000 - 250, 0, width, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2),
  ]);
}

function os2(width: number): Buffer {
  const metrics = words(4, width, 400, 5, 0, 650, 600, 0, 75, 650, 600, 0, 350, 50, 250, 0);
  const ranges = Buffer.concat([Buffer.alloc(10), longs(0, 0, 0, 0), Buffer.from('NONE', 'latin1')]);
  const rest = Buffer.concat([
    words(0x40, 0x202f, 0x202f, 750, 0x10000 - 250, 0, 750, 250),
    longs(1, 0),
    words(500, 700, 0, 0x202f, 1),
  ]);
  return Buffer.concat([metrics, ranges, rest]);
}

function words(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => {
    buffer.writeUInt16BE(value, index * 2);
  });
  return buffer;
}

function longs(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    buffer.writeUInt32BE(value, index * 4);
  });
  return buffer;
}

function checksum(table: Buffer): number {
  let sum = 0;
  for (let at = 0; at < table.length; at += 4) sum = (sum + table.readUInt32BE(at)) >>> 0;
  return sum;
}

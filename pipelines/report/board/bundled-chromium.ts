import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

const require = createRequire(import.meta.url);
const decompress = promisify(brotliDecompress);

/** The Chromium of the npm package, unpacked. */
export interface BundledChromium {
  readonly path: string;
  /** a fontconfig folder, for machines without any font */
  readonly fonts: string;
  /** the shared libraries that a bare machine may lack */
  readonly libraries: string;
}

/**
 * Unpacks the Chromium that comes with `@sparticuz/chromium` (Linux x64) once a version and a user.
 * The folder appears whole or not at all: two runs may start at once, and one may be killed.
 */
export async function unpackChromium(): Promise<BundledChromium> {
  const bin = join(dirname(require.resolve('@sparticuz/chromium')), '..', '..', 'bin');
  const { version } = JSON.parse(await readFile(join(bin, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const folder = join(tmpdir(), `concordance-chromium-${version}-${process.getuid?.() ?? 0}`);
  if (!(await isOurs(folder))) await unpackInto(folder, bin);
  return {
    path: join(folder, 'chromium'),
    fonts: join(folder, 'fonts'),
    libraries: join(folder, 'lib'),
  };
}

async function unpackInto(folder: string, bin: string): Promise<void> {
  const building = await mkdtemp(`${folder}-`);
  try {
    const unpacked = async (name: string) => decompress(await readFile(join(bin, name)));
    await writeFile(join(building, 'chromium'), await unpacked('chromium.br'));
    await chmod(join(building, 'chromium'), 0o700);
    for (const archive of ['fonts.tar.br', 'al2023.tar.br']) {
      for (const file of filesOfTar(await unpacked(archive))) {
        const path = join(
          building,
          archive.startsWith('fonts') ? join('fonts', file.name) : join('lib', basename(file.name)),
        );
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, file.data);
      }
    }
    await writeFile(join(building, 'fonts', 'fonts.conf'), fontConfiguration(join(folder, 'fonts')));
    await rename(building, folder);
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    // another run put it there first
    if (!(await isOurs(folder))) throw error;
  }
}

/** The machine's fonts where it has any, and ours, so that there is always one. */
function fontConfiguration(fonts: string): string {
  const text = (path: string) => path.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${text(fonts)}</dir>
  <cachedir>${text(join(fonts, 'cache'))}</cachedir>
</fontconfig>
`;
}

/** A folder that another user made is not trusted with what we execute. */
async function isOurs(folder: string): Promise<boolean> {
  try {
    const found = await stat(folder);
    if (process.getuid && found.uid !== process.getuid()) {
      throw new Error(`${folder} belongs to another user; remove it`);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** The plain files of a ustar archive, those that would leave the folder left out. */
function filesOfTar(tar: Buffer): { name: string; data: Buffer }[] {
  const files: { name: string; data: Buffer }[] = [];
  let at = 0;
  while (at + 512 <= tar.length && tar[at] !== 0) {
    const text = (from: number, length: number) =>
      tar.toString('latin1', at + from, at + from + length).replace(/\0.*$/s, '');
    const size = Number.parseInt(text(124, 12).trim() || '0', 8);
    const name = [text(345, 155), text(0, 100)].filter(Boolean).join('/');
    const plain = tar[at + 156] === 0x30 || tar[at + 156] === 0;
    if (plain && !name.split('/').includes('..'))
      files.push({ name, data: tar.subarray(at + 512, at + 512 + size) });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

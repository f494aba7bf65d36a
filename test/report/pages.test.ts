import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { templatesFolder } from '../../pipelines/places.ts';
import { writeBoard } from '../../pipelines/report/board/board.ts';
import { sampleContent } from './content-fixture.ts';

/*
 * The pages of the board report as images, against those that were looked at and approved. `npm run approve-pages`
 * replaces the approved ones by what is printed now: look at each before committing it.
 */

const run = promisify(execFile);
const approved = join(import.meta.dirname, 'pages');
const approving = process.env.APPROVE_PAGES === '1';
const dotsPerInch = 36;
/** Part of a page's pixels that may differ: smoothing of another version of the renderer, not a moved line. */
const tolerance = 0.003;

function rasterizer(): boolean {
  try {
    execFileSync('pdftoppm', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Part of the pixels in which two images differ; 1 where their sizes do. */
function difference(one: PNG, other: PNG): number {
  if (one.width !== other.width || one.height !== other.height) return 1;
  const found = pixelmatch(one.data, other.data, undefined, one.width, one.height, { threshold: 0.2 });
  return found / (one.width * one.height);
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pages-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe.skipIf(!rasterizer())('the pages of the board report', () => {
  it.each(['fr', 'en'] as const)(
    'look as they were approved (%s)',
    async (language) => {
      const pdf = join(folder, `${language}.pdf`);
      await writeBoard(sampleContent(language), templatesFolder, pdf);
      const printed = join(folder, language);
      await mkdir(printed);
      await run('pdftoppm', ['-r', String(dotsPerInch), '-gray', '-png', pdf, join(printed, 'page')]);
      const pages = (await readdir(printed)).sort();
      const home = join(approved, language);
      if (approving) {
        await rm(home, { recursive: true, force: true });
        await mkdir(home, { recursive: true });
        for (const page of pages) await writeFile(join(home, page), await readFile(join(printed, page)));
      }
      expect((await readdir(home)).sort(), 'pages: `npm run approve-pages` once looked at').toEqual(pages);
      const read = async (path: string) => PNG.sync.read(await readFile(path));
      const changed: string[] = [];
      for (const page of pages) {
        const share = difference(await read(join(printed, page)), await read(join(home, page)));
        if (share <= tolerance) continue;
        const shown = join(tmpdir(), `concordance-${language}-${page}`);
        await writeFile(shown, await readFile(join(printed, page)));
        changed.push(`${page}: ${(share * 100).toFixed(2)} % of its pixels; now ${shown}`);
      }
      expect(changed, 'look at them, then `npm run approve-pages`').toEqual([]);
      // the comparison can tell pages apart at all
      const [first, second] = pages.slice(2, 4).map((page) => join(home, page));
      expect(difference(await read(first as string), await read(second as string))).toBeGreaterThan(
        tolerance,
      );
    },
    120_000,
  );
});

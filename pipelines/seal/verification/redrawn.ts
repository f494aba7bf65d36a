import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { templatesFolder } from '../../places.ts';
import { writeBoard } from '../../report/board/board.ts';
import { BrowserFault } from '../../report/board/browser.ts';
import { paintOf } from '../../report/board/pdf-paint.ts';
import type { ReportContent } from '../../report/content.ts';
import type { Presentation } from '../../report/presentation.ts';
import { writeWorkbook } from '../../report/workbook/workbook.ts';
import type { Findings } from './report.ts';

/**
 * Prints the report and draws the workbook's charts again, with the browser of this machine: the shapes of
 * charts, which no text tells. The same browser gives the same bytes, so that every page or image that is
 * another was changed. Another browser draws otherwise, and proves nothing: that is said.
 *
 * @param scratch folder to draw in
 */
export async function checkRedrawn(
  folder: string,
  content: ReportContent,
  presentation: Presentation,
  scratch: string,
  findings: Findings,
): Promise<void> {
  const names = ['board.pdf', 'review.xlsx'] as const;
  try {
    await writeBoard(content, templatesFolder, join(scratch, names[0]), presentation);
    await writeWorkbook(content, templatesFolder, join(scratch, names[1]), presentation);
  } catch (error) {
    if (!(error instanceof BrowserFault)) throw error;
    findings.note('no_browser', { message: error.message });
    return;
  }
  // what cannot be read has been named
  const read = (at: string) => Promise.all(names.map((name) => readFile(join(at, name))));
  const sealed = await read(folder).catch(() => undefined);
  if (!sealed) return;
  const made = await read(scratch);
  const [theirs, ours] = await Promise.all([sealed, made].map(([pdf]) => paintOf(pdf as Buffer)));
  if (!theirs || !ours) return;
  if (theirs.producer !== ours.producer) {
    findings.note('drawn_elsewhere', { theirs: theirs.producer, ours: ours.producer });
    return;
  }
  comparePages(theirs.pages, ours.pages, findings);
  if (findings.checked.pages === theirs.pages.length && !sealed[0]?.equals(made[0] as Buffer))
    findings.differs('board', 'board.pdf', 'pdf_bytes');
  compareImages(sealed[1] as Buffer, made[1] as Buffer, findings);
}

function comparePages(sealed: readonly string[], made: readonly string[], findings: Findings): void {
  let same = 0;
  for (let page = 0; page < Math.max(sealed.length, made.length); page += 1) {
    if (sealed[page] === made[page]) same += 1;
    else findings.differs('board', `board.pdf, p. ${page + 1}`, 'page_paint');
  }
  findings.checked.pages = same;
}

function compareImages(sealed: Buffer, made: Buffer, findings: Findings): void {
  const drawn = (bytes: Buffer) =>
    new Map(
      Object.entries(unzipSync(bytes)).flatMap(([name, part]): [string, Buffer][] =>
        /^xl\/(?:media|drawings)\//.test(name) ? [[name, Buffer.from(part)]] : [],
      ),
    );
  const [was, is] = [drawn(made), drawn(sealed)];
  let same = 0;
  for (const name of [...new Set([...was.keys(), ...is.keys()])].sort()) {
    const part = is.get(name);
    if (part && was.get(name)?.equals(part)) same += 1;
    else findings.differs('workbook', `review.xlsx, ${name}`, 'image');
  }
  findings.checked.images = same;
}

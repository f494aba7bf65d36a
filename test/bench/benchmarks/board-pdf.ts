import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { templatesFolder } from '../../../pipelines/places.ts';
import { renderBoardHtml, writeBoard } from '../../../pipelines/report/board/board.ts';
import { findBrowser } from '../../../pipelines/report/board/browser.ts';
import type { ReportContent } from '../../../pipelines/report/content.ts';
import { readContent } from '../../../pipelines/report/record-content.ts';
import { openRun } from '../../../pipelines/seal/trace.ts';
import type { Benchmark } from '../benchmark.ts';
import { period } from '../load/group.ts';
import { standingLoad } from '../load/load.ts';
import { standingRun } from '../standing-run.ts';

async function contentOf(project: string): Promise<ReportContent> {
  const { warehouse } = await openRun(join(project, 'out', period, 'latest'));
  try {
    return await readContent(warehouse);
  } finally {
    await warehouse.close();
  }
}

export const benchmark: Benchmark = {
  title:
    'board report from computed content: arranged, drawn, printed until its page numbers settle, and as a page',
  unit: 's',
  prepare: async ({ project, load }) => {
    await standingLoad(project, load);
    await standingRun(project);
  },
  ours: {
    title: 'ours',
    open: async ({ project, work }) => {
      const content = await contentOf(project);
      return {
        run: async () => {
          await writeBoard(content, templatesFolder, join(work, 'board.pdf'));
          return undefined;
        },
      };
    },
  },
  references: {
    'chromium-print': {
      title: 'Chromium, started, prints the loaded page once',
      open: async ({ project, work }) => {
        const html = await renderBoardHtml(await contentOf(project), templatesFolder);
        const found = await findBrowser();
        const { default: puppeteer } = await import('puppeteer');
        const browser = await puppeteer.launch({
          executablePath: found.path,
          headless: found.bundled ? 'shell' : true,
          args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
          env: found.bundled
            ? {
                ...process.env,
                FONTCONFIG_PATH: found.bundled.fonts,
                LD_LIBRARY_PATH: found.bundled.libraries,
              }
            : process.env,
        });
        const page = await browser.newPage();
        await page.setJavaScriptEnabled(false);
        await page.setContent(html, { waitUntil: 'load' });
        return {
          run: async () => {
            const pdf = await page.pdf({
              preferCSSPageSize: true,
              printBackground: true,
              tagged: true,
              outline: true,
            });
            await writeFile(join(work, 'board.pdf'), pdf);
            return undefined;
          },
          close: () => browser.close(),
        };
      },
    },
  },
  repetitions: { S: 3, L: 1 },
};

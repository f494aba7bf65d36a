import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { templatesFolder } from '../../../pipelines/places.ts';
import { renderBoardHtml, writeBoard } from '../../../pipelines/report/board/board.ts';
import { findBrowser } from '../../../pipelines/report/board/browser.ts';
import { readDestinations } from '../../../pipelines/report/board/pdf-destinations.ts';
import type { Benchmark, Ground, Outcome } from '../benchmark.ts';
import { groupContent } from '../group-content.ts';
import { pythonSide } from '../python-side.ts';
import { reportBlocks } from '../report-blocks.ts';

/** Ten companies, as load S has them; the whole catalogue. */
const companies = 10;

async function pagesOf(pdf: Uint8Array): Promise<Outcome> {
  return { amount: (await readDestinations(pdf)).pageCount };
}

const typst = pythonSide('Typst, like content, tagged', 'typst_pages', ['typst'], ({ work }) => [
  join(work, 'blocks.json'),
  join(work, 'typst.pdf'),
]);

export const benchmark: Benchmark = {
  title:
    'board report of ten companies: arranged, drawn, printed until its page numbers settle, made accessible, and as a page',
  unit: 'pages/s',
  ours: {
    title: 'ours',
    open: async ({ work }) => {
      const content = await groupContent(companies);
      const path = join(work, 'board.pdf');
      return {
        run: async () => {
          await writeBoard(content, templatesFolder, path);
          return pagesOf(new Uint8Array(await readFile(path)));
        },
      };
    },
  },
  references: {
    'chromium-print': {
      title: 'Chromium, started, prints the loaded page once',
      open: async () => {
        const html = await renderBoardHtml(await groupContent(companies), templatesFolder);
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
            return pagesOf(pdf);
          },
          close: () => browser.close(),
        };
      },
    },
    typst: {
      ...typst,
      open: async (ground: Ground) => {
        const html = await renderBoardHtml(await groupContent(companies), templatesFolder);
        await writeFile(join(ground.work, 'blocks.json'), JSON.stringify(reportBlocks(html)));
        return typst.open(ground);
      },
    },
  },
  repetitions: { S: 3, L: 3 },
};

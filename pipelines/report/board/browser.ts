import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser, Page, Viewport } from 'puppeteer';
import { Fault } from '../../fault.ts';
import { type BundledChromium, unpackChromium } from './bundled-chromium.ts';

/** No Chrome or Chromium on this machine, or the one found does not start. */
export class BrowserFault extends Fault {
  override readonly name = 'BrowserFault';
}

const remedy =
  'Run `npx puppeteer browsers install chrome`, or set CHROME_PATH to an installed Chrome or Chromium (131 or newer).';

/** Names under which distributions install it, in order of preference. */
const commands = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'chrome'];

const elsewhere = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Margin boxes, which print the running heads and page numbers, came with this version. */
const oldestVersion = 131;

interface Found {
  readonly path: string;
  readonly origin: string;
  readonly bundled?: BundledChromium;
}

/**
 * The browser that prints: CHROME_PATH, else the system's, else puppeteer's if it was installed by hand, else the
 * one that comes with the npm packages (Linux x64).
 *
 * @throws {BrowserFault} BRW-001 where there is none
 */
export async function findBrowser(environment: NodeJS.ProcessEnv = process.env): Promise<Found> {
  const declared = environment.CHROME_PATH;
  if (declared) {
    if (executable(declared)) return { path: declared, origin: 'CHROME_PATH' };
    throw new BrowserFault('BRW-001', `CHROME_PATH names ${declared}, which cannot be run.`, remedy);
  }
  const folders = (environment.PATH ?? '').split(delimiter).filter(Boolean);
  const system = [
    ...commands.flatMap((name) => folders.map((folder) => join(folder, name))),
    ...elsewhere,
  ].find(executable);
  if (system) return { path: system, origin: 'system' };
  const { default: puppeteer } = await import('puppeteer');
  const installed = await Promise.resolve()
    .then(() => puppeteer.executablePath())
    .catch(() => '');
  if (installed && executable(installed)) return { path: installed, origin: 'puppeteer' };
  if (process.platform === 'linux' && process.arch === 'x64') {
    try {
      const bundled = await unpackChromium();
      return { path: bundled.path, origin: '@sparticuz/chromium', bundled };
    } catch (cause) {
      throw new BrowserFault('BRW-001', `No Chrome or Chromium found: ${(cause as Error).message}.`, remedy, {
        cause,
      });
    }
  }
  throw new BrowserFault(
    'BRW-001',
    `No Chrome or Chromium found on this machine (${process.platform} ${process.arch}).`,
    remedy,
  );
}

/** What a browser makes of HTML. */
export interface Renderer {
  /** the page as PDF */
  readonly print: (html: string) => Promise<Uint8Array>;
  /** parts of the page as PNG, `density` pixels of the image for one of the page */
  readonly picture: (html: string, parts: readonly Part[], density: number) => Promise<Uint8Array[]>;
}

/** A rectangle of a page, in its pixels. */
export interface Part {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One fresh browser, without network and without scripts, which may start while its pages are still being made. */
export class ReportBrowser implements Renderer {
  #browser: Promise<Browser> | undefined;

  /** Begins to start it. A failure is told to who first asks for a page. */
  start(): void {
    this.#browser ??= open();
    this.#browser.catch(() => {});
  }

  /** @throws {BrowserFault} BRW-001 no browser, BRW-002 it does not start, BRW-003 it is too old */
  async print(html: string): Promise<Uint8Array> {
    return print(await this.#started(), html);
  }

  /** @throws {BrowserFault} as for {@link print} */
  async picture(html: string, parts: readonly Part[], density: number): Promise<Uint8Array[]> {
    return picture(await this.#started(), html, parts, density);
  }

  async close(): Promise<void> {
    await (await this.#browser?.catch(() => undefined))?.close();
  }

  #started(): Promise<Browser> {
    this.start();
    return this.#browser as Promise<Browser>;
  }
}

/** Work with a browser of its own. */
export async function withBrowser<Result>(work: (renderer: Renderer) => Promise<Result>): Promise<Result> {
  const browser = new ReportBrowser();
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

async function open(): Promise<Browser> {
  const found = await findBrowser();
  const browser = await start(found);
  const major = Number(/\/(\d+)/.exec(await browser.version())?.[1] ?? 0);
  if (major >= oldestVersion) return browser;
  await browser.close();
  throw new BrowserFault(
    'BRW-003',
    `${found.path} is version ${major}; ${oldestVersion} or newer is needed to print page numbers.`,
    remedy,
  );
}

async function start(found: Found): Promise<Browser> {
  const { path, origin, bundled } = found;
  const fonts: Record<string, string> = bundled ? { FONTCONFIG_PATH: bundled.fonts } : {};
  try {
    return await launch(found, fonts);
  } catch (cause) {
    // a bare machine lacks some shared libraries: the package brings them
    if (bundled && /shared librar/.test((cause as Error).message)) {
      return launch(found, { ...fonts, LD_LIBRARY_PATH: bundled.libraries });
    }
    const reason = (cause as Error).message.split('\n')[0];
    throw new BrowserFault('BRW-002', `${path} (${origin}) does not start: ${reason}.`, remedy, { cause });
  }
}

async function launch(
  { path, bundled }: Found,
  environment: Readonly<Record<string, string>>,
): Promise<Browser> {
  const { default: puppeteer } = await import('puppeteer');
  // Chromium refuses its sandbox to root, and the npm build has no sandbox helper
  const sandboxless = process.getuid?.() === 0 || bundled !== undefined;
  return puppeteer.launch({
    executablePath: path,
    headless: bundled ? 'shell' : true,
    // over a pipe it ends with us, however we end
    pipe: true,
    args: [
      ...(sandboxless ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--host-resolver-rules=MAP * ~NOTFOUND',
      '--font-render-hinting=none',
      '--no-first-run',
      '--lang=en-US',
    ],
    env: { ...process.env, TZ: 'UTC', ...environment },
  });
}

async function print(browser: Browser, html: string): Promise<Uint8Array> {
  return onPage(browser, html, (page) =>
    page.pdf({
      preferCSSPageSize: true,
      printBackground: true,
      tagged: true,
      outline: true,
      timeout: 120_000,
    }),
  );
}

async function picture(
  browser: Browser,
  html: string,
  parts: readonly Part[],
  density: number,
): Promise<Uint8Array[]> {
  const right = Math.max(...parts.map((part) => part.x + part.width));
  return onPage(
    browser,
    html,
    async (page) => {
      const images: Uint8Array[] = [];
      for (const part of parts)
        images.push(await page.screenshot({ type: 'png', clip: part, captureBeyondViewport: true }));
      return images;
    },
    { width: Math.ceil(right), height: 600, deviceScaleFactor: density },
  );
}

async function onPage<Result>(
  browser: Browser,
  html: string,
  work: (page: Page) => Promise<Result>,
  viewport?: Viewport,
): Promise<Result> {
  const page = await browser.newPage();
  try {
    if (viewport) await page.setViewport(viewport);
    await page.setJavaScriptEnabled(false);
    await page.setRequestInterception(true);
    page.on('request', (request) => {
      // the page carries its fonts and charts: whatever else it asks for came from an input
      if (/^(data:|about:)/.test(request.url())) void request.continue();
      else void request.abort('blockedbyclient');
    });
    await page.setContent(html, { waitUntil: 'load', timeout: 120_000 });
    return await work(page);
  } finally {
    await page.close();
  }
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser } from 'puppeteer';
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

/**
 * A printer of HTML pages: one fresh browser, without network and without scripts.
 *
 * @throws {BrowserFault} BRW-001 no browser, BRW-002 it does not start, BRW-003 it is too old
 */
export async function withPrinter<Result>(
  work: (print: (html: string) => Promise<Uint8Array>) => Promise<Result>,
): Promise<Result> {
  const found = await findBrowser();
  const { path } = found;
  const browser = await start(found);
  try {
    const major = Number(/\/(\d+)/.exec(await browser.version())?.[1] ?? 0);
    if (major < oldestVersion) {
      throw new BrowserFault(
        'BRW-003',
        `${path} is version ${major}; ${oldestVersion} or newer is needed to print page numbers.`,
        remedy,
      );
    }
    return await work((html) => print(browser, html));
  } finally {
    await browser.close();
  }
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
  const page = await browser.newPage();
  try {
    await page.setJavaScriptEnabled(false);
    await page.setRequestInterception(true);
    page.on('request', (request) => {
      // the page carries its fonts and charts: whatever else it asks for came from an input
      if (/^(data:|about:)/.test(request.url())) void request.continue();
      else void request.abort('blockedbyclient');
    });
    await page.setContent(html, { waitUntil: 'load', timeout: 120_000 });
    return await page.pdf({
      preferCSSPageSize: true,
      printBackground: true,
      tagged: true,
      outline: true,
      timeout: 120_000,
    });
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

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import module from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundles = join(root, 'node_modules', '.cache', 'concordance');

/**
 * Packages that go into the bundle: those that most commands start with, whose hundreds of small files take longer to
 * find than to run. The others load binaries or files that lie beside them, or are asked for late.
 */
const bundledPackages = [
  '@duckdb/node-api',
  'commander',
  'decimal.js',
  'fflate',
  'p-limit',
  'saxes',
  'tinyglobby',
  'yaml',
  'yauzl',
  'zod',
];

/** Milliseconds for which the bundle of other sources is kept: whoever started from it has read it long since. */
const kept = 24 * 3600 * 1000;

/**
 * The program as a few JavaScript files below `node_modules/.cache`, made where there are none of these very sources.
 * Their folder is named by a hash of every source and of the packages installed, so that none can be out of date.
 *
 * @returns URL of the bundled `cli.ts`; null where it cannot be made or kept, as in a checkout that is only read
 */
export async function bundledProgram() {
  const name = versionOfSources();
  const folder = join(bundles, name);
  if (!existsSync(folder)) {
    try {
      await makeBundle(name);
    } catch {
      return null;
    }
  }
  // from Node 22.1 on, what V8 compiled is kept too
  module.enableCompileCache?.(join(folder, 'compiled'));
  return pathToFileURL(join(folder, 'cli.js')).href;
}

/** Some 400 files are read and hashed in 10 ms, hardly more than asking for their dates, which prove nothing. */
function versionOfSources() {
  const hash = createHash('sha256');
  const files = [
    ...sourcesBelow('connectors'),
    ...sourcesBelow('pipelines'),
    'package.json',
    'tsconfig.json',
    // what npm has installed, packages by version and hash
    'node_modules/.package-lock.json',
  ];
  for (const file of files) {
    const path = join(root, file);
    hash
      .update(`${file}\0`)
      .update(existsSync(path) ? readFileSync(path) : '')
      .update('\0');
  }
  return hash.digest('hex').slice(0, 32);
}

function sourcesBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sourcesBelow(path);
    return /\.(ts|mjs)$/.test(entry.name) ? [path] : [];
  });
}

async function makeBundle(name) {
  // written aside and renamed, so that another start finds all of it or nothing
  const aside = join(bundles, `${name}.${process.pid}`);
  await mkdir(aside, { recursive: true });
  try {
    const { build } = await import('esbuild');
    const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const outside = Object.keys(dependencies).filter((one) => !bundledPackages.includes(one));
    await build({
      absWorkingDir: root,
      entryPoints: ['pipelines/cli.ts'],
      outdir: aside,
      bundle: true,
      // a command loads what it needs and no more, as it does from the sources
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      external: [...outside, '@duckdb/node-bindings'],
      // bundled packages that are CommonJS ask for Node's own modules by it
      banner: {
        js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
      },
      plugins: [{ name: 'own-place', setup: ({ onLoad }) => onLoad({ filter: ownSource }, inOwnPlace) }],
      sourcemap: true,
      sourcesContent: false,
      logLevel: 'silent',
    });
    // a source that was changed meanwhile is in the bundle, or is not: the next start knows
    if (versionOfSources() !== name) throw new Error('The sources changed while they were bundled.');
    await rename(aside, join(bundles, name)).catch((error) => {
      // another start was first
      if (!existsSync(join(bundles, name))) throw error;
    });
    await forgetOthers(name);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

const ownSource = /[\\/](connectors|pipelines)[\\/].*\.ts$/;

/** In the bundle too, `import.meta.url` is where the source lies: folders of the program are found from it. */
async function inOwnPlace({ path }) {
  const place = relative(join(bundles, 'any'), path).replaceAll('\\', '/');
  const text = await readFile(path, 'utf8');
  return {
    contents: text.replaceAll('import.meta.url', `new URL(${JSON.stringify(place)}, import.meta.url).href`),
    loader: 'ts',
  };
}

async function forgetOthers(name) {
  for (const other of await readdir(bundles)) {
    const folder = join(bundles, other);
    if (other !== name && Date.now() - (await stat(folder)).mtimeMs > kept)
      await rm(folder, { recursive: true, force: true });
  }
}

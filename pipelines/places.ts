import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Folders of the program itself, which are read and never imported. */
export const projectFolder = fileURLToPath(new URL('..', import.meta.url));
export const dataFolder = fileURLToPath(new URL('../data', import.meta.url));
export const templatesFolder = fileURLToPath(new URL('../templates', import.meta.url));
export const modelsFolder = fileURLToPath(new URL('./harmonise', import.meta.url));

/**
 * With what Node starts the program, as the first line of `concordance.mjs` says too. A large group's figures are millions
 * of objects: with 64 MB for young ones, not 16, collecting garbage takes three fifths of the time.
 */
export const nodeOptions = ['--max-semi-space-size=64'];

/** Version of the code, as in package.json: part of every manifest. */
export const codeVersion: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

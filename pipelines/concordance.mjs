#!/usr/bin/env -S node --max-semi-space-size=64
// The program is TypeScript. It starts from a bundle of the sources as they stand at this moment, so that there is no
// build to keep in step; where none can be kept, tsx reads the sources.
import { bundledProgram } from './bundle.mjs';

const bundle = await bundledProgram();
// only then is a stack ever shown, and reading the maps takes its time
if (process.env.CONCORDANCE_DEBUG) process.setSourceMapsEnabled(true);
if (bundle === null) (await import('tsx/esm/api')).register();
const { main } = await import(bundle ?? './cli.ts');
await main(process.argv);

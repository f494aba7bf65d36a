#!/usr/bin/env node
// The program is TypeScript run as it stands; tsx reads it, so that there is no build to keep in step.
import { register } from 'tsx/esm/api';

register();
const { main } = await import('./cli.ts');
await main(process.argv);

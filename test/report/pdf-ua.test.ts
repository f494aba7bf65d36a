import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { templatesFolder } from '../../pipelines/places.ts';
import { writeBoard } from '../../pipelines/report/board/board.ts';
import { sampleContent } from './content-fixture.ts';

const run = promisify(execFile);
/** Where `mvn -f test/report/verapdf dependency:copy-dependencies` puts the judge. */
const jars = join(import.meta.dirname, 'verapdf/target/dependency');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pdf-ua-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Verdict {
  readonly compliant: boolean;
  readonly broken: readonly string[];
  readonly checks: number;
}

/** veraPDF's verdict on a file by the profile of PDF/UA-1. */
async function verdict(path: string): Promise<Verdict> {
  const said = await run(
    'java',
    [
      '-cp',
      join(jars, '*'),
      'org.verapdf.apps.GreenfieldCliWrapper',
      '--flavour',
      'ua1',
      '--format',
      'json',
      path,
    ],
    { maxBuffer: 1 << 28 },
    // it ends with another status where the file breaks a rule: the report tells which
  ).catch((error: { stdout?: string }) => {
    if (error.stdout) return { stdout: error.stdout };
    throw error;
  });
  const { report } = JSON.parse(said.stdout) as {
    report: {
      jobs: {
        validationResult: {
          compliant: boolean;
          details: {
            passedChecks: number;
            ruleSummaries: { clause: string; testNumber: number; description: string }[];
          };
        }[];
      }[];
    };
  };
  const result = report.jobs[0]?.validationResult[0];
  if (!result) throw new Error(`veraPDF did not judge ${path}: ${said.stdout.slice(0, 500)}`);
  return {
    compliant: result.compliant,
    broken: result.details.ruleSummaries.map((r) => `${r.clause}-${r.testNumber}: ${r.description}`),
    checks: result.details.passedChecks,
  };
}

describe.skipIf(!existsSync(jars))('veraPDF, by the profile of PDF/UA-1', () => {
  it.each(['fr', 'en'] as const)(
    'finds no broken rule in the board report in %s',
    async (language) => {
      const path = join(folder, `${language}.pdf`);
      await writeBoard(sampleContent(language), templatesFolder, path);
      const { compliant, broken, checks } = await verdict(path);
      expect(broken).toEqual([]);
      expect(compliant).toBe(true);
      // a judge that looked at nothing would be content too
      expect(checks).toBeGreaterThan(100_000);
    },
    240_000,
  );
});

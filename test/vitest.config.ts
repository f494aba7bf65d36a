import { defineConfig } from 'vitest/config';

/** `unit` needs nothing outside the clone; `real` reads ../shared/data, files that others wrote. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    testTimeout: 600_000,
    hookTimeout: 900_000,
    // a run waits for its browser and its database in turn: two test files at once keep two cores busy
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/real/**'],
          globalSetup: ['test/sample/extracts.ts'],
        },
      },
      { extends: true, test: { name: 'real', include: ['test/real/**/*.test.ts'] } },
    ],
  },
});

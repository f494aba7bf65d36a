import { createReadStream } from 'node:fs';
import type { Side } from './benchmark.ts';

/** Counts the line ends of files, in one process, without doing anything else: what reading the bytes costs. */
export function lineCount(files: (project: string, prepared: string) => Promise<string[]>): Side {
  return {
    title: 'plain line count',
    open: async ({ project, prepared }) => {
      const paths = await files(project, prepared);
      return {
        run: async () => {
          let lines = 0;
          for (const path of paths) {
            for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
              const bytes = chunk as Buffer;
              for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1;
            }
          }
          return lines > 0 ? undefined : { result: 'no line' };
        },
      };
    },
  };
}

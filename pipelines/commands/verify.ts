import { Command } from 'commander';
import { verify } from '../seal/verify.ts';

export function verifyCommand(): Command {
  return new Command('verify')
    .description('recompute a sealed run from its own package and name what differs')
    .argument('<run>', 'folder of a run, e.g. out/2026-Q3/latest')
    .option('--json', 'as JSON')
    .action(async (folder: string, { json }: { json?: boolean }) => {
      const { run, differences, checked } = await verify(folder);
      if (json) {
        process.stdout.write(`${JSON.stringify({ run, differences, checked }, null, 2)}\n`);
      } else {
        const counts = Object.entries(checked)
          .map(([name, count]) => `${count} ${name}`)
          .join(', ');
        process.stdout.write(`${run}: checked ${counts}\n`);
        for (const { check, what } of differences.slice(0, 200))
          process.stdout.write(`  ${check}: ${what}\n`);
        if (differences.length > 200)
          process.stdout.write(`  and ${differences.length - 200} more (--json lists all)\n`);
        process.stdout.write(
          differences.length === 0 ? 'nothing differs\n' : `${differences.length} difference(s)\n`,
        );
      }
      if (differences.length > 0) process.exitCode = 1;
    });
}

// Preloaded into a program that a benchmark starts: writes its peak resident memory (MB) where BENCH_PEAK says.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  writeFileSync(process.env.BENCH_PEAK, String(process.resourceUsage().maxRSS / 1024));
});

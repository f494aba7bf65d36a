// Preloaded into a program that a benchmark starts: writes its peak resident memory (MB) and its processor time (s,
// all threads, without programs that it started) where BENCH_USAGE says.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = { peakRssMb: maxRSS / 1024, processorSeconds: (userCPUTime + systemCPUTime) / 1e6 };
  writeFileSync(process.env.BENCH_USAGE, JSON.stringify(usage));
});

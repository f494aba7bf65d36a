import { Command, CommanderError } from 'commander';
import { ExtractError } from '../connectors/connector.ts';
import { Fault } from './fault.ts';
import { faultWords } from './language/faults.ts';
import { codeVersion } from './places.ts';
import { exhaustionOf } from './warehouse/exhausted.ts';

/** Each command by its name, in the order of the help. Each loads only what it needs: `trace` answers without a browser. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./commands/init.ts')).initCommand(),
  check: async () => (await import('./commands/check.ts')).checkCommand(),
  run: async () => (await import('./commands/run.ts')).runCommand(),
  status: async () => (await import('./commands/status.ts')).statusCommand(),
  trace: async () => (await import('./commands/trace.ts')).traceCommand(),
  verify: async () => (await import('./commands/verify.ts')).verifyCommand(),
  review: async () => (await import('./commands/review.ts')).reviewCommand(),
  brief: async () => (await import('./commands/brief.ts')).briefCommand(),
  publish: async () => (await import('./commands/publish.ts')).publishCommand(),
  diff: async () => (await import('./commands/diff.ts')).diffCommand(),
  factors: async () => (await import('./commands/factors.ts')).factorsCommand(),
  indicators: async () => (await import('./commands/indicators.ts')).indicatorsCommand(),
  assurance: async () => (await import('./commands/assurance.ts')).assuranceCommand(),
  key: async () => (await import('./commands/key.ts')).keyCommand(),
  sample: async () => (await import('./commands/sample.ts')).sampleCommand(),
  whatif: async () => (await import('./commands/whatif.ts')).whatifCommand(),
  schemas: async () => (await import('./commands/schemas.ts')).schemasCommand(),
};

/**
 * Runs the command line and sets the exit status: 0 done; 1 failed; 2 usage or configuration; 3 done, but
 * the CSR lead must look.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('concordance')
    .description('Non-financial reporting: every published figure opens down to the rows that made it.')
    .version(codeVersion)
    .exitOverride()
    .configureHelp({ sortSubcommands: false });
  const named = Object.entries(commands).filter(([name]) => name === argv[2]);
  // the help, a slip of the pen and `help NAME` need them all
  for (const [, load] of named.length > 0 ? named : Object.entries(commands)) {
    program.addCommand((await load()).exitOverride());
  }
  // a reader such as `head` that closes early is not a failure
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = await explain(error);
  }
}

/** Prints what went wrong without a stack trace, unless it is a defect of ours. */
async function explain(thrown: unknown): Promise<number> {
  // an exhausted machine is told as such, whatever it kept from being done
  const error = exhaustionOf(thrown) ?? thrown;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Fault) {
    process.stderr.write(`${error.message}\n`);
    return error.exitStatus;
  }
  if (error instanceof ExtractError) {
    process.stderr.write(`${error.code} ${(await faultWords('en')).say(error)}\n`);
    return 1;
  }
  const { message, stack } = error as Error;
  process.stderr.write(
    `Unexpected failure: ${message.split('\n')[0]}\nPlease report it${process.env.CONCORDANCE_DEBUG ? `:\n${stack}` : ' (CONCORDANCE_DEBUG=1 shows where it happened)'}.\n`,
  );
  return 1;
}

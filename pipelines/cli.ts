import { Command, CommanderError } from 'commander';
import { ExtractError } from '../connectors/connector.ts';
import { assuranceCommand } from './commands/assurance.ts';
import { briefCommand } from './commands/brief.ts';
import { checkCommand } from './commands/check.ts';
import { diffCommand } from './commands/diff.ts';
import { factorsCommand } from './commands/factors.ts';
import { indicatorsCommand } from './commands/indicators.ts';
import { initCommand } from './commands/init.ts';
import { keyCommand } from './commands/key.ts';
import { publishCommand } from './commands/publish.ts';
import { reviewCommand } from './commands/review.ts';
import { runCommand } from './commands/run.ts';
import { sampleCommand } from './commands/sample.ts';
import { schemasCommand } from './commands/schemas.ts';
import { statusCommand } from './commands/status.ts';
import { traceCommand } from './commands/trace.ts';
import { verifyCommand } from './commands/verify.ts';
import { whatifCommand } from './commands/whatif.ts';
import { Fault } from './fault.ts';
import { codeVersion } from './places.ts';
import { exhaustionOf } from './warehouse/exhausted.ts';

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
  for (const command of [
    initCommand(),
    checkCommand(),
    runCommand(),
    statusCommand(),
    traceCommand(),
    verifyCommand(),
    reviewCommand(),
    briefCommand(),
    publishCommand(),
    diffCommand(),
    factorsCommand(),
    indicatorsCommand(),
    assuranceCommand(),
    keyCommand(),
    sampleCommand(),
    whatifCommand(),
    schemasCommand(),
  ]) {
    program.addCommand(command.exitOverride());
  }
  // a reader such as `head` that closes early is not a failure
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = explain(error);
  }
}

/** Prints what went wrong without a stack trace, unless it is a defect of ours. */
function explain(thrown: unknown): number {
  // an exhausted machine is told as such, whatever it kept from being done
  const error = exhaustionOf(thrown) ?? thrown;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Fault) {
    process.stderr.write(`${error.message}\n`);
    return error.exitStatus;
  }
  if (error instanceof ExtractError) {
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
  const { message, stack } = error as Error;
  process.stderr.write(
    `Unexpected failure: ${message.split('\n')[0]}\nPlease report it${process.env.CONCORDANCE_DEBUG ? `:\n${stack}` : ' (CONCORDANCE_DEBUG=1 shows where it happened)'}.\n`,
  );
  return 1;
}

import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { readSecret } from '../configuration/load.ts';
import { readPublicKey } from '../configuration/signing-key.ts';
import { type Language, wording } from '../language/wording.ts';
import { type Verification, verify } from '../seal/verify.ts';

interface Options {
  key?: string;
  restage?: boolean;
  redraw?: boolean;
  quick?: boolean;
  evidence?: string;
  strict?: boolean;
  pseudonymKey?: string;
  language?: Language;
  json?: boolean;
}

/** Differences of a kind that are printed before the rest is left to `--json`. */
const shown = 25;

export function verifyCommand(): Command {
  return new Command('verify')
    .description('recompute a sealed run from its own package and name what differs')
    .argument('<run>', 'folder of a run, e.g. out/2026-Q3/latest')
    .option('--key <file>', 'public key (PEM) that the manifest must be signed with')
    .option('--quick', 'hashes, signature and chain only: recompute nothing')
    .option(
      '--strict',
      'what cannot be checked is a difference: no signature by --key, another version, a chain cut short, evidence not shown',
    )
    .option('--restage', 'also read the sealed extracts again through their connectors and contracts')
    .option('--redraw', 'also print the report and draw the charts again: their shapes, by the same browser')
    .option(
      '--pseudonym-key <file>',
      'with --restage: key of the pseudonyms, to read extracts with identities',
    )
    .option('--evidence <folder>', 'documents delivered as evidence: compare them with the hashes')
    .addOption(new Option('--language <language>', "the run's by default").choices(['fr', 'en']))
    .option('--json', 'as JSON')
    .action(run);
}

async function run(folder: string, options: Options): Promise<void> {
  const verification = await verify(folder, {
    key: options.key ? await readPublicKey(resolve(options.key)) : undefined,
    restage: options.restage,
    redraw: options.redraw,
    evidence: options.evidence,
    strict: options.strict,
    quick: options.quick,
    secret: options.pseudonymKey ? await readSecret(resolve(options.pseudonymKey)) : undefined,
    language: options.language,
  });
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ ...verification, language: undefined }, null, 2)}\n`
      : await asText(verification),
  );
  if (verification.differences.length > 0) process.exitCode = 1;
}

export async function asText({ run, language, differences, notes, checked }: Verification): Promise<string> {
  const say = await wording(language, 'verify');
  const counts = Object.entries(checked)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${say(`counts.${name}`)}`)
    .join(', ');
  const lines = [say('checked', { run, counts })];
  // by kind: a changed factor alone makes thousands of figures, and must not hide the rest
  for (const check of new Set(differences.map((one) => one.check))) {
    const found = differences.filter((one) => one.check === check);
    for (const { place, what } of found.slice(0, shown))
      lines.push(`  ${say(`checks.${check}`)}: ${place}: ${what}`);
    if (found.length > shown)
      lines.push(`  ${say(`checks.${check}`)}: ${say('more', { number: found.length - shown })}`);
  }
  for (const note of notes) lines.push(`  (${note})`);
  lines.push(differences.length === 0 ? say('none') : say('found', { number: differences.length }), '');
  return lines.join('\n');
}

import { resolve } from 'node:path';
import { Command } from 'commander';
import { makeSigningKey } from '../configuration/signing-key.ts';

export function keyCommand(): Command {
  return new Command('key')
    .description('make the Ed25519 key that signs manifests: a private file, and a public one to hand over')
    .argument('[file]', 'file of the private key', 'signing.key')
    .action(async (file: string) => {
      const { publicFile } = await makeSigningKey(resolve(file));
      process.stdout.write(
        [
          `${file} holds the private key: keep it out of version control and of every package.`,
          `${publicFile} is for those who verify: concordance verify RUN --key ${publicFile}`,
          'Name the private key in concordance.yaml, and every further run is signed:',
          `  seal: { signing_key: ${file} }`,
          '',
        ].join('\n'),
      );
    });
}

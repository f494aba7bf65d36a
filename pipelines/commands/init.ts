import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { Fault } from '../fault.ts';
import { nodeOptions, projectFolder, templatesFolder } from '../places.ts';
import { writeSchemas } from './schemas.ts';

const folders = ['extracts/fec', 'extracts/dsn', 'extracts/electricity', 'extracts/water', 'out'];

export function initCommand(): Command {
  return new Command('init')
    .description(
      'start a project: commented configuration, folders, schemas for the editor, a pseudonym key, units for an unattended run',
    )
    .argument('[folder]', 'where', '.')
    .action(init);
}

async function init(target: string): Promise<void> {
  const folder = resolve(target);
  const present: string[] = await readdir(folder).catch(() => []);
  if (present.includes('concordance.yaml')) {
    throw new Fault(
      'INI-001',
      `${folder} holds a project already.`,
      'Choose another folder, or edit its concordance.yaml.',
      { exitStatus: 2 },
    );
  }
  for (const name of folders) await mkdir(join(folder, name), { recursive: true });
  // cron and systemd look for programs in few places: this very Node, by its whole path
  const program = [process.execPath, ...nodeOptions, join(projectFolder, 'pipelines', 'concordance.mjs')]
    .map(quoted)
    .join(' ');
  const { username } = userInfo();
  for (const name of (await readdir(join(templatesFolder, 'project'))).sort()) {
    const text = await readFile(join(templatesFolder, 'project', name), 'utf8');
    await writeFile(
      join(folder, name),
      name === 'concordance.yaml' || name === 'objectives.yaml'
        ? text
        : text
            .replaceAll('{{program}}', program)
            .replaceAll('{{folder}}/concordance.yaml', quoted(join(folder, 'concordance.yaml')))
            .replaceAll('{{folder}}/run.log', quoted(join(folder, 'run.log')))
            .replaceAll('{{folder}}', folder)
            .replaceAll('{{user}}', username),
      { flag: 'wx' },
    );
  }
  await writeFile(join(folder, 'pseudonym.key'), `${randomBytes(32).toString('hex')}\n`, {
    mode: 0o600,
    flag: 'wx',
  });
  await writeFile(join(folder, '.gitignore'), 'pseudonym.key\nsigning.key\nextracts/\nout/\n', {
    flag: 'wx',
  }).catch(() => {});
  await writeSchemas(join(folder, 'schemas'));
  process.stdout.write(
    [
      `A project stands in ${folder}.`,
      '  1. Describe the group in concordance.yaml (the editor completes it from schemas/).',
      '  2. Put the extracts below extracts/, then: concordance check -c concordance.yaml',
      '  3. Run the last closed quarter:           concordance run -c concordance.yaml',
      '  Unattended: copy concordance.service and concordance.timer to /etc/systemd/system, or use the line in crontab.',
      '  Back pseudonym.key up and keep it out of version control.',
      '',
    ].join('\n'),
  );
}

function quoted(path: string): string {
  return /\s/.test(path) ? `"${path}"` : path;
}

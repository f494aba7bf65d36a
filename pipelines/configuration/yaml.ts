import { readFile } from 'node:fs/promises';
import { type Document, isMap, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { Fault } from '../fault.ts';

/** A mistake in a YAML file: file, line, key, what was found and what was expected. */
export interface Misfit {
  readonly line: number;
  readonly key: string;
  readonly found: string;
  readonly expected: string;
}

export class YamlFault extends Fault {
  constructor(
    code: string,
    readonly file: string,
    readonly misfits: readonly Misfit[],
  ) {
    const list = misfits
      .map((m) => `  ${file}:${m.line} ${m.key || '(root)'}: found ${m.found}, expected ${m.expected}`)
      .join('\n');
    super(
      code,
      `${misfits.length} mistake(s) in ${file}:\n${list}\n`,
      'Correct the file, then run `concordance check`.',
      {
        exitStatus: 2,
      },
    );
    this.name = 'YamlFault';
  }
}

/** A checked YAML file, with the means to say where in it a thing stands. */
export interface Located<T> {
  readonly file: string;
  readonly text: string;
  readonly value: T;
  /** line of a path such as `['sources', 2, 'path']`, from 1 */
  lineOf(path: readonly PropertyKey[]): number;
}

/**
 * Reads a YAML file and checks it against a schema.
 *
 * @throws {YamlFault} with every mistake and its line
 */
export async function readYaml<S extends z.ZodType>(
  file: string,
  schema: S,
  code = 'CFG-001',
): Promise<Located<z.output<S>>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new Fault('CFG-000', `Cannot read ${file}: ${(cause as Error).message}.`, 'Check the path.', {
      cause,
      exitStatus: 2,
    });
  }
  return checkYaml(text, file, schema, code);
}

export function checkYaml<S extends z.ZodType>(
  text: string,
  file: string,
  schema: S,
  code = 'CFG-001',
): Located<z.output<S>> {
  const lines = new LineCounter();
  // aliases are bounded so that a file cannot grow in memory
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true });
  const lineOf = (path: readonly PropertyKey[]) => lineAt(document, lines, path);
  if (document.errors.length > 0) {
    throw new YamlFault(
      code,
      file,
      document.errors.map((e) => ({
        line: e.linePos?.[0].line ?? 1,
        key: '',
        found: (e.message.split('\n')[0] ?? e.message).replace(/ at line.*/, ''),
        expected: 'valid YAML',
      })),
    );
  }
  const raw: unknown = document.toJS({ maxAliasCount: 100 });
  const result = schema.safeParse(raw, { reportInput: true });
  if (!result.success) {
    const misfits = result.error.issues.map((issue) => ({
      line: lineOf(issue.path),
      key: issue.path.join('.'),
      found: foundText(issue),
      expected: expectedText(issue),
    }));
    throw new YamlFault(code, file, misfits);
  }
  return { file, text, value: result.data, lineOf };
}

function foundText(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `unknown key ${issue.keys.map((k) => `"${k}"`).join(', ')}`;
  if (issue.input === undefined) return 'nothing';
  const text = JSON.stringify(issue.input) ?? String(issue.input);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function expectedText(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'only the keys of the schema';
    case 'invalid_value':
      return `one of ${issue.values.map((v) => JSON.stringify(v)).join(', ')}`;
    case 'invalid_type':
      return `a ${issue.expected}`;
    default:
      return issue.message;
  }
}

/** The line of the deepest part of the path that exists. */
function lineAt(document: Document.Parsed, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const part = path.slice(0, depth);
    const parent = document.getIn(part.slice(0, -1), true);
    const key = part.at(-1);
    if (isMap(parent)) {
      const pair = parent.items.find(
        (item) => String((item.key as { value?: unknown })?.value ?? item.key) === key,
      );
      const range = (pair?.key as { range?: [number, number, number] } | undefined)?.range;
      if (range) return lines.linePos(range[0]).line;
    }
    const node = document.getIn(part, true) as { range?: [number, number, number] } | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import Handlebars from 'handlebars';
import { glob } from 'tinyglobby';
import { Fault } from '../../fault.ts';
import type { Presentation } from '../presentation.ts';

/** A template that cannot be rendered: names the template, the line and the missing value. */
export class TemplateFault extends Fault {
  override readonly name = 'TemplateFault';
}

/** Markup that our own code made: a chart. Anything else in a model is text and is escaped. */
export class Markup {
  constructor(readonly html: string) {}
}

type Node = hbs.AST.Node & {
  params?: hbs.AST.Expression[];
  path?: hbs.AST.PathExpression;
  hash?: hbs.AST.Hash;
};

/** A company's own templates and helpers, laid over ours. */
export type OwnTemplates = Pick<Presentation, 'partials' | 'helpers'>;

/**
 * Loads a folder of Handlebars templates: `page.hbs`, `partials/*.hbs`, `icons/*.svg`, and a company's own partials
 * over ours of the same name. A value that a template names and the model does not have, or has as null, is an error.
 * What a helper gives is text and is escaped, like any other.
 *
 * @param helpers what templates may call beside the company's own
 */
export async function loadTemplates(
  folder: string,
  own: OwnTemplates = { partials: new Map(), helpers: {} },
  helpers: OwnTemplates['helpers'] = {},
): Promise<(model: object) => string> {
  const engine = Handlebars.create();
  const callable = new Set([...builtIn, ...Object.keys(helpers), ...Object.keys(own.helpers)]);
  for (const [name, helper] of Object.entries({ ...own.helpers, ...helpers })) {
    if (builtIn.has(name))
      throw new TemplateFault(
        'TPL-005',
        `A helper named ${name} would replace ours.`,
        'Give it another name.',
      );
    engine.registerHelper(
      name,
      (...values: unknown[]) => new engine.SafeString(escaped(String(helper(...values)))),
    );
  }
  const icons = new Map<string, string>();
  for (const file of (await glob('icons/*.svg', { cwd: folder })).sort()) {
    icons.set(basename(file, '.svg'), (await readFile(join(folder, file), 'utf8')).trim());
  }
  engine.registerHelper('shown', (value: unknown, options: Handlebars.HelperOptions) => {
    if (value instanceof Markup) return new engine.SafeString(value.html);
    if (typeof value === 'string' || typeof value === 'number')
      return new engine.SafeString(escaped(String(value)));
    const { template, line, name } = options.hash as { template: string; line: number; name: string };
    throw new TemplateFault(
      'TPL-001',
      `${template} line ${line}: {{${name}}} is ${value === null ? 'null' : typeof value}, not a text.`,
      'Give the value in the model, or correct the name in the template.',
    );
  });
  engine.registerHelper('icon', (name: unknown) => {
    const icon = icons.get(String(name));
    if (icon === undefined)
      throw new TemplateFault(
        'TPL-003',
        `No icon ${String(name)}.`,
        `Add ${join(folder, 'icons', `${String(name)}.svg`)}.`,
      );
    return new engine.SafeString(icon);
  });
  // inside an attribute a subscript stays a character
  engine.registerHelper('attribute', (value: unknown) => String(value));
  for (const file of (await glob('partials/*.hbs', { cwd: folder })).sort()) {
    const name = basename(file, '.hbs');
    if (own.partials.has(name)) continue;
    const text = await readFile(join(folder, file), 'utf8');
    engine.registerPartial(name, located(engine, file, text, callable));
  }
  for (const [name, { file, text }] of own.partials)
    engine.registerPartial(name, located(engine, file, text, callable));
  const page = await readFile(join(folder, 'page.hbs'), 'utf8').catch(() => {
    throw new TemplateFault('TPL-003', `No template ${join(folder, 'page.hbs')}.`, 'Restore it.');
  });
  return located(engine, 'page.hbs', page, callable);
}

/** Compiles one template so that a failure in it says where. */
function located(
  engine: typeof Handlebars,
  file: string,
  source: string,
  callable: ReadonlySet<string>,
): Handlebars.TemplateDelegate {
  const fault = (error: unknown): Error => {
    if (error instanceof TemplateFault) return error;
    const { message, lineNumber, loc } = error as Error & {
      lineNumber?: number;
      loc?: hbs.AST.SourceLocation;
    };
    const line =
      lineNumber ??
      loc?.start.line ??
      Number(/ - (\d+):\d+$/.exec(message)?.[1] ?? /line (\d+)/.exec(message)?.[1] ?? 1);
    const name = /^"([^"]+)" not defined/.exec(message)?.[1];
    const what = name ? `{{${name}}} has no value` : (message.split('\n')[0] ?? message);
    return new TemplateFault(
      'TPL-001',
      `${file} line ${line}: ${what}.`,
      'Give the value in the model, or correct the name in the template.',
      { cause: error as Error },
    );
  };
  let template: Handlebars.TemplateDelegate;
  try {
    const tree = engine.parse(source);
    guard(tree, file, callable);
    template = engine.compile(tree, { strict: true, noEscape: false });
  } catch (error) {
    throw fault(error);
  }
  return (context, options) => {
    try {
      return template(context, options);
    } catch (error) {
      throw fault(error);
    }
  };
}

const builtIn = new Set(['if', 'unless', 'each', 'with', 'lookup', 'icon', 'shown', 'attribute']);

/** Turns each `{{name}}` into a checked one, and makes every look-up strict: arguments of blocks too. */
function guard(node: Node, file: string, callable: ReadonlySet<string>): void {
  const called =
    node.path && callable.has(node.path.original) && (node.params?.length || node.hash?.pairs.length);
  if (node.type === 'MustacheStatement' && node.path && node.params && !called) {
    const mustache = node as unknown as hbs.AST.MustacheStatement;
    const path = node.path;
    if (!mustache.escaped)
      throw new TemplateFault(
        'TPL-002',
        `${file} line ${node.loc.start.line}: {{{${path.original}}}} would let text become markup.`,
        'Write {{ }}.',
      );
    (path as unknown as { strict: boolean }).strict = true;
    const pair = (key: string, value: string | number) => ({
      type: 'HashPair',
      key,
      value:
        typeof value === 'number'
          ? { type: 'NumberLiteral', value, original: value, loc: node.loc }
          : { type: 'StringLiteral', value, original: value, loc: node.loc },
      loc: node.loc,
    });
    mustache.params = [path];
    mustache.path = {
      type: 'PathExpression',
      original: 'shown',
      parts: ['shown'],
      depth: 0,
      data: false,
      this: false,
      loc: node.loc,
    } as unknown as hbs.AST.PathExpression;
    mustache.hash = {
      type: 'Hash',
      pairs: [pair('template', file), pair('line', node.loc.start.line), pair('name', path.original)],
      loc: node.loc,
    } as unknown as hbs.AST.Hash;
    return;
  }
  if (node.type === 'PathExpression' && !callable.has((node as unknown as hbs.AST.PathExpression).original)) {
    (node as unknown as { strict: boolean }).strict = true;
  }
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child && typeof child === 'object' && 'type' in child) guard(child as Node, file, callable);
      else if (child && typeof child === 'object' && 'pairs' in child)
        guard({ ...child, type: 'Hash' } as Node, file, callable);
    }
  }
}

/** Text as HTML, its raised and lowered signs as markup because the font has no such glyphs. */
export function escaped(text: string): string {
  return Handlebars.escapeExpression(text)
    .replaceAll('₂', '<sub>2</sub>')
    .replaceAll('ᵉʳ', '<sup>er</sup>')
    .replaceAll('ᵉ', '<sup>e</sup>');
}

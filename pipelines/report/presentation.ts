import { readFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { glob } from 'tinyglobby';
import type { z } from 'zod';
import type { Project } from '../configuration/load.ts';
import { type ReportStyle, reportSections } from '../configuration/schema.ts';
import { Fault } from '../fault.ts';

/** What a company makes its own in the board report, with every file that it names read. */
export interface Presentation {
  /** data: URI of the logo; null without one */
  readonly logo: string | null;
  /** `#rrggbb`; null for ours */
  readonly accent: string | null;
  /** CSS font faces laid over ours; '' for ours */
  readonly fontFaces: string;
  readonly foreword: z.infer<typeof ReportStyle>['foreword'] | null;
  readonly sections: z.infer<typeof ReportStyle>['sections'];
  /** own partials by name, with their text and where it stands */
  readonly partials: ReadonlyMap<string, { readonly file: string; readonly text: string }>;
  readonly helpers: Readonly<Record<string, (...values: unknown[]) => unknown>>;
  /** every file read, for the hash of what a run is made from: name and bytes */
  readonly files: readonly { readonly name: string; readonly content: Buffer }[];
}

/** Our own look: what a group gets that configures nothing. */
export const plainPresentation: Presentation = {
  logo: null,
  accent: null,
  fontFaces: '',
  foreword: null,
  sections: [...reportSections],
  partials: new Map(),
  helpers: {},
  files: [],
};

const imageTypes: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
};
const fontTypes: Readonly<Record<string, string>> = {
  '.woff2': 'woff2',
  '.woff': 'woff',
  '.ttf': 'truetype',
  '.otf': 'opentype',
};
const fontWeights = { regular: 400, semibold: 600, bold: 700 } as const;
/** WCAG 2.2, 1.4.3: contrast of text at least 4.5 to 1. */
const leastContrast = 4.5;

/**
 * Reads what `report:` of the configuration names.
 *
 * The logo goes into the page as an image, where no script of an SVG runs; partials are checked like our own
 * templates; `helpers.mjs` is the company's own program and runs with the rights of the run.
 *
 * @throws {Fault} BRD-001 a file cannot be read or is of another kind, BRD-002 the colour is too pale to read,
 * BRD-003 a section that does not exist, stands twice, or the method left out
 */
export async function readPresentation(project: Project): Promise<Presentation> {
  const { report } = project.configuration;
  const files: { name: string; content: Buffer }[] = [];
  const open = async (name: string, key: string, types?: Readonly<Record<string, string>>) => {
    const type = types?.[extname(name).toLowerCase()];
    if (types && !type)
      throw fault('BRD-001', project, key, `"${name}"`, `a file ending in ${Object.keys(types).join(', ')}`);
    const content = await readFile(resolve(project.base, name)).catch(() => {
      throw fault(
        'BRD-001',
        project,
        key,
        `"${name}", which cannot be read`,
        'a file beside the configuration',
      );
    });
    files.push({ name, content });
    return { content, type: type as string };
  };
  let logo: string | null = null;
  if (report.logo) {
    const { content, type } = await open(report.logo, 'report.logo', imageTypes);
    logo = `data:${type};base64,${content.toString('base64')}`;
  }
  const faces: string[] = [];
  for (const [name, weight] of Object.entries(fontWeights)) {
    const file = report.font?.[name as keyof typeof fontWeights];
    if (!file) continue;
    const { content, type } = await open(file, `report.font.${name}`, fontTypes);
    faces.push(
      `@font-face{font-family:'Report Sans';font-weight:${weight};src:url(data:font/${type};base64,${content.toString('base64')}) format('${type}')}`,
    );
  }
  if (report.accent && contrastOnWhite(report.accent) < leastContrast) {
    throw fault(
      'BRD-002',
      project,
      'report.accent',
      `"${report.accent}", whose contrast against white is ${contrastOnWhite(report.accent).toFixed(1)} to 1`,
      `a darker colour: ${leastContrast} to 1 or more (WCAG 2.2, 1.4.3)`,
    );
  }
  const own = await readTemplates(project, files);
  checkSections(project, new Set(own.partials.keys()));
  return {
    logo,
    accent: report.accent?.toLowerCase() ?? null,
    fontFaces: faces.join('\n'),
    foreword: report.foreword ?? null,
    sections: report.sections,
    ...own,
    files,
  };
}

async function readTemplates(
  project: Project,
  files: { name: string; content: Buffer }[],
): Promise<Pick<Presentation, 'partials' | 'helpers'>> {
  const name = project.configuration.report.templates;
  if (!name) return { partials: plainPresentation.partials, helpers: plainPresentation.helpers };
  const folder = resolve(project.base, name);
  const found = (await glob(['partials/*.hbs', 'helpers.mjs'], { cwd: folder })).sort();
  if (found.length === 0)
    throw fault(
      'BRD-001',
      project,
      'report.templates',
      `"${name}"`,
      'a folder with partials/*.hbs or helpers.mjs',
    );
  const partials = new Map<string, { file: string; text: string }>();
  let helpers: Presentation['helpers'] = {};
  for (const file of found) {
    const content = await readFile(join(folder, file));
    files.push({ name: `${name}/${file}`, content });
    if (file === 'helpers.mjs') helpers = await importHelpers(project, join(folder, file));
    else
      partials.set(file.slice('partials/'.length, -'.hbs'.length), {
        file: `${name}/${file}`,
        text: content.toString('utf8'),
      });
  }
  return { partials, helpers };
}

async function importHelpers(project: Project, file: string): Promise<Presentation['helpers']> {
  let exported: Record<string, unknown>;
  try {
    exported = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (cause) {
    throw fault(
      'BRD-001',
      project,
      'report.templates',
      `${file}, which does not load: ${(cause as Error).message.split('\n')[0]}`,
      'a JavaScript module whose exports are functions',
    );
  }
  return Object.fromEntries(
    Object.entries(exported).filter(
      (entry): entry is [string, (...values: unknown[]) => unknown] => typeof entry[1] === 'function',
    ),
  );
}

function checkSections(project: Project, partials: ReadonlySet<string>): void {
  const { sections } = project.configuration.report;
  const names = sections.map((section) => (typeof section === 'string' ? section : section.partial));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw fault('BRD-003', project, 'report.sections', `"${twice}" twice`, 'each section once');
  if (!names.includes('method'))
    throw fault('BRD-003', project, 'report.sections', names.join(', '), 'the section method among them');
  for (const section of sections) {
    if (typeof section === 'string' || partials.has(section.partial)) continue;
    throw fault(
      'BRD-003',
      project,
      'report.sections',
      `"${section.partial}"`,
      `partials/${section.partial}.hbs in the folder that report.templates names`,
    );
  }
}

function fault(code: string, project: Project, key: string, found: string, expected: string): Fault {
  return new Fault(code, `${project.file}, ${key}: found ${found}.`, `Expected ${expected}.`, {
    exitStatus: 2,
  });
}

/** Relative luminance and contrast as WCAG 2.2 defines them. */
export function contrastOnWhite(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
}

/** CSS variables of a declared colour: the tones that our own style sheet states for ours, mixed with white or black. */
export function accentVariables(accent: string | null): string {
  if (accent === null) return '';
  const tone = (share: number, towards: 0 | 255) =>
    `#${[1, 3, 5]
      .map((at) => {
        const channel = Number.parseInt(accent.slice(at, at + 2), 16);
        return Math.round(channel + (towards - channel) * share)
          .toString(16)
          .padStart(2, '0');
      })
      .join('')}`;
  const tones = {
    accent,
    band: tone(0.8, 255),
    wash: tone(0.95, 255),
    'part-1': tone(0.3, 0),
    'part-2': tone(0.4, 255),
    'part-3': tone(0.7, 255),
    'part-4': tone(0.9, 255),
  };
  return `:root{${Object.entries(tones)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';')}}`;
}

import type { ReportContent } from '../content.ts';
import type { OwnSection } from './sections.ts';
import type { Voice } from './voice.ts';

/** Named pages of the style sheet, with the section that their running head names. */
const pages: Readonly<Record<string, string>> = {
  contents: 'contents.title',
  foreword: 'foreword.title',
  objective: 'objective.section',
  alignment: 'alignment.title',
  indicators: 'pillar.section',
  entities: 'entities.title',
  method: 'method.title',
  annex: 'annex.title',
  approval: 'approval.title',
};

/** Page rules with the running heads and page numbers; the texts are escaped so that none can end its string. */
export function runningHeads(
  content: ReportContent,
  title: string,
  own: readonly OwnSection[],
  voice: Voice,
): string {
  const foot =
    content.run.state === 'draft'
      ? voice.say('draft.foot', { run: content.run.id })
      : voice.say('published_foot', { run: content.run.id });
  // the sentence is cut where the numbers stand, to put the page's counters there
  const sentence = voice.say('page_of', { page: cut, pages: cut });
  const [before = '', between = '', end = ''] = sentence.split(cut);
  const rules = [
    `@page{@bottom-left{content:${quoted(foot)}}@bottom-right{content:${quoted(before)} counter(page) ${quoted(between)} counter(pages) ${quoted(end)}}}`,
    ...Object.entries(pages).map(([page, key]) => head(page, title, voice.say(key))),
    ...own.map(
      (section) => `#${section.anchor}{page:${section.anchor}}${head(section.anchor, title, section.title)}`,
    ),
  ];
  return rules.join('\n');
}

const head = (page: string, left: string, right: string) =>
  `@page ${page}{@top-left{content:${quoted(left)}}@top-right{content:${quoted(right)}}}`;

/** Stands for a number; no text of the report holds it. */
const cut = '\uE000';

/** A CSS string in which every character that is not a letter or a digit is a code point. */
function quoted(text: string): string {
  return `"${text.replace(/[^\p{L}\p{N}]/gu, (character) => `\\${character.codePointAt(0)?.toString(16)} `).replaceAll('₂', '2')}"`;
}

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { narrowSpaceFont } from './narrow-space.ts';

const require = createRequire(import.meta.url);

/** Which characters each file of the family holds. */
const alphabets: readonly (readonly [name: string, range: string])[] = [
  [
    'latin',
    'U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD',
  ],
  [
    'latin-ext',
    'U+0100-0130,U+0132-0151,U+0154-02BA,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+A720-A7FF',
  ],
  ['greek', 'U+0370-03FF'],
  ['cyrillic', 'U+0400-045F,U+0490-0491,U+04B0-04B1,U+2116'],
];
const weights = [400, 600, 700];

/** The name that the style sheet and the charts use. */
const textFamily = 'Report Sans';
const spaceFamily = 'Report Space';
export const fontFamily = `'${spaceFamily}', '${textFamily}'`;

/** A fifth of the font size, between thousands and before French double punctuation. */
const narrowSpaceWidth = 195;

/** Font faces of Source Sans 3 with their data in them: the page fetches nothing. */
export async function fontFaces(): Promise<string> {
  const faces = weights.flatMap((weight) =>
    alphabets.map(async ([alphabet, range]) => {
      const file = require.resolve(
        `@fontsource/source-sans-3/files/source-sans-3-${alphabet}-${weight}-normal.woff2`,
      );
      const data = (await readFile(file)).toString('base64');
      return `@font-face{font-family:'${textFamily}';font-weight:${weight};src:url(data:font/woff2;base64,${data}) format('woff2');unicode-range:${range}}`;
    }),
  );
  const space = narrowSpaceFont(narrowSpaceWidth).toString('base64');
  const spaceFace = `@font-face{font-family:'${spaceFamily}';font-weight:100 900;src:url(data:font/ttf;base64,${space}) format('truetype');unicode-range:U+202F}`;
  return [spaceFace, ...(await Promise.all(faces))].join('\n');
}

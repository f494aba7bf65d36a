import { expect, test } from 'vitest';
import { markArtifacts } from '../../pipelines/report/board/pdf-artifacts.ts';

const marked = (content: string) =>
  Buffer.from(markArtifacts(Buffer.from(content, 'latin1'))).toString('latin1');

test('a rule, a background and a shading outside the structure are artifacts, each on its own', () => {
  expect(marked('q\n0 0 10 2 re f\n1 w\n0 0 m 5 5 l S\nQ\n/S1 sh\n')).toBe(
    'q\n/Artifact BMC\n0 0 10 2 re f\nEMC\n1 w\n/Artifact BMC\n0 0 m 5 5 l S\nEMC\nQ\n/Artifact BMC\n/S1 sh\nEMC\n',
  );
});

test('text outside the structure is one artifact, with a note on a span of it inside', () => {
  expect(
    marked('BT\n/F4 10 Tf\n(page \\) BT) Tj\n/Span<</ActualText <feff00a0> >> BDC\n<0001> Tj\nEMC\nET\n'),
  ).toBe(
    '/Artifact BMC\nBT\n/F4 10 Tf\n(page \\) BT) Tj\n/Span<</ActualText <feff00a0> >> BDC\n<0001> Tj\nEMC\nET\nEMC\n',
  );
});

test('tagged content and what is an artifact already stay as they are', () => {
  for (const content of [
    '/P <</MCID 3>> BDC\nBT\n(text) Tj\nET\n0 0 1 1 re f\nEMC\n',
    '/Artifact BMC\n0 0 1 1 re f\nEMC\n',
    '/Artifact <</Type /Pagination>> BDC\nBT (2) Tj ET\nEMC\n',
    'BT\n/P <</MCID 4>> BDC\n(text) Tj\nEMC\nET\n',
    '% 0 0 1 1 re f\n',
  ])
    expect(marked(content)).toBe(content);
});

test('an inline image is one artifact, whatever its bytes spell', () => {
  expect(marked('BI /W 1 /H 1 ID \x00 re f \xff\nEI\n0 0 1 1 re f')).toBe(
    '/Artifact BMC\nBI /W 1 /H 1 ID \x00 re f \xff\nEI\nEMC\n/Artifact BMC\n0 0 1 1 re f\nEMC',
  );
});

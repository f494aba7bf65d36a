import type { Evidence } from '../collect/evidence.ts';
import type { Document } from './decision.ts';

/**
 * The delivered file that a reference names, in words around it or alone; the longest where several fit.
 *
 * @example namedDocument('voir BSD/2026-118.pdf, p. 2', delivered)
 */
export function namedDocument(reference: string, delivered: readonly Evidence[]): Document | undefined {
  const text = reference.normalize('NFC').replaceAll('\\', '/');
  const found = delivered
    .filter(({ file }) => stands(text, file.normalize('NFC')))
    .sort((a, b) => b.file.length - a.file.length || (a.file < b.file ? -1 : 1))[0];
  return found && { file: found.file, sha256: found.sha256, bytes: found.bytes };
}

/** The name stands by itself: `a.pdf` is not in `data.pdf`, nor `a.pdf` in `a.pdfx`. */
function stands(text: string, file: string): boolean {
  for (let at = text.indexOf(file); at >= 0; at = text.indexOf(file, at + 1)) {
    const [before, after] = [text[at - 1] ?? ' ', text[at + file.length] ?? ' '];
    if (!/[\p{L}\p{N}_-]/u.test(before) && !/[\p{L}\p{N}_-]/u.test(after)) return true;
  }
  return false;
}

/** What a reference writes like the name of a file, though it may name none: `BSD-2026-118.pdf`. */
export function fileNameIn(reference: string): string | undefined {
  return /[\p{L}\p{N}_./\\-]+\.(pdf|xlsx?|csv|docx?|odt|ods|png|jpe?g|tiff?|eml|msg|txt|zip|xml|json|p7m|asice)(?![\p{L}\p{N}])/iu.exec(
    reference,
  )?.[0];
}

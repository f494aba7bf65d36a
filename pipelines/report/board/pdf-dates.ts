const entry = /\/(CreationDate|ModDate) \(D:\d{14}(?:[+-]\d{2}'\d{2}'|Z)\)/g;

/**
 * Sets the dates that the printer stamps to a day of the content, so that the same content gives the same bytes.
 * The replacement has the length of what it replaces: the offsets of the cross-reference table stay true.
 *
 * @param day ISO day, printed as its midnight UTC
 */
export function fixPdfDates(pdf: Uint8Array, day: string): Uint8Array {
  const text = Buffer.from(pdf).toString('latin1');
  const digits = `${day.replaceAll('-', '')}000000`;
  const fixed = text.replace(entry, (found, name: string) => {
    const stamped = `/${name} (D:${digits}+00'00')`;
    if (stamped.length !== found.length) throw new Error(`cannot replace ${found} in place`);
    return stamped;
  });
  return new Uint8Array(Buffer.from(fixed, 'latin1'));
}

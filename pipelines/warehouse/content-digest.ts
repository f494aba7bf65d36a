/**
 * SQL of a digest of a relation's rows that does not depend on their order: the sums of both halves of each
 * row's MD5, as one text. Null without rows. One hash a row is split: asking `md5_number_lower` and
 * `md5_number_upper` for the same would work it out twice, and a seal is mostly this.
 */
export const contentDigest = `sum((row_md5 >> 64::uhugeint)::ubigint)::varchar || '-' || sum((row_md5 & 18446744073709551615::uhugeint)::ubigint)::varchar`;

/** SQL of a relation's rows with the hash that {@link contentDigest} sums; no column of it may be called `whole_row`. */
export function hashedRows(relation: string): string {
  return `(select *, md5_number(whole_row::varchar) as row_md5 from ${relation} as whole_row)`;
}

/** Identifiers with their keys: right in form, plainly fictive in range. */

/** True when the digits keep Luhn's rule (SIREN, SIRET). */
export function keepsLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** `stem` with the last digit that makes it keep Luhn's rule. */
export function withLuhnKey(stem: string): string {
  for (let key = 0; key <= 9; key++) if (keepsLuhn(`${stem}${key}`)) return `${stem}${key}`;
  throw new Error(`no Luhn key for ${stem}`);
}

/** The two-digit key of a NIR of 13 characters: 97 - NIR mod 97, Corsica's letters read as numbers. */
export function nirKey(nir: string): string {
  const digits = nir.replace('2A', '19').replace('2B', '18');
  return String(97 - Number(BigInt(digits) % 97n)).padStart(2, '0');
}

/**
 * A NIR of 13 characters. Town codes 990 to 998 belong to no town of a French department, so that no
 * living person can have it; one of them serves 999 births of a month and department.
 */
export function fictiveNir(sex: 'F' | 'M', birth: string, department: string, order: number): string {
  const town = 990 + Math.floor(order / 999);
  const rank = (order % 999) + 1;
  return `${sex === 'M' ? 1 : 2}${birth.slice(2, 4)}${birth.slice(5, 7)}${department}${town}${String(rank).padStart(3, '0')}`;
}

import { expect, test } from 'vitest';
import { decrypt, encrypt } from '../../pipelines/seal/personal.ts';

const secret = 'ab'.repeat(32);

test('an encrypted extract comes back whole, and only with the key', () => {
  const content = Buffer.from("S21.G00.30.001,'1850175123456'");
  const sealed = encrypt(content, secret);
  expect(sealed.includes('1850175123456')).toBe(false);
  expect(decrypt(sealed, secret)).toEqual(content);
  expect(() => decrypt(sealed, 'cd'.repeat(32))).toThrow();
});

test('the same content gives the same bytes, another content another nonce', () => {
  expect(encrypt(Buffer.from('a'), secret)).toEqual(encrypt(Buffer.from('a'), secret));
  expect(encrypt(Buffer.from('a'), secret).subarray(0, 12)).not.toEqual(
    encrypt(Buffer.from('b'), secret).subarray(0, 12),
  );
});

test('one flipped byte is refused', () => {
  const sealed = encrypt(Buffer.from('content'), secret);
  sealed[sealed.length - 1] = (sealed[sealed.length - 1] ?? 0) ^ 1;
  expect(() => decrypt(sealed, secret)).toThrow();
});

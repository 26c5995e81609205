/**
 * Adler-32, the checksum at the end of a zlib stream.
 *
 *    a = 1 + d0 + d1 + ...            modulo 65521
 *    b = sum of a after each byte   modulo 65521, in the upper 16 bits
 *
 * The reference, byte by byte; data is summed by `adler32_simd.ts`.
 *
 * Spec: RFC 1950, section 8.2.
 */

const MODULUS = 65521;

/**
 * Adler-32 of bytes.
 *
 * @param adler Sum of what comes before; 1 at the start.
 */
export function adler32(bytes: Uint8Array, adler = 1): number {
  let a = adler & 0xffff;
  let b = adler >>> 16;
  for (let i = 0; i < bytes.length; i++) {
    a = (a + bytes[i]!) % MODULUS;
    b = (b + a) % MODULUS;
  }
  return b * 65536 + a;
}

/**
 * Adler-32 after further bytes that are all zero.
 *
 * @param byteCount How many of them.
 * @param adler Sum of what comes before.
 */
export function adler32Zeros(byteCount: number, adler: number): number {
  const a = adler & 0xffff;
  const b = adler >>> 16;
  // Both factors are below 2^16: the product is exact.
  return (b + a * (byteCount % MODULUS)) % MODULUS * 65536 + a;
}

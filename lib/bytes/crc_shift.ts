/**
 * A CRC register after many zero bytes, in four look-ups.
 *
 * A register is a polynomial modulo the CRC's, and a zero byte multiplies it
 * by x^8: any number of them is one multiplication by a constant. As CRC is
 * linear, the sum of bytes that were changed at few places is the old sum XOR
 * what the changes alone give, shifted to their places.
 *
 * Polynomials are reflected: the top bit is the coefficient of x^0.
 *
 * Source: M. Adler, zlib, crc32_combine().
 */
import { CRC32_POLYNOMIAL, CRC32C_POLYNOMIAL } from "./crc.ts";

const ONE = 0x80000000;
/** x^8, one byte of zeros. */
const X8 = 0x00800000;

/** x^(8 · 2^k) for each binary digit k of a safe integer. */
const POWERS: Readonly<Record<number, Uint32Array>> = {
  [CRC32_POLYNOMIAL]: powersOfZeros(CRC32_POLYNOMIAL),
  [CRC32C_POLYNOMIAL]: powersOfZeros(CRC32C_POLYNOMIAL),
};

/** A polynomial that `crc.ts` knows, bits reversed. */
export type CrcPolynomial =
  | typeof CRC32_POLYNOMIAL
  | typeof CRC32C_POLYNOMIAL;

/** Shifts registers by a fixed number of zero bytes. */
export class CrcShift {
  /** Product of the factor with byte k of a register: entry [k][byte]. */
  readonly #products = new Uint32Array(4 * 256);

  /** @param byteCount Number of zero bytes, an integer >= 0. */
  constructor(
    byteCount: number,
    polynomial: CrcPolynomial = CRC32_POLYNOMIAL,
  ) {
    const factor = zerosFactor(byteCount, polynomial);
    for (let bit = 0; bit < 32; bit++) {
      const row = (bit >>> 3) * 256;
      const product = multiply((1 << bit) >>> 0, factor, polynomial);
      const place = 1 << (bit & 7);
      // Entries below `place` are done: with this bit, XOR the product.
      for (let low = 0; low < place; low++) {
        this.#products[row + place + low] = this.#products[row + low]! ^
          product;
      }
    }
  }

  /** The register after the zero bytes. */
  apply(register: number): number {
    const products = this.#products;
    return (products[register & 0xff]! ^
      products[256 + ((register >>> 8) & 0xff)]! ^
      products[512 + ((register >>> 16) & 0xff)]! ^
      products[768 + (register >>> 24)]!) >>> 0;
  }
}

/** The register after `byteCount` zero bytes, without a table. */
export function shiftCrc(
  register: number,
  byteCount: number,
  polynomial: CrcPolynomial = CRC32_POLYNOMIAL,
): number {
  return multiply(register, zerosFactor(byteCount, polynomial), polynomial);
}

/** x^(8 byteCount), from its binary digits. */
function zerosFactor(byteCount: number, polynomial: CrcPolynomial): number {
  const powers = POWERS[polynomial]!;
  let factor = ONE;
  let digit = 0;
  for (let rest = byteCount; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) {
      factor = multiply(factor, powers[digit]!, polynomial);
    }
    digit++;
  }
  return factor;
}

function powersOfZeros(polynomial: number): Uint32Array {
  const powers = new Uint32Array(53);
  let power = X8;
  for (let k = 0; k < powers.length; k++) {
    powers[k] = power;
    power = multiply(power, power, polynomial);
  }
  return powers;
}

/**
 * Product of two polynomials modulo the CRC's. Without branches, which random
 * bits would mispredict half the time.
 */
function multiply(left: number, right: number, polynomial: number): number {
  let product = 0;
  let multiple = right | 0;
  for (let bit = 31; bit >= 0; bit--) {
    product ^= multiple & -((left >>> bit) & 1);
    multiple = (multiple >>> 1) ^ (polynomial & -(multiple & 1));
  }
  return product >>> 0;
}

/**
 * A random permutation of [0, size) that needs no memory.
 *
 * A Feistel network permutes the numbers of `leftBits + rightBits` bits, the
 * smallest power of two that holds `size`; a result outside [0, size) is
 * permuted again until it falls inside (cycle walking), which takes less than
 * two passes on average. Any size up to 2^53 costs four 32-bit keys.
 *
 * References: Luby and Rackoff 1988; Black and Rogaway, "Ciphers with
 * arbitrary finite domains", 2002.
 */
import { combine32 } from "../random/seeds.ts";

// Even, so that unequal halves end where they began. Four rounds make a
// pseudorandom permutation (Luby and Rackoff); six cost 10 ns more and leave
// no visible pattern on domains of a few bits.
const ROUNDS = 6;

/** A permutation that can be asked for any element and be seeded anew. */
export class Permutation {
  #size = NaN;
  #rightBits = 0;
  #leftSize = 0;
  #rightSize = 0;
  readonly #keys = new Uint32Array(ROUNDS);

  /**
   * @param size Elements, 1 ... 2^53 - 1.
   * @param seed 32 bits.
   */
  constructor(size: number, seed: number) {
    this.resize(size);
    this.reseed(seed);
  }

  /** Elements that are permuted. */
  get size(): number {
    return this.#size;
  }

  /**
   * Permutes another number of elements, with the same keys.
   *
   * @param size 1 ... 2^53 - 1.
   */
  resize(size: number): void {
    if (size === this.#size) return;
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(
        `Cannot permute as size must be an integer in 1 \u2026 2^53 - 1: ` +
          `current value is ${size}`,
      );
    }
    this.#size = size;
    const bits = Math.max(2, Math.ceil(Math.log2(size)));
    // log2 rounds above 2^48 or so: one bit too many costs only time.
    const bitsThatHold = 2 ** bits < size ? bits + 1 : bits;
    this.#rightBits = bitsThatHold >> 1;
    this.#rightSize = 2 ** this.#rightBits;
    this.#leftSize = 2 ** (bitsThatHold - this.#rightBits);
  }

  /** Becomes the permutation of another seed. */
  reseed(seed: number): void {
    for (let round = 0; round < ROUNDS; round++) {
      this.#keys[round] = combine32(seed, round);
    }
  }

  /**
   * The element at a position.
   *
   * @param position Integer in [0, size).
   * @returns Integer in [0, size), a different one for each position.
   */
  at(position: number): number {
    let value = position;
    do value = this.#permute(value); while (value >= this.#size);
    return value;
  }

  #permute(value: number): number {
    let leftSize = this.#leftSize;
    let rightSize = this.#rightSize;
    let left = Math.floor(value / rightSize);
    let right = value - left * rightSize;
    for (let round = 0; round < ROUNDS; round++) {
      // (L, R) becomes (R, L xor F(R)): the halves and their sizes swap.
      // Masking with leftSize - 1 keeps F inside L's bits.
      const mixed = (left ^ roundMix(right, this.#keys[round] as number)) &
        (leftSize - 1);
      left = right;
      right = mixed;
      const size = leftSize;
      leftSize = rightSize;
      rightSize = size;
    }
    return left * rightSize + right;
  }
}

/** F of a round; halves have at most 27 bits, so 32-bit arithmetic holds. */
function roundMix(half: number, key: number): number {
  let h = half ^ key;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return h ^ (h >>> 16);
}

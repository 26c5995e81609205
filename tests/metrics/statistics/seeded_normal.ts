/** Normal values that are the same in every test run. */
import { randomNormal } from "d3-random";

/**
 * Makes a source of standard normal values.
 *
 * @param seed Any 32-bit number.
 */
export function seededNormal(seed: number): () => number {
  let state = seed >>> 0;
  // Mulberry32: small, and good enough for a test.
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return randomNormal.source(uniform)(0, 1);
}

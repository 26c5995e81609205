/**
 * Derivation of seeds: independent 32-bit values from a seed and a few
 * indices, the same on every host.
 *
 * Mixing is the finalizer of MurmurHash3, which changes each output bit with
 * probability one half when one input bit changes.
 * Source: https://github.com/aappleby/smhasher/wiki/MurmurHash3
 */

/** Mixes 32 bits into 32 bits, one to one. */
export function mix32(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * Combines a hash so far with an integer of up to 53 bits.
 *
 * @param hash 32 bits: a seed, or the result of an earlier call.
 * @param value Integer, |value| <= 2^53 - 1.
 */
export function combine32(hash: number, value: number): number {
  const low = value | 0;
  const high = Math.floor(value / 0x1_0000_0000) | 0;
  // The constants keep (1, 0) and (0, 1) apart.
  const withLow = mix32(Math.imul(hash, 0x9e3779b1) + low + 0x7f4a7c15);
  return mix32(Math.imul(withLow, 0x85ebca77) + high + 0x165667b1);
}

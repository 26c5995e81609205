/**
 * Where each chunk of random bytes starts: the generator's state as a hash
 * of (seed, stream, chunk index).
 *
 *    u = mix(mix(seed + G) + stream + G)
 *    v = mix(u + chunk + G)
 *    word i = mix(v + (i + 1) G)    for i = 0 ... 14
 *    word 15 = mix(u ^ v)
 *
 * with mix and G of splitmix64, all modulo 2^64. Word 4 w + l is word s_w of
 * lane l.
 *
 * Invariants:
 * - mix is a bijection, so word 0 tells v, word 15 then u, and these the
 *   stream and the chunk: two chunks of a dataset never have the same state.
 *   Bytes are an injective function of the state, so no two are equal.
 * - Of words 0 ... 14 at most one is zero and every lane has three of them, so
 *   no lane is all zero, which xoshiro would never leave.
 * - mix is not linear over GF(2), so no linear relation joins two chunks.
 *
 * Source of mix: Steele, Lea, Flood, "Fast splittable pseudorandom number
 * generators", OOPSLA 2014 (constants: Stafford's variant 13).
 */

/** Bytes made from one state; a stream is a sequence of such chunks. */
export const CHUNK_BYTES = 16384;

/** 64-bit words of one state: 4 words of xoshiro256 in each of 4 lanes. */
export const STATE_WORDS = 16;

const GOLDEN_GAMMA = 0x9e3779b97f4a7c15n;

/**
 * The finalizer of splitmix64, a bijection of 64-bit integers.
 *
 * @param value 0 <= value < 2^64.
 */
export function mix64(value: bigint): bigint {
  let z = value;
  z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
  return z ^ (z >> 31n);
}

/**
 * Writes the state that chunk `chunkIndex` of a stream starts from.
 *
 * @param state Receives {@linkcode STATE_WORDS} words.
 */
export function writeChunkState(
  state: BigUint64Array,
  seed: number,
  stream: number,
  chunkIndex: number,
): void {
  const u = mixNext(mixNext(0n, seed), stream);
  const v = mixNext(u, chunkIndex);
  for (let i = 0; i < STATE_WORDS - 1; i++) {
    state[i] = mix64(BigInt.asUintN(64, v + BigInt(i + 1) * GOLDEN_GAMMA));
  }
  state[STATE_WORDS - 1] = mix64(u ^ v);
}

function mixNext(key: bigint, value: number): bigint {
  return mix64(BigInt.asUintN(64, key + BigInt(value) + GOLDEN_GAMMA));
}

/**
 * The random source in plain TypeScript: the definition of the bytes.
 *
 * A stream is cut into chunks of 16 KiB. A chunk's state, four lanes of
 * xoshiro256, comes from `chunk_state.ts`. Each step gives 64 bytes, words s0
 * and s1 of lanes 0 ... 3, little-endian, and then advances all lanes:
 *
 *    offset in chunk   0     8     16    24    32    40    48    56    64 ...
 *    word              s0    s0    s0    s0    s1    s1    s1    s1    s0 ...
 *    lane              0     1     2     3     0     1     2     3     0 ...
 *                      +------------------- step 0 --------------+  step 1 ...
 *
 * The output is two bare words, not a sum of two as in xoshiro256+: it must
 * be linear over GF(2) for the CRC of a chunk to be a linear function of its
 * state. What storage could exploit is repetition and skew, which the engine
 * has none of; XOR relations, which every linear output has, are out of its
 * reach. Half of the state per step doubles the speed, and the half that is
 * held back keeps any step from following from the one before it.
 *
 * Slow on purpose: correctness is the point. `wasm_source.ts` is the twin
 * that data is made with.
 *
 * Source: Blackman, Vigna, "Scrambled linear pseudorandom number
 * generators", https://prng.di.unimi.it/.
 */
import { crc32, crc32c } from "../bytes/crc.ts";
import { CHUNK_BYTES, STATE_WORDS, writeChunkState } from "./chunk_state.ts";
import { checkAddress, checkSeed } from "./random_address.ts";
import type { RandomSource, RandomSourceOptions } from "./random_source.ts";

/** Two words of 8 bytes in each of four lanes. */
const STEP_BYTES = 64;

type Sum = (bytes: Uint8Array, crc: number) => number;

/**
 * Makes the reference source.
 *
 * @throws {RangeError} If the seed is no integer in [0, 2^53).
 */
export function createScalarSource(
  options: RandomSourceOptions,
): RandomSource {
  return new ScalarSource(options.seed);
}

class ScalarSource implements RandomSource {
  readonly #seed: number;
  readonly #state = new BigUint64Array(STATE_WORDS);
  readonly #chunk = new Uint8Array(CHUNK_BYTES);
  #stream = -1;
  #chunkIndex = -1;

  constructor(seed: number) {
    checkSeed(seed);
    this.#seed = seed;
  }

  fill(view: Uint8Array, stream: number, offset: number): void {
    checkAddress(stream, offset, view.length);
    let doneBytes = 0;
    while (doneBytes < view.length) {
      const part = this.#part(
        stream,
        offset + doneBytes,
        view.length - doneBytes,
      );
      view.set(part, doneBytes);
      doneBytes += part.length;
    }
  }

  crc32(
    stream: number,
    offset: number,
    byteCount: number,
    crc: number,
  ): number {
    return this.#sum(crc32, stream, offset, byteCount, crc);
  }

  crc32c(
    stream: number,
    offset: number,
    byteCount: number,
    crc: number,
  ): number {
    return this.#sum(crc32c, stream, offset, byteCount, crc);
  }

  #sum(
    sum: Sum,
    stream: number,
    offset: number,
    byteCount: number,
    crc: number,
  ): number {
    checkAddress(stream, offset, byteCount);
    let result = crc;
    let doneBytes = 0;
    while (doneBytes < byteCount) {
      const part = this.#part(
        stream,
        offset + doneBytes,
        byteCount - doneBytes,
      );
      result = sum(part, result);
      doneBytes += part.length;
    }
    return result;
  }

  /** Bytes from `offset` on: at most `maxBytes`, at most to a chunk's end. */
  #part(stream: number, offset: number, maxBytes: number): Uint8Array {
    const chunkIndex = Math.floor(offset / CHUNK_BYTES);
    if (stream !== this.#stream || chunkIndex !== this.#chunkIndex) {
      writeChunkState(this.#state, this.#seed, stream, chunkIndex);
      generateChunk(this.#chunk, this.#state);
      this.#stream = stream;
      this.#chunkIndex = chunkIndex;
    }
    const start = offset % CHUNK_BYTES;
    return this.#chunk.subarray(start, start + maxBytes);
  }
}

/**
 * Writes the chunk of a state.
 *
 * @param chunk 16 KiB.
 * @param state Words s0 ... s3 of lanes 0 ... 3, left as they are.
 */
export function generateChunk(
  chunk: Uint8Array,
  state: Readonly<BigUint64Array>,
): void {
  const laneCount = STATE_WORDS / 4;
  for (let lane = 0; lane < laneCount; lane++) {
    // A word is two 32-bit halves: ten times as fast as BigInt.
    const half = (word: number, shift: bigint) =>
      Number(BigInt.asIntN(32, state[word * laneCount + lane]! >> shift));
    let low0 = half(0, 0n), high0 = half(0, 32n);
    let low1 = half(1, 0n), high1 = half(1, 32n);
    let low2 = half(2, 0n), high2 = half(2, 32n);
    let low3 = half(3, 0n), high3 = half(3, 32n);
    for (let at = lane * 8; at < CHUNK_BYTES; at += STEP_BYTES) {
      storeHalf(chunk, at, low0);
      storeHalf(chunk, at + 4, high0);
      storeHalf(chunk, at + STEP_BYTES / 2, low1);
      storeHalf(chunk, at + STEP_BYTES / 2 + 4, high1);
      // t = s1 << 17
      const lowT = low1 << 17, highT = (high1 << 17) | (low1 >>> 15);
      low2 ^= low0, high2 ^= high0;
      low3 ^= low1, high3 ^= high1;
      low1 ^= low2, high1 ^= high2;
      low0 ^= low3, high0 ^= high3;
      low2 ^= lowT, high2 ^= highT;
      // s3 = rotl(s3, 45), which is its halves swapped and turned by 13
      const swapped = low3;
      low3 = (high3 << 13) | (swapped >>> 19);
      high3 = (swapped << 13) | (high3 >>> 19);
    }
  }
}

function storeHalf(chunk: Uint8Array, at: number, half: number): void {
  chunk[at] = half;
  chunk[at + 1] = half >>> 8;
  chunk[at + 2] = half >>> 16;
  chunk[at + 3] = half >>> 24;
}

/**
 * Where the tokens of a sample are, as Megatron's GPTDataset finds them:
 *
 *    document order   all documents once, shuffled
 *    token space      their tokens one behind the other, in that order
 *    sample k         tokens [k L, k L + L + 1) of that space
 *
 * So a sample has pieces of as many documents as it takes, each somewhere
 * else in the file. Which sample comes when, Megatron's shuffle index, is the
 * order of the epoch.
 *
 * Memory: 9 bytes per document; Megatron keeps 16 and 8 per sample.
 *
 * Rule: `build_sample_idx` in `core/datasets/helpers.cpp` of
 * https://github.com/NVIDIA/Megatron-LM
 */
import type { RangeList } from "../../bytes/range_list.ts";
import { combine32 } from "../../random/seeds.ts";

/** Documents between two sums of lengths that are kept, in file order. */
const FILE_STRIDE = 64;
/** The same in shuffled order, which is searched for every sample. */
const ORDER_STRIDE = 16;

/** What an order is made from. */
export interface DocumentOrderSettings {
  /** Tokens of each document, in the order of the file. */
  readonly lengths: Int32Array;
  readonly tokenBytes: number;
  /** 32 bits. */
  readonly seed: number;
}

/** The documents of a file in the order in which samples go through them. */
export class DocumentOrder {
  /** Tokens of all documents. */
  readonly tokenCount: number;
  readonly #lengths: Int32Array;
  readonly #tokenBytes: number;
  readonly #order: Uint32Array;
  readonly #fileSums: Float64Array;
  readonly #orderSums: Float64Array;

  constructor({ lengths, tokenBytes, seed }: DocumentOrderSettings) {
    this.#lengths = lengths;
    this.#tokenBytes = tokenBytes;
    this.#order = shuffled(lengths.length, seed);
    this.#fileSums = sums(lengths, null, FILE_STRIDE);
    this.#orderSums = sums(lengths, this.#order, ORDER_STRIDE);
    this.tokenCount = this.#orderSums.at(-1) ?? 0;
  }

  /**
   * Adds the ranges of tokens [first, first + count) of the token space.
   *
   * @throws {RangeError} If there are not so many.
   */
  addRanges(first: number, count: number, ranges: RangeList): void {
    if (!(first >= 0 && first + count <= this.tokenCount)) {
      throw new RangeError(
        `Cannot plan tokens ${first} to ${first + count} as the file has ` +
          `${this.tokenCount}`,
      );
    }
    const lengths = this.#lengths;
    const order = this.#order;
    let block = this.#blockOf(first);
    let position = this.#orderSums[block]!;
    let left = count;
    let begin = first;
    for (let slot = block * ORDER_STRIDE; left > 0; slot++) {
      const document = order[slot]!;
      const end = position + lengths[document]!;
      if (end > begin) {
        const inside = begin - position;
        const taken = Math.min(left, end - begin);
        ranges.push(
          (this.#tokensBefore(document) + inside) * this.#tokenBytes,
          taken * this.#tokenBytes,
        );
        left -= taken;
        begin += taken;
      }
      position = end;
      block = slot;
    }
  }

  /** The last block of the order that begins at or before a token. */
  #blockOf(token: number): number {
    const starts = this.#orderSums;
    let low = 0;
    // The last sum is the end.
    let high = starts.length - 2;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (starts[middle]! <= token) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Tokens before a document, in the order of the file. */
  #tokensBefore(document: number): number {
    const block = Math.floor(document / FILE_STRIDE);
    let tokens = this.#fileSums[block]!;
    for (let i = block * FILE_STRIDE; i < document; i++) {
      tokens += this.#lengths[i]!;
    }
    return tokens;
  }
}

/** Fisher and Yates: all documents in a random order. */
function shuffled(count: number, seed: number): Uint32Array {
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  for (let i = count - 1; i > 0; i--) {
    // 32 random bits scaled to [0, i]: a bias below 2^-32 per document.
    const other = Math.floor(combine32(seed, i) / 2 ** 32 * (i + 1));
    const taken = order[i]!;
    order[i] = order[other]!;
    order[other] = taken;
  }
  return order;
}

/** Sums before every `stride`-th document, and of all at the end. */
function sums(
  lengths: Int32Array,
  order: Uint32Array | null,
  stride: number,
): Float64Array {
  const blockCount = Math.ceil(lengths.length / stride);
  const kept = new Float64Array(blockCount + 1);
  let tokens = 0;
  for (let slot = 0; slot < lengths.length; slot++) {
    if (slot % stride === 0) kept[slot / stride] = tokens;
    tokens += lengths[order === null ? slot : order[slot]!]!;
  }
  kept[blockCount] = tokens;
  return kept;
}

/**
 * Finds repeated bytes for codecs that are literals and copies: snappy, lz4.
 *
 * Greedy: a table has the last position of every hash of 4 bytes. The longer
 * nothing is found, the larger the steps, so that random bytes cost little.
 */

/** Receives what a page consists of, in order. */
export interface MatchSink {
  /** Bytes [start, end) and then `byteCount` bytes from `distance` back. */
  copy(
    start: number,
    end: number,
    distance: number,
    byteCount: number,
  ): void;
}

/** Farthest copy: 16 bits in both codecs. */
const MAX_DISTANCE = 65535;
const MIN_MATCH_BYTES = 4;

/**
 * Copies begin at least 12 and end at least 5 bytes before the end: lz4's
 * rule, which costs snappy next to nothing.
 */
const LAST_START_BYTES = 12;
const LAST_LITERAL_BYTES = 5;

const HASH_BITS = 14;
const HASH_FACTOR = 0x9e3779b1;
/** Steps grow by one every 64 misses. */
const MISSES_SHIFT = 6;

/** A match finder and its table. */
export class MatchFinder {
  readonly #positions = new Int32Array(1 << HASH_BITS);

  /**
   * Walks over a page.
   *
   * @returns Where the literals behind the last copy begin.
   */
  find(page: Uint8Array, sink: MatchSink): number {
    const positions = this.#positions.fill(-1);
    const startLimit = page.length - LAST_START_BYTES;
    const endLimit = page.length - LAST_LITERAL_BYTES;
    let literalStart = 0;
    let position = 0;
    let misses = 1 << MISSES_SHIFT;
    while (position < startLimit) {
      const hash = hashAt(page, position);
      const candidate = positions[hash]!;
      positions[hash] = position;
      if (
        candidate < 0 || position - candidate > MAX_DISTANCE ||
        !isMatch(page, candidate, position)
      ) {
        position += misses++ >> MISSES_SHIFT;
        continue;
      }
      let end = position + MIN_MATCH_BYTES;
      const distance = position - candidate;
      while (end < endLimit && page[end] === page[end - distance]) end++;
      sink.copy(literalStart, position, distance, end - position);
      literalStart = end;
      position = end;
      misses = 1 << MISSES_SHIFT;
    }
    return literalStart;
  }
}

function hashAt(page: Uint8Array, at: number): number {
  const word = page[at]! | page[at + 1]! << 8 | page[at + 2]! << 16 |
    page[at + 3]! << 24;
  return Math.imul(word, HASH_FACTOR) >>> (32 - HASH_BITS);
}

function isMatch(page: Uint8Array, a: number, b: number): boolean {
  return page[a] === page[b] && page[a + 1] === page[b + 1] &&
    page[a + 2] === page[b + 2] && page[a + 3] === page[b + 3];
}

/**
 * LZ4_RAW pages: one LZ4 block without a frame.
 *
 *    u8        literal bytes << 4 | (copied bytes - 4), 15 for "and more"
 *    u8 ...      more literal bytes: 255 for each 255, then the rest
 *    ...         the literals
 *    u16       distance of the copy; the last sequence ends before it
 *    u8 ...      more copied bytes
 *
 * Spec: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 */
import { MatchFinder, type MatchSink } from "./match_finder.ts";
import type { PageCodec } from "./codec.ts";

const CODE_LZ4_RAW = 7;
const MORE = 15;
const MIN_COPY_BYTES = 4;

/** Makes a codec; it has no levels. */
export function createLz4Codec(): PageCodec {
  const finder = new MatchFinder();
  const encoder = new Lz4Encoder();
  return {
    code: CODE_LZ4_RAW,
    compress(page) {
      encoder.begin(page);
      const literalStart = finder.find(page, encoder);
      return encoder.end(literalStart);
    },
  };
}

class Lz4Encoder implements MatchSink {
  #page = new Uint8Array(0);
  #target = new Uint8Array(0);
  #length = 0;

  begin(page: Uint8Array): void {
    // lz4's own bound: LZ4_COMPRESSBOUND.
    const maxBytes = 16 + page.length + Math.ceil(page.length / 255);
    if (this.#target.length < maxBytes) this.#target = new Uint8Array(maxBytes);
    this.#page = page as Uint8Array<ArrayBuffer>;
    this.#length = 0;
  }

  copy(start: number, end: number, distance: number, byteCount: number): void {
    const more = byteCount - MIN_COPY_BYTES;
    this.#literals(start, end, Math.min(more, MORE));
    this.#target[this.#length++] = distance & 0xff;
    this.#target[this.#length++] = distance >>> 8;
    if (more >= MORE) this.#more(more - MORE);
  }

  end(literalStart: number): Uint8Array {
    this.#literals(literalStart, this.#page.length, 0);
    return this.#target.subarray(0, this.#length);
  }

  #literals(start: number, end: number, lowBits: number): void {
    const byteCount = end - start;
    this.#target[this.#length++] = Math.min(byteCount, MORE) << 4 | lowBits;
    if (byteCount >= MORE) this.#more(byteCount - MORE);
    this.#target.set(this.#page.subarray(start, end), this.#length);
    this.#length += byteCount;
  }

  #more(byteCount: number): void {
    let left = byteCount;
    for (; left >= 255; left -= 255) this.#target[this.#length++] = 255;
    this.#target[this.#length++] = left;
  }
}

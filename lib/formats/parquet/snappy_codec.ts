/**
 * SNAPPY pages.
 *
 *    varint          bytes before compression
 *    literal         (bytes - 1) << 2, or 60 to 63 << 2 and 1 to 4 bytes of it
 *    copy            (bytes - 1) << 2 | 2, u16 distance; 1 to 64 bytes
 *
 * Spec: https://github.com/google/snappy/blob/main/format_description.txt
 */
import { varintBytes } from "../../bytes/varint.ts";
import { MatchFinder, type MatchSink } from "./match_finder.ts";
import type { PageCodec } from "./codec.ts";

const CODE_SNAPPY = 1;
const COPY_2 = 2;
const MAX_COPY_BYTES = 64;
const MAX_SHORT_LITERAL = 60;

/** Makes a codec; it has no levels. */
export function createSnappyCodec(): PageCodec {
  const finder = new MatchFinder();
  const encoder = new SnappyEncoder();
  return {
    code: CODE_SNAPPY,
    compress(page) {
      encoder.begin(page);
      const literalStart = finder.find(page, encoder);
      return encoder.end(literalStart);
    },
  };
}

class SnappyEncoder implements MatchSink {
  #page = new Uint8Array(0);
  #target = new Uint8Array(0);
  #length = 0;

  begin(page: Uint8Array): void {
    // snappy's own bound: MaxCompressedLength.
    const maxBytes = 32 + page.length + Math.ceil(page.length / 6);
    if (this.#target.length < maxBytes) this.#target = new Uint8Array(maxBytes);
    this.#page = page as Uint8Array<ArrayBuffer>;
    const head = varintBytes(page.length);
    this.#target.set(head);
    this.#length = head.length;
  }

  copy(start: number, end: number, distance: number, byteCount: number): void {
    this.#literal(start, end);
    for (let left = byteCount; left > 0; left -= MAX_COPY_BYTES) {
      const part = Math.min(left, MAX_COPY_BYTES);
      this.#target[this.#length++] = (part - 1) << 2 | COPY_2;
      this.#target[this.#length++] = distance & 0xff;
      this.#target[this.#length++] = distance >>> 8;
    }
  }

  end(literalStart: number): Uint8Array {
    this.#literal(literalStart, this.#page.length);
    return this.#target.subarray(0, this.#length);
  }

  #literal(start: number, end: number): void {
    if (start === end) return;
    let last = end - start - 1;
    if (last < MAX_SHORT_LITERAL) {
      this.#target[this.#length++] = last << 2;
    } else {
      const tagAt = this.#length++;
      let lengthBytes = 0;
      for (; last > 0; last >>>= 8) {
        this.#target[this.#length++] = last & 0xff;
        lengthBytes++;
      }
      this.#target[tagAt] = MAX_SHORT_LITERAL - 1 + lengthBytes << 2;
    }
    this.#target.set(this.#page.subarray(start, end), this.#length);
    this.#length += end - start;
  }
}

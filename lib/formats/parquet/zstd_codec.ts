/**
 * ZSTD pages: one frame of raw blocks and, for runs of one byte, RLE blocks.
 *
 * That is all there is to save in random bytes and in the zeros that stand
 * for compressible data; text and dictionaries stay as they are.
 *
 *    u32   0xFD2FB528
 *    u8    descriptor: content size of 4 bytes
 *    u8    window: 128 KiB
 *    u32   bytes before compression
 *    ...     blocks: u24 (bytes << 3 | type << 1 | last), then the bytes, or
 *          the one byte of a run
 *
 * Spec: RFC 8878
 */
import type { PageCodec } from "./codec.ts";

const CODE_ZSTD = 6;
const MAGIC = 0xfd2fb528;
const DESCRIPTOR_CONTENT_SIZE_4 = 0b10_000000;
/** 2^(10 + exponent) bytes, the exponent in the upper five bits. */
const WINDOW_128_KIB = 7 << 3;
const HEADER_BYTES = 10;
const BLOCK_HEADER_BYTES = 3;
const MAX_BLOCK_BYTES = 128 * 1024;
const BLOCK_TYPE = { raw: 0, rle: 1 } as const;

/** Shorter runs would hardly pay for two more block headers. */
const MIN_RUN_BYTES = 64;

/** Makes a codec; it has no levels. */
export function createZstdCodec(): PageCodec {
  const encoder = new ZstdEncoder();
  return { code: CODE_ZSTD, compress: (page) => encoder.encode(page) };
}

class ZstdEncoder {
  #target = new Uint8Array(0);
  #length = 0;

  encode(page: Uint8Array): Uint8Array {
    this.#begin(page.length);
    let rawStart = 0;
    let position = 0;
    while (position < page.length) {
      const end = runEnd(page, position);
      if (end - position >= MIN_RUN_BYTES) {
        this.#raw(page.subarray(rawStart, position));
        this.#run(page[position]!, end - position);
        rawStart = end;
      }
      position = end;
    }
    this.#raw(page.subarray(rawStart));
    // Only now is it known that no block follows: an empty one says so.
    this.#blockHeader(BLOCK_TYPE.raw, 0, 1);
    return this.#target.subarray(0, this.#length);
  }

  #begin(byteCount: number): void {
    const blockCount = Math.ceil(byteCount / MAX_BLOCK_BYTES) +
      2 * Math.ceil(byteCount / MIN_RUN_BYTES) + 2;
    const maxBytes = HEADER_BYTES + byteCount +
      Math.min(blockCount * BLOCK_HEADER_BYTES, byteCount + 64);
    if (this.#target.length < maxBytes) this.#target = new Uint8Array(maxBytes);
    const view = new DataView(this.#target.buffer);
    view.setUint32(0, MAGIC, true);
    view.setUint8(4, DESCRIPTOR_CONTENT_SIZE_4);
    view.setUint8(5, WINDOW_128_KIB);
    view.setUint32(6, byteCount, true);
    this.#length = HEADER_BYTES;
  }

  #raw(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length; start += MAX_BLOCK_BYTES) {
      const block = bytes.subarray(start, start + MAX_BLOCK_BYTES);
      this.#blockHeader(BLOCK_TYPE.raw, block.length, 0);
      this.#target.set(block, this.#length);
      this.#length += block.length;
    }
  }

  #run(value: number, byteCount: number): void {
    for (let left = byteCount; left > 0; left -= MAX_BLOCK_BYTES) {
      this.#blockHeader(BLOCK_TYPE.rle, Math.min(left, MAX_BLOCK_BYTES), 0);
      this.#target[this.#length++] = value;
    }
  }

  #blockHeader(type: number, byteCount: number, last: number): void {
    const header = byteCount << 3 | type << 1 | last;
    this.#target[this.#length++] = header & 0xff;
    this.#target[this.#length++] = header >>> 8 & 0xff;
    this.#target[this.#length++] = header >>> 16;
  }
}

/** Where the run of equal bytes that begins at `start` ends. */
function runEnd(page: Uint8Array, start: number): number {
  const value = page[start];
  let end = start + 1;
  while (end < page.length && page[end] === value) end++;
  return end;
}

/**
 * What a PNG's zlib stream holds: rows of random pixels, each behind its
 * filter byte 0 ("none"), and the checksums of it.
 *
 *    0 | width random bytes | 0 | width random bytes | ...
 *
 * Byte i is byte i of the random stream, except that filter bytes are zero.
 * So the CRC is that of the stream, which costs nearly nothing, XOR that of
 * the few bytes that were replaced; only Adler-32 looks at every byte.
 */
import { adler32Simd } from "../bytes/adler32_simd.ts";
import { CrcShift, shiftCrc } from "../bytes/crc_shift.ts";
import type { RandomSource } from "../random/random_source.ts";

/** Makes the rows of one image, front to back. */
export class PngRows {
  readonly #random: RandomSource;
  readonly #stream: number;
  readonly #rowBytes: number;
  readonly #rowShift: CrcShift;
  /** Bytes made so far. */
  #doneBytes = 0;
  #adler = 1;
  /** Where the piece that is being summed begins. */
  #pieceOffset = 0;
  /** Register of the replaced bytes alone, just before `#registerEnd`. */
  #replaced = 0;
  #replacedAt = 0;

  constructor(random: RandomSource, stream: number, width: number) {
    this.#random = random;
    this.#stream = stream;
    this.#rowBytes = width + 1;
    this.#rowShift = new CrcShift(this.#rowBytes);
  }

  /** Adler-32 of all bytes made so far. */
  get adler(): number {
    return this.#adler;
  }

  /** Makes the next `view.length` bytes. */
  write(view: Uint8Array): void {
    const offset = this.#doneBytes;
    const rowBytes = this.#rowBytes;
    this.#random.fill(view, this.#stream, offset);
    const intoRow = offset % rowBytes;
    let at = intoRow === 0 ? 0 : rowBytes - intoRow;
    let replaced = this.#replaced;
    let replacedAt = this.#replacedAt;
    for (; at < view.length; at += rowBytes) {
      replaced = this.#rowShift.apply(replaced) ^ view[at]!;
      replacedAt = offset + at;
      view[at] = 0;
    }
    this.#replaced = replaced;
    this.#replacedAt = replacedAt;
    this.#adler = adler32Simd(view, this.#adler);
    this.#doneBytes += view.length;
  }

  /**
   * CRC-32 of what was made since the last call, or since the start.
   *
   * @param crc Sum of what comes before these bytes.
   */
  takeCrc(crc: number): number {
    const offset = this.#pieceOffset;
    const end = this.#doneBytes;
    const sum = this.#random.crc32(this.#stream, offset, end - offset, crc);
    const replaced = shiftCrc(this.#replaced, end - this.#replacedAt);
    this.#pieceOffset = end;
    this.#replaced = 0;
    return (sum ^ replaced) >>> 0;
  }
}

/**
 * A random source whose bytes deduplicate and compress by given ratios.
 *
 * Deduplication by R: unit (or file) n has the bytes of unit (or file)
 * floor(n / R) of the source below, for any real R; so every run of
 * repetitions is found whatever its place.
 *
 * Compression by C: in each page of 4 KiB the first 4096 / C bytes are the
 * source's, the others zero. Storage that compresses blocks of any size
 * finds the same share in each.
 *
 *    page    random | 0 0 0 0 0 0 0 0 | random | 0 0 0 ...
 *            4096/C |  4096 - 4096/C  |
 *
 * Bytes stay a function of (seed, stream, offset). Checksums still need no pass
 * over them: a run of zeros is a multiplication.
 */
import { CRC32_POLYNOMIAL, CRC32C_POLYNOMIAL } from "../bytes/crc.ts";
import type { CrcPolynomial } from "../bytes/crc_shift.ts";
import { CrcShift, shiftCrc } from "../bytes/crc_shift.ts";
import { PAGE_BYTES } from "../bytes/page_arena.ts";
import type { RandomSource } from "./random_source.ts";
import type { Reduction } from "./reduction.ts";
import { UNIT_BYTES } from "./reduction.ts";

/**
 * Least random bytes of a page: pages must differ, or they deduplicate. It
 * bounds what compression can find to a ratio of 256.
 */
const LEAST_RANDOM_BYTES = 16;

/**
 * Wraps a source.
 *
 * @param source Where unique bytes come from.
 * @returns `source` itself if both ratios are 1.
 */
export function createReducedSource(
  source: RandomSource,
  reduction: Reduction,
): RandomSource {
  const { dedupeRatio, compressRatio } = reduction;
  return dedupeRatio === 1 && compressRatio === 1
    ? source
    : new ReducedSource(source, reduction);
}

/** A piece of a stream inside one unit. */
type VisitPiece = (
  stream: number,
  offset: number,
  byteCount: number,
  doneBytes: number,
) => void;

class ReducedSource implements RandomSource {
  readonly #source: RandomSource;
  readonly #reduction: Reduction;
  /** Random bytes at the beginning of each page. */
  readonly #keptBytes: number;
  readonly #zeroShifts: Readonly<Record<CrcPolynomial, CrcShift>>;

  constructor(source: RandomSource, reduction: Reduction) {
    this.#source = source;
    this.#reduction = reduction;
    this.#keptBytes = Math.max(
      LEAST_RANDOM_BYTES,
      Math.round(PAGE_BYTES / reduction.compressRatio),
    );
    const zeroBytes = PAGE_BYTES - this.#keptBytes;
    this.#zeroShifts = {
      [CRC32_POLYNOMIAL]: new CrcShift(zeroBytes, CRC32_POLYNOMIAL),
      [CRC32C_POLYNOMIAL]: new CrcShift(zeroBytes, CRC32C_POLYNOMIAL),
    };
  }

  fill(view: Uint8Array, stream: number, offset: number): void {
    this.#visit(stream, offset, view.length, (from, at, byteCount, done) => {
      this.#source.fill(view.subarray(done, done + byteCount), from, at);
    });
    if (this.#keptBytes < PAGE_BYTES) this.#clear(view, offset);
  }

  crc32(
    stream: number,
    offset: number,
    byteCount: number,
    crc: number,
  ): number {
    return this.#sum(CRC32_POLYNOMIAL, stream, offset, byteCount, crc);
  }

  crc32c(
    stream: number,
    offset: number,
    byteCount: number,
    crc: number,
  ): number {
    return this.#sum(CRC32C_POLYNOMIAL, stream, offset, byteCount, crc);
  }

  /** Calls with each piece's place in the source below. */
  #visit(
    stream: number,
    offset: number,
    byteCount: number,
    visit: VisitPiece,
  ): void {
    const { dedupeRatio, repeats } = this.#reduction;
    if (repeats === "files") {
      visit(Math.floor(stream / dedupeRatio), offset, byteCount, 0);
      return;
    }
    let doneBytes = 0;
    while (doneBytes < byteCount) {
      const at = offset + doneBytes;
      const unit = Math.floor(at / UNIT_BYTES);
      const inUnit = at - unit * UNIT_BYTES;
      const pieceBytes = Math.min(byteCount - doneBytes, UNIT_BYTES - inUnit);
      const sourceUnit = Math.floor(unit / dedupeRatio);
      const sourceOffset = sourceUnit * UNIT_BYTES + inUnit;
      visit(stream, sourceOffset, pieceBytes, doneBytes);
      doneBytes += pieceBytes;
    }
  }

  /** Sets the zeros of each page that `view` has a part of. */
  #clear(view: Uint8Array, offset: number): void {
    let zerosAt = Math.floor(offset / PAGE_BYTES) * PAGE_BYTES +
      this.#keptBytes - offset;
    const zeroBytes = PAGE_BYTES - this.#keptBytes;
    for (; zerosAt < view.length; zerosAt += PAGE_BYTES) {
      const end = zerosAt + zeroBytes;
      if (end > 0) view.fill(0, Math.max(zerosAt, 0), end);
    }
  }

  #sum(
    polynomial: CrcPolynomial,
    stream: number,
    offset: number,
    byteCount: number,
    crc: number,
  ): number {
    let sum = crc;
    this.#visit(stream, offset, byteCount, (from, at, pieceBytes) => {
      sum = this.#keptBytes === PAGE_BYTES
        ? this.#sumSource(polynomial, from, at, pieceBytes, sum)
        : this.#sumPages(polynomial, from, at, pieceBytes, sum);
    });
    return sum;
  }

  #sumPages(
    polynomial: CrcPolynomial,
    stream: number,
    offset: number,
    byteCount: number,
    crc: number,
  ): number {
    const keptBytes = this.#keptBytes;
    const end = offset + byteCount;
    let sum = crc;
    let at = offset;
    while (at < end) {
      const inPage = at % PAGE_BYTES;
      if (inPage < keptBytes) {
        const partBytes = Math.min(keptBytes - inPage, end - at);
        sum = this.#sumSource(polynomial, stream, at, partBytes, sum);
        at += partBytes;
      } else {
        const zeroBytes = Math.min(PAGE_BYTES - inPage, end - at);
        sum = this.#sumZeros(polynomial, zeroBytes, sum);
        at += zeroBytes;
      }
    }
    return sum;
  }

  #sumSource(
    polynomial: CrcPolynomial,
    stream: number,
    offset: number,
    byteCount: number,
    crc: number,
  ): number {
    return polynomial === CRC32_POLYNOMIAL
      ? this.#source.crc32(stream, offset, byteCount, crc)
      : this.#source.crc32c(stream, offset, byteCount, crc);
  }

  #sumZeros(
    polynomial: CrcPolynomial,
    byteCount: number,
    crc: number,
  ): number {
    const register = ~crc >>> 0;
    const isWhole = byteCount === PAGE_BYTES - this.#keptBytes;
    const shifted = isWhole
      ? this.#zeroShifts[polynomial].apply(register)
      : shiftCrc(register, byteCount, polynomial);
    return ~shifted >>> 0;
  }
}

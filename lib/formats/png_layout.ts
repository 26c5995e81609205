/**
 * How a PNG gets exactly one byte per pixel.
 *
 *    signature 8
 *    IHDR      25
 *    IDAT      one per stored block: [zlib head 2,] block head 5, rows
 *    IDAT      last block: zero rows, deflated; Adler-32 4
 *    stKr      random bytes, a private chunk that decoders skip
 *    IEND      12
 *
 * Stored rows are longer than their pixels by filter bytes and heads. To make
 * up for it, the fewest rows that suffice are zero, at the bottom: they deflate
 * to nearly nothing (a 338 × 338 image has 2 of them, 0.6 %). The private chunk
 * fills the rest.
 *
 * Spec: W3C PNG, sections 5 and 11; RFC 1951, section 3.2.4.
 */
import { deflatedZerosBytes } from "./deflate_zeros.ts";
import type { ImageSize } from "./image_size.ts";

/** Length, type and CRC of a chunk. */
export const CHUNK_FRAME_BYTES = 12;
/** Bytes before the rows of a stored block. */
export const STORED_HEAD_BYTES = 5;
/**
 * Most bytes of rows in a block, of the 65,535 possible: whole chunks of the
 * random source, whose CRCs are the cheap ones.
 */
export const MAX_STORED_BYTES = 49_152;
/** The largest width or height that fits the header. */
export const PNG_MAX_SIDE = 2 ** 31 - 1;

const SIGNATURE_BYTES = 8;
const IHDR_BYTES = CHUNK_FRAME_BYTES + 13;
const IEND_BYTES = CHUNK_FRAME_BYTES;
const ZLIB_HEAD_BYTES = 2;
const ADLER_BYTES = 4;

/** The variable parts of a file. */
export interface PngLayout {
  /** Bytes of random rows with their filter bytes. */
  readonly storedBytes: number;
  /** Bytes of zero rows with their filter bytes. */
  readonly zeroBytes: number;
  /** Content of the private chunk; null if there is none. */
  readonly fillerBytes: number | null;
}

/** Length of the shortest file: all rows zero, an empty private chunk. */
export function leastPngBytes(size: ImageSize): number {
  return pngBytes(size, size.height) + CHUNK_FRAME_BYTES;
}

/**
 * Divides an image into random and zero rows.
 *
 * @param fileBytes Wanted length, {@linkcode leastPngBytes} or more.
 */
export function layOutPng(size: ImageSize, fileBytes: number): PngLayout {
  const rowBytes = size.width + 1;
  let zeroRows = fewestZeroRows(size, fileBytes);
  // A gap too narrow for a chunk takes another row; all rows zero leave
  // room enough, as fileBytes >= leastPngBytes.
  while (!isFillable(fileBytes - pngBytes(size, zeroRows))) zeroRows++;
  const gapBytes = fileBytes - pngBytes(size, zeroRows);
  return {
    storedBytes: (size.height - zeroRows) * rowBytes,
    zeroBytes: zeroRows * rowBytes,
    fillerBytes: gapBytes === 0 ? null : gapBytes - CHUNK_FRAME_BYTES,
  };
}

function isFillable(gapBytes: number): boolean {
  return gapBytes === 0 || gapBytes >= CHUNK_FRAME_BYTES;
}

/** By bisection, as more zero rows make a shorter file. */
function fewestZeroRows(size: ImageSize, fileBytes: number): number {
  let low = 1;
  let high = size.height;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (pngBytes(size, middle) <= fileBytes) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Length of a file with so many zero rows and no private chunk. */
function pngBytes(size: ImageSize, zeroRows: number): number {
  const rowBytes = size.width + 1;
  const storedBytes = (size.height - zeroRows) * rowBytes;
  const blockCount = Math.ceil(storedBytes / MAX_STORED_BYTES);
  const blockBytes = CHUNK_FRAME_BYTES + STORED_HEAD_BYTES;
  const lastBytes = CHUNK_FRAME_BYTES +
    deflatedZerosBytes(zeroRows * rowBytes) + ADLER_BYTES;
  return SIGNATURE_BYTES + IHDR_BYTES + ZLIB_HEAD_BYTES +
    blockCount * blockBytes + storedBytes + lastBytes + IEND_BYTES;
}

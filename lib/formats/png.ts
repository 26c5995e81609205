/**
 * PNG: an 8-bit grayscale image of the sample's width and height, one byte
 * per pixel in the file exactly, its pixels the random bytes themselves.
 *
 * Pixel (row, column) is byte row (width + 1) + column + 1 of the file's
 * stream, except in the few zero rows at the bottom that make room for what
 * is not pixels; see `png_layout.ts`. The private chunk holds the stream
 * bytes that follow the random rows.
 *
 * Spec: https://www.w3.org/TR/png-3/
 */
import { lazyImport } from "../lazy_import.ts";
import { adler32Zeros } from "../bytes/adler32.ts";
import { crc32 } from "../bytes/crc.ts";
import { deflateZeros } from "./deflate_zeros.ts";
import type { EncodeTools, FileSpec, Format } from "./format.ts";
import type { ImageSize } from "./image_size.ts";
import { imageFileBytes, imageProblems, imageSize } from "./image_size.ts";
import { PageCursor } from "./page_cursor.ts";
import {
  CHUNK_FRAME_BYTES,
  layOutPng,
  leastPngBytes,
  MAX_STORED_BYTES,
  PNG_MAX_SIDE,
  STORED_HEAD_BYTES,
} from "./png_layout.ts";
import { PngRows } from "./png_rows.ts";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10);
/** Deflate with a window of 32 KiB, fastest; a multiple of 31. */
const ZLIB_HEAD = [0x78, 0x01] as const;

/** Chunk types: four letters each. */
const IHDR = 0x49484452;
const IDAT = 0x49444154;
const IEND = 0x49454e44;
/** "stKr": ancillary, private, safe to copy. */
const FILLER = 0x73744b72;

/** The format `png`. */
export const png: Format = {
  name: "png",
  reading: "whole_file",
  isInterleaved: true,
  async inside(source) {
    const url = import.meta.resolve("./inside/image_inside.ts");
    const module = await lazyImport<typeof import("./inside/image_inside.ts")>(
      url,
    );
    return await module.imageInside(source);
  },
  codecs: [],

  problems: (spec) =>
    imageProblems(spec, {
      name: png.name,
      codecs: png.codecs,
      maxSide: PNG_MAX_SIDE,
      leastBytes: leastPngBytes,
    }),

  fileBytes: imageFileBytes,
  encode: encodePng,
};

function* encodePng(
  spec: FileSpec,
  tools: EncodeTools,
): Generator<Uint8Array, void> {
  const { random } = tools;
  const stream = spec.fileIndex;
  const size = imageSize(spec);
  const layout = layOutPng(size, imageFileBytes(spec));
  const { storedBytes, zeroBytes, fillerBytes } = layout;
  const cursor = new PageCursor(tools);
  yield* cursor.bytes(SIGNATURE);
  yield* cursor.bytes(chunk(IHDR, imageHeader(size)));

  const rows = new PngRows(random, stream, size.width);
  const write = (view: Uint8Array) => rows.write(view);
  const seam = new BlockSeam();
  for (let offset = 0; offset < storedBytes; offset += MAX_STORED_BYTES) {
    const byteCount = Math.min(MAX_STORED_BYTES, storedBytes - offset);
    yield* cursor.bytes(seam.begin(byteCount));
    yield* cursor.written(byteCount, write);
    seam.crc = rows.takeCrc(seam.crc);
  }
  if (storedBytes > 0) yield* cursor.bytes(uint32(seam.crc));

  const lead = storedBytes === 0 ? ZLIB_HEAD : [];
  const adler = uint32(adler32Zeros(zeroBytes, rows.adler));
  const last = [...lead, ...deflateZeros(zeroBytes), ...adler];
  yield* cursor.bytes(chunk(IDAT, last));
  if (fillerBytes !== null) {
    const frame = chunkHead(FILLER, fillerBytes);
    const frameCrc = crc32(frame.subarray(4));
    yield* cursor.bytes(frame);
    yield* cursor.random(stream, storedBytes, fillerBytes);
    const crc = random.crc32(stream, storedBytes, fillerBytes, frameCrc);
    yield* cursor.bytes(uint32(crc));
  }
  yield* cursor.bytes(chunk(IEND, []));
  yield* cursor.end();
}

/** IHDR: 8 bits, grayscale, deflate, no special filters, not interlaced. */
function imageHeader(size: ImageSize): number[] {
  return [...uint32(size.width), ...uint32(size.height), 8, 0, 0, 0, 0];
}

/**
 * What lies between the rows of two stored blocks, in one piece, since each
 * part that is appended costs as much as some KB of rows:
 *
 *    CRC of the block before 4 | length 4 | IDAT 4 | [zlib head 2,] head 5
 *
 * The first block has no CRC before it, but the head of the zlib stream.
 * Head of a stored deflate block that is not the last: RFC 1951, 3.2.4.
 */
class BlockSeam {
  /** Of the block so far: its head, then, once they are made, its rows. */
  crc = 0;
  readonly #bytes = new Uint8Array(4 + 8 + 2 + STORED_HEAD_BYTES);
  #isFirst = true;

  /** Ends a block, of which `crc` is known, and begins one of `byteCount`. */
  begin(byteCount: number): Uint8Array {
    const leadBytes = this.#isFirst ? ZLIB_HEAD.length : 0;
    const contentBytes = leadBytes + STORED_HEAD_BYTES + byteCount;
    const end = 12 + leadBytes + STORED_HEAD_BYTES;
    const bytes = this.#bytes;
    setUint32(bytes, 0, this.crc);
    setUint32(bytes, 4, contentBytes);
    setUint32(bytes, 8, IDAT);
    bytes.set(ZLIB_HEAD, 12);
    bytes[end - 5] = 0;
    bytes[end - 4] = byteCount;
    bytes[end - 3] = byteCount >>> 8;
    bytes[end - 2] = ~byteCount;
    bytes[end - 1] = ~byteCount >>> 8;
    this.crc = crc32(bytes.subarray(8, end));
    const begin = this.#isFirst ? 4 : 0;
    this.#isFirst = false;
    return bytes.subarray(begin, end);
  }
}

function chunk(type: number, content: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(CHUNK_FRAME_BYTES + content.length);
  setUint32(bytes, 0, content.length);
  setUint32(bytes, 4, type);
  bytes.set(content, 8);
  setUint32(bytes, bytes.length - 4, crc32(bytes.subarray(4, -4)));
  return bytes;
}

function chunkHead(type: number, contentBytes: number): Uint8Array {
  const head = new Uint8Array(8);
  setUint32(head, 0, contentBytes);
  setUint32(head, 4, type);
  return head;
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  setUint32(bytes, 0, value);
  return bytes;
}

/** The highest byte first. Plain stores: made for every block. */
function setUint32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}

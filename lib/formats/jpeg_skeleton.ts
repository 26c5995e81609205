/**
 * The parts of a baseline grayscale JPEG that are not payload.
 *
 *    SOI  APP0 "JFIF"  ...comments...  DQT  SOF0  DHT DC  DHT AC  SOS  scan  EOI
 *
 * Both Huffman tables have one code, the single bit 0: "difference of
 * category 1" for DC, "end of block" for AC. So a block of 8 × 8 pixels is
 * three bits, of which the middle one, the sign of the difference, is free:
 *
 *    0 (DC code)   sign   0 (end of block)
 *
 * That is the shortest scan of which no two 4 KiB blocks are alike. The gray
 * value is a random walk in steps of 1/8, which decoders clip.
 *
 * Invariant: a scan byte is never 0xff, as every third bit is 0, so nothing
 * has to be escaped.
 *
 * Spec: ITU-T T.81, annexes B and F.
 */
import type { ImageSize } from "./image_size.ts";

/** Largest width or height that libjpeg accepts. */
export const JPEG_MAX_SIDE = 65_500;
/** Most content bytes of a comment: its 16-bit length counts itself. */
export const MAX_COMMENT_BYTES = 65_533;
/** Bytes of a comment's marker and length. */
export const COMMENT_HEAD_BYTES = 4;

const BITS_PER_BLOCK = 3;
/** The sign bits of three bytes, which hold eight blocks. */
const SIGN_BITS = [0b01001001, 0b00100100, 0b10010010] as const;

// deno-fmt-ignore
/** SOI and APP0: JFIF 1.01, pixels are square, no thumbnail. */
export const JPEG_FRONT: Uint8Array = Uint8Array.of(
  0xff, 0xd8,
  0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0,
);

/** EOI. */
export const JPEG_BACK: Uint8Array = Uint8Array.of(0xff, 0xd9);

/** Those of an image of no size, which differs in four bytes. */
const TABLES: Uint8Array = Uint8Array.from([
  ...segment(0xdb, [0, ...Array<number>(64).fill(1)]),
  // Precision, height, width; one component: id 1, sampling 1 × 1,
  // quantization table 0.
  ...segment(0xc0, [8, 0, 0, 0, 0, 1, 1, 0x11, 0]),
  ...huffmanTable(0x00, 1),
  ...huffmanTable(0x10, 0),
  // One component with tables 0 and 0; all 64 coefficients in one pass.
  ...segment(0xda, [1, 1, 0x00, 0, 63, 0]),
]);
/** Behind DQT, of 69 bytes, and the head and precision of SOF0. */
const HEIGHT_OFFSET = 69 + 4 + 1;

/** Length of the tables. */
export const JPEG_TABLES_BYTES = TABLES.length;

/** Those that were made last: images of a dataset mostly have one size. */
let lastTables = TABLES;
let lastSize: ImageSize = { width: 0, height: 0 };

/** DQT (all ones), SOF0, both DHT and SOS; not to be changed. */
export function jpegTables({ width, height }: ImageSize): Uint8Array {
  if (lastSize.width === width && lastSize.height === height) return lastTables;
  const bytes = TABLES.slice();
  bytes[HEIGHT_OFFSET] = height >>> 8;
  bytes[HEIGHT_OFFSET + 1] = height;
  bytes[HEIGHT_OFFSET + 2] = width >>> 8;
  bytes[HEIGHT_OFFSET + 3] = width;
  lastTables = bytes;
  lastSize = { width, height };
  return bytes;
}

/** Head of a comment of `byteCount` content bytes. */
export function commentHead(byteCount: number): Uint8Array {
  const length = byteCount + 2;
  return Uint8Array.of(0xff, 0xfe, length >>> 8, length & 0xff);
}

/** Length of the scan of an image in bytes. */
export function scanBytes(size: ImageSize): number {
  return Math.ceil(scanBits(size) / 8);
}

/**
 * Turns random bytes into bytes of the scan.
 *
 * @param view The bytes, changed in place.
 * @param offset Where in the scan they are.
 */
export function maskScan(
  view: Uint8Array,
  offset: number,
  size: ImageSize,
): void {
  for (let i = 0; i < view.length; i++) {
    view[i]! &= SIGN_BITS[(offset + i) % 3]!;
  }
  const usedBits = scanBits(size) % 8;
  if (offset + view.length === scanBytes(size) && usedBits > 0) {
    // T.81 F.1.2.3: the last byte is filled up with ones.
    const padding = 0xff >>> usedBits;
    view[view.length - 1] = (view[view.length - 1]! & ~padding) | padding;
  }
}

function scanBits(size: ImageSize): number {
  const blocks = Math.ceil(size.width / 8) * Math.ceil(size.height / 8);
  return blocks * BITS_PER_BLOCK;
}

/** A table whose only code has one bit and stands for `symbol`. */
function huffmanTable(classAndId: number, symbol: number): number[] {
  const codesOfLength = [1, ...Array<number>(15).fill(0)];
  return segment(0xc4, [classAndId, ...codesOfLength, symbol]);
}

function segment(marker: number, content: readonly number[]): number[] {
  return [0xff, marker, 0, content.length + 2, ...content];
}

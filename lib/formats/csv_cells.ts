/**
 * Random bytes as decimal numbers, each followed by a comma.
 *
 * Eight-bit types have a table of all 256 texts; others are written digit by
 * digit. Floating-point types get integers that they hold exactly: the lowest
 * bits of the random bytes, as many as the mantissa has.
 *
 *    type      integer             longest cell
 *    uint8     8 bits              255,
 *    int8      8 bits, signed      -128,
 *    uint16    16 bits             65535,
 *    ...
 *    int64     64 bits, signed     -9223372036854775808,
 *    float16   11 bits             2047,
 *    float32   24 bits             16777215,
 *    float64   53 bits             9007199254740991,
 */
import type { ElementType } from "./format.ts";
import { ELEMENT_BYTES } from "./format.ts";

/**
 * Writes cells.
 *
 * @param source Whole elements, little-endian.
 * @param target Where to; {@linkcode MAX_CELL_BYTES} per element and 8 more.
 * @param at Where in the target to begin.
 * @returns Where the last cell's comma ends.
 */
export type CellWriter = (
  source: Uint8Array,
  target: Uint8Array,
  at: number,
) => number;

/** Longest cell: "-9223372036854775808,". */
export const MAX_CELL_BYTES = 21;

const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const TWO_POW_32 = 2 ** 32;

/** The writer of an element type: chosen once, before the loop. */
export function cellWriter(elementType: ElementType): CellWriter {
  switch (elementType) {
    case "uint8":
      return tableWriter((byte) => byte);
    case "int8":
      return tableWriter((byte) => (byte << 24) >> 24);
    default:
      return wideWriter(elementType);
  }
}

function tableWriter(valueOf: (byte: number) => number): CellWriter {
  // Each text is the eight bytes of one number, never that of a NaN: the last
  // bytes are 0. So one store writes it, and what is too much is written over
  // by the next.
  const texts = new Float64Array(256);
  const bytes = new Uint8Array(texts.buffer);
  const lengths = new Uint8Array(256);
  const encoder = new TextEncoder();
  for (let byte = 0; byte < 256; byte++) {
    const text = encoder.encode(`${valueOf(byte)},`);
    bytes.set(text, byte * Float64Array.BYTES_PER_ELEMENT);
    lengths[byte] = text.length;
  }
  return (source, target, at) => {
    const view = new DataView(target.buffer, target.byteOffset, target.length);
    let end = at;
    for (let i = 0; i < source.length; i++) {
      const byte = source[i]!;
      view.setFloat64(end, texts[byte]!, true);
      end += lengths[byte]!;
    }
    return end;
  };
}

function wideWriter(elementType: ElementType): CellWriter {
  const elementBytes = ELEMENT_BYTES[elementType];
  const isSigned = elementType.startsWith("int");
  const keptBits = mantissaBits(elementType) ?? elementBytes * 8;
  return (source, target, at) => {
    const view = new DataView(source.buffer, source.byteOffset, source.length);
    let end = at;
    for (let i = 0; i < source.length; i += elementBytes) {
      let low = elementBytes === 2
        ? view.getUint16(i, true)
        : view.getUint32(i, true);
      let high = elementBytes === 8 ? view.getUint32(i + 4, true) : 0;
      if (keptBits < 32) low %= 2 ** keptBits;
      else if (keptBits < 64) high %= 2 ** (keptBits - 32);
      if (isSigned && isNegative(low, high, elementBytes)) {
        target[end++] = MINUS;
        [low, high] = negate(low, high, elementBytes);
      }
      end = writeUint64(low, high, target, end);
      target[end++] = COMMA;
    }
    return end;
  };
}

/** Bits of integers that a floating-point type holds exactly. */
function mantissaBits(elementType: ElementType): number | null {
  switch (elementType) {
    case "float16":
      return 11;
    case "float32":
      return 24;
    case "float64":
      return 53;
    default:
      return null;
  }
}

function isNegative(low: number, high: number, elementBytes: number): boolean {
  return elementBytes === 8
    ? high >= 2 ** 31
    : low >= 2 ** (8 * elementBytes - 1);
}

/** Two's complement: the absolute value of a negative number. */
function negate(
  low: number,
  high: number,
  elementBytes: number,
): [low: number, high: number] {
  if (elementBytes < 8) return [2 ** (8 * elementBytes) - low, 0];
  return low === 0
    ? [0, TWO_POW_32 - high]
    : [TWO_POW_32 - low, TWO_POW_32 - 1 - high];
}

function writeUint64(
  low: number,
  high: number,
  target: Uint8Array,
  at: number,
): number {
  const value = high * TWO_POW_32 + low;
  if (Number.isSafeInteger(value)) return writeInteger(value, target, at);
  // Long division by 10^10 in digits of 16 bits: below 2^48 and 2^50.
  const base = 1e10;
  const upper = high * 65536 + Math.floor(low / 65536);
  const lower = (upper % base) * 65536 + low % 65536;
  const quotient = Math.floor(upper / base) * 65536 + Math.floor(lower / base);
  const end = writeInteger(quotient, target, at);
  writeDigits(lower % base, target, end, 10);
  return end + 10;
}

function writeInteger(
  value: number,
  target: Uint8Array,
  at: number,
): number {
  let digitCount = 1;
  for (let limit = 10; value >= limit; limit *= 10) digitCount++;
  writeDigits(value, target, at, digitCount);
  return at + digitCount;
}

/** From the last digit to the first; 32-bit arithmetic where it can be. */
function writeDigits(
  value: number,
  target: Uint8Array,
  at: number,
  digitCount: number,
): void {
  let rest = value;
  let place = at + digitCount;
  while (rest >= TWO_POW_32) {
    const next = Math.floor(rest / 10);
    target[--place] = ZERO + (rest - next * 10);
    rest = next;
  }
  let small = rest >>> 0;
  while (place > at) {
    const next = (small / 10) >>> 0;
    target[--place] = ZERO + (small - next * 10);
    small = next;
  }
}

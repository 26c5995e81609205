/**
 * A deflate block that stands for zero bytes, the last of its stream.
 *
 *    1 (last)  01 (fixed codes)  literal 0  (length 258, distance 1) ...
 *    (length of the rest, distance 1)  end of block
 *
 * zlib would do as well, but its output differs between versions, and the
 * same dataset must have the same bytes everywhere.
 *
 * Spec: RFC 1951, sections 3.2.5 and 3.2.6.
 */

const MAX_MATCH_BYTES = 258;
const MIN_MATCH_BYTES = 3;
const HEADER_BITS = 3;
const LITERAL_ZERO_BITS = 8;
const DISTANCE_BITS = 5;
const END_OF_BLOCK_BITS = 7;

/** Lengths that codes 257 ... 285 begin with. */
// deno-fmt-ignore
const LENGTH_BASES = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59,
  67, 83, 99, 115, 131, 163, 195, 227, 258,
];

interface LengthCode {
  readonly code: number;
  readonly codeBits: number;
  readonly extra: number;
  readonly extraBits: number;
}

/**
 * Length of {@linkcode deflateZeros}'s result.
 *
 * @param byteCount Zero bytes, one or more.
 */
export function deflatedZerosBytes(byteCount: number): number {
  const { matchCount, restBytes } = split(byteCount);
  const matchBits = lengthBits(MAX_MATCH_BYTES) + DISTANCE_BITS;
  const restBits = restBytes < MIN_MATCH_BYTES
    ? restBytes * LITERAL_ZERO_BITS
    : lengthBits(restBytes) + DISTANCE_BITS;
  const bits = HEADER_BITS + LITERAL_ZERO_BITS + matchCount * matchBits +
    restBits + END_OF_BLOCK_BITS;
  return Math.ceil(bits / 8);
}

/**
 * The block for `byteCount` zero bytes.
 *
 * @param byteCount Zero bytes, one or more.
 */
export function deflateZeros(byteCount: number): Uint8Array {
  const { matchCount, restBytes } = split(byteCount);
  const out = new BitWriter(deflatedZerosBytes(byteCount));
  out.bits(0b011, HEADER_BITS);
  writeLiteralZero(out);
  for (let i = 0; i < matchCount; i++) writeMatch(out, MAX_MATCH_BYTES);
  if (restBytes >= MIN_MATCH_BYTES) {
    writeMatch(out, restBytes);
  } else {
    for (let i = 0; i < restBytes; i++) writeLiteralZero(out);
  }
  out.code(0, END_OF_BLOCK_BITS);
  return out.bytes;
}

function split(byteCount: number): { matchCount: number; restBytes: number } {
  const matchCount = Math.floor((byteCount - 1) / MAX_MATCH_BYTES);
  return {
    matchCount,
    restBytes: byteCount - 1 - matchCount * MAX_MATCH_BYTES,
  };
}

function writeLiteralZero(out: BitWriter): void {
  out.code(0b00110000, LITERAL_ZERO_BITS);
}

function writeMatch(out: BitWriter, byteCount: number): void {
  const { code, codeBits, extra, extraBits } = lengthCode(byteCount);
  out.code(code, codeBits);
  out.bits(extra, extraBits);
  // Distance 1 is code 0.
  out.code(0, DISTANCE_BITS);
}

function lengthBits(byteCount: number): number {
  const { codeBits, extraBits } = lengthCode(byteCount);
  return codeBits + extraBits;
}

function lengthCode(byteCount: number): LengthCode {
  const index = LENGTH_BASES.findLastIndex((base) => base <= byteCount);
  const isLongest = index === LENGTH_BASES.length - 1;
  const extraBits = isLongest || index < 8 ? 0 : (index >>> 2) - 1;
  const extra = byteCount - LENGTH_BASES[index]!;
  // Fixed codes: symbols 256 ... 279 are 7 bits from 0, 280 ... 287 are 8 bits
  // from 11000000.
  const symbol = 257 + index;
  return symbol < 280
    ? { code: symbol - 256, codeBits: 7, extra, extraBits }
    : { code: 0b11000000 + symbol - 280, codeBits: 8, extra, extraBits };
}

/** Fills bytes from their lowest bit up. */
class BitWriter {
  readonly bytes: Uint8Array;
  #position = 0;

  constructor(byteCount: number) {
    this.bytes = new Uint8Array(byteCount);
  }

  /** A number, its lowest bit first. */
  bits(value: number, bitCount: number): void {
    for (let i = 0; i < bitCount; i++) this.#bit((value >>> i) & 1);
  }

  /** A Huffman code, its highest bit first. */
  code(value: number, bitCount: number): void {
    for (let i = bitCount - 1; i >= 0; i--) this.#bit((value >>> i) & 1);
  }

  #bit(bit: number): void {
    this.bytes[this.#position >>> 3]! |= bit << (this.#position & 7);
    this.#position++;
  }
}

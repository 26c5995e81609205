/**
 * Repetition and definition levels of a page without nulls, in the hybrid of
 * run-length and bit-packed runs.
 *
 *    page          u32 bytes of repetition levels, then they (lists only)
 *                  u32 bytes of definition levels, then they
 *    RLE run       varint (count << 1), value in whole bytes
 *    packed run    varint (groups of 8 << 1 | 1), bits, lowest first
 *
 * A row of a list of k elements has the repetition levels 0 1 1 ... 1 (k - 1
 * ones): two RLE runs, or k bits where that is shorter.
 *
 * Spec: https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE
 */
import { concatBytes } from "../../bytes/concat_bytes.ts";
import { varintBytes } from "../../bytes/varint.ts";
import { type Leaf, maxDefinitionLevel } from "./leaf.ts";

const LENGTH_BYTES = 4;

/**
 * The levels in front of a page's values.
 *
 * @param leaf The column.
 * @param rows Rows of the page, > 0.
 */
export function pageLevels(leaf: Leaf, rows: number): Uint8Array {
  const definition = rleRun(
    rows * (leaf.listSize ?? 1),
    maxDefinitionLevel(leaf),
  );
  if (leaf.listSize === null) return withLengths([definition]);
  return withLengths([repetitionLevels(leaf.listSize, rows), definition]);
}

function repetitionLevels(listSize: number, rows: number): Uint8Array {
  if (listSize === 1) return rleRun(rows, 0);
  const rowRuns = concatBytes([rleRun(1, 0), rleRun(listSize - 1, 1)]);
  if (rowRuns.length * 8 <= listSize) return repeat(rowRuns, rows);
  const groupCount = Math.ceil(rows * listSize / 8);
  const packed = new Uint8Array(groupCount).fill(0xff);
  for (let bit = 0; bit < rows * listSize; bit += listSize) {
    packed[bit >>> 3]! &= ~(1 << (bit & 7));
  }
  return concatBytes([varintBytes(groupCount * 2 + 1), packed]);
}

/** Levels are at most 3: a value is one byte. */
function rleRun(count: number, value: number): Uint8Array {
  return concatBytes([varintBytes(count * 2), Uint8Array.of(value)]);
}

function withLengths(parts: readonly Uint8Array[]): Uint8Array {
  const bytes: Uint8Array[] = [];
  for (const part of parts) {
    const length = new Uint8Array(LENGTH_BYTES);
    new DataView(length.buffer).setUint32(0, part.length, true);
    bytes.push(length, part);
  }
  return concatBytes(bytes);
}

/** One byte sequence many times. */
function repeat(pattern: Uint8Array, count: number): Uint8Array {
  const bytes = new Uint8Array(pattern.length * count);
  for (let i = 0; i < count; i++) bytes.set(pattern, i * pattern.length);
  return bytes;
}

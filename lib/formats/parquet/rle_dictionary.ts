/**
 * The dictionary of every 8- or 16-bit value in order, and pages of indices
 * into it: index i stands for the number whose bits are i, so the packed
 * indices of random values are random bytes.
 *
 *    dictionary page   256 or 65,536 INT32, little-endian
 *    data page         u8 bits of an index (8 or 16)
 *                      varint (groups of 8 values << 1 | 1): one packed run
 *                      the indices, little-endian, the last group filled up
 *
 * Spec: https://parquet.apache.org/docs/file-format/data-pages/encodings/#dictionary-encoding-plain_dictionary--2-and-rle_dictionary--8
 */
import type { ColumnType } from "./column_type.ts";
import { concatBytes } from "../../bytes/concat_bytes.ts";
import { varintBytes } from "../../bytes/varint.ts";

/** Bytes of a dictionary's entry: INT32. */
const ENTRY_BYTES = 4;

/** Entries of the dictionary of a narrow type. */
export function dictionaryEntryCount(type: ColumnType): number {
  return 2 ** type.bitWidth;
}

/** Bytes of the dictionary of a narrow type. */
export function dictionaryBytes(type: ColumnType): number {
  return dictionaryEntryCount(type) * ENTRY_BYTES;
}

/** Body of the dictionary page of a narrow type. */
export function dictionaryBody(type: ColumnType): Uint8Array {
  const entryCount = dictionaryEntryCount(type);
  const body = new Uint8Array(entryCount * ENTRY_BYTES);
  const view = new DataView(body.buffer);
  // Shifting up and down again spreads the sign bit.
  const unusedBits = type.isSigned ? 32 - type.bitWidth : 0;
  for (let i = 0; i < entryCount; i++) {
    view.setInt32(i * ENTRY_BYTES, i << unusedBits >> unusedBits, true);
  }
  return body;
}

/** What a data page has in front of `count` indices. */
export function indexPrefix(type: ColumnType, count: number): Uint8Array {
  const groupCount = Math.ceil(count / 8);
  return concatBytes([
    Uint8Array.of(type.bitWidth),
    varintBytes(groupCount * 2 + 1),
  ]);
}

/** Bytes of `count` packed indices: whole groups of 8. */
export function indexBytes(type: ColumnType, count: number): number {
  return Math.ceil(count / 8) * type.bitWidth;
}

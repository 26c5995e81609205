/**
 * What a data page consists of before any random byte is drawn.
 *
 *    header    Thrift
 *    prefix    levels, then what the encoding has in front of its values
 *    body      made of random bytes as `fill` says
 */
import { concatBytes } from "../../bytes/concat_bytes.ts";
import { equalLengths } from "./delta_length.ts";
import type { Leaf } from "./leaf.ts";
import { pageLevels } from "./levels.ts";
import { dataPageHeader, ENCODING } from "./page_header.ts";
import { indexBytes, indexPrefix } from "./rle_dictionary.ts";
import { TEXT_BYTES } from "./text_values.ts";

/** How a page's body is made of random bytes. */
export type PageFill =
  /** It is them. */
  | "random"
  /** INT32 of 1 or 2 random bytes each. */
  | "widened"
  /** `s_<int31>` of 4 random bytes each. */
  | "text";

/** One data page, or many that are alike. */
export interface PageLayout {
  readonly valueCount: number;
  readonly encoding: number;
  readonly prefix: Uint8Array;
  readonly fill: PageFill;
  /** Bytes of the random stream that the body is made of. */
  readonly randomBytes: number;
  readonly bodyBytes: number;
  /** Header of the uncompressed page and the prefix. */
  readonly head: Uint8Array;
  /** Uncompressed, with its header. */
  readonly byteCount: number;
}

/** The values of a page, without header and levels. */
interface ValuesLayout {
  readonly encoding: number;
  readonly prefix: Uint8Array;
  readonly fill: PageFill;
  readonly randomBytes: number;
  readonly bodyBytes: number;
}

const NOTHING = new Uint8Array(0);

/** Bytes of an INT32. */
const INT32_BYTES = 4;

/**
 * Lays out a page.
 *
 * @param leaf The column.
 * @param rows Rows of the page, > 0.
 * @param hasDictionary Whether its values are indices.
 */
export function pageLayout(
  leaf: Leaf,
  rows: number,
  hasDictionary: boolean,
): PageLayout {
  const valueCount = rows * (leaf.listSize ?? 1);
  const values = valuesLayout(leaf, valueCount, hasDictionary);
  const prefix = concatBytes([pageLevels(leaf, rows), values.prefix]);
  const contentBytes = prefix.length + values.bodyBytes;
  const header = dataPageHeader({
    valueCount,
    encoding: values.encoding,
    uncompressedBytes: contentBytes,
    compressedBytes: contentBytes,
  });
  return {
    ...values,
    valueCount,
    prefix,
    head: concatBytes([header, prefix]),
    byteCount: header.length + contentBytes,
  };
}

/** Body bytes of one row, where rows are many; for choosing page sizes. */
export function rowBodyBytes(leaf: Leaf, hasDictionary: boolean): number {
  // 8 values are whole bytes in every encoding.
  const values = 8 * (leaf.listSize ?? 1);
  return valuesBodyBytes(leaf, values, hasDictionary) / 8;
}

function valuesLayout(
  leaf: Leaf,
  count: number,
  hasDictionary: boolean,
): ValuesLayout {
  const { type, binaryBytes } = leaf;
  const bodyBytes = valuesBodyBytes(leaf, count, hasDictionary);
  const layout = {
    encoding: ENCODING.plain as number,
    prefix: NOTHING,
    fill: "random" as PageFill,
    randomBytes: bodyBytes,
    bodyBytes,
  };
  switch (type.kind) {
    case "fixed":
    case "bit":
      return layout;
    case "narrow": {
      if (hasDictionary) {
        const prefix = indexPrefix(type, count);
        return { ...layout, encoding: ENCODING.rleDictionary, prefix };
      }
      const randomBytes = count * type.valueBytes;
      return { ...layout, fill: "widened", randomBytes };
    }
    case "binary": {
      const prefix = equalLengths(count, binaryBytes);
      return { ...layout, encoding: ENCODING.deltaLengthByteArray, prefix };
    }
    case "text": {
      const encoding = ENCODING.deltaLengthByteArray;
      const prefix = equalLengths(count, TEXT_BYTES);
      const randomBytes = count * type.valueBytes;
      return { ...layout, encoding, prefix, fill: "text", randomBytes };
    }
  }
}

function valuesBodyBytes(
  leaf: Leaf,
  count: number,
  hasDictionary: boolean,
): number {
  const { type, binaryBytes } = leaf;
  switch (type.kind) {
    case "fixed":
      return count * type.valueBytes;
    case "bit":
      return Math.ceil(count / 8);
    case "narrow":
      return hasDictionary ? indexBytes(type, count) : count * INT32_BYTES;
    case "binary":
      return count * binaryBytes;
    case "text":
      return count * TEXT_BYTES;
  }
}

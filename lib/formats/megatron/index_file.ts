/**
 * The index file beside a Megatron data file, `X.idx` beside `X.bin`:
 *
 *    offset  bytes  field
 *         0      9  magic "MMIDIDX", 0, 0
 *         9      8  version, u64: 1
 *        17      1  code of the tokens' type
 *        18      8  sequences, u64
 *        26      8  entries of the last array, u64
 *        34     4n  i32 tokens of each sequence
 *            +  8n  i64 byte offset of each sequence in the data file
 *            +   …  i64 first sequence of each document, and n at the end
 *
 * all little-endian. Training reads by sequence; here every document is one.
 *
 * Layout: `core/datasets/indexed_dataset.py` of
 * https://github.com/NVIDIA/Megatron-LM
 */
import { packLittleEndian } from "../../bytes/little_endian.ts";
import {
  ELEMENT_BYTES,
  type ElementType,
  type EncodeTools,
  type FileSpec,
} from "../format.ts";
import { PageCursor } from "../page_cursor.ts";
import { DocumentLengths } from "./document_lengths.ts";

/** First bytes of an index file: "MMIDIDX", 0, 0. */
export const MAGIC: Uint8Array = new TextEncoder().encode("MMIDIDX\0\0");
/** The only version that there is. */
export const VERSION = 1;
/** Bytes before the arrays. */
export const HEADER_BYTES = 34;

/** Codes of the types that tokens can have. */
export const TYPE_CODES: Readonly<Partial<Record<ElementType, number>>> = {
  uint8: 1,
  int8: 2,
  int16: 3,
  int32: 4,
  int64: 5,
  float64: 6,
  float32: 7,
  uint16: 8,
};

/** Entries that are made at once. */
const PART_ENTRIES = 1024;

/**
 * Path of the index file.
 *
 * @param path Of the data file, with an ending.
 */
export function indexPath(path: string): string {
  return path.replace(/\.[^./]*$/, "") + ".idx";
}

/** Makes the index file of a data file. */
export function* encodeIndex(
  spec: FileSpec,
  tools: EncodeTools,
): Generator<Uint8Array, void> {
  const { elementType } = spec.dataset;
  const documents = new DocumentLengths(spec);
  const { count } = documents;
  const cursor = new PageCursor(tools);
  yield* cursor.bytes(MAGIC);
  yield* cursor.bytes(packLittleEndian([
    [8, VERSION],
    [1, TYPE_CODES[elementType] ?? 0],
    [8, count],
    [8, count + 1],
  ]));
  for (const lengths of documents.blocks()) {
    const { buffer, byteOffset, byteLength } = lengths;
    yield* cursor.bytes(new Uint8Array(buffer, byteOffset, byteLength));
  }
  const words = new WordWriter(cursor);
  let offset = 0;
  for (const lengths of documents.blocks()) {
    for (const length of lengths) {
      if (words.add(offset)) yield* words.flush();
      offset += length * ELEMENT_BYTES[elementType];
    }
  }
  for (let document = 0; document <= count; document++) {
    if (words.add(document)) yield* words.flush();
  }
  yield* words.flush();
  yield* cursor.end();
}

/** Collects 64-bit numbers: a generator for each would be the slowest part. */
class WordWriter {
  readonly #cursor: PageCursor;
  readonly #part = new Uint8Array(PART_ENTRIES * 8);
  readonly #words = new DataView(this.#part.buffer);
  #count = 0;

  constructor(cursor: PageCursor) {
    this.#cursor = cursor;
  }

  /** Adds a number. @returns True if it must be flushed. */
  add(value: number): boolean {
    const at = this.#count++ * 8;
    // Setting takes a number modulo 2^32 by itself.
    this.#words.setUint32(at, value, true);
    this.#words.setUint32(at + 4, value / 2 ** 32, true);
    return this.#count === PART_ENTRIES;
  }

  *flush(): Generator<Uint8Array, void> {
    yield* this.#cursor.bytes(this.#part.subarray(0, this.#count * 8));
    this.#count = 0;
  }
}

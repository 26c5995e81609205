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
 *            +   ...  i64 first sequence of each document, and n at the end
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
import { BLOCK_DOCUMENTS, DocumentLengths } from "./document_lengths.ts";

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
  const tokenBytes = ELEMENT_BYTES[elementType];
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
  const words = new WordBlock();
  let offset = 0;
  for (const lengths of documents.blocks()) {
    yield* cursor.bytes(words.offsets(offset, lengths, tokenBytes));
    offset = words.next;
  }
  for (let first = 0; first <= count; first += BLOCK_DOCUMENTS) {
    const part = Math.min(BLOCK_DOCUMENTS, count + 1 - first);
    yield* cursor.bytes(words.numbers(first, part));
  }
  yield* cursor.end();
}

/**
 * A block of 64-bit numbers. Its loops are no part of a generator, since V8
 * compiles none that runs but once.
 */
class WordBlock {
  /** What would come behind the last number. */
  next = 0;
  /** Halves of each number, the lower one first, as on all of Deno's hosts. */
  readonly #halves = new Uint32Array(2 * BLOCK_DOCUMENTS);
  readonly #bytes = new Uint8Array(this.#halves.buffer);

  /** Where documents of some lengths begin, the first at `offset`. */
  offsets(offset: number, lengths: Int32Array, tokenBytes: number): Uint8Array {
    let next = offset;
    for (let i = 0; i < lengths.length; i++) {
      this.#set(i, next);
      next += lengths[i]! * tokenBytes;
    }
    this.next = next;
    return this.#bytes.subarray(0, 8 * lengths.length);
  }

  /** Numbers from `first` on. */
  numbers(first: number, count: number): Uint8Array {
    for (let i = 0; i < count; i++) this.#set(i, first + i);
    return this.#bytes.subarray(0, 8 * count);
  }

  #set(index: number, value: number): void {
    // Setting takes a number modulo 2^32 by itself.
    this.#halves[2 * index] = value;
    this.#halves[2 * index + 1] = value / 2 ** 32;
  }
}

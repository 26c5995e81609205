/**
 * Writes compressed column chunks: each page is put together, compressed and
 * only then known in length, which is kept for the footer.
 *
 * A page of version 1 is compressed as a whole, levels and values.
 */
import type { PageCursor } from "../page_cursor.ts";
import type { ChunkLayout, DictionaryLayout } from "./chunk_layout.ts";
import type { ChunkLengths } from "./footer.ts";
import type { PageCodec } from "./codec.ts";
import {
  dataPageHeader,
  dictionaryPageHeader,
  ENCODING,
} from "./page_header.ts";
import type { PageLayout } from "./page_layout.ts";
import { PageValues } from "./page_values.ts";

/** Writes compressed chunks one after another. */
export class CompressedChunkWriter {
  readonly lengths: ChunkLengths;
  readonly #cursor: PageCursor;
  readonly #codec: PageCodec;
  readonly #values: PageValues;
  #content = new Uint8Array(0);
  #chunkCount = 0;

  /**
   * @param stream The file's random stream.
   * @param chunkCount Column chunks of the file.
   */
  constructor(
    cursor: PageCursor,
    stream: number,
    codec: PageCodec,
    chunkCount: number,
  ) {
    this.#cursor = cursor;
    this.#codec = codec;
    this.#values = new PageValues(cursor, stream);
    this.lengths = {
      chunkBytes: new Float64Array(chunkCount),
      dictionaryBytes: new Float64Array(chunkCount),
    };
  }

  /** Appends one chunk. */
  *chunk(layout: ChunkLayout): Generator<Uint8Array, void> {
    const start = this.#cursor.position;
    if (layout.dictionary !== null) yield* this.#dictionary(layout.dictionary);
    const index = this.#chunkCount++;
    this.lengths.dictionaryBytes[index] = this.#cursor.position - start;
    for (const { page, count } of layout.runs) {
      for (let i = 0; i < count; i++) yield* this.#page(layout, page);
    }
    this.lengths.chunkBytes[index] = this.#cursor.position - start;
  }

  *#dictionary(
    { body, entryCount }: DictionaryLayout,
  ): Generator<Uint8Array, void> {
    const compressed = this.#codec.compress(body);
    const header = dictionaryPageHeader({
      valueCount: entryCount,
      encoding: ENCODING.plain,
      uncompressedBytes: body.length,
      compressedBytes: compressed.length,
    });
    yield* this.#cursor.bytes(header);
    yield* this.#cursor.bytes(compressed);
  }

  *#page(layout: ChunkLayout, page: PageLayout): Generator<Uint8Array, void> {
    const content = this.#pageContent(layout, page);
    const compressed = this.#codec.compress(content);
    const header = dataPageHeader({
      valueCount: page.valueCount,
      encoding: page.encoding,
      uncompressedBytes: content.length,
      compressedBytes: compressed.length,
    });
    yield* this.#cursor.bytes(header);
    yield* this.#cursor.bytes(compressed);
  }

  #pageContent(layout: ChunkLayout, page: PageLayout): Uint8Array {
    const byteCount = page.prefix.length + page.bodyBytes;
    if (this.#content.length < byteCount) {
      this.#content = new Uint8Array(byteCount);
    }
    this.#content.set(page.prefix);
    let offset = page.prefix.length;
    for (const part of this.#values.parts(layout.leaf.type, page)) {
      this.#content.set(part, offset);
      offset += part.length;
    }
    return this.#content.subarray(0, byteCount);
  }
}

/**
 * Writes the column chunks of a file, drawing random bytes in file order:
 * page after page, whatever the column.
 */
import type { EncodeTools } from "../format.ts";
import type { PageCursor } from "../page_cursor.ts";
import type { ChunkLayout } from "./chunk_layout.ts";
import type { PageLayout } from "./page_layout.ts";
import { TEXT_BYTES, writeTextValues } from "./text_values.ts";
import { widenValues } from "./wide_values.ts";

/** Values that are converted at a time: they stay in the nearest cache. */
const CONVERTED_VALUES = 1024;

/** Writes uncompressed chunks one after another. */
export class ChunkWriter {
  readonly #cursor: PageCursor;
  readonly #stream: number;
  readonly #drawn = new Uint8Array(CONVERTED_VALUES * 4);
  readonly #converted = new Uint8Array(CONVERTED_VALUES * TEXT_BYTES);
  #randomOffset = 0;

  /** @param stream The file's random stream. */
  constructor(cursor: PageCursor, stream: number) {
    this.#cursor = cursor;
    this.#stream = stream;
  }

  /** Appends one chunk. */
  *chunk(layout: ChunkLayout): Generator<Uint8Array, void> {
    if (layout.dictionary !== null) {
      yield* this.#cursor.bytes(layout.dictionary.bytes);
    }
    for (const { page, count } of layout.runs) {
      for (let i = 0; i < count; i++) {
        yield* this.#cursor.bytes(page.head);
        yield* this.#body(layout, page);
      }
    }
  }

  *#body(layout: ChunkLayout, page: PageLayout): Generator<Uint8Array, void> {
    if (page.fill === "random") {
      const { randomBytes } = page;
      yield* this.#cursor.random(this.#stream, this.#randomOffset, randomBytes);
    } else {
      yield* this.#convertedBody(layout, page);
    }
    this.#randomOffset += page.randomBytes;
  }

  *#convertedBody(
    layout: ChunkLayout,
    page: PageLayout,
  ): Generator<Uint8Array, void> {
    const { type } = layout.leaf;
    let offset = this.#randomOffset;
    for (let done = 0; done < page.valueCount; done += CONVERTED_VALUES) {
      const count = Math.min(CONVERTED_VALUES, page.valueCount - done);
      const drawn = this.#drawn.subarray(0, count * type.valueBytes);
      this.#cursor.draw(drawn, this.#stream, offset);
      offset += drawn.length;
      const bodyBytes = page.bodyBytes / page.valueCount * count;
      const converted = this.#converted.subarray(0, bodyBytes);
      if (page.fill === "text") writeTextValues(drawn, converted);
      else widenValues(drawn, type, converted);
      yield* this.#cursor.bytes(converted);
    }
  }
}

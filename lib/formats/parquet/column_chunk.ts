/**
 * Writes the column chunks of a file, drawing random bytes in file order:
 * page after page, whatever the column.
 */
import type { PageCursor } from "../page_cursor.ts";
import type { ChunkLayout } from "./chunk_layout.ts";
import type { PageLayout } from "./page_layout.ts";
import { PageValues } from "./page_values.ts";

/** Writes uncompressed chunks one after another. */
export class ChunkWriter {
  /** None are needed: the layout says them all. */
  readonly lengths = null;
  readonly #cursor: PageCursor;
  readonly #stream: number;
  readonly #values: PageValues;

  /** @param stream The file's random stream. */
  constructor(cursor: PageCursor, stream: number) {
    this.#cursor = cursor;
    this.#stream = stream;
    this.#values = new PageValues(cursor, stream);
  }

  /** Appends one chunk. */
  *chunk(layout: ChunkLayout): Generator<Uint8Array, void> {
    const cursor = this.#cursor;
    if (layout.dictionary !== null) {
      yield* cursor.bytes(layout.dictionary.bytes);
    }
    for (const { page, count } of layout.runs) {
      for (let i = 0; i < count; i++) {
        if (page.fill === "random") yield* this.#randomPage(page);
        else yield* this.#convertedPage(layout, page);
      }
    }
  }

  /** The fast way: straight into the buffer that is written. */
  *#randomPage(page: PageLayout): Generator<Uint8Array, void> {
    const cursor = this.#cursor;
    const stream = this.#stream;
    const { head, randomBytes } = page;
    const offset = this.#values.skip(randomBytes);
    if (cursor.tryAppend(head, stream, offset, randomBytes)) return;
    yield* cursor.bytes(head);
    yield* cursor.random(stream, offset, randomBytes);
  }

  *#convertedPage(
    layout: ChunkLayout,
    page: PageLayout,
  ): Generator<Uint8Array, void> {
    yield* this.#cursor.bytes(page.head);
    for (const part of this.#values.parts(layout.leaf.type, page)) {
      yield* this.#cursor.bytes(part);
    }
  }
}

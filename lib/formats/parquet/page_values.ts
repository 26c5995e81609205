/**
 * The bodies of a file's pages, which take the bytes of its random stream
 * one after another.
 */
import type { PageCursor } from "../page_cursor.ts";
import type { ColumnType } from "./column_type.ts";
import type { PageLayout } from "./page_layout.ts";
import { TEXT_BYTES, writeTextValues } from "./text_values.ts";
import { widenValues } from "./wide_values.ts";

/** Values that are converted at a time: they stay in the nearest cache. */
const CONVERTED_VALUES = 1024;

/** Random bytes that are drawn at a time where nothing is converted. */
const DRAWN_BYTES = CONVERTED_VALUES * TEXT_BYTES;

/** The values of pages in file order. */
export class PageValues {
  readonly #cursor: PageCursor;
  readonly #stream: number;
  readonly #drawn = new Uint8Array(CONVERTED_VALUES * 4);
  readonly #converted = new Uint8Array(DRAWN_BYTES);
  #randomOffset = 0;

  /** @param stream The file's random stream. */
  constructor(cursor: PageCursor, stream: number) {
    this.#cursor = cursor;
    this.#stream = stream;
  }

  /**
   * Takes random bytes that the caller draws.
   *
   * @returns Offset of the first in the stream.
   */
  skip(byteCount: number): number {
    const offset = this.#randomOffset;
    this.#randomOffset += byteCount;
    return offset;
  }

  /**
   * The body of the next page.
   *
   * @returns Parts, each valid until the next is requested.
   */
  *parts(type: ColumnType, page: PageLayout): Generator<Uint8Array, void> {
    if (page.fill === "random") {
      for (let done = 0; done < page.bodyBytes; done += DRAWN_BYTES) {
        const byteCount = Math.min(DRAWN_BYTES, page.bodyBytes - done);
        yield this.#draw(this.#converted, byteCount);
      }
      return;
    }
    const valueBytes = page.bodyBytes / page.valueCount;
    for (let done = 0; done < page.valueCount; done += CONVERTED_VALUES) {
      const count = Math.min(CONVERTED_VALUES, page.valueCount - done);
      const drawn = this.#draw(this.#drawn, count * type.valueBytes);
      const converted = this.#converted.subarray(0, count * valueBytes);
      if (page.fill === "text") writeTextValues(drawn, converted);
      else widenValues(drawn, type, converted);
      yield converted;
    }
  }

  #draw(place: Uint8Array, byteCount: number): Uint8Array {
    const view = place.subarray(0, byteCount);
    this.#cursor.draw(view, this.#stream, this.skip(byteCount));
    return view;
  }
}

/**
 * Writes a file's parts one after another into the work buffer and hands the
 * buffer out whenever it is full.
 *
 * Invariant: every chunk but the last fills the buffer exactly, so chunks
 * keep the alignment that O_DIRECT and multipart uploads need.
 *
 * Each part is a generator to be delegated to: `yield* cursor.bytes(header)`.
 */
import { PAGE_BYTES } from "../bytes/page_arena.ts";
import type { EncodeTools } from "./format.ts";

/** The write position inside a file that is being encoded. */
export class PageCursor {
  readonly #tools: EncodeTools;
  readonly #pages: Uint8Array;
  #usedBytes = 0;
  #flushedBytes = 0;

  constructor(tools: EncodeTools) {
    this.#tools = tools;
    this.#pages = tools.pages;
  }

  /** Bytes written so far: the file offset of the next part. */
  get position(): number {
    return this.#flushedBytes + this.#usedBytes;
  }

  /** Appends bytes of the caller's. */
  *bytes(source: Uint8Array): Generator<Uint8Array, void> {
    let offset = 0;
    while (offset < source.length) {
      const byteCount = Math.min(source.length - offset, this.#roomBytes());
      this.#pages.set(
        source.subarray(offset, offset + byteCount),
        this.#usedBytes,
      );
      offset += byteCount;
      yield* this.#advance(byteCount);
    }
  }

  /**
   * Appends bytes and then random ones if the buffer holds both and does not
   * become full: without a generator, which small parts would feel.
   *
   * @returns False if nothing was appended.
   */
  tryAppend(
    source: Uint8Array,
    stream: number,
    offset: number,
    byteCount: number,
  ): boolean {
    const start = this.#usedBytes + source.length;
    const end = start + byteCount;
    if (end >= this.#pages.length) return false;
    this.#pages.set(source, this.#usedBytes);
    this.#tools.random.fill(
      this.#pages.subarray(start, end),
      stream,
      offset,
    );
    this.#usedBytes = end;
    return true;
  }

  /** Appends bytes [offset, offset + byteCount) of a random stream. */
  *random(
    stream: number,
    offset: number,
    byteCount: number,
  ): Generator<Uint8Array, void> {
    const { random } = this.#tools;
    yield* this.written(byteCount, (view, doneBytes) => {
      random.fill(view, stream, offset + doneBytes);
    });
  }

  /**
   * Appends `byteCount` bytes that `write` makes in place, piece by piece.
   *
   * @param write Fills `view`, a part of the work buffer; `doneBytes` were
   *   made before it.
   */
  *written(
    byteCount: number,
    write: (view: Uint8Array, doneBytes: number) => void,
  ): Generator<Uint8Array, void> {
    let doneBytes = 0;
    while (doneBytes < byteCount) {
      const partBytes = Math.min(byteCount - doneBytes, this.#roomBytes());
      write(
        this.#pages.subarray(this.#usedBytes, this.#usedBytes + partBytes),
        doneBytes,
      );
      doneBytes += partBytes;
      yield* this.#advance(partBytes);
    }
  }

  /**
   * Draws random bytes to be converted: nothing is appended.
   *
   * The source writes only to its own arena, so a place in the work buffer
   * is borrowed, and given back as it was.
   *
   * @param target Memory of the caller's.
   */
  draw(target: Uint8Array, stream: number, offset: number): void {
    for (let done = 0; done < target.length; done += PAGE_BYTES) {
      const partBytes = Math.min(PAGE_BYTES, target.length - done);
      const isFree = this.#roomBytes() >= partBytes;
      const start = isFree ? this.#usedBytes : 0;
      const place = this.#pages.subarray(start, start + partBytes);
      const saved = isFree ? null : place.slice();
      this.#tools.random.fill(place, stream, offset + done);
      target.set(place, done);
      if (saved !== null) place.set(saved);
    }
  }

  /** Appends `byteCount` bytes of one value. */
  *repeated(value: number, byteCount: number): Generator<Uint8Array, void> {
    let doneBytes = 0;
    while (doneBytes < byteCount) {
      const partBytes = Math.min(byteCount - doneBytes, this.#roomBytes());
      this.#pages.fill(value, this.#usedBytes, this.#usedBytes + partBytes);
      doneBytes += partBytes;
      yield* this.#advance(partBytes);
    }
  }

  /** Hands out what is left; the file is complete. */
  *end(): Generator<Uint8Array, void> {
    if (this.#usedBytes > 0) yield* this.#flush();
  }

  #roomBytes(): number {
    return this.#pages.length - this.#usedBytes;
  }

  *#advance(byteCount: number): Generator<Uint8Array, void> {
    this.#usedBytes += byteCount;
    if (this.#usedBytes === this.#pages.length) yield* this.#flush();
  }

  *#flush(): Generator<Uint8Array, void> {
    const usedBytes = this.#usedBytes;
    yield this.#pages.subarray(0, usedBytes);
    this.#flushedBytes += usedBytes;
    this.#usedBytes = 0;
  }
}

/**
 * Page-aligned buffers.
 *
 * A `WebAssembly.Memory` is mapped by the system at a page boundary, which an
 * `ArrayBuffer` is not. That buys three things: `O_DIRECT` accepts its views,
 * `read(2)` into them is twice as fast as into the heap, and the random
 * source, which is wasm, writes into the same pages that the storage sends.
 *
 * An arena is made once per worker, at its full size: growing would detach
 * every view handed out before.
 */

/** Alignment and length unit of every buffer, in bytes. */
export const PAGE_BYTES = 4096;

const WASM_PAGE_BYTES = 65536;

/** Rounds up to a multiple of {@linkcode PAGE_BYTES}. */
export function ceilToPage(bytes: number): number {
  return Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
}

/** A fixed amount of page-aligned memory, given out once and never returned. */
export class PageArena {
  /** The memory itself, for wasm instances that import it. */
  readonly memory: WebAssembly.Memory;
  readonly byteLength: number;
  #usedBytes = 0;

  /** @param bytes Capacity; rounded up to whole wasm pages of 64 KiB. */
  constructor(bytes: number) {
    const wasmPages = Math.ceil(bytes / WASM_PAGE_BYTES);
    this.memory = new WebAssembly.Memory({
      initial: wasmPages,
      maximum: wasmPages,
    });
    this.byteLength = wasmPages * WASM_PAGE_BYTES;
  }

  /**
   * Takes a buffer that starts at a page boundary.
   *
   * @param bytes Wanted length; the buffer has exactly this length.
   * @throws {RangeError} If the arena has not enough left.
   */
  allocate(bytes: number): Uint8Array {
    const offset = this.#usedBytes;
    const endOffset = offset + ceilToPage(bytes);
    if (endOffset > this.byteLength) {
      throw new RangeError(
        `Cannot allocate ${bytes} bytes as the arena must hold them: ` +
          `${this.byteLength - offset} of ${this.byteLength} bytes are left`,
      );
    }
    this.#usedBytes = endOffset;
    return new Uint8Array(this.memory.buffer, offset, bytes);
  }
}

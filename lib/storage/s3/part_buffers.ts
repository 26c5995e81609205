/**
 * Buffers for bodies under way, used again: a fresh 16 MiB costs 4 ms of page
 * faults.
 */

/** Hands out buffers of one length. */
export class PartBuffers {
  readonly #byteCount: number;
  readonly #free: Uint8Array[] = [];

  /** @param byteCount Length of each buffer. */
  constructor(byteCount: number) {
    this.#byteCount = byteCount;
  }

  /** A buffer for the caller alone; its content is whatever it was. */
  take(): Uint8Array {
    return this.#free.pop() ?? new Uint8Array(this.#byteCount);
  }

  /** Gives a buffer back. */
  free(buffer: Uint8Array): void {
    this.#free.push(buffer);
  }
}

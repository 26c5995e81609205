/**
 * A descriptor that is closed when nobody needs it any more: neither who
 * opened it, nor reads in flight.
 */

/** See the file header. */
export class HeldDescriptor {
  readonly #descriptor: number;
  readonly #close: () => void;
  /** Its opener's, and one for each read in flight. */
  #holdCount = 1;
  #isClosed = false;

  /** @param close Closes it; called once. */
  constructor(descriptor: number, close: () => void) {
    this.#descriptor = descriptor;
    this.#close = close;
  }

  /** One more needs it. @returns The descriptor. */
  hold(): number {
    this.#holdCount++;
    return this.#descriptor;
  }

  /** One less does. */
  release(): void {
    if (--this.#holdCount === 0) this.#close();
  }

  /** Its opener does not need it. A second call does nothing. */
  close(): void {
    // The number may be another file's by then.
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.release();
  }
}

/**
 * How long to wait before a request is retried: exponential, with jitter, so
 * that the readers of a run do not retry all at once.
 */

const FIRST_MS = 100;
const LONGEST_MS = 20_000;

/** A sequence of waits; the same for the same seed. */
export class Backoff {
  #state: number;

  /** @param seed Any 32 bits; connections of one run have different ones. */
  constructor(seed: number) {
    this.#state = (seed ^ 0x9e3779b9) | 1;
  }

  /**
   * @param attempts Attempts that have failed, from 1.
   * @returns Milliseconds: half to all of 100, 200, 400 ... 20,000.
   */
  waitMs(attempts: number): number {
    const longestMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempts - 1));
    return longestMs * (0.5 + 0.5 * this.#nextUnit());
  }

  /** xorshift32, Marsaglia 2003. */
  #nextUnit(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) / 2 ** 32;
  }
}

/**
 * Lets the event loop turn during a long loop. Signals, timers and answers of
 * servers are heard only between two turns, and a loop over synchronous calls
 * never gives one by itself, however often it awaits.
 */

/** Time between two turns, in milliseconds. */
const TURN_MS = 50;

/** One loop's turns. */
export class LoopTurns {
  readonly #nowMs: () => number;
  #lastMs: number;

  /** @param nowMs A monotonic clock. @default {performance.now} */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    this.#lastMs = nowMs();
  }

  /**
   * To be called in every round of the loop.
   *
   * @returns A promise to await when it is time for a turn; else null.
   */
  next(): Promise<void> | null {
    const nowMs = this.#nowMs();
    if (nowMs - this.#lastMs < TURN_MS) return null;
    this.#lastMs = nowMs;
    return new Promise((resolve) => setTimeout(resolve, 0));
  }
}

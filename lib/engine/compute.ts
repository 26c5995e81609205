/**
 * Emulated compute: a wait of a given length that ends on time.
 *
 * `Atomics.wait` oversleeps by 60–250 µs, more on a busy host. So it sleeps
 * until shortly before the end and finishes on the clock; how shortly follows
 * from the oversleep seen so far. What was asked and what was spent are both
 * recorded by the caller.
 */

const MIN_SLACK_MS = 0.08;
const MAX_SLACK_MS = 2;
/** Share of the last slack kept per sleep when less would have done. */
const SLACK_DECAY = 0.95;
/** Longest sleep before the stop signal is looked at again. */
const SLICE_MS = 100;

/** Waits for exact times on one thread. */
export class ComputeTimer {
  readonly #sleepWord = new Int32Array(new SharedArrayBuffer(4));
  #slackMs = 0.3;

  /**
   * Waits.
   *
   * @param startMs `performance.now()` at which the wait began.
   * @param durationMs Its length; 0 or less returns at once.
   * @param isStopped Looked at every 100 ms; true ends the wait early.
   * @returns `performance.now()` at its end.
   */
  wait(
    startMs: number,
    durationMs: number,
    isStopped: () => boolean,
  ): number {
    const endMs = startMs + durationMs;
    let nowMs = performance.now();
    while (endMs - nowMs > this.#slackMs) {
      const sleepMs = Math.min(endMs - nowMs - this.#slackMs, SLICE_MS);
      Atomics.wait(this.#sleepWord, 0, 0, sleepMs);
      const wokenMs = performance.now();
      this.#learn(wokenMs - nowMs - sleepMs);
      nowMs = wokenMs;
      if (isStopped()) return nowMs;
    }
    while (nowMs < endMs) nowMs = performance.now();
    return nowMs;
  }

  #learn(overSleptMs: number): void {
    const wantedMs = Math.max(overSleptMs * 1.2, this.#slackMs * SLACK_DECAY);
    this.#slackMs = Math.min(Math.max(wantedMs, MIN_SLACK_MS), MAX_SLACK_MS);
  }
}

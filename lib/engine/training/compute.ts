/**
 * Emulated compute: a wait of a given length that ends on time.
 *
 * `Atomics.wait` oversleeps by 60–250 µs, more on a busy host. So the wait
 * sleeps until shortly before the end and spins on the clock for the rest; the
 * oversleep measured so far decides how shortly. The caller records both the
 * time that was requested and the time that was spent.
 */
import { refuseTimerSlack } from "../../libc/timer_slack.ts";

const MIN_SLACK_MS = 0.02;
const MAX_SLACK_MS = 2;
/** Share of the last slack kept per sleep when less would have done. */
const SLACK_DECAY = 0.95;
/** Longest sleep before the stop signal is checked again. */
const SLICE_MS = 100;

/** The clock and the sleep of a {@linkcode ComputeTimer}. */
export interface ComputeClock {
  /** Monotonic milliseconds. */
  now(): number;
  /**
   * Blocks the thread for about that long.
   *
   * @returns True if something else ended the sleep, which ends the wait.
   */
  sleep(durationMs: number): boolean;
}

/** Waits for exact times on one thread. */
export class ComputeTimer {
  readonly #clock: ComputeClock;
  #slackMs = 0.3;

  /** @param clock The thread's own clock where absent. */
  constructor(clock: ComputeClock = threadClock()) {
    this.#clock = clock;
  }

  /**
   * Waits.
   *
   * @param startMs Time of the clock at which the wait began.
   * @param durationMs Its length; 0 or less returns at once.
   * @param isStopped Looked at every 100 ms; true ends the wait early.
   * @returns Time of the clock at its end, which is early where something
   *   else ended a sleep.
   */
  wait(
    startMs: number,
    durationMs: number,
    isStopped: () => boolean,
  ): number {
    const endMs = startMs + durationMs;
    const clock = this.#clock;
    let nowMs = clock.now();
    // A slack that leaves no sleep would never be learned anew: one late
    // wake-up, and every later wait would burn the processor to its end.
    if (endMs - nowMs <= this.#slackMs) this.#learn(0);
    while (endMs - nowMs > this.#slackMs) {
      const sleepMs = Math.min(endMs - nowMs - this.#slackMs, SLICE_MS);
      const isOver = clock.sleep(sleepMs);
      const wokenMs = clock.now();
      if (isOver) return wokenMs;
      this.#learn(wokenMs - nowMs - sleepMs);
      nowMs = wokenMs;
      if (isStopped()) return nowMs;
    }
    while (nowMs < endMs) nowMs = clock.now();
    return nowMs;
  }

  #learn(overSleptMs: number): void {
    const wantedMs = Math.max(overSleptMs * 1.2, this.#slackMs * SLACK_DECAY);
    this.#slackMs = Math.min(Math.max(wantedMs, MIN_SLACK_MS), MAX_SLACK_MS);
  }
}

function threadClock(): ComputeClock {
  refuseTimerSlack();
  const word = new Int32Array(new SharedArrayBuffer(4));
  return {
    now: () => performance.now(),
    sleep: (durationMs) => {
      Atomics.wait(word, 0, 0, durationMs);
      return false;
    },
  };
}

/**
 * Emulated compute: a wait of a given length that ends on time.
 *
 * `Atomics.wait` oversleeps by 60-250 µs, more on a busy host. So the wait
 * sleeps until shortly before the end and spins on the clock for the rest; how
 * late the last sleeps were decides how shortly. The caller records both the
 * time that was requested and the time that was spent, and may be told shortly
 * before the end, when the thread is awake anyway.
 */
import { refuseTimerSlack } from "../../libc/timer_slack.ts";

const MIN_SLACK_MS = 0.02;
const MAX_SLACK_MS = 2;
/** Before anything was learned. */
const FIRST_SLACK_MS = 0.3;
/** A sleep may be as much later than those before. */
const SLACK_MARGIN = 1.2;
/** Sleeps that are learned from: those before the one at hand. */
const LEARNED_SLEEPS = 16;
/** Share of them that may be later than what is learned. */
const LATER_SHARE = 1 / 4;
/** Time before the end at which the caller is told: a thread wakes in it. */
const NEAR_MS = 0.1;
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
  readonly #onNear: (() => void) | null;
  readonly #overSleptMs = new Float64Array(LEARNED_SLEEPS);
  #sleepCount = 0;
  #slackMs = FIRST_SLACK_MS;

  /**
   * @param clock The thread's own clock where absent.
   * @param onNear Called before each wait's end, if that is 100 µs away or
   *   less: whatever others need to get ready may begin.
   */
  constructor(
    clock: ComputeClock = threadClock(),
    onNear: (() => void) | null = null,
  ) {
    this.#clock = clock;
    this.#onNear = onNear;
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
    // Nothing is learned of a wait that is none.
    if (durationMs <= 0) return startMs;
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
    let onNear = this.#onNear;
    while (nowMs < endMs) {
      if (onNear !== null && endMs - nowMs <= NEAR_MS) {
        onNear();
        onNear = null;
      }
      nowMs = clock.now();
    }
    return nowMs;
  }

  /**
   * Late sleeps say little of the next one: on a busy host one in ten is. To
   * spin away as much at every end would also feed itself where threads have
   * no core each: whoever spins makes others late, who then spin longer. Four
   * accelerators on two cores burned a millisecond at each end, and lost more
   * by it than by being late. So a quarter of the sleeps may be later.
   */
  #learn(overSleptMs: number): void {
    const all = this.#overSleptMs;
    all[this.#sleepCount++ % LEARNED_SLEEPS] = overSleptMs;
    if (this.#sleepCount < 2) return;
    const count = Math.min(this.#sleepCount, LEARNED_SLEEPS);
    const wantedMs = nthGreatest(all, count, Math.floor(count * LATER_SHARE)) *
      SLACK_MARGIN;
    this.#slackMs = Math.min(Math.max(wantedMs, MIN_SLACK_MS), MAX_SLACK_MS);
  }
}

/** The one of the first `count` values that `greater` of them are above. */
function nthGreatest(
  values: Float64Array,
  count: number,
  greater: number,
): number {
  let bound = Infinity;
  for (let above = 0;;) {
    let next = -Infinity;
    let equal = 0;
    for (let i = 0; i < count; i++) {
      const value = values[i] as number;
      if (value >= bound) continue;
      if (value > next) {
        next = value;
        equal = 1;
      } else if (value === next) equal++;
    }
    above += equal;
    if (above > greater) return next;
    bound = next;
  }
}

/** The clock of the calling thread, and its sleep. */
export function threadClock(): ComputeClock {
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

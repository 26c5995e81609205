/**
 * A clock that all threads of this host have in common: each worker's
 * `performance.now()` begins when the worker does.
 *
 * Spec: clock_gettime(2), CLOCK_MONOTONIC.
 */
import { openLibc } from "../libc/libc.ts";

const CLOCK_MONOTONIC = 1;

/**
 * Milliseconds since a moment that is the same for all threads: by a clock
 * that nobody sets, or where the C library is not to be had, by the wall
 * clock as it was when each thread began.
 */
export function commonMs(): number {
  return monotonicMs() ?? performance.timeOrigin + performance.now();
}

/** Looks at both clocks; one of them is not disturbed, or hardly. */
const LOOKS = 5;

/**
 * How far the common clock is ahead of another one.
 *
 * A thread that is put aside between its looks at the two would be wrong by as
 * long, so it looks several times: what is read between two readings that are
 * closest together counts.
 *
 * @param nowMs Reads the other clock, in milliseconds.
 */
export function commonAheadMs(nowMs: () => number): number {
  let aheadMs = 0;
  let closestMs = Infinity;
  for (let look = 0; look < LOOKS; look++) {
    const beforeMs = nowMs();
    const atMs = commonMs();
    const afterMs = nowMs();
    if (afterMs - beforeMs >= closestMs) continue;
    closestMs = afterMs - beforeMs;
    aheadMs = atMs - (beforeMs + afterMs) / 2;
  }
  return aheadMs;
}

/** Null where the C library is not to be had. */
function monotonicMs(): number | null {
  const libc = openLibc();
  if (libc.value === null) return null;
  const time = new BigInt64Array(2);
  const bytes = new Uint8Array(time.buffer);
  if (libc.value.clock_gettime(CLOCK_MONOTONIC, bytes) !== 0) return null;
  const [seconds = 0n, nanoseconds = 0n] = time;
  return Number(seconds) * 1e3 + Number(nanoseconds) / 1e6;
}

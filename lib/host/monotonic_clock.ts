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

/**
 * How late this host's timers are. Compute emulation sleeps shorter by as much
 * and waits for the rest on the clock.
 */

/** What was measured, in microseconds beyond the asked time. */
export interface TimerFacts {
  readonly medianOversleepUs: number;
  readonly maxOversleepUs: number;
}

const SLEEP_COUNT = 21;
const SLEEP_MS = 1;

/** Sleeps {@linkcode SLEEP_COUNT} times for a millisecond. */
export function probeTimer(): TimerFacts {
  const word = new Int32Array(new SharedArrayBuffer(4));
  const oversleepUs = new Float64Array(SLEEP_COUNT);
  for (let index = 0; index < SLEEP_COUNT; index++) {
    const startMs = performance.now();
    Atomics.wait(word, 0, 0, SLEEP_MS);
    oversleepUs[index] = (performance.now() - startMs - SLEEP_MS) * 1000;
  }
  oversleepUs.sort();
  return {
    medianOversleepUs: Math.round(oversleepUs[SLEEP_COUNT >> 1] ?? 0),
    maxOversleepUs: Math.round(oversleepUs[SLEEP_COUNT - 1] ?? 0),
  };
}

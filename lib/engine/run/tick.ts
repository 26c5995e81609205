/**
 * How often the main thread looks at a running phase: often enough that its
 * end is seen in time, seldom enough to cost nothing.
 */

/** Bounds of the time between two looks at the region. */
const MIN_TICK_MS = 1;
const MAX_TICK_MS = 50;
/** Ticks are this part of a phase: its end is seen late by no more. */
const TICK_SHARE = 0.02;

/**
 * Time until the next look at a phase that has gone on for `elapsedMs`.
 *
 * @param dueMs When its series wants one.
 * @returns Milliseconds.
 */
export function tickMsAfter(elapsedMs: number, dueMs: number): number {
  const tickMs = Math.max(MIN_TICK_MS, elapsedMs * TICK_SHARE);
  const untilDueMs = Math.max(MIN_TICK_MS, Math.ceil(dueMs - elapsedMs));
  return Math.min(MAX_TICK_MS, tickMs, untilDueMs);
}

/**
 * Waits for a given time on the main thread, outside of every measured time:
 * between phases, and until an object store shows what was written.
 */

/**
 * Waits, but not beyond an abort.
 *
 * @param seconds 0 or less returns at once.
 * @param signal Ends the wait; the caller looks at it afterwards.
 */
export async function delay(
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  if (seconds <= 0 || signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  const timer = setTimeout(end, seconds * 1000);
  signal.addEventListener("abort", end);
  await promise;
  signal.removeEventListener("abort", end);
  clearTimeout(timer);
}

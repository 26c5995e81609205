/**
 * Waits between phases, outside of every measured time.
 */

/**
 * Waits, but not beyond an abort.
 *
 * @param seconds 0 or less returns at once.
 */
export async function pause(
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

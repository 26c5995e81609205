/**
 * Waits for something that may never come, and can be done without: storage
 * that does not answer.
 */

/** How often it is looked whether it is late, in milliseconds. */
const LOOK_MS = 50;

/**
 * What comes in time.
 *
 * @param work Does it; calls its argument whenever something moved. It goes
 *   on, unheard, if it is late.
 * @param limitMs Longest time without a move, asked again and again; Infinity:
 *   any.
 * @returns Null if it is late.
 * @throws What `work` rejects with in time.
 */
export async function inTime<T>(
  work: (onMove: () => void) => Promise<T>,
  limitMs: () => number,
): Promise<{ readonly value: T } | null> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  let movedMs = performance.now();
  const timer = setInterval(() => {
    if (performance.now() - movedMs > limitMs()) resolve(null);
  }, LOOK_MS);
  const done = work(() => void (movedMs = performance.now()));
  try {
    return await Promise.race([done.then((value) => ({ value })), late]);
  } finally {
    clearInterval(timer);
  }
}

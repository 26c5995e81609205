/**
 * The one place where a thread waits for a word of shared memory without
 * being blocked: the main thread for the end of a phase, a reader that has
 * requests under way for its turn. `blockWhile` of `thread_sync.ts` is the
 * other way to wait, for threads that do nothing meanwhile.
 */

/**
 * Waits until a word differs from `value`, at most for a while.
 *
 * @param words Shared memory.
 * @param word The word's index there.
 * @param value What it is now.
 * @param timeoutMs Longest wait.
 */
export async function awaitChange(
  words: Int32Array,
  word: number,
  value: number,
  timeoutMs: number,
): Promise<void> {
  const waiting = Atomics.waitAsync(words, word, value, timeoutMs);
  if (!waiting.async) return;
  // Deno 2.4.2 sees a notification only when something else wakes its event
  // loop, so a timer runs beside it.
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeoutMs);
  await Promise.race([waiting.value, promise]);
  clearTimeout(timer);
}

/**
 * Looking for a change without sleeping: a thread that sleeps is woken 10 to
 * 50 µs late, which is longer than processes that come together need.
 *
 * Between looks the core is offered to whoever else wants it, so that a thread
 * that is waited for can run where there are more threads than cores.
 */
import { openLibc } from "../libc/libc.ts";

/**
 * Looks at a word until it differs from `value`, at most for a while.
 *
 * @param words Shared memory.
 * @param word The word's index there.
 * @param value What it is now.
 * @param limitMs Longest time.
 */
export function yieldWhile(
  words: Int32Array,
  word: number,
  value: number,
  limitMs: number,
): void {
  if (Atomics.load(words, word) !== value) return;
  const libc = openLibc().value;
  if (libc === null) return;
  const endMs = performance.now() + limitMs;
  while (Atomics.load(words, word) === value && performance.now() < endMs) {
    libc.sched_yield();
  }
}

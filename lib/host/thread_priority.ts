/**
 * How much of a busy host's processors the calling thread gets.
 *
 * Spec: setpriority(2): on Linux a "process" of number 0 is the thread.
 */
import { openLibc } from "../libc/libc.ts";

const PRIO_PROCESS = 0;

/**
 * Lets others go first.
 *
 * @param niceness 1 to 19: the higher, the less this thread gets.
 * @returns False where the system does not do it.
 */
export function yieldToOthers(niceness: number): boolean {
  const libc = openLibc();
  return libc.value !== null &&
    libc.value.setpriority(PRIO_PROCESS, 0, niceness) === 0;
}

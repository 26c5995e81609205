/**
 * Sleeping on a word of memory that several processes map. `Atomics.wait` is
 * for the threads of one process: it knows no memory but its own.
 *
 * Source: futex(2). Without FUTEX_PRIVATE_FLAG the kernel knows a word by the
 * file that is mapped, so it is the same one in every process.
 */
import { type Libc, openLibc } from "./libc.ts";

/** Number of the system call, by machine. */
const SYS_FUTEX = { x86_64: 202n, aarch64: 98n } as const;

const FUTEX_WAIT = 0;
const FUTEX_WAKE = 1;
/** Wakes all that sleep: INT_MAX. */
const ALL = 0x7fffffff;

/** One int32 word that threads of several processes sleep on. */
export class Futex {
  readonly #libc: Libc;
  readonly #call: bigint;
  readonly #word: Int32Array<ArrayBuffer>;
  /** `struct timespec`: seconds, nanoseconds. */
  readonly #time = new BigInt64Array(2);

  /**
   * @param word The word alone, in mapped memory.
   * @throws {Error} If this thread may not call the C library: whoever mapped
   *   the memory could.
   */
  constructor(word: Int32Array<ArrayBuffer>) {
    const { value: libc, reason } = openLibc();
    if (libc === null) throw new Error(reason);
    this.#libc = libc;
    this.#call = SYS_FUTEX[Deno.build.arch];
    this.#word = word;
  }

  /**
   * Sleeps until the word is woken; returns at once if it is not `value`. It
   * may return for no reason: the caller looks at the word again.
   *
   * @param limitMs Longest sleep, less than a second.
   */
  wait(value: number, limitMs: number): void {
    this.#time[1] = BigInt(Math.round(limitMs * 1e6));
    const call = this.#call;
    this.#libc.futex(call, this.#word, FUTEX_WAIT, value, this.#time);
  }

  /** Wakes all that sleep on the word, in every process. */
  wakeAll(): void {
    this.#libc.futex(this.#call, this.#word, FUTEX_WAKE, ALL, null);
  }
}

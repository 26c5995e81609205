/**
 * The memory through which the threads of all processes of one host meet. Each
 * sleeps on the same word and is woken by the last one that comes, whichever
 * process it is of: as late as in a single process. Asking the thread that
 * speaks MPI costs two more wake-ups, each of up to 100 us, more than
 * accelerators may lose at steps of 5 ms.
 *
 *    token   32 bytes              says that a file is the one that is meant
 *    came    int32, a cache line   one per channel: processes whose threads
 *                                  have all come to the barrier at hand
 *    turn    int32, a cache line   one per channel: barriers that are over;
 *                                  whoever waits sleeps on it
 *
 * Who is stopped or gone does not come any more; the others find that out
 * elsewhere, and look for a stop while they wait.
 */
import { Futex } from "../libc/futex.ts";
import { BARRIER_CHANNEL_COUNT, type HostPlace } from "./barrier_place.ts";

/** Words between two that are written at different times: a cache line. */
const WORD_STRIDE = 16;

/** Bytes of the token. */
export const TOKEN_BYTES = 32;

/** Bytes of the memory. */
export const HOST_MEMORY_BYTES = (1 + 2 * BARRIER_CHANNEL_COUNT) *
  WORD_STRIDE * Int32Array.BYTES_PER_ELEMENT;

/** One channel's barrier among the processes of a host, as a thread sees it. */
export class HostBarrier {
  readonly words: Int32Array<ArrayBuffer>;
  /** Of the turn, which wraps around. */
  readonly word: number;
  readonly #cameWord: number;
  readonly #processes: number;
  readonly #futex: Futex;

  /**
   * @param place Of this process.
   * @param channel Which barrier.
   */
  constructor({ address, processes }: HostPlace, channel: number) {
    const pointer = Deno.UnsafePointer.create(address);
    if (pointer === null) throw new Error("memory of the host is not mapped");
    this.words = new Int32Array(
      Deno.UnsafePointerView.getArrayBuffer(pointer, HOST_MEMORY_BYTES),
    );
    this.#processes = processes;
    this.#cameWord = (1 + 2 * channel) * WORD_STRIDE;
    this.word = (2 + 2 * channel) * WORD_STRIDE;
    this.#futex = new Futex(this.words.subarray(this.word, this.word + 1));
  }

  /** All threads of this process have come; the last one says it. */
  meet(): void {
    const { words } = this;
    const came = Atomics.add(words, this.#cameWord, 1) + 1;
    if (came < this.#processes) return;
    // The last one resets before it lets the others go on to the next.
    Atomics.store(words, this.#cameWord, 0);
    Atomics.add(words, this.word, 1);
    this.#futex.wakeAll();
  }

  /**
   * Sleeps while the turn is `turn`, or for no reason at all shorter.
   *
   * @param limitMs Longest sleep, less than a second.
   */
  sleep(turn: number, limitMs: number): void {
    this.#futex.wait(turn, limitMs);
  }
}

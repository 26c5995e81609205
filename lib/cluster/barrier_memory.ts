/**
 * The memory through which threads of this process ask the relay, the thread
 * that speaks to the other processes, to meet those.
 *
 *    last local thread          relay
 *    requested + 1, wake + 1 ->  sees requested > released, meets the others
 *    sleeps on released      <-  released + 1
 *
 *    wake        int32, a cache line    added to with each request, and shortly
 *                                       before, by any thread; the relay sleeps
 *                                       on it
 *    requested   int32, a cache line    one per channel: barriers that all
 *                                       threads of this process have come to
 *    released    int32, a cache line    one per channel: barriers that all
 *                                       processes have come to; the relay's
 *
 * Barriers that may be waited for at the same time have a channel each, as
 * processes come to them in different orders. Counts run over all phases and
 * wrap around; what counts is whether two of them differ.
 */

import { BARRIER_CHANNEL_COUNT } from "./barrier_place.ts";

/** Words between two that different threads write: a cache line. */
const WORD_STRIDE = 16;
const WORD_COUNT = 1 + 2 * BARRIER_CHANNEL_COUNT;

/** Memory for the barriers of one process, all counts zero. */
export function createBarrierMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(
    WORD_COUNT * WORD_STRIDE * Int32Array.BYTES_PER_ELEMENT,
  );
}

/** Views of the memory; each thread makes its own. */
export class BarrierMemory {
  readonly words: Int32Array;
  /** Index in {@linkcode words} of what the relay sleeps on. */
  readonly wakeWord = 0;

  /** @param memory See {@linkcode createBarrierMemory}. */
  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory);
  }

  /** Index in {@linkcode words} of what this process has come to. */
  requestedWord(channel: number): number {
    return (1 + 2 * channel) * WORD_STRIDE;
  }

  /** Index in {@linkcode words} of what all processes have come to. */
  releasedWord(channel: number): number {
    return (2 + 2 * channel) * WORD_STRIDE;
  }

  /** Last local thread: says that all threads of this process are there. */
  request(channel: number): void {
    Atomics.add(this.words, this.requestedWord(channel), 1);
    this.wake();
  }

  /** Wakes the relay: there is something for it to do, or soon will be. */
  wake(): void {
    Atomics.add(this.words, this.wakeWord, 1);
    Atomics.notify(this.words, this.wakeWord);
  }

  /** Relay: whether this process waits at a barrier of the channel. */
  isRequested(channel: number): boolean {
    return Atomics.load(this.words, this.requestedWord(channel)) !==
      Atomics.load(this.words, this.releasedWord(channel));
  }

  /** Relay: lets the threads that wait at a barrier of the channel go on. */
  release(channel: number): void {
    const word = this.releasedWord(channel);
    Atomics.add(this.words, word, 1);
    Atomics.notify(this.words, word);
  }
}

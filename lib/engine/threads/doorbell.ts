/**
 * How a thread that serves several workers waits for whatever comes first: one
 * word of shared memory that everybody rings who has changed something for it.
 *
 *    the thread                          another
 *    rings = bell.rings()
 *    look at every queue                 change a queue
 *    nothing: bell.wait(rings)   <------ ring(bell)
 *
 * The thread notes the number of rings before it looks, so that no change is
 * missed: one that comes after the look has rung since.
 */
import { awaitChange } from "./await_change.ts";
import type { Region } from "./region.ts";
import { isPoisoned, Stopped, WAIT_SLICE_MS } from "./thread_sync.ts";

/** Time between two looks of a thread that waits with requests in flight. */
const LOOK_MS = 2;

/** Wakes the thread of a doorbell, if it sleeps. */
export function ring(words: Int32Array, bellWord: number): void {
  Atomics.add(words, bellWord, 1);
  Atomics.notify(words, bellWord);
}

/** The doorbell of a thread, as that thread uses it. */
export class Doorbell {
  readonly #region: Region;
  readonly #word: number;
  #ringing: Promise<void> | null = null;

  /** @param bellWord Its index in the region's words. */
  constructor(region: Region, bellWord: number) {
    this.#region = region;
    this.#word = bellWord;
  }

  /** How often it was rung: to be asked for before looking. */
  rings(): number {
    return Atomics.load(this.#region.words, this.#word);
  }

  /**
   * Blocks until it has rung.
   *
   * @param rings As often as it had when the thread looked.
   * @throws {Stopped} If the run is being stopped.
   */
  wait(rings: number): void {
    const { words } = this.#region;
    while (Atomics.load(words, this.#word) === rings) {
      if (isPoisoned(this.#region)) throw new Stopped();
      Atomics.wait(words, this.#word, rings, WAIT_SLICE_MS);
    }
    if (isPoisoned(this.#region)) throw new Stopped();
  }

  /**
   * Blocks for a while, or until it has rung.
   *
   * @param rings As for {@linkcode wait}.
   * @param durationMs Longest wait.
   * @returns Whether it has rung.
   */
  sleep(rings: number, durationMs: number): boolean {
    const { words } = this.#region;
    return Atomics.wait(words, this.#word, rings, durationMs) !== "timed-out";
  }

  /**
   * Waits until it has rung, or a moment, without blocking requests. Any
   * number of workers of the thread may wait at the same time.
   *
   * @param rings As for {@linkcode wait}.
   * @throws {Stopped} If the run is being stopped.
   */
  async later(rings: number): Promise<void> {
    if (isPoisoned(this.#region)) throw new Stopped();
    // One that waits for fewer rings ends at once.
    this.#ringing ??= awaitChange(
      this.#region.words,
      this.#word,
      rings,
      LOOK_MS,
    ).finally(() => this.#ringing = null);
    await this.#ringing;
  }
}

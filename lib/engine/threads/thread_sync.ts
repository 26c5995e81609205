/**
 * How threads wait for each other: the gate, and blocking on a word; the
 * barrier is in `barrier.ts`, batches in `batch_queue.ts`.
 *
 * All are int32 words with Atomics. No wait lasts longer than
 * {@linkcode WAIT_SLICE_MS} before the poison word is checked again, so a stop
 * reaches every thread, also one that missed the notification.
 */
import { awaitChange } from "./await_change.ts";
import type { Region } from "./region.ts";

/** Longest uninterrupted wait, milliseconds. */
export const WAIT_SLICE_MS = 100;

/** Thrown inside a worker when the run is being stopped. */
export class Stopped extends Error {}

/** Tells every thread to stop. */
export function poison(region: Region, reason: number): void {
  const { words } = region;
  Atomics.store(words, region.control("poison"), reason);
  // Wakes everybody at once; one that is between its look and its wait
  // notices after a slice.
  for (let word = 0; word < words.length; word++) Atomics.notify(words, word);
}

/** Whether the run is being stopped. */
export function isPoisoned(region: Region): boolean {
  return Atomics.load(region.words, region.control("poison")) !== 0;
}

/**
 * Blocks until a word differs from `value`.
 *
 * @param region Whose stop ends the wait.
 * @param word Its index in the region's words.
 * @throws {Stopped} If the run is being stopped.
 */
export function blockWhile(
  region: Region,
  word: number,
  value: number,
): void {
  const { words } = region;
  while (Atomics.load(words, word) === value) {
    if (isPoisoned(region)) throw new Stopped();
    Atomics.wait(words, word, value, WAIT_SLICE_MS);
  }
  if (isPoisoned(region)) throw new Stopped();
}

/** Time between two checks of a thread that waits with requests in flight. */
const LOOK_MS = 2;

/**
 * Waits until a word differs from `value`, without blocking requests.
 *
 * @throws {Stopped} If the run is being stopped.
 */
export async function awaitWhile(
  region: Region,
  word: number,
  value: number,
): Promise<void> {
  while (Atomics.load(region.words, word) === value) {
    if (isPoisoned(region)) throw new Stopped();
    await awaitChange(region.words, word, value, LOOK_MS);
  }
  if (isPoisoned(region)) throw new Stopped();
}

/** The gate: all threads get ready, then one word starts them all. */
export class Gate {
  readonly #region: Region;
  #phase = 0;

  constructor(region: Region) {
    this.#region = region;
  }

  /** Waits for the next phase. @returns Its kind, one of PHASE_*. */
  next(): number {
    const { words } = this.#region;
    blockWhile(this.#region, this.#region.control("gate"), this.#phase);
    this.#phase++;
    return Atomics.load(words, this.#region.control("phase"));
  }

  /** As {@linkcode Gate.next}, for a thread that has requests in flight. */
  async nextLater(): Promise<number> {
    const { words } = this.#region;
    await awaitWhile(
      this.#region,
      this.#region.control("gate"),
      this.#phase,
    );
    this.#phase++;
    return Atomics.load(words, this.#region.control("phase"));
  }

  /** Tells the main thread that this worker is through with the phase. */
  done(): void {
    const word = this.#region.control("doneCount");
    Atomics.add(this.#region.words, word, 1);
    Atomics.notify(this.#region.words, word);
  }
}

/** Starts the phase that ends all workers. */
export function openGateForEnd(region: Region, endPhase: number): void {
  const { words } = region;
  Atomics.store(words, region.control("phase"), endPhase);
  Atomics.add(words, region.control("gate"), 1);
  Atomics.notify(words, region.control("gate"));
}

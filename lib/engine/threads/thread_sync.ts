/**
 * How threads wait for each other: gate and batch queue; the barrier is in
 * `barrier.ts`.
 *
 * All are int32 words with Atomics. No wait lasts longer than
 * {@linkcode WAIT_SLICE_MS} before the poison word is checked again, so a stop
 * reaches every thread, also one that missed the notification.
 */
import { awaitChange } from "./await_change.ts";
import {
  batchesOfReader,
  equalTurns,
  ordinalOf,
  readerOf,
  type ReaderTurns,
} from "../../sampling/batch_turns.ts";
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
 * @param word Its index in the words.
 * @param words Shared memory; the region's where absent.
 * @throws {Stopped} If the run is being stopped.
 */
export function blockWhile(
  region: Region,
  word: number,
  value: number,
  words: Int32Array = region.words,
): void {
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
async function awaitWhile(
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

/**
 * The bounded queue of batches between one reader and its accelerator: two
 * counters, no slots, since bytes stay with the reader. Readers have turns
 * (`sampling/batch_turns.ts`); taking a batch wakes that reader and no other (waking all
 * of them cost the accelerator 200 µs per step on two cores).
 *
 * Counters run on over all phases; both sides know how many batches each
 * phase had.
 */
class ReaderQueue {
  readonly #region: Region;
  readonly #producedWord: number;
  readonly #consumedWord: number;
  #base = 0;
  #phaseBatches = 0;

  constructor(region: Region, localRank: number, reader: number) {
    this.#region = region;
    this.#producedWord = region.producedWord(localRank, reader);
    this.#consumedWord = region.consumedWord(localRank, reader);
  }

  begin(batches: number): void {
    this.#base += this.#phaseBatches;
    this.#phaseBatches = batches;
  }

  take(ordinal: number): void {
    const { words } = this.#region;
    const wanted = this.#base + ordinal + 1;
    this.#awaitAtLeast(this.#producedWord, wanted);
    Atomics.store(words, this.#consumedWord, wanted);
    Atomics.notify(words, this.#consumedWord);
  }

  awaitRoom(ordinal: number, aheadBatches: number): void {
    const wanted = this.#base + ordinal + 1 - aheadBatches;
    this.#awaitAtLeast(this.#consumedWord, wanted);
  }

  hasRoom(ordinal: number, aheadBatches: number): boolean {
    const wanted = this.#base + ordinal + 1 - aheadBatches;
    return Atomics.load(this.#region.words, this.#consumedWord) >= wanted;
  }

  /** @returns False if there is no room yet; then it waited a little. */
  async lookForRoom(ordinal: number, aheadBatches: number): Promise<boolean> {
    const { words } = this.#region;
    if (isPoisoned(this.#region)) throw new Stopped();
    const wanted = this.#base + ordinal + 1 - aheadBatches;
    const count = Atomics.load(words, this.#consumedWord);
    if (count >= wanted) return true;
    await awaitChange(words, this.#consumedWord, count, LOOK_MS);
    return false;
  }

  put(ordinal: number): void {
    const { words } = this.#region;
    Atomics.store(words, this.#producedWord, this.#base + ordinal + 1);
    Atomics.notify(words, this.#producedWord);
  }

  #awaitAtLeast(word: number, wanted: number): void {
    let count = Atomics.load(this.#region.words, word);
    while (count < wanted) {
      blockWhile(this.#region, word, count);
      count = Atomics.load(this.#region.words, word);
    }
  }
}

/** The queues of one accelerator, as it or one of its readers uses them. */
export class BatchQueue {
  readonly #queues: readonly ReaderQueue[];
  readonly #aheadBatches: number;
  #turns: ReaderTurns;

  /**
   * @param region Shared memory.
   * @param localRank The accelerator.
   * @param aheadBatches Batches that each reader may have made or in the
   *   making beyond those of its own that were taken, >= 1.
   */
  constructor(region: Region, localRank: number, aheadBatches: number) {
    const readers = region.shape.readersPerAccelerator;
    this.#queues = Array.from(
      { length: readers },
      (_, reader) => new ReaderQueue(region, localRank, reader),
    );
    this.#aheadBatches = aheadBatches;
    this.#turns = equalTurns(readers);
  }

  /**
   * Begins a phase.
   *
   * @param batches How many it has.
   * @param turns Which reader makes which.
   */
  begin(batches: number, turns = equalTurns(this.#queues.length)): void {
    this.#turns = turns;
    for (const [reader, queue] of this.#queues.entries()) {
      queue.begin(batchesOfReader(turns, batches, reader));
    }
  }

  /** Accelerator: waits for batch `batch` and takes it. @throws {Stopped} */
  take(batch: number): void {
    this.#queueOf(batch).take(this.#ordinalOf(batch));
  }

  /** Reader: waits until batch `batch` may be begun. @throws {Stopped} */
  awaitRoom(batch: number): void {
    this.#queueOf(batch).awaitRoom(
      this.#ordinalOf(batch),
      this.#aheadBatches,
    );
  }

  /** Reader: whether batch `batch` may be begun. */
  hasRoom(batch: number): boolean {
    return this.#queueOf(batch).hasRoom(
      this.#ordinalOf(batch),
      this.#aheadBatches,
    );
  }

  /**
   * Reader with requests in flight: waits until batch `batch` may be begun.
   *
   * @param isOver Ends the wait when it is true.
   * @throws {Stopped}
   */
  async awaitRoomLater(batch: number, isOver: () => boolean): Promise<void> {
    const queue = this.#queueOf(batch);
    const ordinal = this.#ordinalOf(batch);
    while (!isOver()) {
      if (await queue.lookForRoom(ordinal, this.#aheadBatches)) return;
    }
  }

  /** Reader: batch `batch` is there. */
  put(batch: number): void {
    this.#queueOf(batch).put(this.#ordinalOf(batch));
  }

  #queueOf(batch: number): ReaderQueue {
    return this.#queues[readerOf(this.#turns, batch)] as ReaderQueue;
  }

  #ordinalOf(batch: number): number {
    return ordinalOf(this.#turns, batch);
  }
}

/** Starts the phase that ends all workers. */
export function openGateForEnd(region: Region, endPhase: number): void {
  const { words } = region;
  Atomics.store(words, region.control("phase"), endPhase);
  Atomics.add(words, region.control("gate"), 1);
  Atomics.notify(words, region.control("gate"));
}

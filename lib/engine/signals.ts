/**
 * How threads wait for each other: gate, step barrier, batch queue.
 *
 * All are int32 words with Atomics. No wait lasts longer than
 * {@linkcode WAIT_SLICE_MS} before the poison word is looked at again, so a
 * stop reaches every thread, also one that missed the notification.
 */
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
 * @throws {Stopped} If the run is being stopped.
 */
function waitWhile(region: Region, word: number, value: number): void {
  while (Atomics.load(region.words, word) === value) {
    if (isPoisoned(region)) throw new Stopped();
    Atomics.wait(region.words, word, value, WAIT_SLICE_MS);
  }
  if (isPoisoned(region)) throw new Stopped();
}

/** The gate: everybody gets ready, then one word lets all go. */
export class Gate {
  readonly #region: Region;
  #phase = 0;

  constructor(region: Region) {
    this.#region = region;
  }

  /** Waits for the next phase. @returns Its kind, one of PHASE_*. */
  next(): number {
    const { words } = this.#region;
    waitWhile(this.#region, this.#region.control("gate"), this.#phase);
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

/** The wait of all accelerators for each other: the all-reduce of a step. */
export class StepBarrier {
  readonly #region: Region;
  readonly #arrivedWord: number;
  readonly #turnWord: number;
  readonly #parties: number;

  constructor(region: Region) {
    this.#region = region;
    this.#arrivedWord = region.control("barrierArrived");
    this.#turnWord = region.control("barrierTurn");
    this.#parties = region.shape.accelerators;
  }

  /** Waits until every accelerator has arrived. @throws {Stopped} */
  wait(): void {
    if (this.#parties === 1) return;
    const { words } = this.#region;
    const turn = Atomics.load(words, this.#turnWord);
    const arrived = Atomics.add(words, this.#arrivedWord, 1) + 1;
    if (arrived === this.#parties) {
      // The last one resets before it lets the others go on to the next.
      Atomics.store(words, this.#arrivedWord, 0);
      Atomics.add(words, this.#turnWord, 1);
      Atomics.notify(words, this.#turnWord);
      return;
    }
    waitWhile(this.#region, this.#turnWord, turn);
  }
}

/**
 * The bounded queue of batches between the readers of one accelerator and the
 * accelerator: two kinds of counters, no slots, since bytes stay with the
 * reader. Batch b is made by reader b mod readers, in order.
 *
 * Counters run on over all phases; both sides know how many batches each
 * phase had.
 */
export class BatchQueue {
  readonly #region: Region;
  readonly #rank: number;
  readonly #readers: number;
  readonly #limit: number;
  readonly #consumedWord: number;
  #phaseBatches = 0;
  #consumedBase = 0;
  readonly #producedBase: Int32Array;

  /**
   * @param region Shared memory.
   * @param rank The accelerator.
   * @param limit Batches that may be made or in the making beyond those
   *   consumed.
   */
  constructor(region: Region, rank: number, limit: number) {
    this.#region = region;
    this.#rank = rank;
    this.#readers = region.shape.readersPerAccelerator;
    this.#limit = limit;
    this.#consumedWord = region.consumedWord(rank);
    this.#producedBase = new Int32Array(this.#readers);
  }

  /** Begins a phase of `batches` batches. */
  begin(batches: number): void {
    const readers = this.#readers;
    this.#consumedBase += this.#phaseBatches;
    for (let reader = 0; reader < readers; reader++) {
      this.#producedBase[reader] = (this.#producedBase[reader] ?? 0) +
        batchesOfReader(this.#phaseBatches, readers, reader);
    }
    this.#phaseBatches = batches;
  }

  /** Accelerator: waits for batch `batch` and takes it. @throws {Stopped} */
  take(batch: number): void {
    const { words } = this.#region;
    const reader = batch % this.#readers;
    const ordinal = (batch - reader) / this.#readers;
    const word = this.#region.producedWord(this.#rank, reader);
    const wanted = (this.#producedBase[reader] ?? 0) + ordinal + 1;
    let produced = Atomics.load(words, word);
    while (produced < wanted) {
      waitWhile(this.#region, word, produced);
      produced = Atomics.load(words, word);
    }
    Atomics.store(words, this.#consumedWord, this.#consumedBase + batch + 1);
    Atomics.notify(words, this.#consumedWord);
  }

  /** Reader: waits until batch `batch` may be begun. @throws {Stopped} */
  awaitRoom(batch: number): void {
    const { words } = this.#region;
    let consumed = Atomics.load(words, this.#consumedWord);
    while (batch >= consumed - this.#consumedBase + this.#limit) {
      waitWhile(this.#region, this.#consumedWord, consumed);
      consumed = Atomics.load(words, this.#consumedWord);
    }
  }

  /** Reader: batch `batch` is there. */
  put(reader: number, batch: number): void {
    const { words } = this.#region;
    const ordinal = (batch - reader) / this.#readers;
    const word = this.#region.producedWord(this.#rank, reader);
    Atomics.store(
      words,
      word,
      (this.#producedBase[reader] ?? 0) + ordinal + 1,
    );
    Atomics.notify(words, word);
  }
}

/** Batches b < `batches` with b mod readers = reader. */
export function batchesOfReader(
  batches: number,
  readers: number,
  reader: number,
): number {
  return Math.max(0, Math.ceil((batches - reader) / readers));
}

/** Lets all workers go on to the phase that ends them. */
export function openGateForEnd(region: Region, endPhase: number): void {
  const { words } = region;
  Atomics.store(words, region.control("phase"), endPhase);
  Atomics.add(words, region.control("gate"), 1);
  Atomics.notify(words, region.control("gate"));
}

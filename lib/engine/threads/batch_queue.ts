/**
 * The bounded queues of batches between an accelerator and its readers. Bytes
 * stay with the reader, so a queue is two counters without slots:
 *
 *    reader        hasRoom -> read -> put        counts what it produced
 *    accelerator   isThere -> take              counts what it consumed
 *
 * Nobody waits here: a thread may serve several of either and waits at its
 * doorbell (`doorbell.ts`) when none of them can go on. As a thread that is
 * woken for nothing costs time of others, a doorbell is rung only where
 * somebody may wait: a batch that is not the next to be taken wakes nobody.
 *
 * Counters run on over all phases; both sides know how many batches each
 * phase had.
 */
import {
  batchesOfReader,
  equalTurns,
  ordinalOf,
  readerOf,
  type ReaderTurns,
} from "../../sampling/batch_turns.ts";
import { ring } from "./doorbell.ts";
import type { Region } from "./region.ts";
import { threadOfAccelerator, threadOfReader } from "./thread_share.ts";

/** The queue of one reader, as it or its accelerator uses it. */
class ReaderQueue {
  /** Of the reader's thread. */
  readonly bellWord: number;
  readonly #words: Int32Array;
  readonly #producedWord: number;
  readonly #consumedWord: number;
  #base = 0;
  #phaseBatches = 0;

  constructor(region: Region, localRank: number, reader: number) {
    this.#words = region.words;
    this.#producedWord = region.producedWord(localRank, reader);
    this.#consumedWord = region.consumedWord(localRank, reader);
    this.bellWord = region.readerBell(
      threadOfReader(region.shape, localRank, reader),
    );
  }

  begin(batches: number): void {
    this.#base += this.#phaseBatches;
    this.#phaseBatches = batches;
  }

  isThere(ordinal: number): boolean {
    const produced = Atomics.load(this.#words, this.#producedWord);
    return produced > this.#base + ordinal;
  }

  take(ordinal: number): void {
    Atomics.store(this.#words, this.#consumedWord, this.#base + ordinal + 1);
  }

  hasRoom(ordinal: number, aheadBatches: number): boolean {
    const consumed = Atomics.load(this.#words, this.#consumedWord);
    return consumed > this.#base + ordinal - aheadBatches;
  }

  /** @returns Whether it is the next one that is taken of this reader. */
  put(ordinal: number): boolean {
    const count = this.#base + ordinal;
    Atomics.store(this.#words, this.#producedWord, count + 1);
    // Looked at after the store: an accelerator that takes the one before
    // only now looks for this one after that, and finds it.
    return Atomics.load(this.#words, this.#consumedWord) >= count;
  }
}

/** The queues of one accelerator, as it or one of its readers uses them. */
export class BatchQueue {
  readonly #queues: readonly ReaderQueue[];
  readonly #words: Int32Array;
  /** Of the accelerator's thread. */
  readonly #bellWord: number;
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
    this.#words = region.words;
    this.#bellWord = region.acceleratorBell(
      threadOfAccelerator(region.shape, localRank),
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

  /** Accelerator: whether batch `batch` can be taken. */
  isThere(batch: number): boolean {
    return this.#queueOf(batch).isThere(ordinalOf(this.#turns, batch));
  }

  /**
   * Accelerator: takes batch `batch`, which is there.
   *
   * @returns The doorbell of the reader that may go on: to be rung.
   */
  take(batch: number): number {
    const queue = this.#queueOf(batch);
    queue.take(ordinalOf(this.#turns, batch));
    return queue.bellWord;
  }

  /** Reader: whether batch `batch` may be begun. */
  hasRoom(batch: number): boolean {
    const ordinal = ordinalOf(this.#turns, batch);
    return this.#queueOf(batch).hasRoom(ordinal, this.#aheadBatches);
  }

  /** Reader: batch `batch` is there. */
  put(batch: number): void {
    const ordinal = ordinalOf(this.#turns, batch);
    if (this.#queueOf(batch).put(ordinal)) ring(this.#words, this.#bellWord);
  }

  #queueOf(batch: number): ReaderQueue {
    return this.#queues[readerOf(this.#turns, batch)] as ReaderQueue;
  }
}

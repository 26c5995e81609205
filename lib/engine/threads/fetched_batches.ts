/**
 * How the threads that fetch for one reader tell its own thread what is there:
 * one word for each of the others, which counts the batches of which it has
 * fetched its share.
 *
 *    another thread   its share of batch b is there, so count b
 *    the reader's     its own is there; wait for the others' counts; put b
 *
 * Counts run on over all phases, as those of `batch_queue.ts` do.
 */
import type { Region } from "./region.ts";
import { awaitWhile } from "./thread_sync.ts";

/** The batches of one reader, as one of its threads sees them. */
export class FetchedBatches {
  readonly #region: Region;
  /** Of the thread itself; null: it is the reader's own. */
  readonly #ownWord: number | null;
  /** Of the threads that are waited for. */
  readonly #otherWords: readonly number[];
  #base = 0;
  #phaseBatches = 0;

  /**
   * @param region Shared memory.
   * @param who The reader, and which of its threads; 0: its own.
   */
  constructor(
    region: Region,
    { localRank, reader, share }: {
      readonly localRank: number;
      readonly reader: number;
      readonly share: number;
    },
  ) {
    const wordOf = (share: number) =>
      region.fetchedWord(localRank, reader, share);
    const others = (region.shape.transferThreads ?? 1) - 1;
    this.#region = region;
    this.#ownWord = share === 0 ? null : wordOf(share);
    this.#otherWords = share === 0
      ? Array.from({ length: others }, (_, index) => wordOf(index + 1))
      : [];
  }

  /** Begins a phase. @param batches Those of the reader in it. */
  begin(batches: number): void {
    this.#base += this.#phaseBatches;
    this.#phaseBatches = batches;
  }

  /**
   * The thread's share of the reader's `ordinal`-th batch is there, as those
   * of all batches before it are.
   *
   * @returns True to the reader's own thread, once all others have theirs too:
   *   the batch is whole. False to the others.
   * @throws {Stopped} If the run is being stopped.
   */
  async fetched(ordinal: number): Promise<boolean> {
    const { words } = this.#region;
    const count = this.#base + ordinal + 1;
    if (this.#ownWord !== null) {
      Atomics.store(words, this.#ownWord, count);
      Atomics.notify(words, this.#ownWord);
      return false;
    }
    for (const word of this.#otherWords) {
      for (
        let have = Atomics.load(words, word);
        have < count;
        have = Atomics.load(words, word)
      ) await awaitWhile(this.#region, word, have);
    }
    return true;
  }
}

/**
 * Which shards have a copy on this host: shared by all readers of a process.
 *
 *    words      [0] lock | state of each file
 *    numbers    [0] bytes of all copies | [1] clock | bytes and time of use
 *                                                     of each file
 *
 *    remote --claim--> copying --finish--> local --evict--> remote
 *                         +------giveUp------> remote
 *
 * Whoever claims a shard copies it, all others wait. Where a limit is
 * reached, the copies that were used longest ago go. Room is taken before a
 * shard is copied, so that copies never take more than the limit.
 *
 * The lock is held for a few instructions, for opening a copy and for
 * removing one, never while bytes move.
 *
 * Source: https://github.com/mosaicml/streaming, `base/stream.py` and
 * `base/dataset.py`: `prepare_shard`, `evict_coldest_shard`.
 */
import type { ShardCachePlan } from "../plan/run_plan.ts";

const LOCK = 0;
const FIRST_STATE = 1;
const USED_BYTES = 0;
const CLOCK = 1;
const FIRST_NUMBER = 2;
const NUMBERS_PER_FILE = 2;

const REMOTE = 0;
const COPYING = 1;
const LOCAL = 2;

/** Shared memory for the shards of a dataset. */
export function makeShardTable(
  fileCount: number,
): Pick<ShardCachePlan, "words" | "numbers"> {
  const wordBytes = (FIRST_STATE + fileCount) * Int32Array.BYTES_PER_ELEMENT;
  const numberBytes = (FIRST_NUMBER + NUMBERS_PER_FILE * fileCount) *
    Float64Array.BYTES_PER_ELEMENT;
  return {
    words: new Int32Array(new SharedArrayBuffer(wordBytes)),
    numbers: new Float64Array(new SharedArrayBuffer(numberBytes)),
  };
}

/** One thread's view of the table. */
export class ShardTable {
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #limitBytes: number;

  constructor(
    { words, numbers, limitBytes }: Pick<
      ShardCachePlan,
      "words" | "numbers" | "limitBytes"
    >,
  ) {
    this.#words = words;
    this.#numbers = numbers;
    this.#limitBytes = limitBytes;
  }

  /** Whether a shard has a copy, which counts as used now. */
  use(fileIndex: number): boolean {
    return this.whileLocal(fileIndex, () => true) ?? false;
  }

  /** Takes it on to copy a shard. @returns False: it is or was copied. */
  claim(fileIndex: number): boolean {
    const word = FIRST_STATE + fileIndex;
    return Atomics.compareExchange(this.#words, word, REMOTE, COPYING) ===
      REMOTE;
  }

  /**
   * Takes room for a claimed shard.
   *
   * @param evict Removes the copy of a shard.
   * @returns False if copies that are being made have the room: ask again.
   */
  takeRoom(
    fileIndex: number,
    byteCount: number,
    evict: (fileIndex: number) => void,
  ): boolean {
    return this.#locked(() => {
      while (this.#usedBytes() + byteCount > this.#limitBytes) {
        const coldest = this.#coldest();
        if (coldest === null) return false;
        this.#leave(coldest);
        evict(coldest);
      }
      this.#numbers[bytesAt(fileIndex)] = byteCount;
      this.#numbers[USED_BYTES] = this.#usedBytes() + byteCount;
      return true;
    });
  }

  /** A claimed shard has its copy. */
  finish(fileIndex: number): void {
    this.#locked(() => {
      this.#touch(fileIndex);
      Atomics.store(this.#words, FIRST_STATE + fileIndex, LOCAL);
    });
  }

  /** A claimed shard gets no copy. */
  giveUp(fileIndex: number): void {
    this.#locked(() => this.#leave(fileIndex));
  }

  /**
   * Uses a copy while nobody can remove it.
   *
   * @param use Such as opening it.
   * @returns What it returned; null if there is no copy.
   */
  whileLocal<Result>(fileIndex: number, use: () => Result): Result | null {
    return this.#locked(() => {
      if (this.#words[FIRST_STATE + fileIndex] !== LOCAL) return null;
      this.#touch(fileIndex);
      return use();
    });
  }

  #usedBytes(): number {
    return this.#numbers[USED_BYTES] ?? 0;
  }

  #touch(fileIndex: number): void {
    const time = (this.#numbers[CLOCK] ?? 0) + 1;
    this.#numbers[CLOCK] = time;
    this.#numbers[bytesAt(fileIndex) + 1] = time;
  }

  #leave(fileIndex: number): void {
    const bytes = this.#numbers[bytesAt(fileIndex)] ?? 0;
    this.#numbers[USED_BYTES] = this.#usedBytes() - bytes;
    this.#numbers[bytesAt(fileIndex)] = 0;
    Atomics.store(this.#words, FIRST_STATE + fileIndex, REMOTE);
  }

  #coldest(): number | null {
    let coldest: number | null = null;
    let leastTime = Infinity;
    const fileCount = this.#words.length - FIRST_STATE;
    for (let file = 0; file < fileCount; file++) {
      if (this.#words[FIRST_STATE + file] !== LOCAL) continue;
      const time = this.#numbers[bytesAt(file) + 1] ?? 0;
      if (time >= leastTime) continue;
      coldest = file;
      leastTime = time;
    }
    return coldest;
  }

  #locked<Result>(work: () => Result): Result {
    const words = this.#words;
    while (Atomics.compareExchange(words, LOCK, 0, 1) !== 0) {
      Atomics.wait(words, LOCK, 1, 1);
    }
    try {
      return work();
    } finally {
      Atomics.store(words, LOCK, 0);
      Atomics.notify(words, LOCK, 1);
    }
  }
}

function bytesAt(fileIndex: number): number {
  return FIRST_NUMBER + NUMBERS_PER_FILE * fileIndex;
}

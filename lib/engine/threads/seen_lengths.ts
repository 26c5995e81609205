/**
 * Remembers how long files were when a run first read them, for files whose
 * length nothing but the file tells: compressed ones, text, and those that
 * Stoker did not make. So a file that changes during the run is noticed, also
 * if another reader comes to it in the next epoch.
 *
 *    word 2 i        length div 2^30
 *    word 2 i + 1    length mod 2^30, plus 1; 0: file i was not read yet
 *
 * Of a dataset with more than {@linkcode SEEN_LENGTHS_MAX} such files those
 * behind are not remembered: memory does not grow with the number of files.
 *
 * All threads of a process share the words. Whoever reads a file first writes
 * them, the upper one first, so that the lower one says that both are there.
 * Two that read it at the same time write the same, unless it changes at that
 * moment; then whoever comes next finds another length than both, or one.
 */

const LOW = 2 ** 30;

/** Files that have words, however many there are: 32 MiB of them. */
export const SEEN_LENGTHS_MAX = 2 ** 22;

/** Words that each file takes. */
export const WORDS_PER_LENGTH = 2;

/** See the file header. */
export class SeenLengths {
  readonly #words: Int32Array;

  /** @param words Shared; {@linkcode WORDS_PER_LENGTH} for each file. */
  constructor(words: Int32Array) {
    this.#words = words;
  }

  /**
   * Remembers the length of a file that is read for the first time.
   *
   * @param fileIndex Over training, then evaluation files.
   * @param byteCount Its length now.
   * @returns Its length at first: `byteCount` itself if this is the first.
   */
  firstLength(fileIndex: number, byteCount: number): number {
    const seenBytes = this.lengthOf(fileIndex);
    if (seenBytes >= 0) return seenBytes;
    const high = WORDS_PER_LENGTH * fileIndex;
    const low = high + 1;
    const words = this.#words;
    // Its settings give the file's length, or it is one of too many.
    if (low >= words.length) return byteCount;
    Atomics.store(words, high, Math.floor(byteCount / LOW));
    Atomics.store(words, low, byteCount % LOW + 1);
    return byteCount;
  }

  /**
   * The length of a file that was read before.
   *
   * @param fileIndex As for {@linkcode firstLength}.
   * @returns -1 if it was not, or is not remembered.
   */
  lengthOf(fileIndex: number): number {
    const high = WORDS_PER_LENGTH * fileIndex;
    const words = this.#words;
    if (high + 1 >= words.length) return -1;
    const seen = Atomics.load(words, high + 1);
    return seen === 0 ? -1 : Atomics.load(words, high) * LOW + seen - 1;
  }
}

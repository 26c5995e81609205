/**
 * What a read queue keeps of each request in flight: numbers in arrays, so
 * that none of them costs an object.
 *
 * A slot is taken, used, given back. Slots in use are linked in the order in
 * which they were taken, so that the oldest is known at any moment.
 */
import type { OpenedFile } from "../storage.ts";

const NONE = -1;

/** See the file header. */
export class ReadSlots {
  readonly count: number;
  /** Of the caller: the file, and what the read is for. */
  readonly file: Int32Array;
  readonly batch: Int32Array;
  /** First wanted byte, wanted bytes, and those that are there. */
  readonly offset: Float64Array;
  readonly wantedBytes: Float64Array;
  readonly doneBytes: Float64Array;
  /** Completions that are to come, and how often it was repeated. */
  readonly pending: Int32Array;
  readonly repeats: Int32Array;
  /** Descriptor of an open file, or what the owner puts there. */
  readonly descriptor: Int32Array;
  /** For messages, and to open again. */
  readonly path: string[];
  /** Of a range: its file, which is held; else null. */
  readonly source: (OpenedFile | null)[];
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #free: Int32Array;
  #freeCount: number;
  #oldest = NONE;
  #newest = NONE;

  /** @param count How many there are, >= 1. */
  constructor(count: number) {
    this.count = count;
    this.file = new Int32Array(count);
    this.batch = new Int32Array(count);
    this.offset = new Float64Array(count);
    this.wantedBytes = new Float64Array(count);
    this.doneBytes = new Float64Array(count);
    this.pending = new Int32Array(count);
    this.repeats = new Int32Array(count);
    this.descriptor = new Int32Array(count);
    this.path = new Array<string>(count).fill("");
    this.source = new Array<OpenedFile | null>(count).fill(null);
    this.#next = new Int32Array(count).fill(NONE);
    this.#previous = new Int32Array(count).fill(NONE);
    this.#free = Int32Array.from({ length: count }, (_, i) => count - 1 - i);
    this.#freeCount = count;
  }

  /** Slots that may be taken. */
  get freeCount(): number {
    return this.#freeCount;
  }

  /** Slots in use. */
  get usedCount(): number {
    return this.count - this.#freeCount;
  }

  /** The slot that has been in use longest; -1: none is. */
  get oldest(): number {
    return this.#oldest;
  }

  /** Takes a slot; there must be one. */
  take(file: number, batch: number, path: string): number {
    const slot = this.#free[--this.#freeCount]!;
    this.file[slot] = file;
    this.batch[slot] = batch;
    this.path[slot] = path;
    this.doneBytes[slot] = 0;
    this.pending[slot] = 0;
    this.repeats[slot] = 0;
    this.#next[slot] = NONE;
    this.#previous[slot] = this.#newest;
    if (this.#newest === NONE) this.#oldest = slot;
    else this.#next[this.#newest] = slot;
    this.#newest = slot;
    return slot;
  }

  /** Takes a slot back, and lets go of its file. */
  giveBack(slot: number): void {
    this.source[slot]?.release?.();
    this.source[slot] = null;
    const next = this.#next[slot]!;
    const previous = this.#previous[slot]!;
    if (previous === NONE) this.#oldest = next;
    else this.#next[previous] = next;
    if (next === NONE) this.#newest = previous;
    else this.#previous[next] = previous;
    this.#free[this.#freeCount++] = slot;
  }

  /** Takes all slots back. */
  clear(): void {
    while (this.#oldest !== NONE) this.giveBack(this.#oldest);
  }
}

/**
 * Which samples of an epoch each file has, where files hold unequal numbers.
 *
 *    counts   one Uint32 per file: its samples
 *    marks    one Float64 per 64 slots: samples before the slot, in the order
 *             in which the epoch at hand visits the files
 *
 * A position is looked up in the marks by halving, then counted on from slot
 * to slot; whoever goes on where it was pays one step. Memory: 4.125 bytes per
 * file, shared by all threads. `marks` has one writer: the main thread, before
 * an epoch begins.
 */

/** Slots between two marks. */
const SLOTS_PER_MARK = 64;

/** Plain data that threads share. */
export interface SampleTable {
  /** Samples of each file. */
  readonly counts: Uint32Array;
  readonly marks: Float64Array;
}

/** Index of the file that a slot of the epoch's order has. */
export type FileAtSlot = (slot: number) => number;

/**
 * Makes a table in shared memory. {@linkcode markEpoch} fills its marks.
 *
 * @param counts Samples of each file, >= 0.
 */
export function sampleTable(counts: Uint32Array): SampleTable {
  const markCount = Math.ceil(counts.length / SLOTS_PER_MARK);
  return {
    counts: isShared(counts) ? counts : sharedCopy(counts),
    marks: new Float64Array(
      new SharedArrayBuffer(markCount * Float64Array.BYTES_PER_ELEMENT),
    ),
  };
}

/** Samples of all files. */
export function sampleSum(counts: Uint32Array): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

/**
 * The number that all files hold.
 *
 * @returns Null if they hold different ones, or there is no file.
 */
export function equalCount(counts: Uint32Array): number | null {
  const [first] = counts;
  if (first === undefined) return null;
  return counts.every((count) => count === first) ? first : null;
}

/** Fills the marks for an order of files. */
export function markEpoch(table: SampleTable, fileAt: FileAtSlot): void {
  const { counts, marks } = table;
  let sum = 0;
  for (let slot = 0; slot < counts.length; slot++) {
    if (slot % SLOTS_PER_MARK === 0) marks[slot / SLOTS_PER_MARK] = sum;
    sum += counts[fileAt(slot)] as number;
  }
}

/** Looks up positions; allocates nothing. */
export class SampleCursor {
  /** Slot and file of the position that was looked up. */
  slot = 0;
  file = 0;
  /** Position of the file's first sample. */
  first = 0;
  /** Position behind its last one. */
  end = 0;
  readonly #table: SampleTable;
  readonly #fileAt: FileAtSlot;

  constructor(table: SampleTable, fileAt: FileAtSlot) {
    this.#table = table;
    this.#fileAt = fileAt;
  }

  /** Forgets where it is: the order has changed. */
  reset(): void {
    this.first = 0;
    this.end = 0;
    this.slot = -1;
  }

  /** Turns to the file of a position, which must be one of the epoch's. */
  seek(position: number): void {
    if (position >= this.first && position < this.end) return;
    const { counts, marks } = this.#table;
    const mark = lastMark(marks, position);
    const markedSlot = mark * SLOTS_PER_MARK;
    // A position just behind is reached from here.
    const goesOn = position >= this.end && this.slot >= markedSlot;
    let slot = goesOn ? this.slot + 1 : markedSlot;
    let first = goesOn ? this.end : marks[mark] as number;
    for (;;) {
      const file = this.#fileAt(slot);
      const end = first + (counts[file] as number);
      if (position < end) {
        this.slot = slot;
        this.file = file;
        this.first = first;
        this.end = end;
        return;
      }
      first = end;
      slot++;
    }
  }
}

/** The last mark that is not behind a position. */
function lastMark(marks: Float64Array, position: number): number {
  let low = 0;
  let high = marks.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((marks[middle] as number) <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}

function isShared(array: Uint32Array): boolean {
  return array.buffer instanceof SharedArrayBuffer;
}

function sharedCopy(counts: Uint32Array): Uint32Array {
  const copy = new Uint32Array(new SharedArrayBuffer(counts.byteLength));
  copy.set(counts);
  return copy;
}

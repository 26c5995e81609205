/**
 * Where the bytes of each row group are, for the columns that are read: all
 * that is kept of a footer.
 *
 *    endRows[g]       rows of row groups 0 ... g
 *    firstRange[g]    its first range; firstRange[g + 1] ends them
 *    offsets[r], byteCounts[r]
 *
 * Ranges are merged once, when the file is opened, so planning a batch only
 * copies them. Memory: at most 16 bytes per column chunk that is read.
 */
import type { RangeList } from "../../bytes/range_list.ts";

/**
 * Column chunks no further apart are read as one: pyarrow's
 * `hole_size_limit`, so the requests are those of a loader with `pre_buffer`.
 */
export const MERGE_GAP_BYTES = 8192;

/** The ranges of the row groups of a file. */
export class GroupIndex {
  readonly #endRows: Float64Array;
  readonly #firstRange: Uint32Array;
  readonly #offsets: Float64Array;
  readonly #byteCounts: Float64Array;

  constructor(
    endRows: Float64Array,
    firstRange: Uint32Array,
    offsets: Float64Array,
    byteCounts: Float64Array,
  ) {
    this.#endRows = endRows;
    this.#firstRange = firstRange;
    this.#offsets = offsets;
    this.#byteCounts = byteCounts;
  }

  /** Rows of the file. */
  get rowCount(): number {
    return this.#endRows.at(-1) ?? 0;
  }

  /** Row groups of the file. */
  get groupCount(): number {
    return this.#endRows.length;
  }

  /** Memory that is kept, in bytes. */
  get byteLength(): number {
    return this.#endRows.byteLength + this.#firstRange.byteLength +
      this.#offsets.byteLength + this.#byteCounts.byteLength;
  }

  /**
   * Adds the ranges of all row groups with a row in [first, first + count).
   *
   * @param continues True: a row group that has rows before `first` too was
   *   read with them.
   * @throws {RangeError} If the file does not have these rows.
   */
  addRanges(
    first: number,
    count: number,
    continues: boolean,
    ranges: RangeList,
  ): void {
    const firstGroup = this.firstGroup(first, count, continues);
    const endRange = this.#firstRange[this.endGroup(first, count)]!;
    for (let i = this.#firstRange[firstGroup]!; i < endRange; i++) {
      ranges.push(this.#offsets[i]!, this.#byteCounts[i]!, MERGE_GAP_BYTES);
    }
  }

  /** Rows of a row group. */
  rowsOf(group: number): number {
    const startRow = group === 0 ? 0 : this.#endRows[group - 1]!;
    return this.#endRows[group]! - startRow;
  }

  /** The first row group that is read for [first, first + count). */
  firstGroup(first: number, count: number, continues: boolean): number {
    if (!(first >= 0 && first + count <= this.rowCount)) {
      throw new RangeError(
        `Cannot plan rows ${first} to ${first + count} as the file has ` +
          `${this.rowCount}`,
      );
    }
    if (count === 0) return 0;
    const group = this.#groupOf(first);
    const startRow = group === 0 ? 0 : this.#endRows[group - 1]!;
    return continues && startRow < first ? group + 1 : group;
  }

  /** The row group behind the last that is read for [first, first + count). */
  endGroup(first: number, count: number): number {
    return count === 0 ? 0 : this.#groupOf(first + count - 1) + 1;
  }

  /** The row group that has a row: the first that ends behind it. */
  #groupOf(row: number): number {
    let low = 0;
    let high = this.#endRows.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#endRows[middle]! > row) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** Collects column chunks, row group by row group. */
export class GroupIndexBuilder {
  readonly #endRows: Float64Array;
  readonly #firstRange: Uint32Array;
  #offsets = new Float64Array(64);
  #byteCounts = new Float64Array(64);
  #rangeCount = 0;
  #groupCount = 0;
  /** Chunks of the row group at hand. */
  readonly #chunks: Float64Array;
  readonly #chunkBytes: Float64Array;
  #chunkCount = 0;
  #isAscending = true;

  /**
   * @param groupCount Row groups.
   * @param chunkCount Largest number of chunks in one of them.
   */
  constructor(groupCount: number, chunkCount: number) {
    this.#endRows = new Float64Array(groupCount);
    this.#firstRange = new Uint32Array(groupCount + 1);
    this.#chunks = new Float64Array(chunkCount);
    this.#chunkBytes = new Float64Array(chunkCount);
  }

  /** Rows of the row groups ended. */
  get rowCount(): number {
    return this.#groupCount === 0 ? 0 : this.#endRows[this.#groupCount - 1]!;
  }

  /** Adds a column chunk to the row group at hand. */
  addChunk(offset: number, byteCount: number): void {
    const index = this.#chunkCount++;
    if (index > 0 && offset < this.#chunks[index - 1]!) {
      this.#isAscending = false;
    }
    this.#chunks[index] = offset;
    this.#chunkBytes[index] = byteCount;
  }

  /**
   * Ends the row group at hand. One without rows has nothing to read: pyarrow
   * writes a dictionary page for each of its chunks, which all say that their
   * data begins at byte 0.
   *
   * @returns -1, or a byte that two chunks have.
   */
  endGroup(rows: number): number {
    const overlap = rows === 0
      ? -1
      : this.#isAscending
      ? this.#mergeChunks((i) => i)
      : this.#mergeSorted();
    this.#endRows[this.#groupCount] = this.rowCount + rows;
    this.#firstRange[++this.#groupCount] = this.#rangeCount;
    this.#chunkCount = 0;
    this.#isAscending = true;
    return overlap;
  }

  /** The index of what was added; the builder is used up. */
  index(): GroupIndex {
    return new GroupIndex(
      this.#endRows,
      this.#firstRange,
      this.#offsets.slice(0, this.#rangeCount),
      this.#byteCounts.slice(0, this.#rangeCount),
    );
  }

  #mergeSorted(): number {
    const order = Uint32Array.from({ length: this.#chunkCount }, (_, i) => i);
    order.sort((a, b) => this.#chunks[a]! - this.#chunks[b]!);
    return this.#mergeChunks((i) => order[i]!);
  }

  #mergeChunks(chunkAt: (position: number) => number): number {
    let endOffset = -Infinity;
    for (let i = 0; i < this.#chunkCount; i++) {
      const chunk = chunkAt(i);
      const offset = this.#chunks[chunk]!;
      const byteCount = this.#chunkBytes[chunk]!;
      if (byteCount === 0) continue;
      if (offset < endOffset) return offset;
      if (offset - endOffset <= MERGE_GAP_BYTES) {
        this.#byteCounts[this.#rangeCount - 1]! += offset - endOffset +
          byteCount;
      } else {
        this.#addRange(offset, byteCount);
      }
      endOffset = offset + byteCount;
    }
    return -1;
  }

  #addRange(offset: number, byteCount: number): void {
    if (this.#rangeCount === this.#offsets.length) {
      this.#offsets = doubled(this.#offsets);
      this.#byteCounts = doubled(this.#byteCounts);
    }
    this.#offsets[this.#rangeCount] = offset;
    this.#byteCounts[this.#rangeCount++] = byteCount;
  }
}

function doubled(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2);
  larger.set(values);
  return larger;
}

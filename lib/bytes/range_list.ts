/**
 * Byte ranges of one file, as two parallel arrays that are reused: planning
 * a batch allocates nothing once the list has grown to its largest batch.
 */

/** A reusable list of [offset, offset + byteCount) ranges. */
export class RangeList {
  #offsets = new Float64Array(64);
  #byteCounts = new Float64Array(64);
  #count = 0;

  /** Number of ranges. */
  get count(): number {
    return this.#count;
  }

  /** First byte of range `index`. */
  offsetOf(index: number): number {
    return this.#offsets[index] as number;
  }

  /** Length of range `index` in bytes. */
  byteCountOf(index: number): number {
    return this.#byteCounts[index] as number;
  }

  /** Sum of all lengths in bytes. */
  get totalBytes(): number {
    let total = 0;
    for (let i = 0; i < this.#count; i++) {
      total += this.#byteCounts[i] as number;
    }
    return total;
  }

  /** Forgets all ranges and keeps the memory. */
  clear(): void {
    this.#count = 0;
  }

  /**
   * Appends a range; one that begins where the last one ends, or no further
   * than `maxGapBytes` behind it, extends the last one instead.
   *
   * @param offset First byte.
   * @param byteCount Length; 0 adds nothing.
   * @param maxGapBytes Unwanted bytes worth reading to save one operation.
   */
  push(offset: number, byteCount: number, maxGapBytes = 0): void {
    if (byteCount === 0) return;
    const last = this.#count - 1;
    if (last >= 0) {
      const lastOffset = this.offsetOf(last);
      const gapBytes = offset - (lastOffset + this.byteCountOf(last));
      if (gapBytes >= 0 && gapBytes <= maxGapBytes) {
        this.#byteCounts[last] = offset + byteCount - lastOffset;
        return;
      }
    }
    if (this.#count === this.#offsets.length) this.#grow();
    this.#offsets[this.#count] = offset;
    this.#byteCounts[this.#count] = byteCount;
    this.#count++;
  }

  #grow(): void {
    const offsets = new Float64Array(this.#offsets.length * 2);
    const byteCounts = new Float64Array(this.#offsets.length * 2);
    offsets.set(this.#offsets);
    byteCounts.set(this.#byteCounts);
    this.#offsets = offsets;
    this.#byteCounts = byteCounts;
  }
}

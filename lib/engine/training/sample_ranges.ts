/**
 * The byte ranges that a part of a batch needs: those that the format names,
 * or, of shards, whole pieces.
 *
 *    shard     | piece | piece | piece | piece |pie|
 *    samples   +--A--+-B-+---C---+--------D--------+
 *    reads     +--A----+   +--C----+-------D-------+      B: nothing
 *
 * A shard is read from its first sample on by one reader, so which pieces are
 * new depends on the samples alone.
 */
import { RangeList } from "../../bytes/range_list.ts";
import type { FileIndex, Format } from "../../formats/format.ts";
import type { BatchPart } from "./batch_parts.ts";

/** Names the ranges of one format's samples. */
export class SampleRanges {
  readonly #format: Format;
  readonly #pieceBytes: number;
  readonly #wanted = new RangeList();

  /**
   * @param format The format.
   * @param pieceBytes Bytes of one read of a shard.
   */
  constructor(format: Format, pieceBytes: number) {
    this.#format = format;
    this.#pieceBytes = format.reading === "shard" ? pieceBytes : 0;
  }

  /**
   * Adds what is to be read of an opened file.
   *
   * @param file Its index and its length.
   * @param part The samples.
   * @param ranges Where ranges are added.
   */
  push(
    file: { readonly index: FileIndex; readonly byteLength: number },
    { first, count, continues }: BatchPart,
    ranges: RangeList,
  ): void {
    if (this.#pieceBytes === 0) {
      this.#format.ranges?.(file.index, first, count, continues, ranges);
      return;
    }
    const wanted = this.#wanted;
    wanted.clear();
    this.#format.ranges?.(file.index, first, count, continues, wanted);
    if (wanted.count === 0) return;
    const last = wanted.count - 1;
    const begin = this.#ceil(wanted.offsetOf(0));
    const end = this.#ceil(wanted.offsetOf(last) + wanted.byteCountOf(last));
    const endInFile = Math.min(end, file.byteLength);
    if (begin < endInFile) ranges.push(begin, endInFile - begin);
  }

  #ceil(offset: number): number {
    return Math.ceil(offset / this.#pieceBytes) * this.#pieceBytes;
  }
}

/**
 * Reads byte ranges of files: the part of the blocking reader that formats
 * with an index need. One file is open at a time, or several where samples of
 * several files are mixed.
 */
import { RangeList } from "../../bytes/range_list.ts";
import type { Format } from "../../formats/format.ts";
import type { OpenedFile } from "../../storage/storage.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import type { BatchPart } from "./batch_parts.ts";
import type { IndexCache } from "./index_cache.ts";
import { OpenedFiles } from "./opened_files.ts";
import { answersLater, fileEndsEarly } from "./read_faults.ts";
import { SampleRanges } from "./sample_ranges.ts";

/** What a range reader works with. */
export interface RangeReaderParts {
  readonly format: Format;
  readonly indexes: IndexCache;
  readonly meter: WorkerMeter;
  /** Page-aligned; its length is the largest read. */
  readonly buffer: Uint8Array;
  /** True: what was read is decoded. */
  readonly decodes: boolean;
  /** Files that may be open at the same time, >= 1. */
  readonly openedMax: number;
}

/** Reads what samples of one file after another need. */
export class RangeReader {
  readonly #parts: RangeReaderParts;
  readonly #sampleRanges: SampleRanges;
  readonly #ranges = new RangeList();
  #collected = new Uint8Array(0);
  readonly #opened: OpenedFiles;

  constructor(parts: RangeReaderParts) {
    this.#parts = parts;
    this.#opened = new OpenedFiles(parts);
    this.#sampleRanges = new SampleRanges(parts.format, parts.buffer.length);
  }

  /**
   * Reads the samples of a part.
   *
   * @param part Its file is opened if it is not the open one.
   * @param fileIndex Index of the file over training, then evaluation files.
   */
  read(part: BatchPart, fileIndex: number): void {
    const { format, decodes, meter } = this.#parts;
    const { source, index } = this.#opened.get(part, fileIndex);
    meter.reading(fileIndex);
    const ranges = this.#ranges;
    ranges.clear();
    const indexed = { index, byteLength: source.byteLength };
    this.#sampleRanges.push(indexed, part, ranges);
    if (!decodes) {
      for (let i = 0; i < ranges.count; i++) {
        this.#drop(source, ranges.offsetOf(i), ranges.byteCountOf(i));
      }
      return;
    }
    const { first, count, continues } = part;
    const bytes = this.#collect(source);
    format.decode?.(index, first, count, continues, ranges, bytes);
  }

  /** Closes the open files. */
  close(): void {
    this.#opened.close();
  }

  /** Reads a range and keeps nothing. */
  #drop(source: OpenedFile, offset: number, byteCount: number): void {
    const { buffer, meter } = this.#parts;
    let doneBytes = 0;
    while (doneBytes < byteCount && !meter.isStopped()) {
      const partBytes = Math.min(buffer.length, byteCount - doneBytes);
      const view = partBytes === buffer.length
        ? buffer
        : buffer.subarray(0, partBytes);
      this.#fill(source, view, offset + doneBytes);
      doneBytes += partBytes;
    }
  }

  /** Reads all ranges, one behind the other. */
  #collect(source: OpenedFile): Uint8Array {
    const ranges = this.#ranges;
    const totalBytes = ranges.totalBytes;
    if (this.#collected.length < totalBytes) {
      this.#collected = new Uint8Array(totalBytes);
    }
    let doneBytes = 0;
    for (let i = 0; i < ranges.count; i++) {
      const byteCount = ranges.byteCountOf(i);
      const view = this.#collected.subarray(doneBytes, doneBytes + byteCount);
      this.#fill(source, view, ranges.offsetOf(i));
      doneBytes += byteCount;
    }
    return this.#collected.subarray(0, totalBytes);
  }

  #fill(source: OpenedFile, view: Uint8Array, offset: number): void {
    const { meter } = this.#parts;
    const startMs = meter.now();
    const readBytes = source.readInto(view, offset);
    if (typeof readBytes !== "number") throw answersLater(source.path);
    meter.read(startMs, readBytes);
    if (readBytes < view.length) {
      throw fileEndsEarly(source.path, offset, view.length);
    }
  }
}

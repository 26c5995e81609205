/**
 * Reads byte ranges of files, one file open at a time: the part of a sample
 * reader that formats with an index need.
 *
 * The indexes of the last files stay, so that a file that comes up again, in
 * the next epoch or after another one, is not parsed again.
 */
import { RangeList } from "../../bytes/range_list.ts";
import { DatasetError, StokerError } from "../../errors.ts";
import type { FileIndex, FileSpec, Format } from "../../formats/format.ts";
import type { OpenedFile, Storage } from "../../storage/storage.ts";
import type { WorkerMeter } from "../threads/meter.ts";

/** Files whose index is kept; each has less than 1 MB. */
const KEPT_INDEXES = 16;

/** What a range reader works with. */
export interface RangeReaderParts {
  readonly format: Format;
  readonly storage: Storage;
  readonly meter: WorkerMeter;
  /** Page-aligned; its length is the largest read. */
  readonly buffer: Uint8Array;
  /** True: what was read is decoded. */
  readonly decodes: boolean;
}

/** Reads what samples of one file after another need. */
export class RangeReader {
  readonly #parts: RangeReaderParts;
  readonly #ranges = new RangeList();
  readonly #indexes = new Map<number, FileIndex>();
  #collected = new Uint8Array(0);
  #opened: OpenedFile | null = null;
  #index: FileIndex = {};
  #fileIndex = -1;

  constructor(parts: RangeReaderParts) {
    this.#parts = parts;
  }

  /** Whether that file is the open one. */
  isOpen(fileIndex: number): boolean {
    return fileIndex === this.#fileIndex;
  }

  /** Turns to another file. */
  open(path: string, spec: FileSpec): void {
    const { meter, storage } = this.#parts;
    this.close();
    meter.opening(spec.fileIndex);
    const startMs = meter.now();
    const opened = storage.open(path);
    if (opened instanceof Promise) throw answersLater(path);
    this.#opened = opened;
    this.#fileIndex = spec.fileIndex;
    meter.opened(startMs);
    this.#index = this.#indexOf(opened, spec);
  }

  /**
   * Reads samples [first, first + count) of the open file.
   *
   * @param continues See {@linkcode Format.ranges}.
   */
  read(first: number, count: number, continues: boolean): void {
    const { format, decodes, meter } = this.#parts;
    const source = this.#opened;
    if (source === null) throw new Error("no file is open to read from");
    meter.reading(this.#fileIndex);
    const ranges = this.#ranges;
    ranges.clear();
    format.ranges?.(this.#index, first, count, continues, ranges);
    if (!decodes) {
      for (let i = 0; i < ranges.count; i++) {
        this.#drop(source, ranges.offsetOf(i), ranges.byteCountOf(i));
      }
      return;
    }
    const bytes = this.#collect(source);
    format.decode?.(this.#index, first, count, continues, ranges, bytes);
  }

  /** Closes the open file. */
  close(): void {
    if (this.#opened === null) return;
    this.#opened.close();
    this.#opened = null;
    this.#fileIndex = -1;
    this.#parts.meter.finishedFile();
  }

  #indexOf(source: OpenedFile, spec: FileSpec): FileIndex {
    const known = this.#indexes.get(spec.fileIndex);
    if (known !== undefined) return known;
    const metered = new MeteredSource(source, this.#parts.meter);
    const index = this.#parts.format.open?.(metered, spec) ?? {};
    if (index instanceof Promise) {
      // It is dropped: what it may end with has no more to say.
      index.catch(() => {});
      throw new StokerError(
        `Cannot open "${source.path}" as the format's open() must answer at ` +
          "once where its source does: it answers with a promise",
      );
    }
    for (const oldest of this.#indexes.keys()) {
      if (this.#indexes.size < KEPT_INDEXES) break;
      this.#indexes.delete(oldest);
    }
    this.#indexes.set(spec.fileIndex, index);
    return index;
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
      throw new DatasetError(
        `Cannot read bytes ${offset} … ${offset + view.length - 1} of ` +
          `"${source.path}": the file ends before them`,
      );
    }
  }
}

/** A file whose every read is counted, for a format that reads its index. */
class MeteredSource {
  readonly path: string;
  readonly byteLength: number;
  readonly #file: OpenedFile;
  readonly #meter: WorkerMeter;

  constructor(file: OpenedFile, meter: WorkerMeter) {
    this.path = file.path;
    this.byteLength = file.byteLength;
    this.#file = file;
    this.#meter = meter;
  }

  readInto(view: Uint8Array, offset: number): number {
    const startMs = this.#meter.now();
    const byteCount = this.#file.readInto(view, offset);
    if (typeof byteCount !== "number") throw answersLater(this.path);
    this.#meter.read(startMs, byteCount);
    return byteCount;
  }
}

/** A defect: the loops are chosen by `Storage.isSync`. */
export function answersLater(path: string): Error {
  return new Error(
    `the storage of "${path}" is asynchronous, this loop is not`,
  );
}

/**
 * Reads the samples of a batch: which files, which bytes, in which order.
 *
 * Rules, for the format's way of reading:
 *
 * - whole_file: a file is read once per epoch by each accelerator that has
 *   samples of it, with the batch that holds the first of them. Batches are
 *   taken in order, so the file is there when the later ones need it.
 * - stream: byte ranges front to back; what spans two batches of a reader is
 *   read with the first.
 * - samples: the ranges of each sample by itself.
 * - nothing: no input at all.
 *
 * Bytes land in one scratch buffer, are counted and dropped.
 */
import { DatasetError } from "../errors.ts";
import { RangeList } from "../bytes/range_list.ts";
import type { FileIndex, FileSpec, Format } from "../formats/format.ts";
import { EpochOrder } from "../sampling/epoch_order.ts";
import { filePath } from "../sampling/file_names.ts";
import { SampleDims } from "../sampling/sample_dims.ts";
import type { OpenedFile, Storage } from "../storage/storage.ts";
import type { WorkerMeter } from "./meter.ts";
import type { DatasetPlan, SplitPlan } from "./run_plan.ts";

/** Reads batches of one split for one accelerator, synchronously. */
export class SampleReader {
  readonly #dataset: DatasetPlan;
  readonly #split: SplitPlan;
  readonly #format: Format;
  readonly #storage: Storage;
  readonly #meter: WorkerMeter;
  readonly #buffer: Uint8Array;
  readonly #order: EpochOrder;
  readonly #dims: SampleDims;
  readonly #firstPosition: number;
  readonly #ranges = new RangeList();
  readonly #read: (position: number, count: number) => void;
  readonly #constantBytes: number;
  #file: OpenedFile | null = null;
  #index: FileIndex = {};
  #fileNumber = -1;
  #nextPosition = -1;

  /**
   * @param parts What it reads with.
   * @param rank The accelerator.
   */
  constructor(
    parts: {
      dataset: DatasetPlan;
      split: SplitPlan;
      format: Format;
      storage: Storage;
      meter: WorkerMeter;
      buffer: Uint8Array;
    },
    rank: number,
  ) {
    const { dataset, split, format } = parts;
    this.#dataset = dataset;
    this.#split = split;
    this.#format = format;
    this.#storage = parts.storage;
    this.#meter = parts.meter;
    this.#buffer = parts.buffer;
    this.#order = new EpochOrder({
      fileCount: split.fileCount,
      samplesPerFile: split.samplesPerFile,
      fileSeed: split.fileSeed,
      sampleSeed: format.reading === "samples" ? split.sampleSeed : null,
      changesWithEpoch: split.orderChangesWithEpoch,
    });
    this.#dims = new SampleDims(dataset.dims);
    this.#firstPosition = rank * split.shard.samplesPerAccelerator;
    this.#constantBytes = this.#dims.isConstant ? this.#fileBytes(0) : -1;
    this.#read = this.#chooseRead();
  }

  /** Turns to the order of an epoch, counted from 1. */
  begin(epoch: number): void {
    this.#order.begin(epoch);
    this.#closeFile();
    this.#nextPosition = -1;
  }

  /**
   * Reads what samples [first, first + count) of this accelerator's share
   * need.
   */
  readBatch(first: number, count: number): void {
    this.#read(this.#firstPosition + first, count);
    this.#meter.idle();
    this.#meter.finishedSamples(count);
  }

  /** Closes what is open. */
  end(): void {
    this.#closeFile();
  }

  #chooseRead(): (position: number, count: number) => void {
    switch (this.#format.reading) {
      case "nothing":
        return () => {};
      case "whole_file":
        return (position, count) => this.#readWholeFiles(position, count);
      case "stream":
        return (position, count) => this.#readStream(position, count);
      case "samples":
        return (position, count) => this.#readSamples(position, count);
    }
  }

  #readWholeFiles(position: number, count: number): void {
    const { samplesPerFile } = this.#split;
    for (let p = position; p < position + count; p++) {
      if (p % samplesPerFile !== 0 && p !== this.#firstPosition) continue;
      this.#drainFile(this.#order.fileAt(p));
      if (this.#meter.isStopped()) return;
    }
  }

  #drainFile(file: number): void {
    const fileIndex = this.#split.firstFileIndex + file;
    const expectedBytes = this.#dataset.sizesKnown
      ? this.#expectedBytes(fileIndex)
      : -1;
    const path = this.#path(file);
    this.#meter.opening(fileIndex);
    const byteCount = this.#storage.drain(
      path,
      expectedBytes,
      this.#buffer,
      this.#meter,
    );
    if (typeof byteCount !== "number") throw asynchronous(path);
    if (byteCount !== expectedBytes) {
      this.#checkLength(path, byteCount, expectedBytes);
    }
    this.#meter.finishedFile();
  }

  #checkLength(path: string, byteCount: number, expectedBytes: number): void {
    if (this.#meter.isStopped()) return;
    if (expectedBytes < 0 && byteCount > 0) return;
    const wanted = expectedBytes < 0 ? "at least 1 byte" : `${expectedBytes}`;
    throw new DatasetError(
      `Cannot use "${path}" as the dataset's file has another length: ` +
        `it has ${byteCount} bytes, the dataset's settings give ${wanted}`,
    );
  }

  #readStream(position: number, count: number): void {
    const { samplesPerFile } = this.#split;
    let p = position;
    const end = position + count;
    while (p < end) {
      const file = this.#order.fileAt(p);
      const first = p % samplesPerFile;
      const partCount = Math.min(samplesPerFile - first, end - p);
      const continues = p === this.#nextPosition && first > 0;
      this.#readRanges(file, first, partCount, continues);
      p += partCount;
      this.#nextPosition = p;
    }
  }

  #readSamples(position: number, count: number): void {
    for (let p = position; p < position + count; p++) {
      const file = this.#order.fileAt(p);
      this.#readRanges(file, this.#order.sampleAt(p, file), 1, false);
    }
  }

  #readRanges(
    file: number,
    first: number,
    count: number,
    continues: boolean,
  ): void {
    const source = this.#openFile(file);
    const ranges = this.#ranges;
    ranges.clear();
    this.#format.ranges?.(this.#index, first, count, continues, ranges);
    for (let i = 0; i < ranges.count; i++) {
      this.#readRange(source, ranges.offsetOf(i), ranges.byteCountOf(i));
    }
  }

  #readRange(source: OpenedFile, offset: number, byteCount: number): void {
    const buffer = this.#buffer;
    const meter = this.#meter;
    let doneBytes = 0;
    while (doneBytes < byteCount && !meter.isStopped()) {
      const partBytes = Math.min(buffer.length, byteCount - doneBytes);
      const view = partBytes === buffer.length
        ? buffer
        : buffer.subarray(0, partBytes);
      const startMs = meter.now();
      const readBytes = source.readInto(view, offset + doneBytes);
      if (typeof readBytes !== "number") throw asynchronous(source.path);
      meter.read(startMs, readBytes);
      if (readBytes < partBytes) throw endsEarly(source, offset, byteCount);
      doneBytes += readBytes;
    }
  }

  #openFile(file: number): OpenedFile {
    const fileIndex = this.#split.firstFileIndex + file;
    if (this.#file !== null && file === this.#fileNumber) {
      this.#meter.reading(fileIndex);
      return this.#file;
    }
    this.#closeFile();
    const path = this.#path(file);
    const meter = this.#meter;
    meter.opening(fileIndex);
    const startMs = meter.now();
    const opened = this.#storage.open(path);
    if (opened instanceof Promise) throw asynchronous(path);
    this.#file = opened;
    this.#fileNumber = file;
    meter.opened(startMs);
    const index = this.#format.open?.(
      new MeteredSource(opened, meter),
      this.#spec(fileIndex),
    );
    if (index instanceof Promise) throw asynchronous(path);
    this.#index = index ?? {};
    return opened;
  }

  #closeFile(): void {
    if (this.#file === null) return;
    this.#file.close();
    this.#file = null;
    this.#fileNumber = -1;
    this.#meter.finishedFile();
  }

  #path(file: number): string {
    return `${this.#dataset.folder}/${filePath(this.#split.naming, file)}`;
  }

  #spec(fileIndex: number): FileSpec {
    const sampleDims = this.#dims.of(fileIndex);
    return { dataset: this.#dataset.spec, fileIndex, sampleDims };
  }

  #expectedBytes(fileIndex: number): number {
    return this.#constantBytes >= 0
      ? this.#constantBytes
      : this.#fileBytes(fileIndex);
  }

  #fileBytes(fileIndex: number): number {
    return this.#format.fileBytes(this.#spec(fileIndex)) ?? -1;
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
    if (typeof byteCount !== "number") throw asynchronous(this.path);
    this.#meter.read(startMs, byteCount);
    return byteCount;
  }
}

function endsEarly(
  source: OpenedFile,
  offset: number,
  byteCount: number,
): DatasetError {
  return new DatasetError(
    `Cannot read bytes ${offset} … ${offset + byteCount - 1} of ` +
      `"${source.path}": the file ends before them`,
  );
}

function asynchronous(path: string): Error {
  return new Error(`the storage of "${path}" answers later, the loop cannot`);
}

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
import type { FileSpec, Format } from "../formats/format.ts";
import { EpochOrder } from "../sampling/epoch_order.ts";
import { filePath } from "../sampling/file_names.ts";
import { SampleDims } from "../sampling/sample_dims.ts";
import type { Storage } from "../storage/storage.ts";
import type { WorkerMeter } from "./meter.ts";
import { answersLater, RangeReader } from "./range_reader.ts";
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
  readonly #rangeReader: RangeReader;
  readonly #read: (position: number, count: number) => void;
  readonly #constantBytes: number;
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
    this.#rangeReader = new RangeReader({
      ...parts,
      decodes: dataset.spec.parquet.decode && format.decode !== undefined,
    });
    this.#firstPosition = rank * split.shard.samplesPerAccelerator;
    this.#constantBytes = this.#dims.isConstant ? this.#fileBytes(0) : -1;
    this.#read = this.#chooseRead();
  }

  /** Turns to the order of an epoch, counted from 1. */
  begin(epoch: number): void {
    this.#order.begin(epoch);
    this.#rangeReader.close();
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
    this.#rangeReader.close();
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
    if (typeof byteCount !== "number") throw answersLater(path);
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
    const fileIndex = this.#split.firstFileIndex + file;
    const rangeReader = this.#rangeReader;
    if (!rangeReader.isOpen(fileIndex)) {
      rangeReader.open(this.#path(file), this.#spec(fileIndex));
    }
    rangeReader.read(first, count, continues);
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

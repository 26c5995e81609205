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
import type { Format } from "../../formats/format.ts";
import type { Storage } from "../../storage/storage.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import { answersLater, RangeReader } from "./range_reader.ts";
import type { DatasetPlan, SplitPlan } from "../plan/run_plan.ts";
import { checkFileLength, SampleFiles } from "./sample_files.ts";

/** Reads batches of one split for one accelerator, synchronously. */
export class SampleReader {
  readonly #files: SampleFiles;
  readonly #split: SplitPlan;
  readonly #format: Format;
  readonly #storage: Storage;
  readonly #meter: WorkerMeter;
  readonly #buffer: Uint8Array;
  readonly #rangeReader: RangeReader;
  readonly #read: (position: number, count: number) => void;
  #nextPosition = -1;

  /**
   * @param parts What it reads with.
   * @param rank The accelerator, by its global rank.
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
    this.#files = new SampleFiles(parts, rank);
    this.#split = split;
    this.#format = format;
    this.#storage = parts.storage;
    this.#meter = parts.meter;
    this.#buffer = parts.buffer;
    this.#rangeReader = new RangeReader({
      ...parts,
      decodes: dataset.spec.parquet.decode && format.decode !== undefined,
    });
    this.#read = this.#chooseRead();
  }

  /** Turns to the order of an epoch, counted from 1. */
  begin(epoch: number): void {
    this.#files.order.begin(epoch);
    this.#rangeReader.close();
    this.#nextPosition = -1;
  }

  /**
   * Reads what samples [first, first + count) of this accelerator's share
   * need.
   */
  readBatch(first: number, count: number): void {
    this.#read(this.#files.firstPosition + first, count);
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
    const { order, firstPosition } = this.#files;
    for (let p = position; p < position + count; p++) {
      if (p % samplesPerFile !== 0 && p !== firstPosition) continue;
      this.#drainFile(order.fileAt(p));
      if (this.#meter.isStopped()) return;
    }
  }

  #drainFile(file: number): void {
    const files = this.#files;
    const fileIndex = files.indexOf(file);
    const expectedBytes = files.expectedBytes(fileIndex);
    const path = files.path(file);
    this.#meter.opening(fileIndex);
    const byteCount = this.#storage.drain(
      path,
      expectedBytes,
      this.#buffer,
      this.#meter,
    );
    if (typeof byteCount !== "number") throw answersLater(path);
    if (byteCount !== expectedBytes && !this.#meter.isStopped()) {
      checkFileLength(path, byteCount, expectedBytes);
    }
    this.#meter.finishedFile();
  }

  #readStream(position: number, count: number): void {
    const { samplesPerFile } = this.#split;
    const { order } = this.#files;
    let p = position;
    const end = position + count;
    while (p < end) {
      const file = order.fileAt(p);
      const first = p % samplesPerFile;
      const partCount = Math.min(samplesPerFile - first, end - p);
      const continues = p === this.#nextPosition && first > 0;
      this.#readRanges(file, first, partCount, continues);
      p += partCount;
      this.#nextPosition = p;
    }
  }

  #readSamples(position: number, count: number): void {
    const { order } = this.#files;
    for (let p = position; p < position + count; p++) {
      const file = order.fileAt(p);
      this.#readRanges(file, order.sampleAt(p, file), 1, false);
    }
  }

  #readRanges(
    file: number,
    first: number,
    count: number,
    continues: boolean,
  ): void {
    const fileIndex = this.#files.indexOf(file);
    const rangeReader = this.#rangeReader;
    if (!rangeReader.isOpen(fileIndex)) {
      rangeReader.open(this.#files.path(file), this.#files.spec(fileIndex));
    }
    rangeReader.read(first, count, continues);
  }
}

/**
 * Reads the samples of a batch, one read after another, and returns when they
 * are there; `batch_parts.ts` says which files and which samples. Bytes land
 * in one scratch buffer, are counted and dropped.
 */
import type { Format } from "../../formats/format.ts";
import type { Storage } from "../../storage/storage.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import type { DatasetPlan, SplitPlan } from "../plan/run_plan.ts";
import { partsOf, type PartWalk } from "./part_walk.ts";
import { IndexCache } from "./index_cache.ts";
import { RangeReader } from "./range_reader.ts";
import type { ReaderPlace } from "./reader_place.ts";
import { answersLater } from "./read_faults.ts";
import { SampleFiles } from "./sample_files.ts";
import type { SeenLengths } from "../threads/seen_lengths.ts";

/** Open files of one reader, where samples of several files are mixed. */
const MAX_OPENED = 64;

/** How many files one reader of a split has open at the same time. */
export function openedMaxOf({ blend, fileCount }: SplitPlan): number {
  return blend === undefined ? 1 : Math.min(fileCount, MAX_OPENED);
}

/** What reads a split, whichever way. */
export interface SplitReaderParts {
  readonly dataset: DatasetPlan;
  readonly split: SplitPlan;
  readonly format: Format;
  readonly storage: Storage;
  readonly meter: WorkerMeter;
  readonly seenLengths: SeenLengths;
  /** Largest read, bytes. */
  readonly readBytes: number;
}

/** Reads batches of one split for one accelerator, synchronously. */
export class SampleReader {
  readonly #parts: PartWalk;
  readonly #files: SampleFiles;
  readonly #storage: Storage;
  readonly #meter: WorkerMeter;
  readonly #buffer: Uint8Array;
  readonly #ranges: RangeReader;
  /** Reads the part at hand. */
  readonly #readPart: () => void;

  /**
   * @param given What it reads with, and the scratch buffer, whose length is
   *   the largest read.
   * @param place Which reader it is.
   */
  constructor(
    given: SplitReaderParts & { readonly buffer: Uint8Array },
    place: ReaderPlace,
  ) {
    const { dataset, split, format, storage, meter, buffer } = given;
    this.#parts = partsOf(split, format.reading, place);
    this.#files = new SampleFiles(given);
    this.#storage = storage;
    this.#meter = meter;
    this.#buffer = buffer;
    const openedMax = openedMaxOf(split);
    this.#ranges = new RangeReader({
      format,
      indexes: new IndexCache({
        files: this.#files,
        format,
        storage,
        meter,
        openedMax,
      }),
      meter,
      openedMax,
      buffer,
      decodes: dataset.spec.parquet.decode && format.decode !== undefined,
    });
    this.#readPart = format.reading === "whole_file"
      ? () => this.#drainFile(this.#parts.file)
      : () => this.#readRanges();
  }

  /** Turns to the order of an epoch, counted from 1. */
  begin(epoch: number): void {
    this.#parts.begin(epoch);
    this.#ranges.close();
  }

  /**
   * Reads what samples [first, first + count) of this accelerator's share
   * need; of a run that is being stopped, perhaps a part of it.
   */
  readBatch(first: number, count: number): void {
    const parts = this.#parts;
    parts.start(first, count);
    while (parts.next()) {
      this.#readPart();
      if (this.#meter.isStopped()) return;
    }
    this.#meter.idle();
    this.#meter.finishedSamples(count);
  }

  /** Closes what is open. */
  end(): void {
    this.#ranges.close();
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
      files.checkDrained(this.#storage, path, fileIndex, byteCount);
    }
    this.#meter.finishedFile();
  }

  #readRanges(): void {
    this.#ranges.read(this.#parts, this.#files.indexOf(this.#parts.file));
  }
}

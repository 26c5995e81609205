/**
 * Reads the samples of batches with many reads in flight, without a promise;
 * `batch_parts.ts` says which files and which samples.
 *
 * Files that are read whole are opened, read and closed in the queue. Of
 * others the ranges are: opening such a file and reading its index block the
 * thread, while what is in flight goes on.
 */
import type { Format } from "../../formats/format.ts";
import { RangeList } from "../../bytes/range_list.ts";
import type { Storage } from "../../storage/storage.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import { FIELD } from "../threads/region.ts";
import { IndexCache } from "./index_cache.ts";
import { OpenedFiles } from "./opened_files.ts";
import { partsOf, type PartWalk } from "./part_walk.ts";
import type { EndedReads, QueuedReads } from "./queued_reads.ts";
import { fileEndsEarly } from "./read_faults.ts";
import type { ReaderPlace } from "./reader_place.ts";
import { SampleFiles } from "./sample_files.ts";
import { SampleRanges } from "./sample_ranges.ts";
import { openedMaxOf, type SplitReaderParts } from "./sample_reader.ts";
import type { EpochReader } from "./split_readers.ts";

/** Reads batches of one split for one accelerator, many reads at a time. */
export class QueuedReader implements EpochReader, EndedReads {
  readonly #parts: PartWalk;
  readonly #files: SampleFiles;
  readonly #firstFileIndex: number;
  readonly #format: Format;
  readonly #storage: Storage;
  readonly #meter: WorkerMeter;
  readonly #reads: QueuedReads;
  readonly #opened: OpenedFiles;
  readonly #sampleRanges: SampleRanges;
  readonly #ranges = new RangeList();

  /**
   * @param given What it reads with, and the reads in flight of its thread.
   * @param place Which reader it is.
   */
  constructor(
    given: SplitReaderParts & { readonly reads: QueuedReads },
    place: ReaderPlace,
  ) {
    const { split, format, storage, meter, reads } = given;
    this.#parts = partsOf(split, format.reading, place);
    this.#files = new SampleFiles(given);
    this.#firstFileIndex = split.firstFileIndex;
    this.#format = format;
    this.#storage = storage;
    this.#meter = meter;
    this.#reads = reads;
    const openedMax = openedMaxOf(split);
    const files = this.#files;
    this.#opened = new OpenedFiles({
      indexes: new IndexCache({ files, format, storage, meter, openedMax }),
      meter,
      openedMax,
    });
    this.#sampleRanges = new SampleRanges(format, reads.readBytes);
  }

  /** Turns to the order of an epoch, counted from 1. */
  begin(epoch: number): void {
    this.#reads.turnTo(this);
    this.#parts.begin(epoch);
    this.#opened.close();
  }

  /**
   * Begins to read what samples [first, first + count) of this accelerator's
   * share need; all of it is begun when it returns.
   *
   * @param place Of the batch among those that are under way.
   * @throws {Stopped} When the run is stopped.
   */
  startBatch(first: number, count: number, place: number): void {
    const parts = this.#parts;
    const isWhole = this.#format.reading === "whole_file";
    this.#reads.begin(place);
    parts.start(first, count);
    while (parts.next()) {
      if (isWhole) this.#startFile(place);
      else this.#startRanges(place);
    }
    this.#reads.begun(place);
  }

  /** Counts the samples of a batch that has come. */
  finishedBatch(count: number): void {
    this.#meter.finishedSamples(count);
  }

  /** Closes what is open. */
  end(): void {
    this.#opened.close();
    const { fields } = this.#meter;
    fields[FIELD.buffersRefused] = this.#reads.hasRegisteredBuffers ? 0 : 1;
  }

  ended(
    fileIndex: number,
    byteCount: number,
    offset: number,
    wantedBytes: number,
  ): void {
    const path = () => this.#files.path(fileIndex - this.#firstFileIndex);
    if (this.#format.reading === "whole_file") {
      if (byteCount !== wantedBytes) {
        this.#files.checkLength(path(), fileIndex, byteCount);
      }
      this.#meter.finishedFile();
    } else if (byteCount < wantedBytes) {
      const hostPath = this.#storage.hostPath?.(path()) ?? path();
      throw fileEndsEarly(hostPath, offset, wantedBytes);
    }
  }

  #startFile(place: number): void {
    const files = this.#files;
    const { file } = this.#parts;
    const fileIndex = files.indexOf(file);
    const expectedBytes = files.expectedBytes(fileIndex);
    this.#reads.drain(files.path(file), expectedBytes, fileIndex, place);
  }

  #startRanges(place: number): void {
    const part = this.#parts;
    const fileIndex = this.#files.indexOf(part.file);
    const { source, index } = this.#opened.get(part, fileIndex);
    const ranges = this.#ranges;
    ranges.clear();
    const indexed = { index, byteLength: source.byteLength };
    this.#sampleRanges.push(indexed, part, ranges);
    const { readBytes } = this.#reads;
    for (let i = 0; i < ranges.count; i++) {
      let offset = ranges.offsetOf(i);
      const end = offset + ranges.byteCountOf(i);
      while (offset < end) {
        const byteCount = Math.min(readBytes, end - offset);
        this.#reads.readRange(source, offset, byteCount, fileIndex, place);
        offset += byteCount;
      }
    }
  }
}

/**
 * Reads the samples of batches with many reads in flight, without a promise;
 * `batch_parts.ts` says which files and which samples.
 *
 * Files that are read whole are opened, read and closed in the queue. Of
 * others the ranges are: opening such a file and reading its index block the
 * thread, while what is in flight goes on.
 */
import { RangeList } from "../../bytes/range_list.ts";
import type { OpenedFile, Storage } from "../../storage/storage.ts";
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
  readonly #storage: Storage;
  readonly #meter: WorkerMeter;
  readonly #reads: QueuedReads;
  readonly #opened: OpenedFiles;
  readonly #sampleRanges: SampleRanges;
  readonly #isWhole: boolean;
  /** Place of the batch at hand. */
  #place = 0;
  /** Ranges of the part at hand, of which some may have begun. */
  readonly #ranges = new RangeList();
  /** Null: all of them have. */
  #source: OpenedFile | null = null;
  #fileIndex = 0;
  #range = 0;
  #rangeDoneBytes = 0;

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
    this.#isWhole = format.reading === "whole_file";
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
    this.#source = null;
    this.#opened.close();
  }

  /**
   * Turns to a batch: what samples [first, first + count) of this
   * accelerator's share need is begun by {@linkcode beginReads}.
   *
   * @param place Of the batch among those that are under way.
   */
  startBatch(first: number, count: number, place: number): void {
    this.#place = place;
    this.#reads.begin(place);
    this.#parts.start(first, count);
  }

  /**
   * Begins reads of the batch, as far as there is room.
   *
   * @returns Whether all of them have begun.
   */
  beginReads(): boolean {
    const reads = this.#reads;
    const parts = this.#parts;
    while (this.#beginRanges()) {
      if (!reads.hasRoom) return false;
      if (!parts.next()) {
        reads.begun(this.#place);
        return true;
      }
      if (this.#isWhole) this.#startFile();
      else this.#turnToPart();
    }
    return false;
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
    if (this.#isWhole) {
      if (byteCount !== wantedBytes) {
        this.#files.checkDrained(
          this.#storage,
          path(),
          fileIndex,
          byteCount,
        );
      }
      this.#meter.finishedFile();
    } else if (byteCount < wantedBytes) {
      const hostPath = this.#storage.hostPath?.(path()) ?? path();
      throw fileEndsEarly(hostPath, offset, wantedBytes);
    }
  }

  #startFile(): void {
    const files = this.#files;
    const { file } = this.#parts;
    const fileIndex = files.indexOf(file);
    const likelyBytes = files.likelyBytes(fileIndex);
    const path = files.path(file);
    this.#reads.drain(path, likelyBytes, fileIndex, this.#place);
  }

  /** Finds the ranges of the part at hand. */
  #turnToPart(): void {
    const part = this.#parts;
    const fileIndex = this.#files.indexOf(part.file);
    const { source, index } = this.#opened.get(part, fileIndex);
    const ranges = this.#ranges;
    ranges.clear();
    const indexed = { index, byteLength: source.byteLength };
    this.#sampleRanges.push(indexed, part, ranges);
    this.#source = source;
    this.#fileIndex = fileIndex;
    this.#range = 0;
    this.#rangeDoneBytes = 0;
  }

  /** @returns Whether the reads of all ranges of a part have begun. */
  #beginRanges(): boolean {
    const reads = this.#reads;
    const ranges = this.#ranges;
    const source = this.#source;
    if (source === null) return true;
    for (; this.#range < ranges.count; this.#range++) {
      const offset = ranges.offsetOf(this.#range);
      const rangeBytes = ranges.byteCountOf(this.#range);
      while (this.#rangeDoneBytes < rangeBytes) {
        if (!reads.hasRoom) return false;
        const doneBytes = this.#rangeDoneBytes;
        const byteCount = Math.min(reads.readBytes, rangeBytes - doneBytes);
        reads.readRange(
          source,
          offset + doneBytes,
          byteCount,
          this.#fileIndex,
          this.#place,
        );
        this.#rangeDoneBytes += byteCount;
      }
      this.#rangeDoneBytes = 0;
    }
    this.#source = null;
    return true;
  }
}

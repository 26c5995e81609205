/**
 * Reads the samples of batches from asynchronous storage: the rules of
 * `sample_reader.ts`, with many reads in flight.
 *
 * Reads are started in the order of their batches, so the batch that is
 * wanted next is never behind others; they end in any order. Bytes are
 * counted as they come and kept nowhere.
 */
import { RangeList } from "../../bytes/range_list.ts";
import type { FileIndex, Format } from "../../formats/format.ts";
import type { OpenedFile, Storage } from "../../storage/storage.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import type { DatasetPlan, SplitPlan } from "../plan/run_plan.ts";
import { checkFileLength, fileEndsEarly, SampleFiles } from "./sample_files.ts";
import { Slots } from "./slots.ts";

/** No scratch buffer: object stores are drained as streams. */
const NO_BUFFER = new Uint8Array(0);
/** Files whose index is kept from epoch to epoch, as `RangeReader` does. */
const KEPT_INDEXES = 16;
/** Reads in flight where the storage does not say. */
const DEFAULT_IN_FLIGHT = 64;

/** A batch whose reads have begun. */
export interface StartedBatch {
  /** Resolves when every byte has come. */
  readonly done: Promise<void>;
}

/** An open file and its index by the format. */
interface IndexedFile {
  readonly source: OpenedFile;
  readonly index: FileIndex;
}

/** Reads batches of one split for one accelerator, many at a time. */
export class SampleFetcher {
  readonly #files: SampleFiles;
  readonly #split: SplitPlan;
  readonly #format: Format;
  readonly #storage: Storage;
  readonly #meter: WorkerMeter;
  readonly #slots: Slots;
  /** Files that are open or being opened, the latest last. */
  readonly #opened = new Map<number, Promise<IndexedFile>>();
  readonly #openedMax: number;
  readonly #indexes = new Map<number, FileIndex>();
  readonly #decodes: boolean;
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
    },
    rank: number,
  ) {
    this.#files = new SampleFiles(parts, rank);
    this.#split = parts.split;
    this.#format = parts.format;
    this.#storage = parts.storage;
    this.#meter = parts.meter;
    const inFlight = parts.storage.inFlight ?? DEFAULT_IN_FLIGHT;
    this.#slots = new Slots(inFlight, parts.meter);
    this.#openedMax = inFlight + 1;
    this.#decodes = parts.dataset.spec.parquet.decode &&
      parts.format.decode !== undefined;
  }

  /** Turns to the order of an epoch, counted from 1. */
  begin(epoch: number): void {
    this.#files.order.begin(epoch);
    this.#closeFiles(0);
    this.#nextPosition = -1;
  }

  /**
   * Starts all reads that samples [first, first + count) of this
   * accelerator's share need; resolves when the last one has begun.
   */
  async startBatch(first: number, count: number): Promise<StartedBatch> {
    const position = this.#files.firstPosition + first;
    const reads = await this.#start(position, count);
    const done = Promise.all(reads).then(() => {});
    done.catch(() => {});
    return { done };
  }

  /** Counts the samples of a batch that has come. */
  finishedBatch(count: number): void {
    this.#meter.finishedSamples(count);
  }

  /** Closes what is open. */
  end(): void {
    this.#closeFiles(0);
  }

  async #start(position: number, count: number): Promise<Promise<void>[]> {
    switch (this.#format.reading) {
      case "nothing":
        return [];
      case "whole_file":
        return await this.#startWholeFiles(position, count);
      case "stream":
        return await this.#startStream(position, count);
      case "samples":
        return await this.#startSamples(position, count);
    }
  }

  async #startWholeFiles(
    position: number,
    count: number,
  ): Promise<Promise<void>[]> {
    const { samplesPerFile } = this.#split;
    const { order, firstPosition } = this.#files;
    const reads: Promise<void>[] = [];
    for (let p = position; p < position + count; p++) {
      if (p % samplesPerFile !== 0 && p !== firstPosition) continue;
      const file = order.fileAt(p);
      const fileIndex = this.#files.indexOf(file);
      const { done } = await this.#slots.start(
        fileIndex,
        () => this.#drainFile(file, fileIndex),
      );
      reads.push(done);
    }
    return reads;
  }

  async #drainFile(file: number, fileIndex: number): Promise<void> {
    const path = this.#files.path(file);
    const expectedBytes = this.#files.expectedBytes(fileIndex);
    const byteCount = await this.#storage.drain(
      path,
      expectedBytes,
      NO_BUFFER,
      this.#meter,
    );
    checkFileLength(path, byteCount, expectedBytes);
    this.#meter.finishedFile();
  }

  async #startStream(
    position: number,
    count: number,
  ): Promise<Promise<void>[]> {
    const { samplesPerFile } = this.#split;
    const reads: Promise<void>[] = [];
    const end = position + count;
    let p = position;
    while (p < end) {
      const file = this.#files.order.fileAt(p);
      const first = p % samplesPerFile;
      const partCount = Math.min(samplesPerFile - first, end - p);
      const continues = p === this.#nextPosition && first > 0;
      const part = { first, partCount, continues };
      reads.push((await this.#startRanges(file, part)).done);
      p += partCount;
      this.#nextPosition = p;
    }
    return reads;
  }

  async #startSamples(
    position: number,
    count: number,
  ): Promise<Promise<void>[]> {
    const { order } = this.#files;
    const reads: Promise<void>[] = [];
    for (let p = position; p < position + count; p++) {
      const file = order.fileAt(p);
      const first = order.sampleAt(p, file);
      const part = { first, partCount: 1, continues: false };
      reads.push((await this.#startRanges(file, part)).done);
    }
    return reads;
  }

  /** Resolves when there was a slot to open the file with. */
  async #startRanges(
    file: number,
    part: { first: number; partCount: number; continues: boolean },
  ): Promise<StartedBatch> {
    const fileIndex = this.#files.indexOf(file);
    let opening = this.#opened.get(file);
    if (opening === undefined) {
      // A slot of its own, so that files are opened side by side.
      await this.#slots.start(fileIndex, async () => {
        opening = this.#openFile(file, fileIndex);
        await opening;
      });
    }
    const done = this.#readRanges(
      opening ?? this.#openFile(file, fileIndex),
      fileIndex,
      part,
    );
    done.catch(() => {});
    return { done };
  }

  async #readRanges(
    opening: Promise<IndexedFile>,
    fileIndex: number,
    part: { first: number; partCount: number; continues: boolean },
  ): Promise<void> {
    const { source, index } = await opening;
    // With a list of its own, because other parts are read at the same time.
    const ranges = new RangeList();
    const { first, partCount, continues } = part;
    this.#format.ranges?.(index, first, partCount, continues, ranges);
    const bytes = this.#decodes ? new Uint8Array(ranges.totalBytes) : null;
    const reads: Promise<void>[] = [];
    let position = 0;
    for (let i = 0; i < ranges.count; i++) {
      const offset = ranges.offsetOf(i);
      const byteCount = ranges.byteCountOf(i);
      const view = bytes?.subarray(position, position + byteCount) ?? null;
      position += byteCount;
      const read = () =>
        view === null
          ? this.#drainRange(source, offset, byteCount)
          : this.#fillRange(source, offset, view);
      reads.push(this.#slots.run(fileIndex, read));
    }
    await Promise.all(reads);
    if (bytes === null) return;
    this.#format.decode?.(index, first, partCount, continues, ranges, bytes);
  }

  async #fillRange(
    source: OpenedFile,
    offset: number,
    view: Uint8Array,
  ): Promise<void> {
    const startMs = this.#meter.now();
    const readBytes = await source.readInto(view, offset);
    this.#meter.read(startMs, readBytes);
    if (readBytes < view.length) {
      throw fileEndsEarly(source.path, offset, view.length);
    }
  }

  async #drainRange(
    source: OpenedFile,
    offset: number,
    byteCount: number,
  ): Promise<void> {
    if (source.drainRange === undefined) {
      throw new Error(`"${source.path}" cannot be read without a buffer`);
    }
    const readBytes = await source.drainRange(offset, byteCount, this.#meter);
    if (readBytes < byteCount) {
      throw fileEndsEarly(source.path, offset, byteCount);
    }
  }

  #openFile(file: number, fileIndex: number): Promise<IndexedFile> {
    const known = this.#opened.get(file);
    if (known !== undefined) return known;
    const opening = this.#openAndIndex(file, fileIndex);
    opening.catch(() => {});
    this.#opened.set(file, opening);
    this.#closeFiles(this.#openedMax);
    return opening;
  }

  async #openAndIndex(file: number, fileIndex: number): Promise<IndexedFile> {
    const meter = this.#meter;
    const startMs = meter.now();
    const source = await this.#storage.open(this.#files.path(file));
    meter.opened(startMs);
    const index = await this.#indexOf(source, fileIndex);
    return { source, index };
  }

  async #indexOf(source: OpenedFile, fileIndex: number): Promise<FileIndex> {
    const known = this.#indexes.get(fileIndex);
    if (known !== undefined) return known;
    const index = await this.#format.open?.(
      meteredSource(source, this.#meter),
      this.#files.spec(fileIndex),
    ) ?? {};
    for (const oldest of this.#indexes.keys()) {
      if (this.#indexes.size < KEPT_INDEXES) break;
      this.#indexes.delete(oldest);
    }
    this.#indexes.set(fileIndex, index);
    return index;
  }

  /** Forgets the oldest files beyond `keptCount`. */
  #closeFiles(keptCount: number): void {
    for (const [file, opening] of this.#opened) {
      if (this.#opened.size <= keptCount) return;
      this.#opened.delete(file);
      opening.then(({ source }) => source.close()).catch(() => {});
      this.#meter.finishedFile();
    }
  }
}

/** A file whose every read is counted, for a format that reads its index. */
function meteredSource(source: OpenedFile, meter: WorkerMeter) {
  return {
    path: source.path,
    byteLength: source.byteLength,
    async readInto(view: Uint8Array, offset: number): Promise<number> {
      const startMs = meter.now();
      const byteCount = await source.readInto(view, offset);
      meter.read(startMs, byteCount);
      return byteCount;
    },
  };
}

/**
 * Reads the samples of batches from asynchronous storage, with many reads in
 * flight; `batch_parts.ts` says which files and which samples.
 *
 * Reads are started in the order of their batches, so the batch that is
 * wanted next is never behind others; they end in any order. Bytes are
 * counted as they come and kept nowhere.
 */
import { RangeList } from "../../bytes/range_list.ts";
import type { Format } from "../../formats/format.ts";
import type { OpenedFile, ReadMeter, Storage } from "../../storage/storage.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import type { BatchPart } from "./batch_parts.ts";
import { IndexCache, type IndexedFile } from "./index_cache.ts";
import { fileEndsEarly } from "./read_faults.ts";
import { dealerOf, inFlightOf, type PartDealer } from "./fetch_share.ts";
import { partsOf, type PartWalk } from "./part_walk.ts";
import type { FetchShare, ReaderPlace } from "./reader_place.ts";
import { SampleFiles } from "./sample_files.ts";
import type { SplitReaderParts } from "./sample_reader.ts";
import type { EpochReader } from "./split_readers.ts";
import { SampleRanges } from "./sample_ranges.ts";
import { Slots } from "./slots.ts";

/** No scratch buffer: object stores are drained as streams. */
const NO_BUFFER = new Uint8Array(0);
/** Reads in flight where the storage does not say. */
const DEFAULT_IN_FLIGHT = 64;

/** Reads that have begun. */
export interface StartedReads {
  /** Resolves when every byte has come. */
  readonly done: Promise<void>;
}

/** Reads batches of one split, and waits in between. */
export interface BatchFetcher extends EpochReader {
  /** Starts what a batch needs; resolves when the last read has begun. */
  startBatch(first: number, count: number): Promise<StartedReads>;
  /** Counts the samples of a batch that has come. */
  finishedBatch(count: number): void;
  /** Resolves when nothing is under way; absent: then nothing is. */
  settle?(): Promise<void>;
}

/** Reads batches of one split for one accelerator, many at a time. */
export class SampleFetcher implements BatchFetcher {
  readonly #parts: PartWalk;
  readonly #dealer: PartDealer;
  readonly #files: SampleFiles;
  readonly #format: Format;
  readonly #storage: Storage;
  readonly #meter: WorkerMeter;
  readonly #slots: Slots;
  readonly #indexes: IndexCache;
  readonly #sampleRanges: SampleRanges;
  /** Files that are open or being opened, the latest last. */
  readonly #opened = new Map<number, Promise<IndexedFile>>();
  readonly #openedMax: number;
  readonly #decodes: boolean;
  /** Starts to read a part; resolves when it has begun. */
  readonly #startPart: (part: BatchPart) => Promise<StartedReads>;

  /**
   * @param given What it reads with.
   * @param place Which reader it is.
   * @param share Which of the threads that fetch for it.
   */
  constructor(given: SplitReaderParts, place: ReaderPlace, share: FetchShare) {
    const { dataset, split, format, storage, meter } = given;
    this.#parts = partsOf(split, format.reading, place);
    this.#dealer = dealerOf(format.reading, share);
    this.#files = new SampleFiles(given);
    this.#format = format;
    this.#storage = storage;
    this.#meter = meter;
    const inFlight = storage.inFlight ?? DEFAULT_IN_FLIGHT;
    this.#slots = new Slots(inFlightOf(inFlight, share), meter);
    this.#openedMax = inFlight + 1;
    this.#indexes = new IndexCache({
      files: this.#files,
      format,
      storage,
      meter,
      openedMax: this.#openedMax,
    });
    this.#sampleRanges = new SampleRanges(
      format,
      storage.rangeGets?.byteCount ?? given.readBytes,
    );
    this.#decodes = dataset.spec.parquet.decode &&
      format.decode !== undefined;
    this.#startPart = format.reading === "whole_file"
      ? ({ file }) => this.#startFile(file)
      : (part) => this.#startRanges(part);
  }

  /** Turns to the order of an epoch, counted from 1. */
  begin(epoch: number): void {
    this.#parts.begin(epoch);
    this.#dealer.begin();
    this.#closeFiles(0);
  }

  /**
   * Starts all reads that samples [first, first + count) of this
   * accelerator's share need, as far as they are this thread's; resolves when
   * the last one has begun.
   */
  async startBatch(first: number, count: number): Promise<StartedReads> {
    const parts = this.#parts;
    const reads: Promise<void>[] = [];
    parts.start(first, count);
    while (parts.next()) {
      const { file, first, count, continues } = parts;
      if (!this.#dealer.takes(file)) continue;
      // A copy: the next part is there before this one is read.
      const started = await this.#startPart({ file, first, count, continues });
      reads.push(started.done);
    }
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

  #startFile(file: number): Promise<StartedReads> {
    const fileIndex = this.#files.indexOf(file);
    return this.#slots.start(
      fileIndex,
      () => this.#drainFile(file, fileIndex),
    );
  }

  async #drainFile(file: number, fileIndex: number): Promise<void> {
    const files = this.#files;
    const path = files.path(file);
    const expectedBytes = files.expectedBytes(fileIndex);
    const byteCount = await this.#storage.drain(
      path,
      expectedBytes,
      NO_BUFFER,
      this.#meter.ofFile(fileIndex),
    );
    if (byteCount !== expectedBytes && !this.#meter.isStopped()) {
      files.checkLength(path, fileIndex, byteCount);
    }
    this.#meter.finishedFile();
  }

  /** Resolves when there was a slot to open the file with. */
  async #startRanges(part: BatchPart): Promise<StartedReads> {
    const { file } = part;
    const fileIndex = this.#files.indexOf(file);
    let opening = this.#opened.get(file);
    if (opening === undefined) {
      // A slot of its own, so that files are opened side by side.
      await this.#slots.start(fileIndex, async () => {
        opening = this.#openFile(file);
        await opening;
      });
    }
    const done = this.#readRanges(
      opening ?? this.#openFile(file),
      fileIndex,
      part,
    );
    done.catch(() => {});
    return { done };
  }

  async #readRanges(
    opening: Promise<IndexedFile>,
    fileIndex: number,
    part: BatchPart,
  ): Promise<void> {
    const { source, index } = await opening;
    // With a list of its own, because other parts are read at the same time.
    const ranges = new RangeList();
    const { byteLength } = source;
    this.#sampleRanges.push({ index, byteLength }, part, ranges);
    const bytes = this.#decodes ? new Uint8Array(ranges.totalBytes) : null;
    const reads: Promise<void>[] = [];
    const meter = this.#meter.ofFile(fileIndex);
    let position = 0;
    for (let i = 0; i < ranges.count; i++) {
      const offset = ranges.offsetOf(i);
      const byteCount = ranges.byteCountOf(i);
      const view = bytes?.subarray(position, position + byteCount) ?? null;
      position += byteCount;
      const read = () =>
        view === null
          ? drainRange(source, { offset, byteCount }, meter)
          : fillRange(source, { offset, view }, meter);
      reads.push(this.#slots.run(fileIndex, read));
    }
    await Promise.all(reads);
    if (bytes === null) return;
    const { first, count, continues } = part;
    this.#format.decode?.(index, first, count, continues, ranges, bytes);
  }

  #openFile(file: number): Promise<IndexedFile> {
    const known = this.#opened.get(file);
    if (known !== undefined) return known;
    const opening = Promise.resolve(this.#indexes.open(file));
    opening.catch(() => {});
    this.#opened.set(file, opening);
    this.#closeFiles(this.#openedMax);
    return opening;
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

async function fillRange(
  source: OpenedFile,
  { offset, view }: { readonly offset: number; readonly view: Uint8Array },
  meter: ReadMeter,
): Promise<void> {
  const startMs = meter.now();
  const readBytes = await source.readInto(view, offset);
  meter.read(startMs, readBytes);
  if (readBytes < view.length) {
    throw fileEndsEarly(source.path, offset, view.length);
  }
}

async function drainRange(
  source: OpenedFile,
  { offset, byteCount }: {
    readonly offset: number;
    readonly byteCount: number;
  },
  meter: ReadMeter,
): Promise<void> {
  if (source.drainRange === undefined) {
    throw new Error(`"${source.path}" cannot be read without a buffer`);
  }
  const readBytes = await source.drainRange(offset, byteCount, meter);
  if (readBytes < byteCount) {
    throw fileEndsEarly(source.path, offset, byteCount);
  }
}

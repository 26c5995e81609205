/**
 * Reads the samples of batches from copies of their shards on this host; the
 * shards of the samples ahead are copied meanwhile. It is for MosaicML
 * Streaming what `sample_fetcher.ts` is for object stores.
 *
 *    batch          | b, read now | predownload samples |
 *    its shards     |  4   4   0  |  0   0   7   7   7  |
 *                     wait for 4    copy 0, then 7
 *
 * A sample is read as from any file: its reads are counted apart from what was
 * copied.
 */
import type { BatchFetcher, StartedReads } from "./sample_fetcher.ts";
import { DatasetError } from "../../errors.ts";
import type { ShardCachePlan } from "../plan/run_plan.ts";
import { BatchParts } from "./batch_parts.ts";
import { IndexCache } from "./index_cache.ts";
import { partsOf, type PartWalk } from "./part_walk.ts";
import { RangeReader } from "./range_reader.ts";
import type { ReaderPlace } from "./reader_place.ts";
import { SampleFiles } from "./sample_files.ts";
import type { SplitReaderParts } from "./sample_reader.ts";
import { CopiedShards, ShardCache, ShardEvicted } from "./shard_cache.ts";

/** As MosaicML Streaming's `predownload`. */
const PREDOWNLOAD_BATCHES = 8;
/** Times that a copy may be removed before its reader has opened it. */
const MAX_EVICTIONS = 100;
const DONE: StartedReads = { done: Promise.resolve() };

/** See the file header. */
export class ShardReader implements BatchFetcher {
  readonly #parts: PartWalk;
  readonly #aheadParts: PartWalk;
  readonly #given: SplitReaderParts;
  readonly #files: SampleFiles;
  readonly #cache: ShardCache;
  readonly #ranges: RangeReader;
  readonly #predownload: number;
  /** Samples of the accelerator's share whose shards are asked for. */
  #aheadTo = 0;

  /**
   * @param given What it reads with; `storage` is where the shards are.
   * @param cache Where copies are.
   * @param place Which reader it is.
   */
  constructor(
    given: SplitReaderParts & { readonly buffer: Uint8Array },
    plan: ShardCachePlan,
    place: ReaderPlace,
  ) {
    const { split, format, meter, buffer, storage, dataset } = given;
    this.#given = given;
    this.#parts = partsOf(split, format.reading, place);
    this.#aheadParts = new BatchParts(split, "stream", place.rank);
    this.#files = new SampleFiles(given);
    this.#predownload = plan.predownloadSamples ??
      PREDOWNLOAD_BATCHES * split.batchSize;
    this.#cache = new ShardCache({
      plan,
      files: this.#files,
      remote: storage,
      meter,
      readBytes: given.readBytes,
    });
    this.#ranges = new RangeReader({
      format,
      indexes: new IndexCache({
        files: this.#files,
        format,
        storage: new CopiedShards(
          plan,
          () => this.#files.indexOf(this.#parts.file),
        ),
        meter,
        openedMax: 1,
      }),
      meter,
      openedMax: 1,
      buffer,
      decodes: dataset.spec.parquet.decode && format.decode !== undefined,
    });
  }

  /** Turns to the order of an epoch, counted from 1. */
  begin(epoch: number): void {
    this.#parts.begin(epoch);
    this.#aheadParts.begin(epoch);
    this.#aheadTo = 0;
    this.#ranges.close();
  }

  /** Reads a batch: what is begun is done. */
  async startBatch(first: number, count: number): Promise<StartedReads> {
    this.#prepare(first + count);
    const parts = this.#parts;
    parts.start(first, count);
    let readyFile = -1;
    while (parts.next() && !this.#given.meter.isStopped()) {
      if (parts.file !== readyFile) await this.#cache.ready(parts.file);
      readyFile = parts.file;
      await this.#read();
    }
    return DONE;
  }

  /** Counts the samples of a batch that has come. */
  finishedBatch(count: number): void {
    this.#given.meter.idle();
    this.#given.meter.finishedSamples(count);
  }

  /** Resolves when no shard is being copied. */
  async settle(): Promise<void> {
    await this.#cache.end();
  }

  /** Closes what is open. */
  end(): void {
    this.#ranges.close();
  }

  /** Has the shards copied that samples behind `from` need. */
  #prepare(from: number): void {
    const { split: { stepCount, batchSize } } = this.#given;
    const first = Math.max(this.#aheadTo, from);
    const end = Math.min(from + this.#predownload, stepCount * batchSize);
    if (first >= end) return;
    this.#aheadTo = end;
    this.#aheadParts.start(first, end - first);
    while (this.#aheadParts.next()) this.#cache.prepare(this.#aheadParts.file);
  }

  async #read(): Promise<void> {
    const { file } = this.#parts;
    const { meter } = this.#given;
    for (let evictions = 0; !meter.isStopped(); evictions++) {
      try {
        this.#ranges.read(this.#parts, this.#files.indexOf(file));
        return;
      } catch (error) {
        if (!(error instanceof ShardEvicted)) throw error;
      }
      if (evictions === MAX_EVICTIONS) {
        throw new DatasetError(
          `Cannot read "${
            this.#files.path(file)
          }" as reader.shard_cache_bytes ` +
            "must hold the shards that all readers read at the same time: its " +
            `copy was removed ${MAX_EVICTIONS} times before it could be opened`,
        );
      }
      await this.#cache.ready(file);
    }
  }
}

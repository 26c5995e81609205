/**
 * Connects a reading thread to its storage, and chooses once how it reads:
 * one read after another, many in flight that the thread waits for itself
 * (io_uring), or many that answer later (object stores).
 */
import { PageArena } from "../../bytes/page_arena.ts";
import { lazyImport } from "../../lazy_import.ts";
import { datasetParts } from "../threads/thread_program.ts";
import { connectWorker } from "../threads/worker_storage.ts";
import { preparedFormat } from "../plan/format_of.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import type { RequestObserver } from "../../storage/storage.ts";
import type { Region } from "../threads/region.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { RING_READS_URL } from "../../storage/local/ring_part.ts";
import type { QueuedReaders } from "./open_queued.ts";
import type { ReaderPlace } from "./reader_place.ts";
import { type BatchFetcher, SampleFetcher } from "./sample_fetcher.ts";
import { SampleReader } from "./sample_reader.ts";
import { SeenLengths } from "../threads/seen_lengths.ts";
import { SplitReaders } from "./split_readers.ts";

const SHARD_READER_URL = import.meta.resolve("./shard_reader.ts");
const OPEN_QUEUED_URL = import.meta.resolve("./open_queued.ts");

/**
 * URLs of the modules that {@linkcode connectReader} finds by `lazyImport`: a
 * thread that calls it is started with them.
 */
export function readingParts(plan: RunPlan): string[] {
  const parts = datasetParts(plan.dataset);
  return [
    ...parts,
    ...(plan.shardCache === undefined ? [] : [SHARD_READER_URL]),
    ...(plan.loader.queue === undefined
      ? []
      : [OPEN_QUEUED_URL, RING_READS_URL]),
  ];
}

/** The readers of one thread, of the way that its storage calls for. */
export type ConnectedReaders =
  | { readonly way: "sync"; readonly readers: SplitReaders<SampleReader> }
  | QueuedReaders
  | { readonly way: "later"; readonly readers: SplitReaders<BatchFetcher> };

/** Connects one reader. @param place Which one it is. */
export async function connectReader(
  plan: RunPlan,
  worker: { readonly region: Region; readonly meter: WorkerMeter },
  place: ReaderPlace,
): Promise<ConnectedReaders> {
  const { dataset } = plan;
  const format = await preparedFormat(dataset);
  const { meter, region } = worker;
  const { shardCache } = plan;
  // Requests are those of downloads: each shard is one, of which they are parts.
  const observer = shardCache === undefined ? meter : downloadsOf(meter);
  const storage = await connectWorker(
    dataset.storage,
    { region, meter: observer },
    { rank: place.rank, thread: place.reader },
  );
  const seenLengths = new SeenLengths(region.fileLengths);
  const { readBytes } = plan;
  const parts = { dataset, format, storage, meter, seenLengths, readBytes };
  if (shardCache !== undefined) {
    const { ShardReader } = await lazyImport<
      typeof import("./shard_reader.ts")
    >(
      SHARD_READER_URL,
    );
    const buffer = new PageArena(readBytes).allocate(readBytes);
    return {
      way: "later",
      readers: new SplitReaders<BatchFetcher>(
        plan,
        format,
        (split) =>
          new ShardReader({ ...parts, split, buffer }, shardCache, place),
      ),
    };
  }
  if (!storage.isSync) {
    return {
      way: "later",
      readers: new SplitReaders<BatchFetcher>(
        plan,
        format,
        (split) => new SampleFetcher({ ...parts, split }, place),
      ),
    };
  }
  const { queue, aheadBatches } = plan.loader;
  if (queue !== undefined && storage.readQueue !== undefined) {
    const { openQueued } = await lazyImport<
      typeof import("./open_queued.ts")
    >(OPEN_QUEUED_URL);
    return await openQueued(plan, {
      parts,
      places: aheadBatches,
      queue,
      place,
    });
  }
  const buffer = new PageArena(readBytes).allocate(readBytes);
  return {
    way: "sync",
    readers: new SplitReaders(
      plan,
      format,
      (split) => new SampleReader({ ...parts, split, buffer }, place),
    ),
  };
}

/** Counts requests by endpoint, and leaves latencies to whole downloads. */
function downloadsOf(meter: WorkerMeter): RequestObserver {
  return {
    now: () => meter.now(),
    requested() {},
    answered: (endpoint, startMs, byteCount) =>
      meter.answered(endpoint, startMs, byteCount),
    retried: (endpoint) => meter.retried(endpoint),
    failed: (endpoint) => meter.failed(endpoint),
  };
}

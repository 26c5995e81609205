/**
 * Connects a reading thread to its storage, and chooses once how it reads:
 * one read after another, many in flight that the thread waits for itself
 * (io_uring), or many that answer later (object stores).
 */
import { PageArena } from "../../bytes/page_arena.ts";
import type { Format } from "../../formats/format.ts";
import { lazyImport } from "../../lazy_import.ts";
import { datasetParts } from "../threads/thread_program.ts";
import { connectWorker } from "../threads/worker_storage.ts";
import { preparedFormat } from "../plan/format_of.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import type { RequestObserver, Storage } from "../../storage/storage.ts";
import type { Region } from "../threads/region.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { RING_READS_URL } from "../../storage/local/ring_part.ts";
import type { ReaderParts } from "./reader_phases.ts";
import type { QueuedReaders } from "./open_queued.ts";
import type { QueuedReaderParts } from "./queued_loop.ts";
import type { QueuedReads } from "./queued_reads.ts";
import type { BatchFetcher } from "./sample_fetcher.ts";
import { SampleReader } from "./sample_reader.ts";
import { SeenLengths } from "../threads/seen_lengths.ts";
import { SplitReaders } from "./split_readers.ts";

const SHARD_READER_URL = import.meta.resolve("./shard_reader.ts");
const SAMPLE_FETCHER_URL = import.meta.resolve("./sample_fetcher.ts");
/** Of the loop of readers whose storage answers later. */
export const FETCHER_LOOP_URL = import.meta.resolve("./fetcher_loop.ts");
const OPEN_QUEUED_URL = import.meta.resolve("./open_queued.ts");
/** Of the loop of readers with reads in flight that their thread waits for. */
export const QUEUED_LOOP_URL = import.meta.resolve("./queued_loop.ts");

/**
 * URLs of the modules that {@linkcode connectReader} finds by `lazyImport`: a
 * thread that calls it is started with them.
 *
 * @param isSync Whether its storage answers at once.
 */
export function readingParts(plan: RunPlan, isSync: boolean): string[] {
  const { shardCache } = plan;
  return [
    ...datasetParts(plan.dataset),
    ...(isSync ? [] : [SAMPLE_FETCHER_URL]),
    ...(shardCache === undefined ? [] : [SHARD_READER_URL]),
    ...(isSync && shardCache === undefined ? [] : [FETCHER_LOOP_URL]),
    ...(plan.loader.queue === undefined
      ? []
      : [OPEN_QUEUED_URL, QUEUED_LOOP_URL, RING_READS_URL]),
  ];
}

/** The readers of one thread, of the way that its storage calls for. */
export type ConnectedReaders =
  | {
    readonly way: "sync";
    readonly readers: readonly ReaderParts<SampleReader>[];
  }
  | {
    readonly way: "queued";
    readonly readers: readonly QueuedReaderParts[];
  }
  | {
    readonly way: "later";
    readonly readers: readonly ReaderParts<BatchFetcher>[];
  };

/** A reader before it is connected. */
export type UnconnectedReader = Omit<ReaderParts<never>, "readers">;

/** One that is. */
type ConnectedReader =
  | { readonly way: "sync"; readonly readers: SplitReaders<SampleReader> }
  | QueuedReaders
  | { readonly way: "later"; readonly readers: SplitReaders<BatchFetcher> };

/**
 * Connects the readers of a thread. A thread reads one thing at a time into
 * memory, whichever reader it is for, so they have one buffer together.
 *
 * @param workers Which ones they are, >= 1.
 */
export async function connectReaders(
  plan: RunPlan,
  region: Region,
  workers: readonly UnconnectedReader[],
): Promise<ConnectedReaders> {
  const format = await preparedFormat(plan.dataset);
  const buffer = onceMade(() =>
    new PageArena(plan.readBytes).allocate(plan.readBytes)
  );
  const sync: ReaderParts<SampleReader>[] = [];
  const queued: QueuedReaderParts[] = [];
  const later: ReaderParts<BatchFetcher>[] = [];
  const readerCount = workers.length;
  for (const worker of workers) {
    const beside = queued[0]?.reads ?? null;
    const connected = await connectReader(
      plan,
      { region, format, buffer, readerCount, beside },
      worker,
    );
    if (connected.way === "sync") {
      sync.push({ ...worker, readers: connected.readers });
    } else if (connected.way === "queued") {
      const { readers, reads } = connected;
      queued.push({ ...worker, readers, reads });
    } else later.push({ ...worker, readers: connected.readers });
  }
  if (queued.length > 0) return { way: "queued", readers: queued };
  return later.length === 0
    ? { way: "sync", readers: sync }
    : { way: "later", readers: later };
}

/** Made when it is first asked for: object stores need none. */
function onceMade<Made>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => made ??= make();
}

/** What the readers of a thread have in common. */
interface SharedParts {
  readonly region: Region;
  readonly format: Format;
  readonly buffer: () => Uint8Array;
  readonly readerCount: number;
  /** The reads of one that is connected; null: there are none. */
  readonly beside: QueuedReads | null;
}

async function connectReader(
  plan: RunPlan,
  { region, format, buffer, readerCount, beside }: SharedParts,
  { meter, who, title }: UnconnectedReader,
): Promise<ConnectedReader> {
  const { dataset, shardCache } = plan;
  const storage = await connectFor(plan, region, { meter, who });
  const seenLengths = new SeenLengths(region.fileLengths);
  const { readBytes } = plan;
  const parts = { dataset, format, storage, meter, seenLengths, readBytes };
  if (shardCache !== undefined) {
    const { ShardReader } = await lazyImport<
      typeof import("./shard_reader.ts")
    >(
      SHARD_READER_URL,
    );
    return {
      way: "later",
      readers: new SplitReaders<BatchFetcher>(
        plan,
        format,
        (split) =>
          new ShardReader(
            { ...parts, split, buffer: buffer() },
            shardCache,
            who,
          ),
      ),
    };
  }
  if (!storage.isSync) {
    const { SampleFetcher } = await lazyImport<
      typeof import("./sample_fetcher.ts")
    >(SAMPLE_FETCHER_URL);
    const share = { index: who.share, count: plan.loader.transferThreads };
    return {
      way: "later",
      readers: new SplitReaders<BatchFetcher>(
        plan,
        format,
        (split) => new SampleFetcher({ ...parts, split }, who, share),
      ),
    };
  }
  const { queue } = plan.loader;
  if (queue !== undefined && storage.readQueue !== undefined) {
    const { openQueued } = await lazyImport<
      typeof import("./open_queued.ts")
    >(OPEN_QUEUED_URL);
    const given = { parts, queue, readerCount, beside, place: who, title };
    return await openQueued(plan, given);
  }
  return {
    way: "sync",
    readers: new SplitReaders(
      plan,
      format,
      (split) => new SampleReader({ ...parts, split, buffer: buffer() }, who),
    ),
  };
}

/** Each thread that fetches has a connection of its own. */
async function connectFor(
  { dataset, shardCache, loader }: RunPlan,
  region: Region,
  { meter, who }: Pick<UnconnectedReader, "meter" | "who">,
): Promise<Storage> {
  // Requests are those of downloads: each shard is one, of which they are parts.
  const observer = shardCache === undefined ? meter : downloadsOf(meter);
  return await connectWorker(dataset.storage, { region, meter: observer }, {
    rank: who.rank,
    thread: who.reader + who.share * loader.readThreads,
  });
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

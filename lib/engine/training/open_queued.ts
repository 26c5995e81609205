/**
 * Readers of a thread with many reads in flight; apart, so that others need
 * not load them.
 */
import type { QueueClient, QueuePlan } from "../../storage/storage.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { WorkerFailure } from "../threads/worker_failure.ts";
import { QueuedReader } from "./queued_reader.ts";
import { QueuedReads } from "./queued_reads.ts";
import type { ReaderPlace } from "./reader_place.ts";
import type { SplitReaderParts } from "./sample_reader.ts";
import { SplitReaders } from "./split_readers.ts";

/** One reader of a thread, and the reads that it has in flight. */
export interface QueuedReaders {
  readonly way: "queued";
  readonly readers: SplitReaders<QueuedReader>;
  readonly reads: QueuedReads;
}

/** What one reader is opened with. */
export interface QueuedParts {
  /** What splits are read with. */
  readonly parts: Omit<SplitReaderParts, "split">;
  readonly queue: QueuePlan;
  /** Readers of the thread. */
  readonly readerCount: number;
  /** One of them that was opened before; null: this is the first. */
  readonly beside: QueuedReads | null;
  readonly place: ReaderPlace;
  /** For messages: "reader 2 of rank 0". */
  readonly title: string;
}

/**
 * Opens the queue of a reader and makes what reads through it.
 *
 * @throws {StorageError} If this host refuses io_uring.
 */
export async function openQueued(
  plan: RunPlan,
  { parts, queue, readerCount, beside, place, title }: QueuedParts,
): Promise<QueuedReaders> {
  const { storage, meter, readBytes, format } = parts;
  const open = (client: QueueClient) => {
    if (beside !== null) return beside.queue.beside(client);
    if (storage.readQueue === undefined) {
      throw new Error("a storage without a queue was chosen for one");
    }
    const options = { ...queue, readBytes, queueCount: readerCount };
    return storage.readQueue({ ...options, ...client });
  };
  const reads = await QueuedReads.open(open, {
    meter,
    places: plan.loader.aheadBatches,
    failure: (error) => new WorkerFailure(title, error),
  });
  return {
    way: "queued",
    reads,
    readers: new SplitReaders(
      plan,
      format,
      (split) => new QueuedReader({ ...parts, split, reads }, place),
    ),
  };
}

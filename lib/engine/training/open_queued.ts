/**
 * The readers of a thread with many reads in flight; apart, so that others
 * need not load them.
 */
import type { QueuePlan } from "../../storage/storage.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { QueuedReader } from "./queued_reader.ts";
import { QueuedReads } from "./queued_reads.ts";
import type { ReaderPlace } from "./reader_place.ts";
import type { SplitReaderParts } from "./sample_reader.ts";
import { SplitReaders } from "./split_readers.ts";

/** The readers of one thread, and the reads that it has in flight. */
export interface QueuedReaders {
  readonly way: "queued";
  readonly readers: SplitReaders<QueuedReader>;
  readonly reads: QueuedReads;
}

/**
 * Opens the queue of a thread and makes its readers.
 *
 * @param plan The run's plan.
 * @param given `parts`: what splits are read with. `places`: batches that may
 *   be under way. `place`: which reader it is.
 * @throws {StorageError} If this host refuses io_uring.
 */
export async function openQueued(
  plan: RunPlan,
  { parts, places, queue, place }: {
    readonly parts: Omit<SplitReaderParts, "split">;
    readonly places: number;
    readonly queue: QueuePlan;
    readonly place: ReaderPlace;
  },
): Promise<QueuedReaders> {
  const { storage, meter, readBytes, format } = parts;
  const reads = await QueuedReads.open(
    (options) => {
      if (storage.readQueue === undefined) {
        throw new Error("a storage without a queue was chosen for one");
      }
      return storage.readQueue(options);
    },
    { ...queue, readBytes, places, meter },
  );
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

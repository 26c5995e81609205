/**
 * The parts of a thread that saves and loads checkpoints, and how it loads
 * with many reads in flight.
 */
import type { CheckpointPlan } from "../../checkpoint/checkpoint_plan.ts";
import type { QueuedLoad } from "../../checkpoint/queued_load.ts";
import { lazyImport } from "../../lazy_import.ts";
import { RING_READS_URL } from "../../storage/local/ring_part.ts";
import type { Storage } from "../../storage/storage.ts";

const QUEUED_LOAD_URL = import.meta.resolve(
  "../../checkpoint/queued_load.ts",
);

/** URLs of the modules that such a thread is started with for its loads. */
export function loadParts({ queue }: CheckpointPlan): string[] {
  return queue === undefined ? [] : [QUEUED_LOAD_URL, RING_READS_URL];
}

/**
 * Opens the reads in flight of a thread.
 *
 * @returns Null: it reads one chunk after another.
 * @throws {StorageError} If this host refuses io_uring.
 */
export async function openLoad(
  { queue, chunkBytes }: CheckpointPlan,
  storage: Storage,
): Promise<QueuedLoad | null> {
  if (queue === undefined) return null;
  const { QueuedLoad } = await lazyImport<
    typeof import("../../checkpoint/queued_load.ts")
  >(QUEUED_LOAD_URL);
  return await QueuedLoad.open(storage, { ...queue, readBytes: chunkBytes });
}

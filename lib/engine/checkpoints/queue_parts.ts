/**
 * The parts of a thread that saves and loads checkpoints, and how it does so
 * with many requests in flight.
 */
import type { CheckpointPlan } from "../../checkpoint/checkpoint_plan.ts";
import type { Reader } from "../../checkpoint/file_part.ts";
import type { QueuedLoad } from "../../checkpoint/queued_load.ts";
import type { QueuedSave } from "../../checkpoint/queued_save.ts";
import type { TransferQueues } from "../../checkpoint/rank_transfer.ts";
import type { TransferMemory } from "../../checkpoint/transfer_memory.ts";
import { lazyImport } from "../../lazy_import.ts";
import {
  RING_READS_URL,
  RING_WRITES_URL,
} from "../../storage/local/ring_part.ts";
import type { Storage } from "../../storage/storage.ts";

const QUEUED_LOAD_URL = import.meta.resolve(
  "../../checkpoint/queued_load.ts",
);
const QUEUED_SAVE_URL = import.meta.resolve(
  "../../checkpoint/queued_save.ts",
);

/** URLs of the modules that such a thread is started with for its queues. */
export function queueParts({ queue, saveQueue }: CheckpointPlan): string[] {
  return [
    ...(queue === undefined ? [] : [QUEUED_LOAD_URL, RING_READS_URL]),
    ...(saveQueue === undefined ? [] : [QUEUED_SAVE_URL, RING_WRITES_URL]),
  ];
}

/**
 * Opens what a thread has in flight.
 *
 * @param parts Where checkpoints are, what they are moved with, and which
 *   part of files the thread loads: it saves them if it is number 0.
 * @throws {StorageError} If this host refuses io_uring.
 */
export async function openQueues(
  plan: CheckpointPlan,
  { storage, memory, reader }: {
    readonly storage: Storage;
    readonly memory: TransferMemory;
    readonly reader: Reader;
  },
): Promise<TransferQueues> {
  return {
    load: await openLoad(plan, storage),
    save: reader.reader === 0 ? await openSave(plan, storage, memory) : null,
  };
}

async function openLoad(
  { queue, chunkBytes }: CheckpointPlan,
  storage: Storage,
): Promise<QueuedLoad | null> {
  if (queue === undefined) return null;
  const { QueuedLoad } = await lazyImport<
    typeof import("../../checkpoint/queued_load.ts")
  >(QUEUED_LOAD_URL);
  return await QueuedLoad.open(storage, { ...queue, readBytes: chunkBytes });
}

async function openSave(
  { saveQueue, chunkBytes }: CheckpointPlan,
  storage: Storage,
  { queueMemory }: TransferMemory,
): Promise<QueuedSave | null> {
  if (saveQueue === undefined) return null;
  const { QueuedSave } = await lazyImport<
    typeof import("../../checkpoint/queued_save.ts")
  >(QUEUED_SAVE_URL);
  const { depth, registersBuffers } = saveQueue;
  return await QueuedSave.open(storage, {
    memory: queueMemory.subarray(0, depth * chunkBytes),
    bufferBytes: chunkBytes,
    registersBuffers,
  });
}

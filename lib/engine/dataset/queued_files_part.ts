/**
 * Files with many writes in flight as a part of those threads that have them.
 */
import type { EncodeTools } from "../../formats/format.ts";
import { lazyImport } from "../../lazy_import.ts";
import { RING_WRITES_URL } from "../../storage/local/ring_part.ts";
import type { Storage, WriteQueueOptions } from "../../storage/storage.ts";
import type { GeneratePlan } from "../plan/visit_plan.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import type { QueuedFiles } from "./queued_files.ts";

const QUEUED_FILES_URL = import.meta.resolve("./queued_files.ts");

/** URLs of the modules that such a thread is started with for its queue. */
export function queuedFilesParts({ queue }: GeneratePlan): string[] {
  return queue === undefined ? [] : [QUEUED_FILES_URL, RING_WRITES_URL];
}

/** See `QueuedFiles.open`. */
export async function openQueuedFiles(
  storage: Storage,
  meter: WorkerMeter,
  tools: EncodeTools,
  options: WriteQueueOptions,
): Promise<QueuedFiles> {
  const { QueuedFiles } = await lazyImport<typeof import("./queued_files.ts")>(
    QUEUED_FILES_URL,
  );
  return await QueuedFiles.open(storage, meter, tools, options);
}

/**
 * How files were read or written in a phase that has just ended, for its
 * record.
 */
import type { IoEngine, PhaseHostRecord } from "../../metrics/run_record.ts";
import { STORAGE_KINDS } from "../../storage/kinds.ts";
import type { QueuePlan } from "../../storage/storage.ts";
import { FIELD, type Region, workerCount } from "../threads/region.ts";

/** Requests in flight of each thread, see `QueuePlan` and `WriteQueuePlan`. */
type UsedQueue = Pick<QueuePlan, "depth" | "depthReason">;

/**
 * Tells how files were read, from the plan and from what threads left in the
 * region.
 *
 * @param storageKind Where the files are.
 * @param queue The plan's; undefined: one call after another.
 * @returns Nothing where there is no choice.
 */
export function usedReadEngine(
  storageKind: string,
  queue: UsedQueue | undefined,
  region: Region,
): Pick<PhaseHostRecord, "readEngine"> {
  const readEngine = usedEngine(storageKind, queue, region);
  return readEngine === null ? {} : { readEngine };
}

/** The same of files that were written. */
export function usedWriteEngine(
  storageKind: string,
  queue: UsedQueue | undefined,
  region: Region,
): Pick<PhaseHostRecord, "writeEngine"> {
  const writeEngine = usedEngine(storageKind, queue, region);
  return writeEngine === null ? {} : { writeEngine };
}

function usedEngine(
  storageKind: string,
  queue: UsedQueue | undefined,
  region: Region,
): IoEngine | null {
  if (STORAGE_KINDS[storageKind]?.readEngine === undefined) return null;
  if (queue === undefined) return { engine: "sync", depth: 1 };
  let registeredBuffers = true;
  for (let row = 0; row < workerCount(region.shape); row++) {
    if (region.fields(row)[FIELD.buffersRefused] === 1) {
      registeredBuffers = false;
    }
  }
  const { depth, depthReason } = queue;
  return { engine: "uring", depth, depthReason, registeredBuffers };
}

/**
 * How files were read in a phase that has just ended, for its record.
 */
import type { ReadEngine } from "../../metrics/run_record.ts";
import { STORAGE_KINDS } from "../../storage/kinds.ts";
import type { QueuePlan } from "../../storage/storage.ts";
import { FIELD, type Region, workerCount } from "../threads/region.ts";

/**
 * Tells it from the plan and from what threads left in the region.
 *
 * @param storageKind Where the files are.
 * @param queue The plan's; undefined: one call after another.
 * @returns Null where readers have no choice.
 */
export function usedEngine(
  storageKind: string,
  queue: QueuePlan | undefined,
  region: Region,
): ReadEngine | null {
  if (STORAGE_KINDS[storageKind]?.readEngine === undefined) return null;
  if (queue === undefined) return { engine: "sync", depth: 1 };
  let registeredBuffers = true;
  for (let row = 0; row < workerCount(region.shape); row++) {
    if (region.fields(row)[FIELD.buffersRefused] === 1) {
      registeredBuffers = false;
    }
  }
  return { engine: "uring", depth: queue.depth, registeredBuffers };
}

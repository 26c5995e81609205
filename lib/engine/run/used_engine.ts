/**
 * How files were read in a phase that has just ended, for its record.
 */
import type { PhaseHostRecord } from "../../metrics/run_record.ts";
import { STORAGE_KINDS } from "../../storage/kinds.ts";
import type { QueuePlan } from "../../storage/storage.ts";
import { FIELD, type Region, workerCount } from "../threads/region.ts";

/**
 * Tells it from the plan and from what threads left in the region.
 *
 * @param storageKind Where the files are.
 * @param queue The plan's; undefined: one call after another.
 * @returns Nothing where readers have no choice.
 */
export function usedEngine(
  storageKind: string,
  queue: QueuePlan | undefined,
  region: Region,
): Pick<PhaseHostRecord, "readEngine"> {
  if (STORAGE_KINDS[storageKind]?.readEngine === undefined) return {};
  if (queue === undefined) return { readEngine: { engine: "sync", depth: 1 } };
  let registeredBuffers = true;
  for (let row = 0; row < workerCount(region.shape); row++) {
    if (region.fields(row)[FIELD.buffersRefused] === 1) {
      registeredBuffers = false;
    }
  }
  const { depth } = queue;
  return { readEngine: { engine: "uring", depth, registeredBuffers } };
}

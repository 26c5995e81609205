/**
 * Where a run's files are on this host: file system, device, mount options,
 * for whoever compares results later.
 */
import { resolve } from "node:path";
import type { Workload } from "../config/workload.ts";
import {
  checkpointStorage,
  storageSettings,
} from "../engine/plan/describe_dataset.ts";
import { hostFolderOf } from "../engine/plan/run_needs.ts";
import { answersWithin } from "../host/answering.ts";
import { withoutLinks } from "../host/file_system.ts";
import { nearestExisting } from "../host/free_space.ts";
import { readMountOf } from "../host/mounts.ts";
import type { StoragePlace } from "../results/result_context.ts";

/** Nobody waits longer than this for a fact of the report. */
const ANSWER_MS_MAX = 10_000;

/**
 * Looks up the folders that a run uses.
 *
 * @param workload The settings.
 * @param stallTimeoutMs Longest time that one operation may take. A folder
 *   that does not answer is left out; the run that uses it says so.
 * @returns One for each folder in a file system of this host; object stores
 *   and what the system does not tell are left out.
 */
export async function storagePlaces(
  workload: Workload,
  stallTimeoutMs: number,
): Promise<StoragePlace[]> {
  const { workflow, dataset, checkpoint } = workload;
  const hasDataset = workflow.train || workflow.evaluation ||
    workflow.generate_data;
  const folders = [
    {
      role: "dataset",
      path: hasDataset
        ? hostFolderOf(storageSettings(workload), dataset.data_folder)
        : null,
    },
    {
      role: "checkpoints",
      path: workflow.checkpoint
        ? hostFolderOf(
          checkpointStorage(workload),
          checkpoint.checkpoint_folder,
        )
        : null,
    },
  ];
  const places: StoragePlace[] = [];
  for (const { role, path } of folders) {
    if (path === null) continue;
    const timeoutMs = Math.min(stallTimeoutMs, ANSWER_MS_MAX);
    if (!await answersWithin(path, timeoutMs)) continue;
    const mount = readMountOf(withoutLinks(nearestExisting(resolve(path))));
    if (mount.value === null) continue;
    const { fileSystemType, device, options } = mount.value;
    places.push({ role, path, type: fileSystemType, device, options });
  }
  return places;
}

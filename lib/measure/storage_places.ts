/**
 * Where a run's files are on this host: file system, device, mount options,
 * for whoever compares results later.
 */
import type { Workload } from "../config/workload.ts";
import {
  checkpointStorage,
  storageSettings,
} from "../engine/plan/describe_dataset.ts";
import { hostFolderOf } from "../engine/plan/run_needs.ts";
import { FileThread } from "../engine/files/file_thread.ts";
import { inTime } from "../engine/run/in_time.ts";
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
  using thread = new FileThread();
  for (const { role, path } of folders) {
    if (path === null) continue;
    const told = await inTime(
      () => thread.call("mount", path),
      () => Math.min(stallTimeoutMs, ANSWER_MS_MAX),
    );
    const mount = told?.value.value ?? null;
    if (mount === null) continue;
    const { fileSystemType, device, options } = mount;
    places.push({ role, path, type: fileSystemType, device, options });
  }
  return places;
}

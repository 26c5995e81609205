/**
 * Whether a run's data and its results are on different file systems, as
 * MLPerf Storage asks: results that are written beside the data disturb it.
 */
import type { Workload } from "../config/workload.ts";
import {
  checkpointStorage,
  storageSettings,
} from "../engine/plan/describe_dataset.ts";
import { hostFolderOf } from "../engine/plan/run_needs.ts";
import { readFolderSeparation } from "../host/separate_file_systems.ts";
import type { FsSeparation } from "../results/mlperf/fs_separation.ts";

/**
 * Tries it for the folder that the run measures: that of the dataset, or of
 * the checkpoints where nothing else is done.
 *
 * @param workload The settings.
 * @param results `path`: of the results folder. `nowMs`: milliseconds since
 *   1970. `hostname`: of this host.
 * @returns Null where there is nothing to compare (object stores, no files)
 *   or the system does not tell.
 */
export function folderSeparation(
  workload: Workload,
  { path, nowMs, hostname }: {
    readonly path: string;
    readonly nowMs: number;
    readonly hostname: string;
  },
): FsSeparation | null {
  const dataPath = measuredFolder(workload);
  if (dataPath === null) return null;
  const { value } = readFolderSeparation(dataPath, path);
  return value === null ? null : {
    dataPath,
    resultsPath: path,
    ...value,
    probedAtMs: nowMs,
    hostname,
  };
}

/** Of this host's file systems; null: it is in none of them. */
function measuredFolder(workload: Workload): string | null {
  const { workflow, dataset, checkpoint } = workload;
  if (workflow.train || workflow.evaluation || workflow.generate_data) {
    return hostFolderOf(storageSettings(workload), dataset.data_folder);
  }
  return workflow.checkpoint
    ? hostFolderOf(checkpointStorage(workload), checkpoint.checkpoint_folder)
    : null;
}

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
import { FileThread } from "../engine/files/file_thread.ts";
import { inTime } from "../engine/run/in_time.ts";
import type { RunHooks } from "../engine/run/run_hooks.ts";
import type { FsSeparation } from "../results/mlperf/fs_separation.ts";

/** Nobody waits longer than this for it. */
const ANSWER_MS_MAX = 10_000;

/**
 * Tries it for the folder that the run measures: that of the dataset, or of
 * the checkpoints where nothing else is done.
 *
 * @param workload The settings.
 * @param hooks How long one operation may take.
 * @param results `path`: of the results folder. `nowMs`: milliseconds since
 *   1970. `hostname`: of this host.
 * @returns Null where there is nothing to compare (object stores, no files)
 *   or the system does not tell in time.
 */
export async function folderSeparation(
  workload: Workload,
  { stallTimeoutMs }: Pick<RunHooks, "stallTimeoutMs">,
  { path, nowMs, hostname }: {
    readonly path: string;
    readonly nowMs: number;
    readonly hostname: string;
  },
): Promise<FsSeparation | null> {
  const dataPath = measuredFolder(workload);
  if (dataPath === null) return null;
  using thread = new FileThread();
  const told = await inTime(
    () => thread.call("folderSeparation", dataPath, path),
    () => Math.min(stallTimeoutMs, ANSWER_MS_MAX),
  );
  const value = told?.value.value ?? null;
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

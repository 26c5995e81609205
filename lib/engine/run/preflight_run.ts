/**
 * Tries every place of a run before its first phase, so that what would fail
 * after hours fails at once: the checkpoint folder, the dataset's storage, the
 * checkpoints' storage. Generating tries the dataset folder itself, after it
 * knows that no other dataset is in the way.
 */
import type { Workload } from "../../config/workload.ts";
import { preflightFolder } from "../dataset/preflight_folder.ts";
import { preflight } from "../plan/connect_storage.ts";
import { throwIfAborted } from "./abort_error.ts";
import type { PreparedRun } from "./prepare_run.ts";

/**
 * Tries the storages of a run.
 *
 * @param run What is about to begin.
 * @param signal Aborting ends the trial between two places.
 * @throws {StorageError} With the step that failed and what to check.
 * @throws {StokerError} The signal's reason, if it was aborted.
 */
export async function preflightRun(
  run: PreparedRun,
  signal: AbortSignal,
): Promise<void> {
  const { workload, checkpoints } = run;
  const { storage, folder } = run.dataset.dataset;
  const saves = savesCheckpoints(workload);
  if (checkpoints !== null && saves) {
    throwIfAborted(signal);
    await preflightFolder(checkpoints.storage, checkpoints.plan.folder);
  }
  if (usesDataset(run)) {
    throwIfAborted(signal);
    const { workflow, dataset } = workload;
    const writes = workflow.generate_data || !dataset.keep_files;
    await preflight(storage, folder, writes ? "write" : "read");
  }
  if (checkpoints !== null) {
    throwIfAborted(signal);
    const { plan } = checkpoints;
    await preflight(plan.storage, plan.folder, saves ? "write" : "read");
  }
}

/** A run that only loads what is there may have no right to write. */
function savesCheckpoints({ workflow, checkpoint }: Workload): boolean {
  return workflow.train || checkpoint.num_checkpoints_write > 0;
}

function usesDataset({ workload: { workflow }, plan }: PreparedRun): boolean {
  return workflow.generate_data ||
    (workflow.train || workflow.evaluation) && plan.loader.reads;
}

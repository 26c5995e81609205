/**
 * Tries every place of a run before its first phase, so that what would fail
 * after hours fails at once: the checkpoint folder, the dataset's storage, the
 * checkpoints' storage. Generating tries the dataset folder itself, after it
 * knows that no other dataset is in the way.
 */
import type { Workload } from "../../config/workload.ts";
import { preflightFolder } from "../dataset/preflight_folder.ts";
import { preflight } from "../plan/connect_storage.ts";
import { directWarning } from "./device_watch.ts";
import { during } from "./during.ts";
import type { WaitHooks } from "./wait.ts";
import type { PreparedRun } from "./prepare_run.ts";

/**
 * Tries the storages of a run.
 *
 * @param run What is about to begin.
 * @param hooks Who shows the trial, and the signal that ends it.
 * @throws {StorageError} With the step that failed and what to check.
 * @throws {StokerError} The signal's reason, if it was aborted.
 */
export async function preflightRun(
  run: PreparedRun,
  hooks: WaitHooks,
): Promise<void> {
  const { workload, checkpoints } = run;
  const { storage, folder } = run.dataset.dataset;
  const saves = savesCheckpoints(workload);
  if (checkpoints !== null && saves) {
    const { folder } = checkpoints.plan;
    await during(
      hooks,
      `trying ${folder}`,
      () => preflightFolder(checkpoints.storage, folder),
    );
  }
  if (usesDataset(run)) {
    const { workflow, dataset } = workload;
    const writes = workflow.generate_data || !dataset.keep_files;
    await during(
      hooks,
      `trying ${folder}`,
      () =>
        preflight(
          storage,
          folder,
          writes ? "write" : "read",
          hooks.signal,
        ),
    );
  }
  if (checkpoints !== null) {
    const { plan } = checkpoints;
    await during(
      hooks,
      `trying ${plan.folder}`,
      () =>
        preflight(
          plan.storage,
          plan.folder,
          saves ? "write" : "read",
          hooks.signal,
        ),
    );
  }
}

/**
 * What the user should know, before the run, of O_DIRECT where it is used.
 *
 * @param run What is about to begin.
 * @returns One text for each place whose file system makes it meaningless.
 */
export async function directWarnings(run: PreparedRun): Promise<string[]> {
  const { dataset: { dataset: { folder } }, storage, checkpoints } = run;
  const warnings: (string | null)[] = [];
  if (usesDataset(run)) {
    warnings.push(await directWarning({ storage, folder }, "the dataset"));
  }
  if (checkpoints !== null) {
    const { storage, plan: { folder } } = checkpoints;
    warnings.push(await directWarning({ storage, folder }, "checkpoints"));
  }
  return warnings.filter((text) => text !== null);
}

/** A run that only loads what is there may have no right to write. */
function savesCheckpoints({ workflow, checkpoint }: Workload): boolean {
  return workflow.train || checkpoint.num_checkpoints_write > 0;
}

function usesDataset({ workload: { workflow }, plan }: PreparedRun): boolean {
  return workflow.generate_data ||
    (workflow.train || workflow.evaluation) && plan.loader.reads;
}

/**
 * A workload whose files were counted: what `run` and its dry run begin with.
 */
import type { FoundDataset } from "../../engine/dataset/found_dataset.ts";
import { locateDataset } from "../../engine/dataset/locate_dataset.ts";
import { during, type WaitHooks } from "../../engine/run/during.ts";
import type { RequestedWorkload } from "../line/workload_settings.ts";

/** A workload with numbers of files. */
export interface LocatedWorkload {
  readonly requested: RequestedWorkload;
  /** Null: nothing had to be looked for. */
  readonly found: FoundDataset | null;
}

/**
 * Counts the files of a workload where its settings say `all`.
 *
 * @param requested As the command line gives it.
 * @param hooks Who shows the wait, and the signal that ends it.
 * @throws {DatasetError} If there is no dataset.
 */
export async function locateWorkload(
  requested: RequestedWorkload,
  hooks: WaitHooks,
): Promise<LocatedWorkload> {
  const { workload, accelerators } = requested;
  const { workload: located, found } = await during(
    hooks,
    `looking for the dataset in ${workload.dataset.data_folder}`,
    (tick) =>
      locateDataset(workload, {
        accelerators,
        signal: hooks.signal,
        onEntry: () => tick(),
      }),
  );
  return { requested: { ...requested, workload: located }, found };
}

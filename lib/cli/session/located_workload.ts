/**
 * A workload whose files and samples were counted: what `run` and its dry run
 * begin with.
 */
import {
  countDataset,
  type CountDatasetOptions,
} from "../../engine/dataset/count_dataset.ts";
import type { FoundDataset } from "../../engine/dataset/found_dataset.ts";
import { locateDataset } from "../../engine/dataset/locate_dataset.ts";
import { during, type WaitHooks } from "../../engine/run/during.ts";
import type { RequestedWorkload } from "../line/workload_settings.ts";

/** A workload with numbers of files and samples. */
export interface LocatedWorkload {
  readonly requested: RequestedWorkload;
  /** Null: nothing had to be looked for. */
  readonly found: FoundDataset | null;
}

/**
 * Counts the files of a workload where its settings say `all`, and their
 * samples where they say `auto`.
 *
 * @param requested As the command line gives it.
 * @param hooks Who shows the wait, and the signal that ends it.
 * @param listeners Who hears what was counted, and where that is kept.
 * @throws {DatasetError} If there is no dataset.
 */
export async function locateWorkload(
  requested: RequestedWorkload,
  hooks: WaitHooks,
  listeners: Pick<CountDatasetOptions, "onNote" | "store"> = {},
): Promise<LocatedWorkload> {
  const { workload, accelerators } = requested;
  const located = await during(
    hooks,
    `looking for the dataset in ${workload.dataset.data_folder}`,
    (tick) =>
      locateDataset(workload, {
        accelerators,
        signal: hooks.signal,
        onEntry: () => tick(),
      }),
  );
  const counted = await countDataset(located, {
    accelerators,
    hooks,
    ...listeners,
  });
  return {
    requested: { ...requested, workload: counted.workload },
    found: counted.found,
  };
}

/**
 * A workload whose files and samples were counted: what `run` and its dry run
 * begin with.
 */
import {
  countDataset,
  type CountDatasetOptions,
} from "../../engine/dataset/count_dataset.ts";
import type { FoundDataset } from "../../engine/dataset/found_dataset.ts";
import { judgedParts, type Purpose } from "../../config/judged_parts.ts";
import { locateDataset } from "../../engine/dataset/locate_dataset.ts";
import { during } from "../../engine/run/during.ts";
import type { WaitHooks } from "../../engine/run/wait.ts";
import type { RequestedWorkload } from "../line/workload_settings.ts";

/** A workload with numbers of files and samples. */
export interface LocatedWorkload {
  readonly requested: RequestedWorkload;
  /** Null: nothing had to be looked for. */
  readonly found: FoundDataset | null;
}

/** How {@linkcode locateWorkload} goes about it. */
export interface LocateOptions
  extends Pick<CountDatasetOptions, "onNote" | "store"> {
  /** @default {"run"} */
  readonly purpose?: Purpose;
}

/**
 * Counts the files of a workload where its settings say `all`, and their
 * samples where they say `auto`.
 *
 * @param requested As the command line gives it.
 * @param hooks Who shows the wait, and the signal that ends it.
 * @param options What for, which decides the rules that the numbers must keep;
 *   who hears what was counted, and where that is kept.
 * @throws {DatasetError} If there is no dataset.
 */
export async function locateWorkload(
  requested: RequestedWorkload,
  hooks: WaitHooks,
  { purpose = "run", ...listeners }: LocateOptions = {},
): Promise<LocatedWorkload> {
  const { workload, accelerators } = requested;
  const located = await during(
    hooks,
    `looking for the dataset in ${workload.dataset.data_folder}`,
    (tick) =>
      locateDataset(workload, {
        accelerators,
        judged: judgedParts(workload, purpose),
        signal: hooks.signal,
        onEntry: () => tick(),
      }),
  );
  const counted = await countDataset(located, {
    accelerators,
    judged: judgedParts(workload, purpose),
    hooks,
    ...listeners,
  });
  return {
    requested: { ...requested, workload: counted.workload },
    found: counted.found,
  };
}

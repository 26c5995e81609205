/**
 * Where a run lies in the tree that MLPerf Storage's tools read:
 *
 *    <root>/<division>/<organization>/results/<system>/
 *      training/<model>/<command>/<time>/
 *      checkpointing/<model>/<time>/
 *
 * Source: https://github.com/mlcommons/storage/blob/main/Rules.md, 2.1.
 */
import type { MlperfFacts } from "./mlperf_facts.ts";

/** Whose run it is. */
export interface MlperfPlace {
  readonly division: "closed" | "open";
  readonly organization: string;
  readonly system: string;
}

/** What an organization or a system may be called (rule 2.1.1). */
export const PLACE_NAME_REGEXP = /^(?!\.+$)[A-Za-z0-9._-]+$/;

/**
 * The folder of a run.
 *
 * @param root Of the tree.
 * @param place Whose run it is; its names fit {@linkcode PLACE_NAME_REGEXP}.
 */
export function mlperfFolder(
  root: string,
  { division, organization, system }: MlperfPlace,
  { benchmarkType, model, command, folderTime }: MlperfFacts,
): string {
  return [
    root,
    division,
    organization,
    "results",
    system,
    benchmarkType,
    model,
    // Checkpoints have no level for the command.
    ...(benchmarkType === "training" ? [command] : []),
    folderTime,
  ].join("/");
}

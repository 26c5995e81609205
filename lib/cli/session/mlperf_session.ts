/**
 * A run in the words of MLPerf Storage: what its tools are told of it, and
 * where in their tree it belongs.
 */
import { coreConfig, familyOf } from "../../config/core_config.ts";
import type { Workload } from "../../config/workload.ts";
import { maskSecrets } from "../../config/secrets.ts";
import { UsageError } from "../../errors.ts";
import {
  DLIO_CONFIG_FOLDER,
  folderTimeOf,
  type MlperfFacts,
  mlperfModel,
} from "../../results/mlperf/mlperf_facts.ts";
import {
  mlperfFolder,
  type MlperfPlace,
  PLACE_NAME_REGEXP,
} from "../../results/mlperf/tree.ts";
import type { Context } from "../line/command.ts";
import type { CommandLine } from "../line/command_line.ts";
import type { RequestedWorkload } from "../line/workload_settings.ts";
import { flagOverrides } from "../line/workload_settings.ts";

/** Accelerators that published workloads are named after. */
const ACCELERATOR_REGEXP = /_(v100|a100|h100|b200|mi355)(_|$)/;

/**
 * Derives what MLPerf Storage's tools are told.
 *
 * @returns Null where nothing is to be told: checkpoints have a part of their
 *   length only, nothing is run, or the field's own tool runs Stoker and
 *   writes its own files (it names the folder of the configuration).
 */
export function mlperfFacts(
  requested: RequestedWorkload,
  line: CommandLine,
  context: Pick<Context, "now">,
): MlperfFacts | null {
  const { workload, given, name } = requested;
  const { workflow, dataset, checkpoint, model } = workload;
  const family = familyOf(workload);
  const isScaled = workflow.checkpoint && checkpoint.scale !== 1;
  if (isScaled || (family === null && !workflow.generate_data)) return null;
  if (line.configSubfolder === DLIO_CONFIG_FOLDER) return null;
  const now = context.now();
  const overrides = [...line.overrides, ...flagOverrides(line)];
  return {
    benchmarkType: family ?? "training",
    command: family === null ? "datagen" : "run",
    model: mlperfModel(model.name),
    accelerator: ACCELERATOR_REGEXP.exec(name)?.[1] ?? null,
    folderTime: folderTimeOf(now.getTime(), -now.getTimezoneOffset()),
    parameters: maskSecrets(completed(requested), "") as Record<
      string,
      unknown
    >,
    overrides: Object.fromEntries(
      overrides.filter(({ action }) => action === "set")
        .map(({ path, value }) => [path, maskSecrets(value, path)]),
    ),
    dataFolder: family === "checkpointing" ? null : dataset.data_folder,
    checkpointFolder: workflow.checkpoint ? checkpoint.checkpoint_folder : null,
    checkpointsWritten: family === "checkpointing"
      ? checkpoint.num_checkpoints_write
      : 0,
    checkpointsRead: family === "checkpointing"
      ? checkpoint.num_checkpoints_read
      : 0,
    coreConfig: family === null ? null : coreConfig(given, family),
  };
}

/**
 * What was given, and the sizes of the dataset, which the field's tools ask
 * for and which are no part of a class.
 */
function completed(
  { workload: { dataset, workflow }, given }: RequestedWorkload,
): Record<string, unknown> {
  if (!workflow.train && !workflow.generate_data) return { ...given };
  const section = given.dataset;
  return {
    ...given,
    dataset: {
      data_folder: dataset.data_folder,
      num_subfolders_train: dataset.num_subfolders_train,
      ...(typeof section === "object" ? section : {}),
      // Counted, where the settings say "all".
      num_files_train: dataset.num_files_train,
    },
  };
}

/** Layouts of results that `--results-layout` knows. */
const LAYOUTS = ["stoker", "mlperf"] as const;

/** Flags that only the layout of MLPerf Storage has a use for. */
const PLACE_FLAGS = ["organization", "system", "division"] as const;

/** Root of the tree where nobody names one. */
const DEFAULT_ROOT = "results";

/**
 * Where the results of a run go if it follows MLPerf Storage's layout.
 *
 * @param run `facts`: null if it cannot follow it. `workload`: its settings.
 * @returns The folder; null: the layout is Stoker's.
 * @throws {UsageError} If flags do not go together.
 */
export function mlperfResultsPath(
  line: CommandLine,
  { facts, workload }: {
    readonly facts: MlperfFacts | null;
    readonly workload: Workload;
  },
): string | null {
  const { flags } = line;
  const layout = flags["results-layout"] ?? "stoker";
  if (!LAYOUTS.some((each) => each === layout)) {
    throw new UsageError(
      `Cannot use --results-layout ${layout}: it must be ` +
        LAYOUTS.join(" or "),
    );
  }
  if (layout === "stoker") {
    const given = PLACE_FLAGS.find((flag) => flags[flag] !== null);
    if (given === undefined) return null;
    throw new UsageError(
      `Cannot use --${given} as it must stand beside --results-layout mlperf`,
    );
  }
  if (facts === null) {
    throw new UsageError(
      "Cannot use --results-layout mlperf: it must be a run that MLPerf " +
        "Storage's tools may take for a real one, without checkpoint.scale " +
        `and without hydra.output_subdir=${DLIO_CONFIG_FOLDER}`,
    );
  }
  const root = line.resultsFolder ?? workload.output.folder ?? DEFAULT_ROOT;
  return mlperfFolder(root, placeOf(line), facts);
}

function placeOf({ flags }: CommandLine): MlperfPlace {
  const division = flags.division ?? "closed";
  if (division !== "closed" && division !== "open") {
    throw new UsageError(
      `Cannot use --division ${division}: it must be closed or open`,
    );
  }
  return {
    division,
    organization: nameOf("organization", flags.organization),
    system: nameOf("system", flags.system),
  };
}

function nameOf(flag: string, name: string | null): string {
  if (name === null) {
    throw new UsageError(
      `Cannot use --results-layout mlperf without --${flag} NAME`,
    );
  }
  if (PLACE_NAME_REGEXP.test(name)) return name;
  throw new UsageError(
    `Cannot use --${flag} ${JSON.stringify(name)}: it must be letters, ` +
      "digits, dots, underscores and hyphens",
  );
}

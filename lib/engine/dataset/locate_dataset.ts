/**
 * Settings -> settings with numbers: looks how many files there are where
 * `dataset.num_files_train` or `num_files_eval` is `all`, before anything is
 * planned.
 *
 *    a dataset of Stoker's own   what its manifest says
 *    any other                   what `find_dataset.ts` finds
 *
 * What was found is handed on, so that nothing is listed twice.
 */
import type { FileCount } from "../../config/file_count.ts";
import type { CheckContext } from "../../config/cross_checks.ts";
import { crossCheck } from "../../config/cross_checks.ts";
import type { Workload } from "../../config/workload.ts";
import { ConfigError } from "../../errors.ts";
import type { Split } from "../../sampling/file_names.ts";
import type { Format } from "../../formats/format.ts";
import { describeDataset } from "../plan/describe_dataset.ts";
import { formatOf } from "../plan/format_of.ts";
import { type PrepareOptions, withStorage } from "../run/prepare_run.ts";
import { datasetQuery, namesFiles, type QueryParts } from "./dataset_query.ts";
import { findDataset } from "./find_dataset.ts";
import { countOfFound, type FoundDataset } from "./found_dataset.ts";
import { readManifest } from "./manifest.ts";

/** Arguments of {@linkcode locateDataset} beside the settings. */
export interface LocateOptions
  extends CheckContext, Pick<PrepareOptions, "signal" | "connect"> {
  /** Called for every entry that is listed. */
  readonly onEntry?: () => void;
}

/** Settings whose files were counted. */
export interface LocatedDataset {
  /** Both numbers of files are numbers. */
  readonly workload: Workload;
  /** Null: the settings gave the numbers, or a manifest did. */
  readonly found: FoundDataset | null;
}

/**
 * Counts the files of a workload's dataset; does nothing where the settings
 * give numbers.
 *
 * @param workload The settings.
 * @param options Who waits.
 * @throws {DatasetError} If there is no dataset, or it cannot be used.
 * @throws {ConfigError} If the settings do not go with what is there.
 */
export async function locateDataset(
  workload: Workload,
  options: LocateOptions,
): Promise<LocatedDataset> {
  const { dataset, workflow } = workload;
  const isAll = (count: FileCount) => count === "all";
  if (!isAll(dataset.num_files_train) && !isAll(dataset.num_files_eval)) {
    return { workload, found: null };
  }
  // What the run does not read has no number.
  const wanted = { train: workflow.train, valid: workflow.evaluation };
  if (!wanted.train && !wanted.valid) {
    return {
      workload: withCounts(workload, { train: 0, valid: 0 }),
      found: null,
    };
  }
  const format = await formatOfWorkload(workload);
  const settings = described(workload, format).dataset.storage;
  const { onEntry } = options;
  const located = await withStorage(
    settings,
    options,
    (storage) => countFiles(workload, { storage, format, wanted, onEntry }),
  );
  checkLocated(located.workload, options);
  return located;
}

interface CountParts extends Pick<QueryParts, "storage" | "format" | "wanted"> {
  readonly onEntry: (() => void) | undefined;
}

async function countFiles(
  workload: Workload,
  { storage, format, wanted, onEntry }: CountParts,
): Promise<LocatedDataset> {
  const { dataset } = workload;
  if (storage.keepsNothing === true || format.reading === "nothing") {
    throw new ConfigError([
      `Cannot take all files of format ${format.name} in a ${storage.label} ` +
      "as there are none: give dataset.num_files_train and num_files_eval",
    ]);
  }
  const files = { train: dataset.files_train, valid: dataset.files_eval };
  const manifest = namesFiles(files)
    ? null
    : await readManifest(storage, dataset.data_folder);
  if (manifest !== null) {
    return {
      workload: withCounts(workload, {
        train: manifest.train.file_count,
        valid: manifest.valid.file_count,
      }),
      found: null,
    };
  }
  const { num_files_train, num_files_eval } = dataset;
  const query = datasetQuery(described(workload, format), {
    storage,
    format,
    wanted,
    files,
    counts: { train: num_files_train, valid: num_files_eval },
    ...(onEntry === undefined ? {} : { onEntry }),
  });
  const found = await findDataset(storage, query);
  const countOf = (split: Split, count: FileCount) => {
    const files = found[split];
    return files === null || !wanted[split]
      ? 0
      : countOfFound(files, count, found.folder);
  };
  return {
    workload: withCounts(workload, {
      train: countOf("train", num_files_train),
      valid: countOf("valid", num_files_eval),
    }),
    found,
  };
}

/** Numbers that are given stay. */
function withCounts(
  workload: Workload,
  { train, valid }: { readonly train: number; readonly valid: number },
): Workload {
  const { dataset } = workload;
  const given = (count: FileCount, found: number) =>
    count === "all" ? found : count;
  return {
    ...workload,
    dataset: {
      ...dataset,
      num_files_train: given(dataset.num_files_train, train),
      num_files_eval: given(dataset.num_files_eval, valid),
    },
  };
}

/** The dataset as far as it is known before its files are counted. */
function described(workload: Workload, format: Format) {
  return describeDataset(withCounts(workload, { train: 0, valid: 0 }), format);
}

/**
 * Checks the rules that ask for numbers of files, once these are known.
 *
 * @throws {ConfigError} With every rule that is broken.
 */
export function checkLocated(workload: Workload, context: CheckContext): void {
  const findings = crossCheck(workload, context)
    .filter(({ keys }) => keys.some((key) => key.includes(".num_files_")));
  if (findings.length === 0) return;
  throw new ConfigError(
    findings.map(({ keys, rule }) =>
      `Cannot use ${keys.join(" with ")} for the files that are there: ${rule}`
    ),
  );
}

/** The format of a workload's files. */
export async function formatOfWorkload({ dataset }: Workload): Promise<Format> {
  const { format, format_module } = dataset;
  return await formatOf({
    format,
    ...(format_module === null ? {} : { formatModule: format_module }),
  });
}

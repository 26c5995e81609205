/**
 * Settings -> settings with the number of samples that files hold, where
 * `dataset.num_samples_per_file` is `auto`, before anything is planned; and
 * the check of a number that is given.
 *
 *    a dataset of Stoker's own   what its manifest says
 *    any other                   what is counted in its files
 */
import { ConfigError } from "../../errors.ts";
import { givenSampleCount } from "../../config/sample_count.ts";
import type { Workload } from "../../config/workload.ts";
import type { Format } from "../../formats/format.ts";
import type { Split } from "../../sampling/file_names.ts";
import { sampleSum } from "../../sampling/sample_table.ts";
import type { Storage } from "../../storage/storage.ts";
import {
  describeDataset,
  type DescribedDataset,
} from "../plan/describe_dataset.ts";
import type { SplitFiles } from "../plan/visit_plan.ts";
import { during } from "../run/during.ts";
import { withStorage } from "../run/prepare_run.ts";
import { type CountOptions, countSplit } from "./count_samples.ts";
import {
  datasetQuery,
  namesFiles,
  type WantedSplits,
} from "./dataset_query.ts";
import { findDataset } from "./find_dataset.ts";
import { type FoundDataset, splitOfFound } from "./found_dataset.ts";
import {
  checkLocated,
  formatOfWorkload,
  type LocatedDataset,
  type LocateOptions,
} from "./locate_dataset.ts";
import { readManifest } from "./manifest.ts";
import { probeSamples } from "./probe_samples.ts";

/** Arguments of {@linkcode countDataset} beside the settings. */
export interface CountDatasetOptions
  extends
    Omit<LocateOptions, "signal" | "onEntry">,
    Pick<CountOptions, "hooks" | "store" | "onNote"> {}

/**
 * Counts the samples of a workload's files; does nothing where the settings
 * give a number.
 *
 * @param located Its files, see `locateDataset`.
 * @param options Who waits, and where counts are kept.
 * @returns With a number: that of all files, or their mean where they differ;
 *   `found` then has the number of each.
 * @throws {DatasetError} If a file cannot be counted.
 * @throws {ConfigError} If the settings do not go with what is there.
 */
export async function countDataset(
  { workload, found }: LocatedDataset,
  options: CountDatasetOptions,
): Promise<LocatedDataset> {
  const { num_samples_per_file } = workload.dataset;
  if (givenSampleCount(num_samples_per_file) !== null) {
    return { workload, found };
  }
  const { workflow } = workload;
  const wanted = { train: workflow.train, valid: workflow.evaluation };
  const format = await formatOfWorkload(workload);
  const isPacked = ["stream", "samples"].includes(format.reading);
  if (format.counting === undefined && isPacked) {
    throw new ConfigError([
      `Cannot use dataset.num_samples_per_file = auto with the format ` +
      `${format.name} as its files do not tell how many samples they hold; ` +
      `give the number`,
    ]);
  }
  const isCounted = format.counting !== undefined &&
    (wanted.train || wanted.valid);
  // A file that is read whole is one sample.
  if (!isCounted) return { workload: withSamples(workload, 1), found };
  const described = describeDataset(workload, format);
  const { hooks: { signal }, connect } = options;
  const counted = await withStorage(
    described.dataset.storage,
    { signal, ...(connect === undefined ? {} : { connect }) },
    (storage) =>
      countOf(workload, found, {
        ...options,
        described,
        storage,
        format,
        wanted,
      }),
  );
  checkLocated(counted.workload, options);
  return counted;
}

interface Where extends CountDatasetOptions {
  readonly described: DescribedDataset;
  readonly storage: Storage;
  readonly format: Format;
  readonly wanted: WantedSplits;
}

async function countOf(
  workload: Workload,
  located: FoundDataset | null,
  where: Where,
): Promise<LocatedDataset> {
  const { described, storage, format, wanted } = where;
  if (storage.keepsNothing === true) {
    return { workload: withSamples(workload, 1), found: located };
  }
  const { dataset } = workload;
  const files = { train: dataset.files_train, valid: dataset.files_eval };
  const manifest = located !== null || namesFiles(files)
    ? null
    : await readManifest(storage, dataset.data_folder);
  if (manifest !== null) {
    const { num_samples_per_file } = manifest.dataset;
    return {
      workload: withSamples(workload, num_samples_per_file),
      found: null,
    };
  }
  const found = located ?? await during(
    where.hooks,
    `looking for the dataset in ${dataset.data_folder}`,
    (tick) =>
      findDataset(
        storage,
        datasetQuery(described, {
          storage,
          format,
          wanted,
          files,
          onEntry: () => tick(),
        }),
      ),
  );
  const counts: Partial<Record<Split, Uint32Array>> = {};
  for (const split of described.splits) {
    const { split: key } = split.naming;
    const there = found[key];
    if (there === null || !wanted[key] || split.fileCount === 0) continue;
    const counted = await countSplit(
      described.dataset,
      splitOfFound(split, there, found.folder),
      { ...where, samplesPerFile: null },
    );
    if (counted.heldSamples !== undefined) counts[key] = counted.heldSamples;
  }
  const main = counts.train ?? counts.valid;
  const mean = main === undefined ? 1 : sampleSum(main) / main.length;
  return {
    workload: withSamples(workload, mean),
    found: { ...found, heldSamples: counts },
  };
}

function withSamples(workload: Workload, num_samples_per_file: number) {
  return {
    ...workload,
    dataset: { ...workload.dataset, num_samples_per_file },
  };
}

/** Arguments of {@linkcode checkSamples} beside the dataset. */
export interface CheckSamplesOptions extends CountOptions {
  readonly wanted: WantedSplits;
}

/**
 * Compares files of somebody else's with the number of samples that the
 * settings give, unless each was counted already, and opens some of them as a
 * reader would: what is no file of the format, or holds fewer samples, is told
 * now and not in the middle of an epoch.
 *
 * @param found As `examineDataset` gives it.
 * @throws {DatasetError} For the first file that cannot be used.
 */
export async function checkSamples(
  found: DescribedDataset,
  options: CheckSamplesOptions,
): Promise<DescribedDataset> {
  const { dataset } = found;
  const { storage, format, wanted, hooks } = options;
  if (dataset.sizesKnown || storage.keepsNothing === true) return found;
  const splits: SplitFiles[] = [];
  for (const split of found.splits) {
    if (!wanted[split.naming.split] || split.fileCount === 0) {
      splits.push(split);
      continue;
    }
    const counted = split.heldSamples === undefined
      ? await countSplit(dataset, split, options)
      : split;
    await during(
      hooks,
      `opening files in ${dataset.folder}`,
      () => probeSamples(counted, { storage, format, dataset }),
    );
    splits.push(counted);
  }
  return { dataset, splits };
}

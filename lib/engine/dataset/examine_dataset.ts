/**
 * Checks before a run that the existing dataset fits the settings.
 *
 * With a manifest, settings are compared one by one and some files are checked.
 * Without one, the dataset was not made by Stoker: its names are listed, and
 * are used as they are where they do not follow DLIO's pattern; files are
 * looked up, and some are opened, as a reader would. A run may use the first
 * files of a larger dataset.
 */
import { shownName } from "../../bytes/path_rules.ts";
import { DatasetError } from "../../errors.ts";
import type { Format } from "../../formats/format.ts";
import { type FileNaming, filePath } from "../../sampling/file_names.ts";
import type { Storage } from "../../storage/storage.ts";
import {
  checkFiles,
  filesToCheck,
  foreignFilesToCheck,
} from "./check_files.ts";
import { DatasetFiles } from "../plan/dataset_files.ts";
import type { SplitFiles } from "../plan/visit_plan.ts";
import { type ListedFiles, listFiles } from "./list_files.ts";
import {
  differences,
  identityOf,
  readManifest,
  withRowGroupsOf,
} from "./manifest.ts";
import type { DatasetPlan } from "../plan/run_plan.ts";
import { probeSamples } from "./probe_samples.ts";
import type { DescribedDataset } from "../plan/describe_dataset.ts";

/** `dataset.listing_validation_interval` of DLIO. */
const DEFAULT_VALIDATION_INTERVAL = 1000;

/** Which splits a run reads. */
export interface WantedSplits {
  readonly train: boolean;
  readonly valid: boolean;
}

/** With what and for what a dataset is checked. */
export interface ExamineOptions {
  readonly storage: Storage;
  readonly format: Format;
  readonly wanted: WantedSplits;
  /**
   * `dataset.skip_listing`: names are computed also where no manifest says
   * that they follow the pattern.
   */
  readonly skipListing?: boolean;
  /** Every how many files one is looked up; 0: none. @default {1000} */
  readonly validationInterval?: number;
  /** Called for every file that is listed. */
  readonly onEntry?: () => void;
  /** Hears what the reader of the results should know. */
  readonly onNote?: (text: string) => void;
}

/**
 * Finds the dataset.
 *
 * @param described What the settings say.
 * @param where Storage and format to look with, and what the run reads.
 * @returns The same, with the names and indices that the dataset has.
 * @throws {DatasetError} If there is none or it does not fit, with every
 *   difference.
 */
export async function examineDataset(
  described: DescribedDataset,
  where: ExamineOptions,
): Promise<DescribedDataset> {
  if (where.storage.keepsNothing === true) return described;
  const { folder } = described.dataset;
  const manifest = await readManifest(where.storage, folder);
  if (manifest === null) return await examineForeign(described, where);

  const dataset = withRowGroupsOf(manifest, described.dataset);
  noteRowGroups(dataset, described.dataset, where);
  const prefix = described.splits[0]?.naming.prefix ?? "";
  const found = differences(manifest.dataset, identityOf(dataset, prefix));
  const splits: SplitFiles[] = [];
  let firstFileIndex = 0;
  for (const split of described.splits) {
    const key = split.naming.split;
    const { file_count, subfolder_count } = manifest[key];
    const { naming } = split;
    if (where.wanted[key] && file_count < split.fileCount) {
      found.push(
        `${file_count} files in ${key} there, ${split.fileCount} here`,
      );
    }
    // One sub-folder is none: the names are the same.
    if (
      where.wanted[key] &&
      Math.max(1, subfolder_count) !== Math.max(1, naming.subfolderCount)
    ) {
      found.push(
        `${subfolder_count} sub-folders in ${key} there, ` +
          `${naming.subfolderCount} here`,
      );
    }
    if (where.wanted[key] && file_count > split.fileCount) {
      where.onNote?.(
        `Of the ${file_count} files in "${dataset.folder}/${key}" ` +
          `${split.fileCount} are used, the first by number`,
      );
    }
    splits.push({
      naming: { ...naming, fileCount: file_count },
      fileCount: split.fileCount,
      firstFileIndex,
    });
    firstFileIndex += file_count;
  }
  if (found.length > 0) throw doesNotFit(dataset.folder, found);
  if (!manifest.complete) {
    throw new DatasetError(
      `Cannot use the dataset in "${dataset.folder}" as it must be ` +
        `complete: its generation was interrupted; "stoker generate" ` +
        `continues it`,
    );
  }
  const fitting = { dataset, splits };
  await probe(fitting, where);
  return fitting;
}

/** Looks up some files of a dataset that a manifest describes. */
async function probe(
  fitting: DescribedDataset,
  where: ExamineOptions,
): Promise<void> {
  const { folder } = fitting.dataset;
  const files = new DatasetFiles(
    fitting.dataset,
    fitting.splits,
    where.format,
  );
  for (const split of fitting.splits) {
    if (!where.wanted[split.naming.split]) continue;
    const expected = filesToCheck(split.fileCount, intervalOf(where))
      .map((file) => split.firstFileIndex + file)
      .map((fileIndex) => ({
        path: files.path(fileIndex),
        byteLength: files.bytes(fileIndex),
      }));
    const cure = '; "stoker generate" writes what is missing';
    await checkFiles(where.storage, expected, { folder, cure });
  }
}

function noteRowGroups(
  there: DatasetPlan,
  { folder, spec: { parquet } }: DatasetPlan,
  { onNote }: ExamineOptions,
): void {
  const { rowGroupRows } = there.spec.parquet;
  if (parquet.columns.length === 0 || rowGroupRows === parquet.rowGroupRows) {
    return;
  }
  onNote?.(
    `The files in "${folder}" have row groups of ${rowGroupRows} rows; ` +
      `dataset.parquet.row_group_size = ${parquet.rowGroupRows} is for ` +
      "generating",
  );
}

async function examineForeign(
  described: DescribedDataset,
  where: ExamineOptions,
): Promise<DescribedDataset> {
  const { dataset } = described;
  const splits: SplitFiles[] = [];
  for (const split of described.splits) {
    splits.push(
      where.wanted[split.naming.split] && split.fileCount > 0
        ? await openSome(
          described,
          await examineForeignSplit(dataset.folder, split, where),
          where,
        )
        : split,
    );
  }
  return { dataset: { ...dataset, sizesKnown: false }, splits };
}

async function openSome(
  { dataset }: DescribedDataset,
  split: SplitFiles,
  where: ExamineOptions,
): Promise<SplitFiles> {
  await probeSamples(split, { ...where, dataset });
  return split;
}

async function examineForeignSplit(
  folder: string,
  split: SplitFiles,
  where: ExamineOptions,
): Promise<SplitFiles> {
  const { naming, fileCount } = split;
  if (where.skipListing === true) {
    const cure = "; dataset.skip_listing computes names, " +
      "without it they are listed";
    return await lookUp(split, where, { folder, cure });
  }
  const listed = await listFiles(
    where.storage,
    folder,
    {
      ...split,
      endings: where.format.endings ?? [],
      ...(where.onEntry === undefined ? {} : { onEntry: where.onEntry }),
    },
  );
  const { names, patternCounts } = listed;
  refuseUnusable(folder, listed);
  notePassedOver(folder, listed, where);
  if (names.nameCount === 0) throw noFiles(folder, naming);
  const found = patternCounts.size === 0
    ? { ...naming, names }
    : { ...naming, fileCount: patternCount(folder, split, patternCounts) };
  const haveCount = patternCounts.size === 0
    ? names.nameCount
    : found.fileCount;
  if (haveCount < fileCount) {
    throw doesNotFit(folder, [
      `${haveCount} files in ${naming.split} there, ${fileCount} here`,
    ]);
  }
  if (names.nameCount > fileCount) {
    where.onNote?.(
      `Of the ${names.nameCount} ${naming.extension} files in ` +
        `"${folder}/${naming.split}" ${fileCount} are used, the first by ` +
        (patternCounts.size === 0 ? "name" : "number"),
    );
  }
  return await lookUp({ ...split, naming: found }, where, {
    folder,
    cure: ", although it was listed",
  });
}

/** Looks up files of a split of which nothing says how long they are. */
async function lookUp(
  split: SplitFiles,
  where: ExamineOptions,
  texts: { readonly folder: string; readonly cure: string },
): Promise<SplitFiles> {
  const expected = foreignFilesToCheck(
    where.storage,
    split.fileCount,
    intervalOf(where),
  ).map((file) => ({
    path: `${texts.folder}/${filePath(split.naming, file)}`,
    byteLength: null,
  }));
  await checkFiles(where.storage, expected, texts);
  return split;
}

function refuseUnusable(folder: string, { unusable }: ListedFiles): void {
  const { count, example, problem } = unusable;
  if (count === 0) return;
  const others = count === 1 ? "" : `; and ${count - 1} more like it`;
  throw new DatasetError(
    `Cannot use the dataset in "${folder}" as each of its files must be a ` +
      `regular file with a name in UTF-8: "${shownName(example)}" is not, ` +
      `${problem}${others}`,
  );
}

function notePassedOver(
  folder: string,
  { passedOver }: ListedFiles,
  { onNote }: ExamineOptions,
): void {
  const { fileCount, folderCount, example } = passedOver;
  if (fileCount + folderCount === 0) return;
  const counts = [
    ...(fileCount === 0 ? [] : [plural(fileCount, "file")]),
    ...(folderCount === 0 ? [] : [plural(folderCount, "folder")]),
  ];
  onNote?.(
    `Passed over in "${folder}" as names that begin with "." or that other ` +
      `tools keep beside data are none: ${counts.join(" and ")}, such as ` +
      shownName(example),
  );
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/**
 * The count that the names of a split speak of: the wanted one if such files
 * are there, else the smallest that is large enough. Files of several counts
 * are several datasets and never mixed.
 *
 * @throws {DatasetError} If no dataset has all the files that are wanted.
 */
function patternCount(
  folder: string,
  { naming, fileCount }: SplitFiles,
  patternCounts: ReadonlyMap<number, number>,
): number {
  const isWhole = (count: number) => patternCounts.get(count) === fileCount;
  if (isWhole(naming.fileCount)) return naming.fileCount;
  const counts = [...patternCounts.keys()].sort((a, b) => a - b);
  const large = counts.filter((count) => count >= fileCount);
  const whole = large.find(isWhole);
  if (whole !== undefined) return whole;
  const partial = large[0];
  if (partial === undefined) {
    throw doesNotFit(folder, [
      `${counts.at(-1) ?? 0} files in ${naming.split} there, ` +
      `${fileCount} here`,
    ]);
  }
  const example = filePath({ ...naming, fileCount: partial }, 0);
  throw doesNotFit(folder, [
    `${patternCounts.get(partial)} of the ${fileCount} files wanted in ` +
    `${naming.split} are there with names such as ${example}`,
  ]);
}

function noFiles(folder: string, naming: FileNaming): DatasetError {
  return new DatasetError(
    `Cannot find a dataset in "${folder}" as "${folder}/${naming.split}" ` +
      `must have ${naming.extension} files, such as ` +
      `${naming.prefix}_<index>_of_<count>.${naming.extension}: there are ` +
      `none; "stoker generate" makes them`,
  );
}

function intervalOf(where: ExamineOptions): number {
  return where.validationInterval ?? DEFAULT_VALIDATION_INTERVAL;
}

function doesNotFit(folder: string, found: readonly string[]): DatasetError {
  return new DatasetError(
    `Cannot use the dataset in "${folder}" as it must fit the settings:\n` +
      found.map((difference) => `  ${difference}`).join("\n"),
  );
}

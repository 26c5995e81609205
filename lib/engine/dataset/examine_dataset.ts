/**
 * Checks before a run that the existing dataset fits the settings.
 *
 * With a manifest, settings are compared one by one and some files are checked.
 * Without one, the dataset was not made by Stoker: it is looked for
 * (`find_dataset.ts`), names are used as they are where they do not follow
 * DLIO's pattern, and files are looked up. A run may use the first files of a
 * larger dataset.
 */
import { DatasetError } from "../../errors.ts";
import { filePath } from "../../sampling/file_names.ts";
import {
  checkFiles,
  filesToCheck,
  foreignFilesToCheck,
  withIndexFiles,
} from "./check_files.ts";
import { DatasetFiles } from "../plan/dataset_files.ts";
import type { SplitFiles } from "../plan/visit_plan.ts";
import { datasetQuery, namesFiles, type QueryParts } from "./dataset_query.ts";
import { findDataset } from "./find_dataset.ts";
import {
  type FoundDataset,
  type FoundFiles,
  splitOfFound,
} from "./found_dataset.ts";
import {
  differences,
  identityOf,
  readManifest,
  withRowGroupsOf,
} from "./manifest.ts";
import type { DatasetPlan } from "../plan/run_plan.ts";
import type { DescribedDataset } from "../plan/describe_dataset.ts";

/** `dataset.listing_validation_interval` of DLIO. */
const DEFAULT_VALIDATION_INTERVAL = 1000;

/** With what and for what a dataset is checked. */
export interface ExamineOptions extends Omit<QueryParts, "counts"> {
  /** Where it was looked at already; absent or null: it was not. */
  readonly found?: FoundDataset | null;
  /**
   * `dataset.skip_listing`: names are computed also where no manifest says
   * that they follow the pattern.
   */
  readonly skipListing?: boolean;
  /** Every how many files one is looked up; 0: none. @default {1000} */
  readonly validationInterval?: number;
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
  // Files that settings name are taken as they are, whoever made them.
  const manifest = namesFiles(where.files)
    ? null
    : await readManifest(where.storage, folder);
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
    await checkFiles(
      where.storage,
      withIndexFiles(expected, where.format),
      { folder, cure, onEntry: where.onEntry },
    );
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
  const isRead = ({ naming, fileCount }: SplitFiles) =>
    where.wanted[naming.split] && fileCount > 0;
  const computed = where.skipListing === true;
  const found = computed || !described.splits.some(isRead)
    ? null
    : where.found ??
      await findDataset(where.storage, datasetQuery(described, where));
  for (const note of found?.notes ?? []) where.onNote?.(note);
  const splits: SplitFiles[] = [];
  for (const split of described.splits) {
    if (!isRead(split)) {
      splits.push(split);
      continue;
    }
    const files = found?.[split.naming.split] ?? null;
    const held = found?.heldSamples?.[split.naming.split];
    const there = {
      ...(files === null ? split : splitOfFound(split, files, dataset.folder)),
      ...(held === undefined ? {} : { heldSamples: held }),
    };
    if (files !== null) noteUnused(dataset.folder, there, files, where);
    await lookUp(there, where, {
      folder: dataset.folder,
      cure: files === null
        ? "; dataset.skip_listing computes names, without it they are listed"
        : ", although it was listed",
    });
    splits.push(there);
  }
  return { dataset: { ...dataset, sizesKnown: false }, splits };
}

/** Says that a run uses the first files of more. */
function noteUnused(
  folder: string,
  { naming, fileCount }: SplitFiles,
  { names }: FoundFiles,
  { onNote }: ExamineOptions,
): void {
  if (names.nameCount <= fileCount) return;
  const order = naming.names === undefined ? "number" : "name";
  onNote?.(
    `Of the ${names.nameCount} ${naming.extension} files in ` +
      `"${folder}/${naming.split}" ${fileCount} are used, the first by ${order}`,
  );
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
  await checkFiles(
    where.storage,
    withIndexFiles(expected, where.format),
    texts,
  );
  return split;
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

/**
 * Does the dataset that is there fit the settings? Answered before a run.
 *
 * With a manifest, settings are compared one by one and a few files are
 * looked up. Without one, the dataset is somebody else's: its names are
 * listed and counted. A run may use the first files of a larger dataset.
 */
import { DatasetError } from "../errors.ts";
import type { Format } from "../formats/format.ts";
import { filePath, folderPath, parseFileName } from "../sampling/file_names.ts";
import type { Storage } from "../storage/storage.ts";
import { DatasetFiles } from "./dataset_files.ts";
import type { SplitFiles } from "./generate_plan.ts";
import { differences, identityOf, readManifest } from "./manifest.ts";
import type { DescribedDataset } from "./plan_dataset.ts";

/** Files of each split whose existence and length are checked. */
const PROBES_PER_SPLIT = 64;

/** Which splits a run reads. */
export interface WantedSplits {
  readonly train: boolean;
  readonly valid: boolean;
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
  where: { storage: Storage; format: Format; wanted: WantedSplits },
): Promise<DescribedDataset> {
  const { dataset } = described;
  if (dataset.storage.kind === "null") return described;
  const manifest = await readManifest(where.storage, dataset.folder);
  if (manifest === null) return await examineForeign(described, where);

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

async function probe(
  fitting: DescribedDataset,
  where: { storage: Storage; format: Format; wanted: WantedSplits },
): Promise<void> {
  const files = new DatasetFiles(
    fitting.dataset,
    fitting.splits,
    where.format,
  );
  for (const split of fitting.splits) {
    if (!where.wanted[split.naming.split]) continue;
    const probes = Math.min(split.fileCount, PROBES_PER_SPLIT);
    for (let i = 0; i < probes; i++) {
      // Spread evenly, first and last included.
      const file = probes === 1
        ? 0
        : Math.floor((i * (split.fileCount - 1)) / (probes - 1));
      const fileIndex = split.firstFileIndex + file;
      const path = files.path(fileIndex);
      const haveBytes = await where.storage.sizeOf(path);
      const wantedBytes = files.bytes(fileIndex);
      if (haveBytes === null) {
        throw new DatasetError(
          `Cannot use the dataset in "${fitting.dataset.folder}" as ` +
            `"${path}" must be there: it is missing; "stoker generate" ` +
            `writes what is missing`,
        );
      }
      if (wantedBytes !== null && haveBytes !== wantedBytes) {
        throw new DatasetError(
          `Cannot use the dataset in "${fitting.dataset.folder}" as ` +
            `"${path}" must have ${wantedBytes} bytes: it has ${haveBytes}; ` +
            `"stoker verify" finds all damage`,
        );
      }
    }
  }
}

async function examineForeign(
  described: DescribedDataset,
  where: { storage: Storage; wanted: WantedSplits },
): Promise<DescribedDataset> {
  const { dataset } = described;
  const splits: SplitFiles[] = [];
  for (const split of described.splits) {
    splits.push(
      where.wanted[split.naming.split] && split.fileCount > 0
        ? await examineForeignSplit(dataset.folder, split, where.storage)
        : split,
    );
  }
  return { dataset: { ...dataset, sizesKnown: false }, splits };
}

async function examineForeignSplit(
  folder: string,
  split: SplitFiles,
  storage: Storage,
): Promise<SplitFiles> {
  const namedCount = await findNamedCount(folder, split, storage);
  if (namedCount < split.fileCount) {
    throw doesNotFit(folder, [
      `${namedCount} files in ${split.naming.split} there, ` +
      `${split.fileCount} here`,
    ]);
  }
  const naming = { ...split.naming, fileCount: namedCount };
  for (const file of [0, split.fileCount - 1]) {
    const path = `${folder}/${filePath(naming, file)}`;
    if (await storage.sizeOf(path) === null) {
      throw new DatasetError(
        `Cannot use the dataset in "${folder}" as "${path}" must be there: ` +
          `it is missing`,
      );
    }
  }
  return { ...split, naming };
}

/**
 * The count that the names of a split speak of: the wanted one if such files
 * are there, else the first found that is large enough, else the largest. A
 * folder may hold several datasets, and listing one can take hours.
 *
 * @throws {DatasetError} If no file has such a name.
 */
async function findNamedCount(
  folder: string,
  { naming, fileCount }: SplitFiles,
  storage: Storage,
): Promise<number> {
  const exactPath = `${folder}/${filePath({ ...naming, fileCount }, 0)}`;
  if (await storage.sizeOf(exactPath) !== null) return fileCount;
  const extension = `.${naming.extension}`;
  const first = `${folder}/${folderPath(naming, 0)}`;
  let namedCount = 0;
  for await (const { name, isFolder } of storage.list(first)) {
    if (isFolder || !name.endsWith(extension)) continue;
    const parsed = parseFileName(name);
    if (parsed === null || parsed.prefix !== naming.prefix) continue;
    namedCount = Math.max(namedCount, parsed.fileCount);
    if (namedCount >= fileCount) return namedCount;
  }
  if (namedCount > 0) return namedCount;
  throw new DatasetError(
    `Cannot find a dataset in "${folder}" as "${first}" must have files ` +
      `named ${naming.prefix}_<index>_of_<count>${extension}: there are ` +
      `none; "stoker generate" makes them`,
  );
}

function doesNotFit(folder: string, found: readonly string[]): DatasetError {
  return new DatasetError(
    `Cannot use the dataset in "${folder}" as it must fit the settings:\n` +
      found.map((difference) => `  ${difference}`).join("\n"),
  );
}

/**
 * A dataset that was found and not made by Stoker: which files each split has.
 * The one structure that listing fills and that everything else asks.
 *
 *    FoundDataset
 *      folder              as `dataset.data_folder` has it
 *      train, valid        FoundFiles; null: not asked for, or there are none
 *      notes               what the user should know: layout, what was left out
 *    FoundFiles
 *      names               every path below the folder, sorted by code points,
 *                          in a few bytes each (`sampling/name_table.ts`)
 *      where               for people: `"val"`, "dataset.files_eval"
 *
 * A plan knows a file by its index in its split. The order is that of the
 * table, but for names that follow DLIO's pattern, which are computed in the
 * order of their numbers; so ask the split (`splitOfFound`), never the table:
 *
 *    const split = splitOfFound(described, found.train, found.folder);
 *    for (let file = 0; file < split.fileCount; file++) {
 *      const path = `${found.folder}/${filePath(split.naming, file)}`;
 *    }
 *    const bytes = await sizesOf(storage, found.folder, split);  // Float64Array
 *
 * `locateDataset` (`locate_dataset.ts`) gives both splits of a workload so.
 * Nothing here opens a file; sizes cost one look-up each and are not kept.
 */
import { DatasetError } from "../../errors.ts";
import type { NameTable } from "../../sampling/name_table.ts";
import {
  type FileNaming,
  filePath,
  type Split,
} from "../../sampling/file_names.ts";
import { forEachFile } from "../../storage/lanes.ts";
import type { Storage } from "../../storage/storage.ts";
import type { SplitFiles } from "../plan/visit_plan.ts";

/** The files of one split. */
export interface FoundFiles {
  /** Paths below the dataset folder. */
  readonly names: NameTable;
  /** Where they are, for people. */
  readonly where: string;
  /**
   * Of names that follow DLIO's pattern in their place: the count that they
   * speak of -> files with it. One folder may hold several datasets.
   */
  readonly patternCounts: ReadonlyMap<number, PatternCount>;
}

/** Files whose names speak of one count. */
export interface PatternCount {
  /** Those that a run of the wanted number uses. */
  readonly filesInUse: number;
  /** One more than the highest number among those. */
  readonly indexEnd: number;
}

/** What was found in a folder. */
export interface FoundDataset {
  readonly folder: string;
  readonly train: FoundFiles | null;
  readonly valid: FoundFiles | null;
  readonly notes: readonly string[];
  /** Samples of each file that is used, by split, where they were counted. */
  readonly heldSamples?: Readonly<Partial<Record<Split, Uint32Array>>>;
}

/** A number of files, or "all" that are there. */
export type WantedCount = number | "all";

/**
 * Looks up how long the files of a split are.
 *
 * @param folder The dataset folder.
 * @param split Which files.
 * @param onEntry Called after each.
 * @returns Bytes of each file, in the order of their indices.
 * @throws {DatasetError} If one is gone since it was listed.
 */
export async function sizesOf(
  storage: Storage,
  folder: string,
  { naming, fileCount }: Pick<SplitFiles, "naming" | "fileCount">,
  onEntry: () => void = () => {},
): Promise<Float64Array> {
  const bytes = new Float64Array(fileCount);
  await forEachFile(storage, fileCount, async (file) => {
    const path = `${folder}/${filePath(naming, file)}`;
    const size = await storage.sizeOf(path);
    if (size === null) {
      throw new DatasetError(
        `Cannot use the dataset in "${folder}" as "${path}" must be there: ` +
          "it is missing, although it was listed",
      );
    }
    bytes[file] = size;
    onEntry();
  });
  return bytes;
}

/**
 * How many files of a split a run uses.
 *
 * @param folder The dataset folder, for messages.
 * @throws {DatasetError} If "all" could mean several datasets.
 */
export function countOfFound(
  { names, patternCounts }: FoundFiles,
  wanted: WantedCount,
  folder: string,
): number {
  if (wanted !== "all") return wanted;
  if (patternCounts.size > 1) {
    const counts = [...patternCounts.keys()].sort((a, b) => a - b);
    throw new DatasetError(
      `Cannot use all files in "${folder}" as they must be of one dataset: ` +
        `their names speak of ${counts.join(", ")} files; say how many with ` +
        "dataset.num_files_train and dataset.num_files_eval",
    );
  }
  return names.nameCount;
}

/**
 * A split with the names that are there: DLIO's pattern where all files that
 * are wanted follow it, which takes no memory; else the table.
 *
 * @param split As the settings describe it, with the number of files wanted.
 * @param found What is there.
 * @param folder The dataset folder, for messages.
 * @throws {DatasetError} If there are fewer files than wanted.
 */
export function splitOfFound(
  split: SplitFiles,
  found: FoundFiles,
  folder: string,
): SplitFiles {
  const { naming, fileCount } = split;
  const { names } = found;
  const patternCount = wholePattern(split, found, folder);
  if (patternCount !== null) {
    return { ...split, naming: { ...naming, fileCount: patternCount } };
  }
  if (names.nameCount < fileCount) {
    throw tooFew(folder, naming, {
      have: names.nameCount,
      want: fileCount,
    });
  }
  return { ...split, naming: { ...naming, names } };
}

/**
 * The count that the names of a split speak of: the wanted one if such files
 * are there, else the smallest that is large enough. Files of several counts
 * are several datasets and never mixed.
 *
 * @returns Null if the files are not simply the first of one such dataset.
 */
function wholePattern(
  { naming, fileCount }: SplitFiles,
  { names, patternCounts }: FoundFiles,
  folder: string,
): number | null {
  const isWhole = (count: number) => {
    const found = patternCounts.get(count);
    return found?.filesInUse === fileCount && found.indexEnd === fileCount;
  };
  if (isWhole(naming.fileCount)) return naming.fileCount;
  const counts = [...patternCounts.keys()].sort((a, b) => a - b);
  const whole = counts.find((count) => count >= fileCount && isWhole(count));
  if (whole !== undefined) return whole;
  // Numbers may begin at 1, and some may be missing.
  if (counts.length <= 1 && names.nameCount >= fileCount) return null;
  if (counts.length === 0) return null;
  const large = counts.find((count) => count >= fileCount);
  if (large === undefined) {
    throw tooFew(folder, naming, { have: counts.at(-1) ?? 0, want: fileCount });
  }
  const example = filePath({ ...naming, fileCount: large }, 0);
  throw new DatasetError(
    `Cannot use the dataset in "${folder}" as it must fit the settings:\n` +
      `  ${patternCounts.get(large)?.filesInUse} of the ${fileCount} files ` +
      `wanted in ${naming.split} are there with names such as ${example}`,
  );
}

function tooFew(
  folder: string,
  { split }: FileNaming,
  { have, want }: { readonly have: number; readonly want: number },
): DatasetError {
  return new DatasetError(
    `Cannot use the dataset in "${folder}" as it must fit the settings:\n` +
      `  ${have} files in ${split} there, ${want} here`,
  );
}

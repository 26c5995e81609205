/**
 * DLIO's names of dataset files.
 *
 *     {split}/[{subfolder}/][{folder}/]{prefix}_{index padded}_of_{count}.{extension}
 *
 * The index is padded to the digits of the count; the subfolder is
 * index mod subfolders, padded to the digits of the number of subfolders
 * (so ten of them are 00 ... 09). With fewer than two there are none. Folders
 * of the format's own, such as Hive partitions, come in turns as well.
 * Reference: DLIO's `data_generator/data_generator.py`.
 */
import { nameAt, type NameTable } from "./name_table.ts";

/** "train" for training files, "valid" for evaluation files. */
export type Split = "train" | "valid";

/** How the files of one split are called: plain data. */
export interface FileNaming {
  readonly split: Split;
  readonly prefix: string;
  /** Files that the names speak of; a run may use only the first of them. */
  readonly fileCount: number;
  readonly subfolderCount: number;
  /** Without a dot: "npz". */
  readonly extension: string;
  /** Folders of the format's own; absent or empty: none. */
  readonly folders?: readonly string[];
  /**
   * Names that do not follow the pattern, relative to the dataset folder, in
   * the order of their indices.
   */
  readonly names?: NameTable;
}

/**
 * Path of a file relative to the dataset folder.
 *
 * @param fileIndex Index within the split, from 0.
 */
export function filePath(naming: FileNaming, fileIndex: number): string {
  if (naming.names !== undefined) return nameAt(naming.names, fileIndex);
  const digits = String(naming.fileCount).length;
  const index = String(fileIndex).padStart(digits, "0");
  const name =
    `${naming.prefix}_${index}_of_${naming.fileCount}.${naming.extension}`;
  return `${folderPath(naming, fileIndex)}/${name}`;
}

/** Folder of a file relative to the dataset folder. */
export function folderPath(naming: FileNaming, fileIndex: number): string {
  const { split, subfolderCount, folders } = naming;
  let path: string = split;
  if (subfolderCount >= 2) {
    const digits = String(subfolderCount).length;
    const subfolder = String(fileIndex % subfolderCount);
    path += `/${subfolder.padStart(digits, "0")}`;
  }
  if (folders === undefined || folders.length === 0) return path;
  return `${path}/${folders[fileIndex % folders.length]}`;
}

/**
 * Folders of a split that writing its files does not make: the split's own,
 * and the sub-folders beyond the last file.
 *
 * @param fileCount Files that are written.
 * @returns Paths relative to the dataset folder.
 */
export function* emptyFolders(
  naming: FileNaming,
  fileCount: number,
): Generator<string> {
  yield naming.split;
  if (naming.subfolderCount < 2) return;
  const { folders: _none, ...withoutFolders } = naming;
  for (let i = fileCount; i < naming.subfolderCount; i++) {
    yield folderPath(withoutFolders, i);
  }
}

/**
 * Reads the index and count out of a file name.
 *
 * @param name Last part of a path.
 * @returns Null if the name does not follow the pattern.
 */
export function parseFileName(
  name: string,
): { prefix: string; fileIndex: number; fileCount: number } | null {
  const match = /^(.+)_(\d+)_of_(\d+)\.[a-z_0-9.]+$/.exec(name);
  if (match === null) return null;
  const [, prefix = "", index = "", count = ""] = match;
  if (index.length !== count.length || Number(index) >= Number(count)) {
    return null;
  }
  return { prefix, fileIndex: Number(index), fileCount: Number(count) };
}

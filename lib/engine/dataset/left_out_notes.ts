/**
 * What the user should know of a dataset that was found: what is read as
 * which split where that is not plain, and all that was left out, counted.
 */
import { shownName } from "../../bytes/path_rules.ts";
import type { ChosenFiles } from "./file_groups.ts";
import type { FoundDataset } from "./found_dataset.ts";
import type { LeftOut, WalkRemains } from "./walk_folder.ts";

/** All that was left out. */
export interface LeftOutParts {
  /** Null: nothing was walked through. */
  readonly remains: WalkRemains | null;
  /** Files with other endings than the format's. */
  readonly otherFiles: LeftOut;
  /** The format's endings, for people. */
  readonly endings: string;
  /** Folders beside those of the splits. */
  readonly besideFolders: LeftOut;
  /** Files of the format that no split reads. */
  readonly unread: readonly ChosenFiles[];
}

/** Says what each split reads, where it is not simply `train` and `valid`. */
export function readingNote(
  folder: string,
  { train, valid }: Pick<FoundDataset, "train" | "valid">,
): string[] {
  const isPlain = (where: string | undefined, split: string) =>
    where === undefined || where === `"${split}"`;
  if (isPlain(train?.where, "train") && isPlain(valid?.where, "valid")) {
    return [];
  }
  const parts = [
    ...(train === null ? [] : [
      `training reads from ${train.names.nameCount} files, ${train.where}`,
    ]),
    ...(valid === null ? [] : [
      `evaluation from ${valid.names.nameCount} files, ${valid.where}`,
    ]),
  ];
  return [`Of "${folder}" ${parts.join("; ")}`];
}

/** Counts what was left out. @param folder The dataset folder. */
export function leftOutNotes(folder: string, parts: LeftOutParts): string[] {
  const { remains, otherFiles, endings, besideFolders, unread } = parts;
  return [
    ...leftOutNote(
      folder,
      remains?.hidden,
      'names that begin with "." or that other tools keep beside data are ' +
        "none",
    ),
    ...leftOutNote(
      folder,
      remains?.loops,
      "they are links to a folder that they lie in",
    ),
    ...leftOutNote(
      folder,
      otherFiles,
      `their names do not end in ${endings}`,
    ),
    ...leftOutNote(
      folder,
      besideFolders,
      "they are beside the folders of the splits",
    ),
    ...unread.map(({ names, where }) =>
      `Passed over in "${folder}" as no split of this run is called so: ` +
      `${plural(names.nameCount, "file")}, ${where} (dataset.files_train and ` +
      "dataset.files_eval name any)"
    ),
  ];
}

function leftOutNote(
  folder: string,
  leftOut: LeftOut | undefined,
  reason: string,
): string[] {
  if (leftOut === undefined) return [];
  const { fileCount, folderCount, example } = leftOut;
  if (fileCount + folderCount === 0) return [];
  const counts = [
    ...(fileCount === 0 ? [] : [plural(fileCount, "file")]),
    ...(folderCount === 0 ? [] : [plural(folderCount, "folder")]),
  ];
  return [
    `Passed over in "${folder}" as ${reason}: ${counts.join(" and ")}, such ` +
    `as ${shownName(example)}`,
  ];
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

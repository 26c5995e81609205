/**
 * A described dataset -> what is looked for in a folder that Stoker did not
 * fill.
 */
import type { Format } from "../../formats/format.ts";
import type { Split } from "../../sampling/file_names.ts";
import type { Storage } from "../../storage/storage.ts";
import type { DescribedDataset } from "../plan/describe_dataset.ts";
import { FileEndings } from "./file_endings.ts";
import type { DatasetQuery, SplitQuery } from "./find_dataset.ts";
import type { WantedCount } from "./found_dataset.ts";
import { type FilesKey, NamedFiles } from "./named_files.ts";

/** `dataset.files_train` and `dataset.files_eval`, by split. */
export type FilesBySplit = Readonly<Record<Split, readonly string[]>>;

/** Which splits a run reads. */
export type WantedSplits = Readonly<Record<Split, boolean>>;

/** What is asked of a described dataset. */
export interface QueryParts {
  readonly storage: Storage;
  readonly format: Format;
  readonly wanted: WantedSplits;
  /** Absent: no setting names files. */
  readonly files?: FilesBySplit;
  /** @default The numbers of the described splits. */
  readonly counts?: Readonly<Record<Split, WantedCount>>;
  /** Called for every entry that is listed. */
  readonly onEntry?: () => void;
}

const FILES_KEYS: Readonly<Record<Split, FilesKey>> = {
  train: "dataset.files_train",
  valid: "dataset.files_eval",
};

/** Whether a setting names the files of a dataset. */
export function namesFiles(files: FilesBySplit | undefined): boolean {
  return files !== undefined && files.train.length + files.valid.length > 0;
}

/**
 * Says what is looked for.
 *
 * @throws {ConfigError} If a setting names no files.
 */
export function datasetQuery(
  { dataset, splits }: DescribedDataset,
  parts: QueryParts,
): DatasetQuery {
  const { storage, format, onEntry } = parts;
  const { folder } = dataset;
  const place = {
    storage,
    folder,
    ...(storage.hostPath === undefined ? { bucket: dataset.storage.root } : {}),
  };
  const queryOf = (split: Split): SplitQuery | null => {
    const described = splits.find(({ naming }) => naming.split === split);
    const wanted = parts.counts?.[split] ?? described?.fileCount ?? 0;
    if (!parts.wanted[split] || described === undefined || wanted === 0) {
      return null;
    }
    const texts = parts.files?.[split] ?? [];
    return {
      wanted,
      naming: described.naming,
      named: texts.length === 0
        ? null
        : new NamedFiles(FILES_KEYS[split], texts, place),
    };
  };
  const extension = splits[0]?.naming.extension ?? format.name;
  return {
    folder,
    endings: new FileEndings(format, extension),
    train: queryOf("train"),
    valid: queryOf("valid"),
    ...(onEntry === undefined ? {} : { onEntry }),
  };
}

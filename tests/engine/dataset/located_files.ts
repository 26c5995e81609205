/**
 * Puts the files of a layout somewhere and looks what a run would read.
 */
import { parseOverrides } from "../../../lib/config/overrides.ts";
import { resolveWorkload } from "../../../lib/config/resolve.ts";
import type { Workload } from "../../../lib/config/workload.ts";
import { examineDataset } from "../../../lib/engine/dataset/examine_dataset.ts";
import {
  locateDataset,
  type LocatedDataset,
} from "../../../lib/engine/dataset/locate_dataset.ts";
import { loadFormats } from "../../../lib/formats/registry.ts";
import { filePath } from "../../../lib/sampling/file_names.ts";
import type { Storage } from "../../../lib/storage/storage.ts";
import { writeWhole } from "../../../lib/storage/write_whole.ts";
import { describeWorkload } from "../workload_of.ts";
import type { Layout } from "./layouts.ts";
import { judgedParts } from "../../../lib/config/judged_parts.ts";

const FORMATS = await loadFormats();

/** Bytes of a layout's file, each another number of them. */
export function bytesOf(index: number): number {
  return 1000 + 37 * index;
}

/** Writes the files of a layout. @param folder The dataset folder. */
export async function putFiles(
  storage: Storage,
  folder: string,
  files: readonly string[],
): Promise<void> {
  for (const [index, file] of files.entries()) {
    const content = new Uint8Array(bytesOf(index)).fill(index + 1);
    await writeWhole(storage, `${folder}/${file}`, content, {
      atomic: false,
      fsync: false,
    });
  }
}

/** A run of a layout, as the command line would resolve it. */
export function layoutWorkload(
  folder: string,
  { words = [] }: Pick<Layout, "words">,
  others: readonly string[] = [],
): Workload {
  const { overrides } = parseOverrides([
    "framework=pytorch",
    "dataset.format=npz",
    `dataset.data_folder=${folder}`,
    // Where files are does not depend on how many samples they hold.
    "dataset.num_samples_per_file=1",
    ...words,
    ...others,
  ]);
  return resolveWorkload({ overrides }, { cpuCount: 2, findsFiles: true })
    .workload;
}

/** Counts the files of a workload. */
export function locate(
  workload: Workload,
  storage: Storage,
): Promise<LocatedDataset> {
  return locateDataset(workload, {
    accelerators: 1,
    judged: judgedParts(workload, "run"),
    signal: new AbortController().signal,
    connect: () => Promise.resolve(storage),
  });
}

/** What a run reads, and what is said of it. */
export interface Located {
  readonly train: readonly string[];
  readonly valid: readonly string[];
  readonly notes: readonly string[];
}

/**
 * The files that each split of a run reads, in their order.
 *
 * @param workload With `all`, or numbers.
 */
export async function readFiles(
  workload: Workload,
  storage: Storage,
): Promise<Located> {
  const { workload: counted, found } = await locate(workload, storage);
  const { dataset, workflow } = counted;
  const format = FORMATS[dataset.format];
  if (format === undefined) throw new Error("no such format");
  const notes: string[] = [];
  const { splits } = await examineDataset(describeWorkload(counted), {
    storage,
    // Nothing is opened: files have any content here.
    format: { ...format, open: undefined } as unknown as typeof format,
    wanted: { train: workflow.train, valid: workflow.evaluation },
    files: { train: dataset.files_train, valid: dataset.files_eval },
    found,
    onNote: (text) => notes.push(text),
  });
  const pathsOf = (index: number, isRead: boolean) => {
    const split = splits[index];
    if (split === undefined || !isRead) return [];
    return Array.from(
      { length: split.fileCount },
      (_, file) => filePath(split.naming, file),
    );
  };
  return {
    train: pathsOf(0, workflow.train),
    valid: pathsOf(1, workflow.evaluation),
    notes,
  };
}

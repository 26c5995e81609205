/**
 * The files of a dataset by index: path, specification, length.
 */
import {
  type DatasetSpec,
  type EncodeTools,
  fileExtension,
  type FileSpec,
  type Format,
  type SplitEntry,
} from "../../formats/format.ts";
import { relativePathRule } from "../../bytes/path_rules.ts";
import { type FileNaming, filePath } from "../../sampling/file_names.ts";
import { SampleDims } from "../../sampling/sample_dims.ts";
import type { SplitFiles } from "./visit_plan.ts";
import type { DatasetPlan } from "./run_plan.ts";

/** The part of file names that the format decides. */
export function formatNaming(
  format: Format,
  dataset: DatasetSpec,
): Pick<FileNaming, "extension" | "folders"> {
  const extension = fileExtension(format, dataset.compression);
  const folders = format.folders?.(dataset) ?? [];
  return folders.length === 0 ? { extension } : { extension, folders };
}

/**
 * Says what keeps the names of a split from lying below the dataset folder:
 * prefix, extension and folders may come from a manifest or a format module.
 *
 * @returns A sentence's end, "... must not have ..."; null: nothing does.
 */
export function namingProblem(
  naming: FileNaming,
  format: Format,
): string | null {
  // Names differ in their numbers, and in the format's folder.
  const folderCount = Math.max(1, naming.folders?.length ?? 0);
  for (let file = 0; file < folderCount; file++) {
    const path = filePath(naming, file);
    const companions = (format.companions ?? []).map((one) => one.path(path));
    for (const one of [path, ...companions]) {
      const rule = relativePathRule(one);
      if (rule !== null) {
        return `the name of a file, ${JSON.stringify(one)}, must ${rule}`;
      }
    }
  }
  return null;
}

/** A file that is written, checked and removed along with another. */
export interface FileBeside {
  /** Path in the storage. */
  readonly path: string;
  encode(tools: EncodeTools): Iterable<Uint8Array>;
}

/** Looks up files over training, then evaluation files. */
export class DatasetFiles {
  readonly #dataset: DatasetPlan;
  readonly #splits: readonly SplitFiles[];
  readonly #format: Format;
  readonly #dims: SampleDims;

  constructor(
    dataset: DatasetPlan,
    splits: readonly SplitFiles[],
    format: Format,
  ) {
    this.#dataset = dataset;
    this.#splits = splits;
    this.#format = format;
    this.#dims = new SampleDims(dataset.dims);
  }

  /** Path relative to the dataset folder: "train/img_03_of_64.npz". */
  relativePath(fileIndex: number): string {
    const { naming, firstFileIndex } = this.#splitOf(fileIndex);
    return filePath(naming, fileIndex - firstFileIndex);
  }

  /**
   * The files that go with one: its companions, and with the first of a split
   * the files that the split has once.
   */
  beside(fileIndex: number): FileBeside[] {
    const { folder } = this.#dataset;
    const split = this.#splitOf(fileIndex);
    const relativePath = this.relativePath(fileIndex);
    const found = (this.#format.companions ?? []).map((one): FileBeside => ({
      path: `${folder}/${one.path(relativePath)}`,
      encode: (tools) => one.encode(this.spec(fileIndex), tools),
    }));
    if (fileIndex !== split.firstFileIndex) return found;
    const ofSplit = (this.#format.splitFiles ?? []).map((one): FileBeside => ({
      path: `${folder}/${split.naming.split}/${one.name}`,
      encode: (tools) => one.encode(this.#entries(split), tools),
    }));
    return [...found, ...ofSplit];
  }

  /** Path in the storage. */
  path(fileIndex: number): string {
    return `${this.#dataset.folder}/${this.relativePath(fileIndex)}`;
  }

  /** What the file is made from. */
  spec(fileIndex: number): FileSpec {
    return {
      dataset: this.#dataset.spec,
      fileIndex,
      sampleDims: this.#dims.of(fileIndex),
    };
  }

  /** Length in bytes, or null where only encoding shows it. */
  bytes(fileIndex: number): number | null {
    return this.#format.fileBytes(this.spec(fileIndex));
  }

  *#entries(split: SplitFiles): Generator<SplitEntry, void> {
    const folder = `${split.naming.split}/`;
    // All that were generated, also where a part of them is looked at.
    for (let file = 0; file < split.naming.fileCount; file++) {
      const fileIndex = split.firstFileIndex + file;
      const path = filePath(split.naming, file).slice(folder.length);
      yield { path, spec: this.spec(fileIndex) };
    }
  }

  #splitOf(fileIndex: number): SplitFiles {
    for (const split of this.#splits) {
      const file = fileIndex - split.firstFileIndex;
      if (file >= 0 && file < split.fileCount) return split;
    }
    throw new RangeError(
      `Cannot name a file as its index must be one of the dataset's: ` +
        `current value is ${fileIndex}`,
    );
  }
}

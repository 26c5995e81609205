/**
 * What the readers of a split know of its files: order, paths, lengths.
 * Shared by the reader that waits for each read and the one that does not.
 */
import { DatasetError } from "../../errors.ts";
import type { FileSpec, Format } from "../../formats/format.ts";
import { EpochOrder } from "../../sampling/epoch_order.ts";
import { filePath } from "../../sampling/file_names.ts";
import { SampleDims } from "../../sampling/sample_dims.ts";
import type { DatasetPlan, SplitPlan } from "../plan/run_plan.ts";

/** Files of one split, as one accelerator reads them. */
export class SampleFiles {
  readonly order: EpochOrder;
  /** Position of the accelerator's first sample in an epoch. */
  readonly firstPosition: number;
  readonly #dataset: DatasetPlan;
  readonly #split: SplitPlan;
  readonly #format: Format;
  readonly #dims: SampleDims;
  readonly #constantBytes: number;

  /** @param rank Of the accelerator, global. */
  constructor(
    parts: { dataset: DatasetPlan; split: SplitPlan; format: Format },
    rank: number,
  ) {
    const { dataset, split, format } = parts;
    this.#dataset = dataset;
    this.#split = split;
    this.#format = format;
    this.order = new EpochOrder({
      fileCount: split.fileCount,
      samplesPerFile: split.samplesPerFile,
      fileSeed: split.fileSeed,
      sampleSeed: format.reading === "samples" ? split.sampleSeed : null,
      changesWithEpoch: split.orderChangesWithEpoch,
    });
    this.#dims = new SampleDims(dataset.dims);
    this.firstPosition = rank * split.shard.samplesPerAccelerator;
    this.#constantBytes = this.#dims.isConstant ? this.#fileBytes(0) : -1;
  }

  /** Index over training, then evaluation files. */
  indexOf(file: number): number {
    return this.#split.firstFileIndex + file;
  }

  /** Path in the storage. */
  path(file: number): string {
    return `${this.#dataset.folder}/${filePath(this.#split.naming, file)}`;
  }

  /** What a file was made from. @param fileIndex See {@linkcode indexOf}. */
  spec(fileIndex: number): FileSpec {
    const sampleDims = this.#dims.of(fileIndex);
    return { dataset: this.#dataset.spec, fileIndex, sampleDims };
  }

  /** Length that a file must have; -1 if only the file itself shows it. */
  expectedBytes(fileIndex: number): number {
    if (!this.#dataset.sizesKnown) return -1;
    return this.#constantBytes >= 0
      ? this.#constantBytes
      : this.#fileBytes(fileIndex);
  }

  #fileBytes(fileIndex: number): number {
    return this.#format.fileBytes(this.spec(fileIndex)) ?? -1;
  }
}

/**
 * Checks the length of a file that was read whole.
 *
 * @param expectedBytes -1: any but 0.
 * @throws {DatasetError} If it has another one.
 */
export function checkFileLength(
  path: string,
  byteCount: number,
  expectedBytes: number,
): void {
  if (byteCount === expectedBytes) return;
  if (expectedBytes < 0 && byteCount > 0) return;
  const wanted = expectedBytes < 0 ? "at least 1 byte" : `${expectedBytes}`;
  throw new DatasetError(
    `Cannot use "${path}" as the dataset's file has another length: ` +
      `it has ${byteCount} bytes, the dataset's settings give ${wanted}`,
  );
}

/** The error of a range that is not there. */
export function fileEndsEarly(
  path: string,
  offset: number,
  byteCount: number,
): DatasetError {
  return new DatasetError(
    `Cannot read bytes ${offset} … ${offset + byteCount - 1} of ` +
      `"${path}": the file ends before them`,
  );
}

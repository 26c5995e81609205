/**
 * What the readers of a split know of its files: paths, what they were made
 * from, how long they must be.
 *
 * A file's length is checked whenever it is opened or was read whole:
 *
 *    Stoker's own, not compressed   the length that its settings give
 *    all others                     the length at the run's first read of it
 *
 * So a file that is cut, replaced or lengthened is an error that names it,
 * with these limits: one that keeps its length is read as it is ("stoker
 * verify" compares bytes); one of the second row that changes before its
 * first read is not known to have changed; a local file that is read whole
 * and grew is noticed only if a read meets the new bytes, since asking where
 * it ends would be one more call for every file.
 */
import type { FileSpec, Format } from "../../formats/format.ts";
import type { Storage } from "../../storage/storage.ts";
import { filePath } from "../../sampling/file_names.ts";
import { SampleDims } from "../../sampling/sample_dims.ts";
import type { DatasetPlan, RunPlan, SplitPlan } from "../plan/run_plan.ts";
import { fileIsEmpty, lengthChanged, lengthDiffers } from "./read_faults.ts";
import { SEEN_LENGTHS_MAX, type SeenLengths } from "../threads/seen_lengths.ts";

/** What is known of a split's files. */
export interface SampleFilesParts {
  readonly dataset: DatasetPlan;
  readonly split: SplitPlan;
  readonly format: Format;
  readonly seenLengths: SeenLengths;
}

/** Files of one split. */
export class SampleFiles {
  readonly #parts: SampleFilesParts;
  readonly #dims: SampleDims;
  readonly #constantBytes: number;

  constructor(parts: SampleFilesParts) {
    this.#parts = parts;
    this.#dims = new SampleDims(parts.dataset.dims);
    this.#constantBytes = this.#dims.isConstant ? this.#fileBytes(0) : -1;
  }

  /** Index over training, then evaluation files. */
  indexOf(file: number): number {
    return this.#parts.split.firstFileIndex + file;
  }

  /** Path in the storage. */
  path(file: number): string {
    const { dataset, split } = this.#parts;
    return `${dataset.folder}/${filePath(split.naming, file)}`;
  }

  /** What a file was made from. @param fileIndex See {@linkcode indexOf}. */
  spec(fileIndex: number): FileSpec {
    const { dataset, split } = this.#parts;
    const sampleDims = this.#dims.of(fileIndex);
    const held = split.heldSamples?.[fileIndex - split.firstFileIndex];
    return {
      dataset: held === undefined
        ? dataset.spec
        : { ...dataset.spec, samplesPerFile: held },
      fileIndex,
      sampleDims,
    };
  }

  /** Length that a file must have; -1 if only the file itself shows it. */
  expectedBytes(fileIndex: number): number {
    if (!this.#parts.dataset.sizesKnown) return -1;
    return this.#constantBytes >= 0
      ? this.#constantBytes
      : this.#fileBytes(fileIndex);
  }

  /** The same, or the length that the file had when it was read before. */
  likelyBytes(fileIndex: number): number {
    const expectedBytes = this.expectedBytes(fileIndex);
    return expectedBytes >= 0
      ? expectedBytes
      : this.#parts.seenLengths.lengthOf(fileIndex);
  }

  /**
   * Checks the length of a file that was read whole.
   *
   * @param storage Whose it is: a read of a longer file ends soon behind what
   *   was expected, so its length is asked for.
   * @param path Its path there.
   * @param fileIndex See {@linkcode indexOf}.
   * @param byteCount What was read.
   * @throws {DatasetError} If it must have another one.
   */
  checkDrained(
    storage: Storage,
    path: string,
    fileIndex: number,
    byteCount: number,
  ): void {
    const likelyBytes = this.likelyBytes(fileIndex);
    const sizeBytes = likelyBytes >= 0 && byteCount > likelyBytes
      ? storage.sizeOf(path)
      : byteCount;
    const haveBytes = typeof sizeBytes === "number"
      ? Math.max(sizeBytes, byteCount)
      : byteCount;
    this.checkLength(path, fileIndex, haveBytes);
  }

  /**
   * Checks the length that a file turned out to have.
   *
   * @param path Its path, for messages.
   * @param fileIndex See {@linkcode indexOf}.
   * @param byteCount What was opened, or read to the end.
   * @throws {DatasetError} If it must have another one.
   */
  checkLength(path: string, fileIndex: number, byteCount: number): void {
    const expectedBytes = this.expectedBytes(fileIndex);
    if (byteCount === expectedBytes) return;
    if (expectedBytes >= 0) throw lengthDiffers(path, byteCount, expectedBytes);
    if (byteCount === 0) throw fileIsEmpty(path);
    const { seenLengths } = this.#parts;
    const firstBytes = seenLengths.firstLength(fileIndex, byteCount);
    if (byteCount !== firstBytes) {
      throw lengthChanged(path, byteCount, firstBytes);
    }
  }

  #fileBytes(fileIndex: number): number {
    return this.#parts.format.fileBytes(this.spec(fileIndex)) ?? -1;
  }
}

/**
 * Files whose length nothing but the file tells: of a dataset none or all.
 *
 * @returns One more than the last index of such a file that is remembered.
 */
export function unsizedFileCount(plan: RunPlan, format: Format): number {
  const { dataset, training } = plan;
  if (format.reading === "nothing") return 0;
  const sampleDims = new SampleDims(dataset.dims).of(0);
  const file = { dataset: dataset.spec, fileIndex: 0, sampleDims };
  if (dataset.sizesKnown && format.fileBytes(file) !== null) return 0;
  let count = 0;
  for (const split of [training.train, training.eval]) {
    if (split === null) continue;
    count = Math.max(count, split.firstFileIndex + split.fileCount);
  }
  return Math.min(count, SEEN_LENGTHS_MAX);
}

/**
 * The files that a reader has open for ranges of them: one, or several where
 * samples of several files are mixed.
 */
import type { WorkerMeter } from "../threads/meter.ts";
import type { BatchPart } from "./batch_parts.ts";
import type { IndexCache, IndexedFile } from "./index_cache.ts";
import { answersLater } from "./read_faults.ts";

/** What files are opened with. */
export interface OpenedFilesParts {
  readonly indexes: IndexCache;
  readonly meter: WorkerMeter;
  /** Files that may be open at the same time, >= 1. */
  readonly openedMax: number;
}

/** See the file header. */
export class OpenedFiles {
  readonly #parts: OpenedFilesParts;
  /** By index over all files, the one that was opened first in front. */
  readonly #opened = new Map<number, IndexedFile>();

  constructor(parts: OpenedFilesParts) {
    this.#parts = parts;
  }

  /**
   * The file of a part; opened if it is not open, others closed for it.
   *
   * @param fileIndex Index of the file over training, then evaluation files.
   */
  get({ file }: BatchPart, fileIndex: number): IndexedFile {
    const opened = this.#opened.get(fileIndex);
    if (opened !== undefined) return opened;
    const { meter, indexes, openedMax } = this.#parts;
    this.#closeBeyond(openedMax - 1);
    meter.opening(fileIndex);
    const opening = indexes.open(file);
    if (opening instanceof Promise) throw answersLater(`file ${fileIndex}`);
    this.#opened.set(fileIndex, opening);
    return opening;
  }

  /** Closes all. */
  close(): void {
    this.#closeBeyond(0);
  }

  /** Closes the files opened first, down to a number of them. */
  #closeBeyond(keptCount: number): void {
    for (const [fileIndex, { source }] of this.#opened) {
      if (this.#opened.size <= keptCount) return;
      this.#opened.delete(fileIndex);
      source.close();
      this.#parts.meter.finishedFile();
    }
  }
}

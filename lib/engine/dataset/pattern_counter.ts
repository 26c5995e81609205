/**
 * Counts the files of a split that follow DLIO's pattern and lie where it puts
 * them, by the number of files that their names speak of: a folder may hold
 * several datasets.
 */
import {
  type FileNaming,
  filePath,
  parseFileName,
} from "../../sampling/file_names.ts";
import type { PatternCount, WantedCount } from "./found_dataset.ts";

/** Counts the names of one split. */
export class PatternCounter {
  readonly #naming: FileNaming;
  readonly #patternStart: string;
  /** Files with a lower index are in use. */
  readonly #wantedCount: number;
  readonly #counts = new Map<number, PatternCount>();

  /**
   * @param naming How names would be that follow the pattern.
   * @param wanted How many files a run uses.
   */
  constructor(naming: FileNaming, wanted: WantedCount) {
    this.#naming = naming;
    this.#patternStart = `${naming.prefix}_`;
    this.#wantedCount = wanted === "all" ? Infinity : wanted;
  }

  /** Count in the name -> files with it. */
  get counts(): ReadonlyMap<number, PatternCount> {
    return this.#counts;
  }

  /** Counts one file. @param path Below the dataset folder. */
  add(path: string, name: string): void {
    if (!name.startsWith(this.#patternStart)) return;
    const parsed = parseFileName(name);
    if (parsed === null || parsed.prefix !== this.#naming.prefix) return;
    const { fileCount, fileIndex } = parsed;
    if (path !== filePath({ ...this.#naming, fileCount }, fileIndex)) return;
    const { filesInUse, indexEnd } = this.#counts.get(fileCount) ??
      { filesInUse: 0, indexEnd: 0 };
    const isInUse = fileIndex < this.#wantedCount;
    this.#counts.set(fileCount, {
      filesInUse: filesInUse + (isInUse ? 1 : 0),
      indexEnd: isInUse ? Math.max(indexEnd, fileIndex + 1) : indexEnd,
    });
  }
}

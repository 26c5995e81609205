/**
 * The plan of counting samples, and the memory through which the threads that
 * count see each other: plain data.
 *
 *    counts   one Uint32 per file: its samples, written by whoever counted it
 *    control  Int32: next turn, files that are counted, reads that ended
 */
import type { FileNaming } from "../../sampling/file_names.ts";
import type { DatasetPlan } from "../plan/run_plan.ts";

/** Words of {@linkcode CountPlan.control}. */
export const COUNT_CONTROL = { next: 0, done: 1, reads: 2 } as const;

/** What a thread that counts needs to know. */
export interface CountPlan {
  readonly dataset: DatasetPlan;
  readonly naming: FileNaming;
  /** Files of the split. */
  readonly fileCount: number;
  /** Index of the first one over training, then evaluation files. */
  readonly firstFileIndex: number;
  /**
   * Files to count, spread evenly, first and last included; all of them
   * where it is the number of files.
   */
  readonly visitCount: number;
  /** `dataset.num_samples_per_file`; null: not given. */
  readonly samplesPerFile: number | null;
  /** The index file that is looked for beside each file; null: none. */
  readonly indexFile: number | null;
  readonly counts: Uint32Array;
  readonly control: Int32Array;
}

/** File of a turn, from 0. */
export function fileOfCount(
  { fileCount, visitCount }: Pick<CountPlan, "fileCount" | "visitCount">,
  turn: number,
): number {
  return visitCount === 1
    ? 0
    : Math.floor((turn * (fileCount - 1)) / (visitCount - 1));
}

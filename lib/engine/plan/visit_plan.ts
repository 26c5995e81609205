/**
 * The plan of generating or verifying a dataset: plain data.
 */
import type { Cluster } from "../../cluster/cluster.ts";
import type { FileNaming } from "../../sampling/file_names.ts";
import type { WriteQueuePlan } from "../../storage/storage.ts";
import type { DatasetPlan } from "./run_plan.ts";

/** The files of one split to be made or checked. */
export interface SplitFiles {
  readonly naming: FileNaming;
  readonly fileCount: number;
  /** Index of the first one over training, then evaluation files. */
  readonly firstFileIndex: number;
  /** Samples that each file holds, where that was counted. */
  readonly heldSamples?: Uint32Array;
}

/** What generators do with each file. */
export type FileTask =
  /** Write it, unless it is there in full length. */
  | "complete"
  /** Write it. */
  | "rewrite"
  /** Read it back and compare every byte. */
  | "verify";

/** Everything that generator workers need to know. */
export interface GeneratePlan {
  readonly task: FileTask;
  readonly dataset: DatasetPlan;
  /** Training files, then evaluation files; part of each may be visited. */
  readonly splits: readonly SplitFiles[];
  /**
   * Files to visit: slot k is file floor(k × fileCount / visitCount), so a
   * part is spread evenly over the whole.
   */
  readonly visitCount: number;
  readonly fileCount: number;
  /** Each process takes its share of the slots. */
  readonly cluster: Cluster;
  /** Of this process. */
  readonly threads: number;
  /** Size of each worker's encode buffer, bytes; a multiple of 64 KiB. */
  readonly pageBytes: number;
  /** Writes in flight of each thread; absent: one after another. */
  readonly queue?: WriteQueuePlan | undefined;
}

/**
 * Buffer that a file is encoded through. Larger ones leave the L2 cache and
 * are slower; smaller ones cost more system calls.
 */
export const PAGE_BYTES_PER_GENERATOR = 1024 * 1024;

/**
 * Plans a visit to the files of a dataset.
 *
 * @param described The dataset and its files.
 * @param task What is done with each file.
 * @param options See {@linkcode GeneratePlan}.
 */
export function planVisit(
  { dataset, splits }: Pick<GeneratePlan, "dataset" | "splits">,
  task: FileTask,
  options: Pick<GeneratePlan, "threads" | "visitCount" | "cluster" | "queue">,
): GeneratePlan {
  return {
    task,
    dataset,
    splits,
    ...options,
    fileCount: fileCountOf(splits),
    pageBytes: PAGE_BYTES_PER_GENERATOR,
  };
}

/** Files of all splits. */
export function fileCountOf(
  splits: readonly Pick<SplitFiles, "fileCount">[],
): number {
  return splits.reduce((sum, { fileCount }) => sum + fileCount, 0);
}

/** Slots that this process visits. */
export function processVisits(
  { visitCount, cluster }: GeneratePlan,
): number {
  return Math.ceil(Math.max(0, visitCount - cluster.rank) / cluster.size);
}

/**
 * File index that this process visits in a turn, see
 * {@linkcode GeneratePlan.visitCount}.
 *
 * @param turn From 0, < {@linkcode processVisits}.
 */
export function fileOfTurn(plan: GeneratePlan, turn: number): number {
  const { rank, size } = plan.cluster;
  const slot = turn * size + rank;
  let file = Math.floor((slot * plan.fileCount) / plan.visitCount);
  // A split may be visited in part: its last files then have no turn.
  for (const { firstFileIndex, fileCount } of plan.splits) {
    if (file < fileCount) return firstFileIndex + file;
    file -= fileCount;
  }
  throw new RangeError(`there is no file for turn ${turn}`);
}

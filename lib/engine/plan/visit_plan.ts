/**
 * The plan of generating or verifying a dataset: plain data.
 */
import type { Cluster } from "../../cluster/cluster.ts";
import type { FileNaming } from "../../sampling/file_names.ts";
import type { DatasetPlan } from "./run_plan.ts";

/** The files of one split to be made or checked. */
export interface SplitFiles {
  readonly naming: FileNaming;
  readonly fileCount: number;
  /** Index of the first one over training, then evaluation files. */
  readonly firstFileIndex: number;
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

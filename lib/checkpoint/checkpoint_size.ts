/**
 * How large a checkpoint is: exactly the bytes that its ranks write.
 *
 * DLIO's own total differs in three ways: it leaves predefined groups out, it
 * counts a blob once however many ranks write it, and in ZeRO 2 it counts the
 * model once per copy.
 */
import { checkpointFiles } from "./checkpoint_files.ts";
import type {
  CheckpointFileKind,
  CheckpointLayout,
} from "./checkpoint_files.ts";
import { type CheckpointPlan, savedRank } from "./checkpoint_plan.ts";
import { placesOf } from "../cluster/ranks.ts";

/** Sums over the files of one or of all ranks. */
export interface CheckpointSize {
  readonly fileCount: number;
  readonly totalBytes: number;
  /** Bytes of each kind; a blob is part of the model. */
  readonly modelBytes: number;
  readonly optimizerBytes: number;
}

/** Sums over a whole checkpoint. */
export interface CheckpointTotals extends CheckpointSize {
  /** Ranks that write anything. */
  readonly writingRankCount: number;
  /** Most bytes and most files that one rank writes. */
  readonly rankBytesMax: number;
  readonly rankFilesMax: number;
  /** What rank 0 writes. */
  readonly rankZero: CheckpointSize;
}

/**
 * Sums over the files of one rank.
 *
 * @param layout The model and how it is spread.
 * @param rank The accelerator's number.
 */
export function rankCheckpointSize(
  layout: CheckpointLayout,
  rank: number,
): CheckpointSize {
  const bytes: Record<CheckpointFileKind, number> = {
    blob: 0,
    model: 0,
    optimizer: 0,
  };
  const files = checkpointFiles(layout, rank);
  for (const file of files) bytes[file.kind] += file.byteCount;
  const modelBytes = bytes.blob + bytes.model;
  return {
    fileCount: files.length,
    totalBytes: modelBytes + bytes.optimizer,
    modelBytes,
    optimizerBytes: bytes.optimizer,
  };
}

/**
 * Sums over the files of all ranks that are present; in mode "subset" those
 * are fewer than the model is spread over.
 *
 * @param layout The model and how it is spread.
 * @param accelerators Ranks 0 ... accelerators - 1 are present.
 */
export function checkpointTotals(
  layout: CheckpointLayout,
  accelerators: number,
): CheckpointTotals {
  let fileCount = 0;
  let modelBytes = 0;
  let optimizerBytes = 0;
  let writingRankCount = 0;
  let rankBytesMax = 0;
  let rankFilesMax = 0;
  for (let rank = 0; rank < accelerators; rank++) {
    const size = rankCheckpointSize(layout, rank);
    fileCount += size.fileCount;
    modelBytes += size.modelBytes;
    optimizerBytes += size.optimizerBytes;
    if (size.fileCount > 0) writingRankCount++;
    rankBytesMax = Math.max(rankBytesMax, size.totalBytes);
    rankFilesMax = Math.max(rankFilesMax, size.fileCount);
  }
  return {
    fileCount,
    totalBytes: modelBytes + optimizerBytes,
    modelBytes,
    optimizerBytes,
    writingRankCount,
    rankBytesMax,
    rankFilesMax,
    rankZero: rankCheckpointSize(layout, 0),
  };
}

/**
 * Files that one process saves or loads.
 *
 * @param access What it does with them.
 */
export function processFileCount(
  plan: CheckpointPlan,
  access: "save" | "load",
): number {
  return placesOf(plan.ranks).reduce((sum, { rank }) => {
    const fileRank = access === "save" ? rank : savedRank(plan, rank);
    return sum + rankCheckpointSize(plan.layout, fileRank).fileCount;
  }, 0);
}

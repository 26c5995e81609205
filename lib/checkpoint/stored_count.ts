/** How many checkpoints are on storage at the same time. */
import type { CheckpointPlan } from "./checkpoint_plan.ts";

/**
 * Checkpoints that are on storage at the same time, at most: those that are
 * to be kept, and the next one, which is written before the oldest goes.
 *
 * @param plan How checkpoints are saved.
 * @param saveCount Checkpoints that the run saves.
 */
export function storedCheckpointCount(
  { keepCount }: Pick<CheckpointPlan, "keepCount">,
  saveCount: number,
): number {
  if (keepCount === null) return saveCount;
  return Math.min(saveCount, keepCount + 1);
}

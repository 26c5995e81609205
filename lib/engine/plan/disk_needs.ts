/**
 * What a run will write to file systems: its dataset and its checkpoints;
 * pure.
 */
import type { RunPlan } from "./run_plan.ts";

/** What a run writes into one folder. */
export interface DiskNeed {
  /** "the dataset" or "the checkpoints". */
  readonly what: string;
  /** The folder in this host's file systems. */
  readonly hostFolder: string;
  readonly bytes: number;
  readonly files: number;
  /** What makes it smaller: settings that a user can change. */
  readonly remedy: string;
}

/**
 * Checkpoints that training saves: between steps, or after epochs.
 *
 * @param plan The run; it may have no checkpoints.
 */
export function trainingSaveCount({ training, checkpoint }: RunPlan): number {
  const { epochs, train } = training;
  if (checkpoint === undefined || train === null) return 0;
  if (checkpoint.stepsBetween > 0) {
    return epochs * Math.floor(train.stepCount / checkpoint.stepsBetween);
  }
  const { afterEpoch, epochsBetween } = checkpoint;
  return epochs < afterEpoch
    ? 0
    : 1 + Math.floor((epochs - afterEpoch) / epochsBetween);
}

/**
 * An accelerator's wait for a checkpoint between two steps: a training loop
 * saves before its next step. Readers continue to read ahead.
 */
import type { CheckpointPlan } from "../../checkpoint/checkpoint_plan.ts";
import type { Region } from "../threads/region.ts";
import { blockWhile } from "../threads/thread_sync.ts";

/**
 * What an accelerator calls after every training step.
 *
 * @param plan The run's checkpoints.
 * @param localRank The accelerator.
 * @returns Null if there is nothing to call. Else a function of the steps of
 *   the epoch that are done: it returns when this rank's part of a checkpoint
 *   that is due then is saved, true if one was due.
 */
export function checkpointsBetweenSteps(
  region: Region,
  plan: CheckpointPlan | undefined,
  localRank: number,
): ((stepsDone: number) => boolean) | null {
  if (plan === undefined || plan.stepsBetween === 0) return null;
  const { words } = region;
  const { stepsBetween } = plan;
  const gateWord = region.control("checkpointGate");
  const savedWord = region.savedWord(localRank);
  let begun = 0;
  return (stepsDone) => {
    if (stepsDone % stepsBetween !== 0) return false;
    begun++;
    // All are here, since the step ended with a barrier: the first one of this
    // process opens for its checkpointers.
    if (localRank === 0) {
      Atomics.store(words, gateWord, begun);
      Atomics.notify(words, gateWord);
    }
    blockWhile(region, savedWord, begun - 1);
    return true;
  };
}

/** Checkpoints between the steps of one epoch. */
export function checkpointCountOf(
  plan: CheckpointPlan,
  stepCount: number,
): number {
  return plan.stepsBetween === 0
    ? 0
    : Math.floor(stepCount / plan.stepsBetween);
}

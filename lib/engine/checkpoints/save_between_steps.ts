/**
 * The wait of accelerators for a checkpoint between two steps: a training loop
 * saves before its next step. Readers continue to read ahead.
 *
 *    isDue -> begin -> isSaved of one rank after another -> their next steps
 */
import type { CheckpointPlan } from "../../checkpoint/checkpoint_plan.ts";
import type { Region } from "../threads/region.ts";

/** The checkpoints between steps, as a thread of accelerators sees them. */
export class SavesBetweenSteps {
  readonly #region: Region;
  readonly #stepsBetween: number;
  readonly #opensGate: boolean;
  #begun = 0;

  /**
   * @param stepsBetween Steps from one to the next, >= 1.
   * @param localRanks The accelerators of the thread.
   */
  constructor(
    region: Region,
    stepsBetween: number,
    localRanks: readonly number[],
  ) {
    this.#region = region;
    this.#stepsBetween = stepsBetween;
    this.#opensGate = localRanks.includes(0);
  }

  /** Whether one is due. @param stepsDone Steps of the epoch. */
  isDue(stepsDone: number): boolean {
    return stepsDone % this.#stepsBetween === 0;
  }

  /** Begins one; all ranks have ended the step. */
  begin(): void {
    this.#begun++;
    // All are here, since the step ended with a barrier: the thread of this
    // process's first accelerator opens for the checkpointers.
    if (!this.#opensGate) return;
    const { words } = this.#region;
    const gateWord = this.#region.control("checkpointGate");
    Atomics.store(words, gateWord, this.#begun);
    Atomics.notify(words, gateWord);
  }

  /** Whether a rank's part of the one that was begun last is saved. */
  isSaved(localRank: number): boolean {
    const { words } = this.#region;
    return Atomics.load(words, this.#region.savedWord(localRank)) >=
      this.#begun;
  }
}

/**
 * The checkpoints between steps of a run.
 *
 * @param plan The run's checkpoints.
 * @param localRanks The accelerators of the thread.
 * @returns Null if there are none.
 */
export function savesBetweenSteps(
  region: Region,
  plan: CheckpointPlan | undefined,
  localRanks: readonly number[],
): SavesBetweenSteps | null {
  if (plan === undefined || plan.stepsBetween === 0) return null;
  return new SavesBetweenSteps(region, plan.stepsBetween, localRanks);
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

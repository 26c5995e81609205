/**
 * How many step times a run keeps: of a long one, an entry holds the sums of
 * several steps (`metrics/step_entries.ts`). Decided from the plan, so that
 * all processes and threads decide the same and no time is spent on it later.
 */
import type { Workload } from "../../config/workload.ts";
import {
  entryCountOf,
  planStepEntries,
  STEP_TIMES_MAX,
  stepsPerEntryOf,
} from "../../metrics/step_entries.ts";
import type { SplitPlan } from "./run_plan.ts";

/** The splits of a run; null: there is none. */
interface Splits {
  readonly train: SplitPlan | null;
  readonly eval: SplitPlan | null;
}

/** Splits with their entries, and what the user should know. */
interface KeptStepTimes extends Splits {
  readonly warnings: readonly string[];
}

/**
 * Decides about a run.
 *
 * @param workload Says how often there are epochs and checkpoints, and which
 *   steps do not count.
 * @param splits As planned so far. `accelerators`: those of all processes.
 */
export function keptStepTimes(
  workload: Workload,
  splits: Splits & { readonly accelerators: number },
): KeptStepTimes {
  const { train, eval: evaluation, accelerators } = splits;
  const stepTotal = accelerators *
    ((train?.stepCount ?? 0) * workload.train.epochs +
      (evaluation?.stepCount ?? 0) * evaluationCount(workload));
  const stepsPerEntry = stepsPerEntryOf(stepTotal);
  if (stepsPerEntry === 1) {
    return { train, eval: evaluation, warnings: [] };
  }
  const { workflow, checkpoint } = workload;
  const stepsBetween = workflow.checkpoint
    ? checkpoint.steps_between_checkpoints
    : 0;
  return {
    train: withEntries(workload, train, { stepsPerEntry, stepsBetween }),
    eval: withEntries(workload, evaluation, { stepsPerEntry, stepsBetween: 0 }),
    warnings: [
      `Step times are kept as sums over ${stepsPerEntry} steps each, since ` +
      `${stepTotal} steps of all accelerators are more than ` +
      `${STEP_TIMES_MAX}. AU, throughput and percentiles of load are exact; ` +
      `charts, and who made the others wait, are taken from these sums`,
    ],
  };
}

/**
 * Entries of step times that each accelerator has in a phase of a split.
 *
 * @param split Null has none.
 */
export function stepTimesOf(split: SplitPlan | null): number {
  if (split === null) return 0;
  const { stepCount, stepEntries } = split;
  return stepEntries === undefined ? stepCount : entryCountOf(stepEntries);
}

function withEntries(
  { output }: Workload,
  split: SplitPlan | null,
  { stepsPerEntry, stepsBetween }: {
    readonly stepsPerEntry: number;
    readonly stepsBetween: number;
  },
): SplitPlan | null {
  if (split === null) return null;
  const { stepCount } = split;
  const { exclude_start_steps, exclude_end_steps } = output.metric;
  // The first step fills the queues: figures of a running phase leave it out.
  const edges = [1, exclude_start_steps, stepCount - exclude_end_steps];
  if (stepsBetween > 0) {
    for (let step = stepsBetween; step < stepCount; step += stepsBetween) {
      edges.push(step);
    }
  }
  const stepEntries = planStepEntries(stepCount, stepsPerEntry, edges);
  return stepEntries === null ? split : { ...split, stepEntries };
}

/** Epochs that are followed by an evaluation. */
function evaluationCount({ train, evaluation }: Workload): number {
  const { eval_after_epoch, epochs_between_evals } = evaluation;
  if (eval_after_epoch > train.epochs) return 0;
  const later = (train.epochs - eval_after_epoch) / epochs_between_evals;
  return Math.min(train.epochs, 1 + Math.floor(later));
}

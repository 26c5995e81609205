/**
 * The phases that a run is made of, before they begin: what there is to do
 * altogether, in order. Checkpoints between the steps of an epoch are part of
 * its phase.
 */
import { processFileCount } from "../../checkpoint/checkpoint_size.ts";
import type { CheckpointPlan } from "../../checkpoint/checkpoint_plan.ts";
import type { Workload } from "../../config/workload.ts";
import type { PhaseKind } from "../../metrics/phase_kinds.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { fileCountOf } from "../plan/visit_plan.ts";
import type { PreparedRun } from "./prepare_run.ts";

/** A phase that is still to come. */
export interface PlannedPhase<Kind extends PhaseKind = PhaseKind> {
  readonly kind: Kind;
  /** 0 outside of epochs. */
  readonly epoch: number;
  /** Steps of all accelerators of this process, or its files. */
  readonly total: number;
}

/**
 * All phases of a run, in order.
 *
 * @param run Its workflow says which parts it has.
 */
export function plannedPhases(
  { workload, dataset, plan, checkpoints }: Pick<
    PreparedRun,
    "workload" | "dataset" | "plan" | "checkpoints"
  >,
): PlannedPhase[] {
  const { workflow, checkpoint } = workload;
  const phases: PlannedPhase[] = [];
  if (workflow.generate_data) {
    phases.push({
      kind: "generate",
      epoch: 0,
      total: fileCountOf(dataset.splits),
    });
  }
  if (workflow.train || workflow.evaluation) {
    phases.push(...trainingPhases(plan));
  }
  if (checkpoints !== null && !workflow.train) {
    phases.push(...checkpointPhases(checkpoints.plan, checkpoint));
  }
  return phases;
}

/** The phases of all epochs, in order. */
export function* trainingPhases(
  { training, checkpoint, ranks }: RunPlan,
): Generator<PlannedPhase<"train" | "eval" | "save_checkpoint">> {
  let nextSaveEpoch = checkpoint?.afterEpoch ?? 0;
  let nextEvalEpoch = training.evalAfterEpoch;
  for (let epoch = 1; epoch <= training.epochs; epoch++) {
    if (training.train !== null) {
      const total = training.train.stepCount * ranks.count;
      yield { kind: "train", epoch, total };
      if (checkpoint?.stepsBetween === 0 && epoch === nextSaveEpoch) {
        nextSaveEpoch += checkpoint.epochsBetween;
        const files = processFileCount(checkpoint, "save");
        yield { kind: "save_checkpoint", epoch, total: files };
      }
    }
    if (training.eval !== null && epoch >= nextEvalEpoch) {
      nextEvalEpoch += training.epochsBetweenEvals;
      const total = training.eval.stepCount * ranks.count;
      yield { kind: "eval", epoch, total };
    }
  }
}

function checkpointPhases(
  plan: CheckpointPlan,
  { num_checkpoints_write, num_checkpoints_read }: Workload["checkpoint"],
): PlannedPhase[] {
  const phasesOf = (kind: "save" | "load", count: number) =>
    Array.from({ length: count }, (): PlannedPhase => ({
      kind: `${kind}_checkpoint`,
      epoch: 1,
      total: processFileCount(plan, kind),
    }));
  return [
    ...phasesOf("save", num_checkpoints_write),
    ...phasesOf("load", num_checkpoints_read),
  ];
}

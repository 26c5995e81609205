/**
 * The phases that a run is made of, before they begin. Checkpoints between the
 * steps of an epoch are part of its phase.
 */
import { processFileCount } from "../../checkpoint/checkpoint_size.ts";
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

/** The phases of a kind that are still to come: all have the same total. */
export interface PlannedKind {
  readonly kind: PhaseKind;
  readonly phaseCount: number;
  /** Steps of all accelerators of this process, or its files, of one phase. */
  readonly total: number;
}

/**
 * What a run has to do altogether, however many epochs it has.
 *
 * @param run Its workflow says which parts it has.
 */
export function plannedKinds(
  { workload, dataset, plan, checkpoints }: Pick<
    PreparedRun,
    "workload" | "dataset" | "plan" | "checkpoints"
  >,
): PlannedKind[] {
  const { workflow, checkpoint } = workload;
  const kinds: PlannedKind[] = [];
  if (workflow.generate_data) {
    const total = fileCountOf(dataset.splits);
    kinds.push({ kind: "generate", phaseCount: 1, total });
  }
  if (workflow.train || workflow.evaluation) {
    kinds.push(...trainingKinds(plan));
  }
  if (checkpoints !== null && !workflow.train) {
    const kindOf = (verb: "save" | "load", phaseCount: number) => ({
      kind: `${verb}_checkpoint` as const,
      phaseCount,
      total: processFileCount(checkpoints.plan, verb),
    });
    kinds.push(
      kindOf("save", checkpoint.num_checkpoints_write),
      kindOf("load", checkpoint.num_checkpoints_read),
    );
  }
  return kinds.filter(({ phaseCount }) => phaseCount > 0);
}

/** The same phases as those of {@linkcode trainingPhases}, counted. */
export function trainingKinds(
  { training, checkpoint, ranks }: RunPlan,
): PlannedKind[] {
  const { epochs, train, eval: evaluation } = training;
  const kinds: PlannedKind[] = [];
  if (train !== null) {
    const total = train.stepCount * ranks.count;
    kinds.push({ kind: "train", phaseCount: epochs, total });
  }
  if (train !== null && checkpoint?.stepsBetween === 0) {
    const { afterEpoch, epochsBetween } = checkpoint;
    kinds.push({
      kind: "save_checkpoint",
      phaseCount: afterEpoch < 1 ? 0 : turns(afterEpoch, epochsBetween, epochs),
      total: processFileCount(checkpoint, "save"),
    });
  }
  if (evaluation !== null) {
    const { evalAfterEpoch, epochsBetweenEvals } = training;
    kinds.push({
      kind: "eval",
      // No epoch has two, however early the first one was due.
      phaseCount: Math.min(
        epochs,
        turns(evalAfterEpoch, epochsBetweenEvals, epochs),
      ),
      total: evaluation.stepCount * ranks.count,
    });
  }
  return kinds.filter(({ phaseCount }) => phaseCount > 0);
}

/** Numbers among first, first + step, first + 2 step ... up to the last. */
function turns(first: number, step: number, last: number): number {
  return first > last ? 0 : Math.floor((last - first) / step) + 1;
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

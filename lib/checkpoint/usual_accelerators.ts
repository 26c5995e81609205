/**
 * How many accelerators a model is checkpointed from when no number is given.
 */
import type { Workload } from "../config/workload.ts";
import { checkpointProblems } from "./checkpoint_plan.ts";

/**
 * Processes of MLPerf Storage's closed division by `model.name`. No setting
 * holds them. Source: https://github.com/mlcommons/storage
 */
const CLOSED_ACCELERATORS: Readonly<Record<string, number>> = {
  llama3_8b: 8,
  llama3_70b: 64,
  llama3_405b: 512,
  llama3_1t: 1024,
};

/** A number of accelerators and where it comes from. */
export interface UsualAccelerators {
  readonly accelerators: number;
  /** A clause for people. */
  readonly reason: string;
}

/**
 * The usual number of accelerators: that of the closed division for its
 * models, else as many as hold the model once, or in mode "subset" all that
 * it is spread over.
 *
 * @param workload Its settings. {@linkcode checkpointProblems} says whether
 *   the number can be used.
 */
export function usualAccelerators(workload: Workload): UsualAccelerators {
  const closed = CLOSED_ACCELERATORS[workload.model.name];
  if (
    closed !== undefined && checkpointProblems(workload, closed).length === 0
  ) {
    return {
      accelerators: closed,
      reason: "MLPerf Storage's closed division",
    };
  }
  const { tensor, pipeline, data } = workload.model.parallelism;
  return {
    accelerators: tensor * pipeline * Math.max(1, data),
    reason: "tensor x pipeline x data, the least that hold the model",
  };
}

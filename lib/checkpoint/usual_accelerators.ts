/**
 * How many accelerators a model is checkpointed from when no number is given.
 */
import type { Workload } from "../config/workload.ts";
import { checkpointProblems } from "./checkpoint_plan.ts";

/** A model of the closed division. */
interface ClosedModel {
  readonly tensor: number;
  readonly pipeline: number;
  readonly accelerators: number;
}

/**
 * Models of MLPerf Storage's closed division by `model.name`. No setting
 * holds the number of processes. DLIO has a `llama_70b` of its own, which is
 * spread in another way. Source: https://github.com/mlcommons/storage
 */
const CLOSED_MODELS: Readonly<Record<string, ClosedModel>> = {
  llama_8b: { tensor: 1, pipeline: 1, accelerators: 8 },
  llama_70b: { tensor: 8, pipeline: 1, accelerators: 64 },
  llama_405b: { tensor: 8, pipeline: 32, accelerators: 512 },
  llama_1t: { tensor: 8, pipeline: 64, accelerators: 1024 },
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
  const { tensor, pipeline, data } = workload.model.parallelism;
  const closed = CLOSED_MODELS[workload.model.name];
  if (
    closed?.tensor === tensor && closed.pipeline === pipeline &&
    checkpointProblems(workload, closed.accelerators).length === 0
  ) {
    return {
      accelerators: closed.accelerators,
      reason: "MLPerf Storage's closed division",
    };
  }
  return {
    accelerators: tensor * pipeline * Math.max(1, data),
    reason: "tensor x pipeline x data, the least that hold the model",
  };
}

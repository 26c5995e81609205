/**
 * Which part of the model an accelerator holds, from its rank alone.
 *
 *    rank = (dp · pipeline + pp) · tensor + tp
 *           +-------- mp = pp · tensor + tp, the model-parallel rank
 *
 * dp counts the copies of the model: accelerators / (tensor · pipeline), or
 * `parallelism.data` in mode "subset".
 *
 * Source: DLIO's `checkpointing/base_checkpointing.py`; what is refused:
 * `validate()` of its `utils/config.py`.
 */
import type { Parallelism, ZeroStage } from "./model_spec.ts";

/** An accelerator's place in each direction of parallelism. */
export interface ParallelRank {
  readonly rank: number;
  /** Place among the accelerators that share a layer's tensors. */
  readonly tensor: number;
  /** Pipeline stage. */
  readonly pipeline: number;
  /** Which copy of the model. */
  readonly data: number;
  /** Place inside its copy of the model. */
  readonly model: number;
}

/**
 * Splits a rank into its directions.
 *
 * @param rank Integer >= 0.
 * @param parallelism How the model is spread.
 */
export function parallelRank(
  rank: number,
  parallelism: Parallelism,
): ParallelRank {
  const { tensor, pipeline } = parallelism;
  const perCopy = tensor * pipeline;
  return {
    rank,
    tensor: rank % tensor,
    pipeline: Math.floor(rank / tensor) % pipeline,
    data: Math.floor(rank / perCopy),
    model: rank % perCopy,
  };
}

/** What decides how many copies of a model there are. */
export interface ParallelismSettings {
  readonly tensor: number;
  readonly pipeline: number;
  /** `model.parallelism.data`; -1 in mode "default". */
  readonly data: number;
  readonly zeroStage: ZeroStage;
  /** `checkpoint.mode`; "subset" writes the part of some ranks only. */
  readonly mode: "default" | "subset";
  readonly layerCount: number;
}

/**
 * Copies of the model: given in mode "subset", else what the accelerators
 * are enough for. Ask {@linkcode parallelismProblems} first.
 *
 * @param accelerators All accelerators of the run.
 */
export function dataParallelism(
  settings: ParallelismSettings,
  accelerators: number,
): number {
  if (settings.mode === "subset") return settings.data;
  return accelerators / (settings.tensor * settings.pipeline);
}

/**
 * Says why accelerators and parallelism do not fit together.
 *
 * @param accelerators All accelerators of the run.
 * @returns One sentence per problem; empty if there is none.
 */
export function parallelismProblems(
  settings: ParallelismSettings,
  accelerators: number,
): string[] {
  const { tensor, pipeline, data, zeroStage, mode, layerCount } = settings;
  const problems: string[] = [];
  const perCopy = tensor * pipeline;
  if (layerCount > 0 && layerCount < pipeline) {
    problems.push(
      `Cannot use model.parallelism.pipeline = ${pipeline}: it must be <= ` +
        `model.num_layers, which is ${layerCount}`,
    );
  }
  if (pipeline > 1 && zeroStage === 3) {
    problems.push(
      `Cannot use model.parallelism.zero_stage = 3: it must be < 3 with ` +
        `model.parallelism.pipeline > 1, which is ${pipeline}`,
    );
  }
  if (mode === "subset") {
    if (data <= 0) {
      problems.push(
        `Cannot use model.parallelism.data = ${data}: it must be >= 1 with ` +
          `checkpoint.mode = subset`,
      );
    } else if (data * perCopy < accelerators) {
      problems.push(
        `Cannot use ${accelerators} accelerators: there must be no more ` +
          `than data x tensor x pipeline = ${data * perCopy} of them with ` +
          `checkpoint.mode = subset`,
      );
    }
    return problems;
  }
  if (data > 0) {
    problems.push(
      `Cannot use model.parallelism.data = ${data}: it must be -1 (derived ` +
        `from the number of accelerators) with checkpoint.mode = default`,
    );
  }
  if (accelerators % perCopy !== 0) {
    problems.push(
      `Cannot use ${accelerators} accelerators: their number must be a ` +
        `multiple of tensor x pipeline = ${perCopy}, or checkpoint.mode must ` +
        `be subset`,
    );
  }
  return problems;
}

/**
 * A model as plain numbers: the sizes of its checkpoint follow from them.
 *
 * Each field is one setting of the workload's section `model`.
 * `checkpoint_plan.ts` fills them in.
 */

/** Number formats that a tensor may have, as DLIO spells them. */
export type Datatype = "fp16" | "bf16" | "fp32" | "fp64" | "int8" | "uint8";

/** Bytes of one element of each number format. */
export const DATATYPE_BYTES: Readonly<Record<Datatype, number>> = {
  fp16: 2,
  bf16: 2,
  fp32: 4,
  fp64: 8,
  int8: 1,
  uint8: 1,
};

/** One model, independent of how many accelerators train it. */
export interface ModelSpec {
  /** `model.type` is "transformer": then there is no blob. */
  readonly isTransformer: boolean;
  /** `model.model_size_bytes`: length of the blob of any other model. */
  readonly blobBytes: number;
  /** `model.num_layers`; 0 or less means that there is no layer model. */
  readonly layerCount: number;
  /**
   * `model.layer_parameters`: bytes of each tensor of a layer before tensor
   * parallelism; empty means that the transformer's shape decides.
   */
  readonly layerParameters: readonly number[];
  /**
   * `model.optimization_groups`: bytes of each group; empty means that the
   * number of parameters decides.
   */
  readonly optimizationGroups: readonly number[];
  readonly modelDatatype: Datatype;
  readonly optimizerDatatype: Datatype;
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly ffnHiddenSize: number;
  readonly attentionHeadCount: number;
  readonly kvHeadCount: number;
}

/** A ZeRO stage: what the data-parallel ranks share instead of repeating. */
export type ZeroStage = 0 | 1 | 2 | 3;

/** How a model is spread over accelerators. */
export interface Parallelism {
  /** Accelerators that share every layer's tensors. */
  readonly tensor: number;
  /** Stages that share the layers. */
  readonly pipeline: number;
  /** Copies of the model; `dataParallelism()` resolves DLIO's -1. */
  readonly data: number;
  readonly zeroStage: ZeroStage;
}

/** One tensor inside a checkpoint file. */
export interface TensorSpec {
  readonly name: string;
  readonly datatype: Datatype;
  readonly elementCount: number;
}

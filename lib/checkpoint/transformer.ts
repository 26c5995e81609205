/**
 * The tensors of a transformer with gated feed-forward layers and grouped
 * query attention, as DLIO counts them.
 *
 * With h = hidden size, f = feed-forward size, V = vocabulary, L = layers,
 * kv = h / heads · key-value heads, TP = tensor parallelism, and S = the
 * copies of the model in ZeRO 3, else 1, tensors have these elements:
 *
 *    layer 0       embedding            h V / TP / S
 *    layer 1 ... L   input norm           h / S
 *                  query, key, value    h (h + 2 kv) / TP / S
 *                  attention output     h² / TP / S
 *                  second norm          h / S
 *                  up and gate          2 h f / TP / S
 *                  down                 h f / TP / S
 *    layer L + 1   output projection    h V / TP / S
 *    layer L + 2   final norm           h / S
 *
 * Divisions floor, one after the other from left to right, as DLIO's do: a
 * shard may therefore be an element short, and sizes equal DLIO's to the byte.
 *
 * The optimizer of a rank has three groups of two tensors, P and 5 h elements.
 * P is the model's parameters divided by tensor · pipeline and, from ZeRO 1
 * on, by the copies too.
 *
 * With `layer_parameters` the stages hold layers 1 ... L only, each all listed
 * values divided by TP, a byte each; `optimization_groups` gives two tensors
 * per group and one more of all groups together.
 *
 * Source: DLIO's `checkpointing/base_checkpointing.py`.
 */
import type { ModelSpec, Parallelism, TensorSpec } from "./model_spec.ts";

/** First and last layer of a pipeline stage; empty if last < first. */
export interface LayerRange {
  readonly firstLayer: number;
  readonly lastLayer: number;
}

/**
 * Number of trainable parameters of the whole model; 0 without layers.
 *
 * @param model Its shape.
 */
export function parameterCount(model: ModelSpec): number {
  const { vocabSize, hiddenSize, ffnHiddenSize, layerCount } = model;
  if (layerCount <= 0) return 0;
  const block = hiddenSize + // norm before attention
    hiddenSize * (hiddenSize + 2 * kvWidth(model)) + // query, key, value
    hiddenSize * hiddenSize + // attention output
    hiddenSize + // norm before feed-forward
    2 * ffnHiddenSize * hiddenSize + // gate and up projection
    ffnHiddenSize * hiddenSize; // down projection
  return 2 * vocabSize * hiddenSize + layerCount * block + hiddenSize;
}

/**
 * Layers of one pipeline stage. The first `layerCount % pipeline` stages
 * hold one block more than the others.
 *
 * @param stage From 0.
 */
export function stageLayers(
  model: ModelSpec,
  pipeline: number,
  stage: number,
): LayerRange {
  const { layerCount } = model;
  if (layerCount <= 0) return { firstLayer: 0, lastLayer: -1 };
  const perStage = Math.floor(layerCount / pipeline);
  const longStages = layerCount % pipeline;
  let firstLayer = stage * perStage + Math.min(stage, longStages) + 1;
  let lastLayer = firstLayer + perStage - (stage < longStages ? 0 : 1);
  if (model.layerParameters.length === 0) {
    if (stage === 0) firstLayer = 0;
    if (stage === pipeline - 1) lastLayer = layerCount + 2;
  }
  return { firstLayer, lastLayer };
}

/**
 * Tensors of one layer as one accelerator holds them.
 *
 * @param layer From 0 to `layerCount` + 2.
 * @returns Those that have at least one element.
 */
export function layerTensors(
  model: ModelSpec,
  parallelism: Parallelism,
  layer: number,
): TensorSpec[] {
  const { hiddenSize, vocabSize, ffnHiddenSize, layerCount } = model;
  const { tensor } = parallelism;
  if (model.layerParameters.length > 0) {
    return withElements(model.layerParameters.map((parameterBytes, index) => ({
      name: `layers.${layer}.${index}`,
      datatype: "int8",
      elementCount: Math.floor(parameterBytes / tensor),
    })));
  }
  const copies = parallelism.zeroStage === 3 ? parallelism.data : 1;
  const datatype = model.modelDatatype;
  const whole = (name: string, count: number): TensorSpec => ({
    name,
    datatype,
    elementCount: Math.floor(count / copies),
  });
  const split = (name: string, count: number): TensorSpec =>
    whole(name, Math.floor(count / tensor));
  if (layer === 0) {
    return withElements([split("embedding", hiddenSize * vocabSize)]);
  }
  if (layer === layerCount + 1) {
    return withElements([split("lm_head", hiddenSize * vocabSize)]);
  }
  if (layer === layerCount + 2) {
    return withElements([whole("final_norm", hiddenSize)]);
  }
  const at = `layers.${layer}`;
  return withElements([
    whole(`${at}.input_norm`, hiddenSize),
    split(`${at}.qkv`, hiddenSize * (hiddenSize + 2 * kvWidth(model))),
    split(`${at}.dense`, hiddenSize * hiddenSize),
    whole(`${at}.layer_norm`, hiddenSize),
    split(`${at}.h_to_4h`, hiddenSize * 2 * ffnHiddenSize),
    split(`${at}.4h_to_h`, hiddenSize * ffnHiddenSize),
  ]);
}

/**
 * Tensors of the optimizer's state as one accelerator that writes it holds
 * them: master weights and two moments, shared by all ranks from ZeRO 1 on.
 *
 * @returns Those that have at least one element.
 */
export function optimizerTensors(
  model: ModelSpec,
  parallelism: Parallelism,
): TensorSpec[] {
  const { tensor, pipeline, data, zeroStage } = parallelism;
  if (model.optimizationGroups.length > 0) {
    return groupTensors(model.optimizationGroups);
  }
  const shards = tensor * pipeline * (zeroStage > 0 ? data : 1);
  const elementCount = Math.floor(parameterCount(model) / shards);
  if (elementCount === 0) return [];
  const datatype = model.optimizerDatatype;
  const tensors: TensorSpec[] = [];
  for (const part of ["weights", "moment_1", "moment_2"]) {
    tensors.push(
      { name: `optimizer.${part}`, datatype, elementCount },
      {
        name: `optimizer.${part}.norms`,
        datatype,
        elementCount: 5 * model.hiddenSize,
      },
    );
  }
  return tensors;
}

/** Two tensors for each given group and one that holds all of them again. */
function groupTensors(groups: readonly number[]): TensorSpec[] {
  const tensors: TensorSpec[] = [];
  let combinedCount = 0;
  for (const [index, elementCount] of groups.entries()) {
    for (const part of ["a", "b"]) {
      const name = `optimizer.${index}.${part}`;
      tensors.push({ name, datatype: "int8", elementCount });
    }
    combinedCount += elementCount;
  }
  tensors.push({
    name: "optimizer.combined",
    datatype: "int8",
    elementCount: combinedCount,
  });
  return withElements(tensors);
}

/** Width of the key and of the value matrix. */
function kvWidth(model: ModelSpec): number {
  const headWidth = Math.floor(model.hiddenSize / model.attentionHeadCount);
  return headWidth * model.kvHeadCount;
}

function withElements(tensors: TensorSpec[]): TensorSpec[] {
  return tensors.filter((tensor) => tensor.elementCount > 0);
}

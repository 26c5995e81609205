/**
 * Who writes which file of a checkpoint, under what name, how long.
 *
 *    ZeRO  model states                                     optimizer states
 *    0     zero_pp_rank_{dp}_mp_rank_{mp}_model_states, one copy's ranks
 *          and the same ranks' zero_pp_rank_{dp}_mp_rank_{mp}_optim_states
 *    1, 2  model_{mp}_model_states, or with pipeline > 1    every rank
 *          layer_{i}-model_{mp}_model_states; copy 0 only
 *    3     zero_pp_rank_{dp}_mp_rank_{mp}_model_states,     every rank
 *          every rank
 *    blob  model_states-{rank}
 *
 * `checkpoint.type` says who writes state that several ranks hold alike and
 * whose file name tells the ranks apart: the blob, and everything in ZeRO 0.
 * "rank_zero": the first holder alone, so rank 0 for the blob and copy 0 in
 * ZeRO 0. "all_ranks": every holder, each its own file. State that is spread
 * over ranks is written by each rank that holds a part, whatever the type:
 * anything else would leave parts of the model out.
 *
 * The files are in `{checkpoint folder}/global_epoch{e}_step{s}/` and end in
 * `.pt`, with TensorFlow in `.pb`. A rank writes the blob, its model files and
 * its optimizer file, in this order.
 *
 * Source: DLIO's `checkpointing/base_checkpointing.py`. With the type
 * "rank_zero", names and lengths are DLIO's, with one exception: DLIO 3
 * ignores the type, so there each rank of copy 0 (ZeRO 0) or every rank
 * (ZeRO >= 1) writes the blob. DLIO 2.0.0 follows the type as Stoker does.
 * `deno task peers checkpoints` compares.
 */
import { DATATYPE_BYTES } from "./model_spec.ts";
import type { ModelSpec, Parallelism, TensorSpec } from "./model_spec.ts";
import { parallelRank } from "./parallel_rank.ts";
import type { ParallelRank } from "./parallel_rank.ts";
import { layerTensors, optimizerTensors, stageLayers } from "./transformer.ts";

/** What a checkpoint file holds. */
export type CheckpointFileKind = "blob" | "model" | "optimizer";

/** One file that one rank writes. */
export interface CheckpointFile {
  /** Name inside the checkpoint's folder, with its extension. */
  readonly name: string;
  readonly kind: CheckpointFileKind;
  /** Bytes of all tensors, scaled; a container's header is not in it. */
  readonly byteCount: number;
  /** The same without the scale. */
  readonly fullBytes: number;
  /** The tensors at their full size. */
  readonly tensors: readonly TensorSpec[];
}

/** How a checkpoint's files are written. */
export interface CheckpointFilesOptions {
  /**
   * `checkpoint.type`.
   *
   * @default {"rank_zero"}
   */
  readonly type?: "rank_zero" | "all_ranks";
  /**
   * Extension of file names, without the dot.
   *
   * @default {"pt"}
   */
  readonly extension?: string;
  /**
   * Factor on every file's length, rounded up to a whole byte.
   *
   * @default {1}
   */
  readonly scale?: number;
}

/** A model and how it is spread. */
export interface CheckpointLayout extends CheckpointFilesOptions {
  readonly model: ModelSpec;
  readonly parallelism: Parallelism;
}

/**
 * The files of one rank in the order in which it writes them: blob, model,
 * optimizer. Files that would be empty do not exist.
 *
 * @param layout The model and how it is spread.
 * @param rank The accelerator's number.
 */
export function checkpointFiles(
  layout: CheckpointLayout,
  rank: number,
): CheckpointFile[] {
  const place = parallelRank(rank, layout.parallelism);
  return [
    ...blobFiles(layout, place),
    ...modelFiles(layout, place),
    ...optimizerFiles(layout, place),
  ];
}

function blobFiles(
  layout: CheckpointLayout,
  place: ParallelRank,
): CheckpointFile[] {
  const { isTransformer, blobBytes } = layout.model;
  if (isTransformer || blobBytes <= 0) return [];
  if (layout.type !== "all_ranks" && place.rank !== 0) return [];
  const tensor: TensorSpec = {
    name: "model",
    datatype: "int8",
    elementCount: blobBytes,
  };
  return files(layout, "blob", `model_states-${place.rank}`, [tensor]);
}

function modelFiles(
  layout: CheckpointLayout,
  place: ParallelRank,
): CheckpointFile[] {
  const { model, parallelism } = layout;
  const { pipeline, zeroStage } = parallelism;
  const isCopyNamed = zeroStage === 0 || zeroStage === 3;
  if (!writesReplicas(layout, place) || (!isCopyNamed && place.data !== 0)) {
    return [];
  }
  const { firstLayer, lastLayer } = stageLayers(
    model,
    pipeline,
    place.pipeline,
  );
  const perLayer: CheckpointFile[] = [];
  const all: TensorSpec[] = [];
  for (let layer = firstLayer; layer <= lastLayer; layer++) {
    const tensors = layerTensors(model, parallelism, layer);
    if (!isCopyNamed && pipeline > 1) {
      const name = `layer_${layer}-model_${place.model}_model_states`;
      perLayer.push(...files(layout, "model", name, tensors));
    } else {
      all.push(...tensors);
    }
  }
  if (perLayer.length > 0) return perLayer;
  const name = isCopyNamed
    ? `zero_pp_rank_${place.data}_mp_rank_${place.model}_model_states`
    : `model_${place.model}_model_states`;
  return files(layout, "model", name, all);
}

function optimizerFiles(
  layout: CheckpointLayout,
  place: ParallelRank,
): CheckpointFile[] {
  if (!writesReplicas(layout, place)) return [];
  const name = `zero_pp_rank_${place.data}_mp_rank_${place.model}_optim_states`;
  const tensors = optimizerTensors(layout.model, layout.parallelism);
  return files(layout, "optimizer", name, tensors);
}

/** Without ZeRO all copies are alike: one of them is enough. */
function writesReplicas(
  layout: CheckpointLayout,
  place: ParallelRank,
): boolean {
  return layout.parallelism.zeroStage > 0 || place.data === 0 ||
    layout.type === "all_ranks";
}

/** One file, or none if it would be empty. */
function files(
  layout: CheckpointLayout,
  kind: CheckpointFileKind,
  stem: string,
  tensors: readonly TensorSpec[],
): CheckpointFile[] {
  const { extension = "pt", scale = 1 } = layout;
  let fullBytes = 0;
  for (const { datatype, elementCount } of tensors) {
    fullBytes += elementCount * DATATYPE_BYTES[datatype];
  }
  if (fullBytes === 0) return [];
  const byteCount = scale === 1 ? fullBytes : Math.ceil(fullBytes * scale);
  const name = `${stem}.${extension}`;
  return [{ name, kind, byteCount, fullBytes, tensors }];
}

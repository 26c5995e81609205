/**
 * The checkpoints that are compared: small models, each in a few settings of
 * parallelism.
 *
 * Every figure is chosen so that a division leaves a remainder or a file that
 * goes to a wrong rank has another length than its neighbours.
 */

/** A setting that DLIO 2.0.0 and Stoker both can express. */
export interface OlderSetting {
  readonly id: string;
  readonly title: string;
  /** Accelerators; a multiple of {@linkcode OlderSetting.modelParallelism}. */
  readonly ranks: number;
  readonly modelParallelism: number;
  /** What Stoker is given, in the sections of later releases of DLIO. */
  readonly stoker: readonly string[];
  /** What DLIO 2.0.0 is given. */
  readonly dlio: readonly string[];
  /** Where DLIO 3 differs from 2.0.0. */
  readonly departure?: Departure;
}

/** Layers that the two schemes spread differently. */
export interface Departure {
  readonly reason: string;
  /** Bytes of layers that DLIO 2.0.0 writes on a rank. */
  dlioBytes(rank: number): number;
  /** Bytes of layers by the formulas of DLIO 3. */
  stokerBytes(rank: number): number;
}

/** A setting of DLIO's newer scheme, given to both alike. */
export interface NewerSetting {
  readonly id: string;
  readonly title: string;
  readonly ranks: number;
  readonly settings: readonly string[];
}

const LAYER_COUNT = 4;
const LAYER_PARAMETERS = [17371, 24741];
const LAYER_BYTES = LAYER_PARAMETERS[0]! + LAYER_PARAMETERS[1]!;
const GROUPS = "[1009,4099]";
const BLOB_BYTES = 30011;

/** Four settings of DLIO 2.0.0. */
export const OLDER_SETTINGS: readonly OlderSetting[] = [
  older({ id: "rank_zero", title: "rank_zero", type: "rank_zero" }),
  older({ id: "all_ranks", title: "all_ranks", type: "all_ranks" }),
  older({
    id: "tensor",
    title: "all_ranks, tensor 2",
    type: "all_ranks",
    tensor: 2,
    departure: {
      reason: "2.0.0 adds a layer per tensor rank and divides none by them",
      dlioBytes: () => (LAYER_COUNT + 2) * LAYER_BYTES,
      stokerBytes: () =>
        LAYER_COUNT *
        LAYER_PARAMETERS.reduce((sum, bytes) => sum + Math.floor(bytes / 2), 0),
    },
  }),
  older({
    id: "pipeline",
    title: "all_ranks, pipeline 2",
    type: "all_ranks",
    pipeline: 2,
    departure: {
      reason: "2.0.0 saves all layers on each rank divisible by the stages",
      dlioBytes: (rank) => rank % 2 === 0 ? LAYER_COUNT * LAYER_BYTES : 0,
      stokerBytes: () => LAYER_COUNT / 2 * LAYER_BYTES,
    },
  }),
];

const TRANSFORMER = [
  "++workload.model.type=transformer",
  "++workload.model.num_layers=3",
  "++workload.model.transformer.vocab_size=101",
  "++workload.model.transformer.hidden_size=24",
  "++workload.model.transformer.ffn_hidden_size=50",
  "++workload.model.transformer.num_attention_heads=4",
  "++workload.model.transformer.num_kv_heads=2",
];

/** Six settings of the newer scheme. */
export const NEWER_SETTINGS: readonly NewerSetting[] = [
  {
    id: "zero0",
    title: "ZeRO 0, data 4",
    ranks: 4,
    settings: TRANSFORMER,
  },
  {
    id: "zero1",
    title: "ZeRO 1, tensor 2, data 2",
    ranks: 4,
    settings: [...TRANSFORMER, ...parallelism(1, 2, 1)],
  },
  {
    id: "zero3",
    title: "ZeRO 3, data 4, fp32 and fp64",
    ranks: 4,
    settings: [
      ...TRANSFORMER,
      ...parallelism(3, 1, 1),
      "++workload.model.model_datatype=fp32",
      "++workload.model.optimizer_datatype=fp64",
    ],
  },
  {
    id: "3d",
    title: "ZeRO 1, pipeline 2, tensor 2, data 2",
    ranks: 8,
    settings: [...TRANSFORMER, ...parallelism(1, 2, 2)],
  },
  {
    id: "subset",
    title: "ZeRO 2, 3 of tensor 2, pipeline 2, data 2",
    ranks: 3,
    settings: [
      ...TRANSFORMER,
      ...parallelism(2, 2, 2),
      "++workload.model.parallelism.data=2",
      "++workload.checkpoint.mode=subset",
    ],
  },
  {
    id: "given",
    title: "blob, layer_parameters, groups, pipeline 2",
    ranks: 2,
    settings: [
      `++workload.model.model_size_bytes=${BLOB_BYTES}`,
      "++workload.model.num_layers=3",
      `++workload.model.layer_parameters=[${LAYER_PARAMETERS}]`,
      `++workload.model.optimization_groups=${GROUPS}`,
      ...parallelism(1, 1, 2),
      // DLIO has each rank write the blob, whatever the type.
      "++workload.checkpoint.type=all_ranks",
    ],
  },
];

/** What differs among the settings of 2.0.0. */
interface OlderChoice extends Pick<OlderSetting, "id" | "title" | "departure"> {
  readonly type: "rank_zero" | "all_ranks";
  readonly tensor?: number;
  readonly pipeline?: number;
}

function older(
  { id, title, type, tensor = 1, pipeline = 1, ...rest }: OlderChoice,
): OlderSetting {
  return {
    id,
    title,
    ranks: 4,
    modelParallelism: tensor * pipeline,
    stoker: [
      `++workload.checkpoint.type=${type}`,
      `++workload.model.model_size_bytes=${BLOB_BYTES}`,
      `++workload.model.num_layers=${LAYER_COUNT}`,
      `++workload.model.layer_parameters=[${LAYER_PARAMETERS}]`,
      `++workload.model.optimization_groups=${GROUPS}`,
      ...parallelism(0, tensor, pipeline),
    ],
    dlio: [
      `++workload.checkpoint.type=${type}`,
      `++workload.checkpoint.model_size=${BLOB_BYTES}`,
      `++workload.checkpoint.num_layers=${LAYER_COUNT}`,
      `++workload.checkpoint.layer_parameters=[${LAYER_PARAMETERS}]`,
      `++workload.checkpoint.optimization_groups=${GROUPS}`,
      `++workload.checkpoint.tensor_parallelism=${tensor}`,
      `++workload.checkpoint.pipeline_parallelism=${pipeline}`,
    ],
    ...rest,
  };
}

function parallelism(
  zeroStage: number,
  tensor: number,
  pipeline: number,
): string[] {
  return [
    `++workload.model.parallelism.zero_stage=${zeroStage}`,
    `++workload.model.parallelism.tensor=${tensor}`,
    `++workload.model.parallelism.pipeline=${pipeline}`,
  ];
}

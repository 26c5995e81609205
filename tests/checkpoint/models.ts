/** The models of MLPerf Storage as the tests of this folder use them. */
import type {
  ModelSpec,
  Parallelism,
} from "../../lib/checkpoint/model_spec.ts";

const LLAMA: ModelSpec = {
  isTransformer: true,
  blobBytes: 10240,
  layerCount: 32,
  layerParameters: [],
  optimizationGroups: [],
  modelDatatype: "fp16",
  optimizerDatatype: "fp32",
  vocabSize: 128256,
  hiddenSize: 4096,
  ffnHiddenSize: 14336,
  attentionHeadCount: 32,
  kvHeadCount: 8,
};

export const LLAMA3_8B: ModelSpec = LLAMA;

export const LLAMA3_70B: ModelSpec = {
  ...LLAMA,
  layerCount: 80,
  hiddenSize: 8192,
  ffnHiddenSize: 28672,
  attentionHeadCount: 128,
};

export const LLAMA3_405B: ModelSpec = {
  ...LLAMA,
  layerCount: 126,
  hiddenSize: 16384,
  ffnHiddenSize: 53248,
  attentionHeadCount: 128,
};

export const LLAMA3_1T: ModelSpec = {
  ...LLAMA,
  layerCount: 128,
  hiddenSize: 25872,
  ffnHiddenSize: 98304,
  attentionHeadCount: 192,
  kvHeadCount: 32,
};

/** A transformer of a few kilobytes whose divisions leave remainders. */
export const TINY: ModelSpec = {
  ...LLAMA,
  layerCount: 5,
  vocabSize: 101,
  hiddenSize: 24,
  ffnHiddenSize: 50,
  attentionHeadCount: 4,
  kvHeadCount: 2,
};

/** megatron_deepspeed: predefined layers and groups, and a blob. */
export const MEGATRON: ModelSpec = {
  ...LLAMA,
  isTransformer: false,
  blobBytes: 30102,
  layerCount: 40,
  layerParameters: [52583936, 209715200],
  optimizationGroups: [1009254400, 865075200, 793600],
};

/** unet3d: nothing but a blob. */
export const UNET3D: ModelSpec = {
  ...LLAMA,
  isTransformer: false,
  blobBytes: 499153191,
  layerCount: -1,
};

/** One accelerator, nothing shared. */
export const ALONE: Parallelism = {
  tensor: 1,
  pipeline: 1,
  data: 1,
  zeroStage: 0,
};

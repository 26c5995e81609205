/**
 * `framework` and section `model`: what a checkpoint holds.
 */
import { z } from "zod";
import {
  byteCount,
  choice,
  optionalText,
  pathText,
  wholeNumber,
  wholeNumberList,
} from "../setting.ts";

const DATATYPES = ["fp16", "bf16", "fp32", "fp64", "int8", "uint8"] as const;

/** The setting `framework`. */
export const frameworkSetting = choice(["tensorflow", "pytorch"], {
  help: "Framework that is emulated; decides the default data loader",
}).default("tensorflow");

/** Section `model`. */
export const modelSettings = z.strictObject({
  name: pathText("default", {
    help: "Name in reports and results folders; none leads up",
  }),
  type: optionalText({
    help: "transformer: checkpoint sizes follow model.transformer",
  }),
  model_size_bytes: byteCount(10240, {
    help: "Bytes of the checkpoint of a model without layers (or model_size)",
    min: 0,
  }),
  optimization_groups: wholeNumberList({
    help: "Bytes of each optimizer group",
    min: 0,
  }),
  num_layers: wholeNumber(-1, {
    help: "Layers; <= 0: no layer model",
    min: -1,
    max: 1e6,
  }),
  layer_parameters: wholeNumberList({
    help: "Bytes of each tensor of a layer",
    min: 0,
  }),
  model_datatype: choice(DATATYPES, { help: "Type of model parameters" })
    .default("fp16"),
  optimizer_datatype: choice(DATATYPES, { help: "Type of optimizer state" })
    .default("fp32"),
  parallelism: z.strictObject({
    tensor: wholeNumber(1, { help: "Tensor parallelism", min: 1, max: 65536 }),
    pipeline: wholeNumber(1, {
      help: "Pipeline parallelism",
      min: 1,
      max: 65536,
    }),
    data: wholeNumber(-1, {
      help: "Data parallelism; -1: accelerators / (tensor * pipeline)",
      min: -1,
      max: 1e7,
    }),
    zero_stage: wholeNumber(0, { help: "ZeRO stage", min: 0, max: 3 }),
  }),
  transformer: z.strictObject({
    vocab_size: wholeNumber(32000, { help: "Vocabulary", min: 1 }),
    hidden_size: wholeNumber(2048, { help: "Hidden size", min: 1 }),
    ffn_hidden_size: wholeNumber(8192, {
      help: "Hidden size of the feed-forward network",
      min: 1,
    }),
    num_attention_heads: wholeNumber(32, { help: "Attention heads", min: 1 }),
    num_kv_heads: wholeNumber(8, { help: "Key-value heads", min: 1 }),
  }),
});

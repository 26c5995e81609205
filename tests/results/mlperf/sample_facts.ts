/** A run of unet3d as MLPerf Storage's tools are told of it. */
import type { MlperfFacts } from "../../../lib/results/mlperf/mlperf_facts.ts";

export const FACTS: MlperfFacts = {
  benchmarkType: "training",
  command: "run",
  model: "unet3d",
  accelerator: "b200",
  folderTime: "20260724_123243",
  parameters: {
    model: { name: "unet3d", type: "cnn" },
    dataset: { num_files_train: 56, num_samples_per_file: 1 },
    reader: { batch_size: 7 },
  },
  overrides: { "dataset.data_folder": "/mnt/fast/unet3d" },
  dataFolder: "/mnt/fast/unet3d",
  checkpointFolder: null,
  checkpointsWritten: 0,
  checkpointsRead: 0,
  coreConfig: {
    allowList: "training@1",
    hash: "0d3ad0dec188becd",
    keys: ["model.name", "model.type", "reader.batch_size"],
  },
};

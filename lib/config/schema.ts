/**
 * The schema of a workload: all sections, in the order in which they are
 * shown. Adding a setting is one row in its section's file.
 *
 * Reference: DLIO's `utils/config.py`.
 */
import { z } from "zod";
import { checkpointSettings } from "./sections/checkpoint_settings.ts";
import { datasetSettings } from "./sections/dataset_settings.ts";
import { frameworkSetting, modelSettings } from "./sections/model_settings.ts";
import {
  outputSettings,
  profilingSettings,
} from "./sections/output_settings.ts";
import { readerSettings } from "./sections/reader_settings.ts";
import { storageSettings } from "./sections/storage_settings.ts";
import {
  evaluationSettings,
  metricSettings,
  trainSettings,
  workflowSettings,
} from "./sections/train_settings.ts";

/** The schema of a whole workload. */
export const workloadSchema = z.strictObject({
  framework: frameworkSetting,
  model: modelSettings,
  workflow: workflowSettings,
  storage: storageSettings,
  dataset: datasetSettings,
  reader: readerSettings,
  train: trainSettings,
  evaluation: evaluationSettings,
  checkpoint: checkpointSettings,
  output: outputSettings,
  profiling: profilingSettings,
  metric: metricSettings,
});

/**
 * What happens when: `workflow`, `train`, `evaluation`, `metric`.
 */
import { z } from "zod";
import { distribution } from "../distribution.ts";
import { flag, optionalText, realNumber, wholeNumber } from "../setting.ts";

/** Section `workflow`: which phases there are. */
export const workflowSettings = z.strictObject({
  generate_data: flag(false, { help: "Generate the dataset first" }),
  train: flag(true, { help: "Train on the dataset" }),
  evaluation: flag(false, { help: "Evaluate between epochs" }),
  checkpoint: flag(false, {
    help: "Write checkpoints; without train also read them back",
  }),
  profiling: flag(false, {
    help: "Run the profiler of profiling.profiler; iostat means true",
    aliases: { iostat: true, none: false },
  }),
  query: optionalText({
    help: "No effect: dlio_benchmark_query; see stoker config",
  }),
});

/** Section `train`. */
export const trainSettings = z.strictObject({
  epochs: wholeNumber(1, { help: "Number of epochs", min: 0, max: 1e6 }),
  total_training_steps: wholeNumber(-1, {
    help: "Most steps of each epoch, as in DLIO; -1: all",
    min: -1,
  }),
  computation_time: distribution({
    help: "Emulated computation per step (s)",
  }),
  seed: wholeNumber(123, { help: "Seed of the shuffles", min: 0 }),
  seed_change_epoch: flag(true, {
    help: "true: each epoch has its own order",
  }),
});

/** Section `evaluation`. */
export const evaluationSettings = z.strictObject({
  eval_time: distribution({ help: "Emulated computation per eval step (s)" }),
  eval_after_epoch: wholeNumber(1, {
    help: "First epoch that is followed by an evaluation; >= 1 where it counts",
    min: -1,
  }),
  epochs_between_evals: wholeNumber(1, {
    help: "Epochs from one evaluation to the next; >= 1 where it counts",
    min: -1,
  }),
});

/** Section `metric`. */
export const metricSettings = z.strictObject({
  au: realNumber(0.9, {
    help: "Accelerator utilization to reach, as a fraction",
    min: 0,
    max: 1,
  }),
});

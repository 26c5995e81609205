/**
 * `output` and `profiling`: what is kept of a run.
 */
import { z } from "zod";
import {
  choice,
  fileNameText,
  optionalText,
  textList,
  wholeNumber,
} from "../setting.ts";

/** Section `output`. */
export const outputSettings = z.strictObject({
  folder: optionalText({
    help: "Results folder; null: results/<model>/<UTC time>",
  }),
  log_file: fileNameText("dlio.log", {
    help: "Name of the log file in the results folder",
  }),
  log_level: choice(["debug", "info", "warning", "error", "critical"], {
    help: "Least severity that is logged (Stoker's own; DLIO_LOG_LEVEL)",
  }).default("warning"),
  metric: z.strictObject({
    exclude_start_steps: wholeNumber(1, {
      help: "Steps left out at the start of each epoch",
      min: 0,
    }),
    exclude_end_steps: wholeNumber(0, {
      help: "Steps left out at the end of each epoch",
      min: 0,
    }),
  }),
});

/** Section `profiling`. */
export const profilingSettings = z.strictObject({
  profiler: choice(["none", "iostat", "darshan", "tensorboard"], {
    help: "Profiler to run where workflow.profiling is true",
  }).default("iostat"),
  iostat_devices: textList({
    help: "Block devices that iostat watches; empty: all",
  }),
});

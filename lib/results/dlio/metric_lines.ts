/**
 * DLIO's `[METRIC]` lines, to the letter, the blank at the end of the line of
 * accelerators included. Source: DLIO's `utils/statscounter.py`.
 */
import type { CheckpointSummary } from "../../metrics/kind_summary.ts";
import type { Spread } from "../../metrics/spread.ts";
import type { RunSummary } from "../../metrics/summary.ts";
import { expectationText } from "../metric_json.ts";

/** The line that frames the block. */
export const METRIC_RULE =
  "[METRIC] ==========================================================";

/**
 * The lines between the two rules.
 *
 * @param summary A run's summary.
 * @returns Lines without line feeds; a value that is null reads "n/a".
 */
export function dlioMetricLines(summary: RunSummary): string[] {
  const { kinds } = summary;
  return [
    `Number of Simulated Accelerators: ${summary.accelerators} `,
    ...trainLines(summary),
    ...checkpointLines("save", kinds.get("save_checkpoint")?.checkpoints),
    ...checkpointLines("load", kinds.get("load_checkpoint")?.checkpoints),
    ...evalLines(summary),
  ].map((line) => `[METRIC] ${line}`);
}

function trainLines({ kinds }: RunSummary): string[] {
  const steps = kinds.get("train")?.steps ?? null;
  if (steps === null) return [];
  const au = pair(steps.auPercent);
  const rate = pair(steps.samplesPerSecond);
  const io = pair(steps.nominalMibPerSecond);
  return [
    `Training Accelerator Utilization [AU] (%): ${au}`,
    `Training Throughput (samples/second): ${rate}`,
    `Training I/O Throughput (MiB/second): ${io}`,
    `train_au_meet_expectation: ${expectationText(steps)}`,
  ];
}

function evalLines({ kinds }: RunSummary): string[] {
  const steps = kinds.get("eval")?.steps ?? null;
  if (steps === null) return [];
  const rate = pair(steps.samplesPerSecond, 6);
  const io = pair(steps.nominalMibPerSecond, 6);
  return [
    `Eval Accelerator Utilization [AU] (%): ${pair(steps.auPercent)}`,
    `Eval Throughput (samples/second): ${rate}`,
    `Eval Throughput (MiB/second): ${io}`,
    `eval_au_meet_expectation: ${expectationText(steps)}`,
  ];
}

function checkpointLines(
  verb: string,
  checkpoints: CheckpointSummary | null | undefined,
): string[] {
  if (checkpoints === null || checkpoints === undefined) return [];
  const duration = pair(checkpoints.durationSeconds);
  const io = pair(checkpoints.gibPerSecond);
  return [
    `Checkpoint ${verb} duration (seconds): ${duration}`,
    `Checkpoint ${verb} I/O Throughput (GiB/second): ${io}`,
  ];
}

/** Mean and standard deviation as Python's `%.Nf (%.Nf)`. */
function pair({ mean, stdev }: Spread, digits = 4): string {
  return `${fixed(mean, digits)} (${fixed(stdev, digits)})`;
}

function fixed(value: number | null, digits: number): string {
  return value === null ? "n/a" : value.toFixed(digits);
}

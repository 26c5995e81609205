/**
 * DLIO's `[METRIC]` lines, to the letter, the blank at the end of the line of
 * accelerators included. Source: DLIO's `utils/statscounter.py`.
 */
import type { Summary } from "../../metrics/summary.ts";
import type { MetricValue } from "../../metrics/summary_metric.ts";

/** The line that frames the block. */
export const METRIC_RULE =
  "[METRIC] ==========================================================";

/**
 * The lines between the two rules.
 *
 * @param summary A run's summary.
 * @returns Lines without line feeds; a value that is null reads "n/a".
 */
export function dlioMetricLines(summary: Summary): string[] {
  const { metric } = summary;
  const has = (key: string) => metric[key] !== undefined;
  const pair = (mean: string, stdev: string, digits = 4) =>
    `${fixed(metric[mean], digits)} (${fixed(metric[stdev], digits)})`;
  const lines = [
    `Number of Simulated Accelerators: ${summary.num_accelerators} `,
  ];
  const add = (label: string, mean: string, stdev: string, digits = 4) => {
    if (has(mean)) lines.push(`${label}: ${pair(mean, stdev, digits)}`);
  };
  add(
    "Training Accelerator Utilization [AU] (%)",
    "train_au_mean_percentage",
    "train_au_stdev_percentage",
  );
  add(
    "Training Throughput (samples/second)",
    "train_throughput_mean_samples_per_second",
    "train_throughput_stdev_samples_per_second",
  );
  add(
    "Training I/O Throughput (MiB/second)",
    "train_io_mean_MB_per_second",
    "train_io_stdev_MB_per_second",
  );
  addText(lines, "train_au_meet_expectation", metric.train_au_meet_expectation);
  for (const verb of ["save", "load"]) {
    const key = `${verb}_checkpoint`;
    add(
      `Checkpoint ${verb} duration (seconds)`,
      `${key}_duration_mean_seconds`,
      `${key}_duration_stdev_seconds`,
    );
    add(
      `Checkpoint ${verb} I/O Throughput (GiB/second)`,
      `${key}_io_mean_GB_per_second`,
      `${key}_io_stdev_GB_per_second`,
    );
  }
  add(
    "Eval Accelerator Utilization [AU] (%)",
    "eval_au_mean_percentage",
    "eval_au_stdev_percentage",
  );
  add(
    "Eval Throughput (samples/second)",
    "eval_throughput_mean_samples_per_second",
    "eval_throughput_stdev_samples_per_second",
    6,
  );
  add(
    "Eval Throughput (MiB/second)",
    "eval_io_mean_MB_per_second",
    "eval_io_stdev_MB_per_second",
    6,
  );
  addText(lines, "eval_au_meet_expectation", metric.eval_au_meet_expectation);
  return lines.map((line) => `[METRIC] ${line}`);
}

/** A number as Python's `%.Nf`; what is not a number reads "n/a". */
function fixed(value: MetricValue | undefined, digits: number): string {
  return typeof value === "number" ? value.toFixed(digits) : "n/a";
}

function addText(
  lines: string[],
  label: string,
  value: MetricValue | undefined,
): void {
  if (typeof value === "string") lines.push(`${label}: ${value}`);
}

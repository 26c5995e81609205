/**
 * The block at the end of a run: DLIO's `[METRIC]` lines, which its users
 * know and their scripts search for, then Stoker's, which say whether the
 * numbers above can be believed.
 */
import {
  dlioMetricLines,
  METRIC_RULE,
} from "../../results/dlio/metric_lines.ts";
import type { LatencyUs } from "../../metrics/latency.ts";
import type { Summary } from "../../metrics/summary.ts";
import type {
  MetricValue,
  SummaryMetric,
} from "../../metrics/summary_metric.ts";
import { bytesText, fixedText, latencyText } from "./quantity.ts";

/** A kind of phase: prefix of its keys, its name in the text. */
const KINDS: readonly (readonly [string, string])[] = [
  ["train", "Training"],
  ["eval", "Eval"],
  ["save_checkpoint", "Checkpoint save"],
  ["load_checkpoint", "Checkpoint load"],
];

/**
 * The metric block of a run.
 *
 * @param summary The run's summary.
 * @param isScaled True: `[SCALED]` replaces DLIO's `[METRIC]`, by which
 *   scripts would take the run for a real one.
 * @returns Lines, each with its line feed.
 */
export function metricBlock(summary: Summary, isScaled = false): string {
  const block = [METRIC_RULE, ...dlioMetricLines(summary), METRIC_RULE];
  return [
    ...isScaled
      ? block.map((line) => line.replace("[METRIC]", "[SCALED]"))
      : block,
    ...stokerLines(summary).map((line) => `[STOKER] ${line}`),
  ].map((line) => `${line}\n`).join("");
}

/**
 * What Stoker adds to DLIO's lines, without a prefix: for each kind of phase
 * bytes, latency, cache truth, slowest rank; then the warnings.
 *
 * @param summary The run's summary.
 * @returns Lines without line feeds.
 */
export function stokerLines(summary: Summary): string[] {
  const lines: string[] = [];
  for (const [kind, name] of KINDS) {
    if (summary.metric[`${kind}_bytes_requested`] === undefined) continue;
    lines.push(...kindLines(summary.metric, kind, name));
  }
  if (!summary.complete) {
    lines.push("Incomplete: the run ended early, figures are partial");
  }
  for (const warning of summary.warnings) lines.push(`Warning: ${warning}`);
  return lines;
}

function kindLines(
  metric: SummaryMetric,
  kind: string,
  name: string,
): string[] {
  const isSave = kind === "save_checkpoint";
  const verb = isSave ? "written" : "read";
  const moved = numberOf(metric[`${kind}_bytes_${verb}`]);
  const rate = numberOf(metric[`${kind}_io_real_mean_MiB_per_second`]);
  const operation = isSave ? "write" : "read";
  const latency = latencyOf(metric[`${kind}_${operation}_latency_us`]);
  const lines = [
    `${name} bytes really ${verb}: ${bytesText(moved)} ` +
    `(${fixedText(rate, 2)} MiB/second)`,
    `${name} ${operation} latency (µs): ${latencyText(latency)}`,
    `${name} ${isSave ? "to" : "from"} device: ${deviceText(metric, kind)}`,
  ];
  const drop = metric[`${kind}_cache_drop`];
  if (typeof drop === "string") {
    lines.push(`${name} page cache dropped ${drop}`);
  }
  if (isSave) {
    const fraction = numberOf(metric[`${kind}_fsync_fraction`]);
    const percent = fixedText(fraction === null ? null : 100 * fraction, 1);
    lines.push(`${name}: ${percent} % of the time in fsync`);
  }
  const rank = metric[`${kind}_slowest_rank`];
  const first = numberOf(metric[`${kind}_first_done_seconds`]);
  const last = numberOf(metric[`${kind}_last_done_seconds`]);
  lines.push(
    `${name} slowest rank: ${rank ?? "n/a"}; first done ` +
      `${fixedText(first, 3)} s, last done ${fixedText(last, 3)} s`,
  );
  return lines;
}

/** Cache truth in words. */
function deviceText(metric: SummaryMetric, kind: string): string {
  const requested = numberOf(metric[`${kind}_bytes_requested`]);
  const device = numberOf(metric[`${kind}_bytes_from_device`]);
  const hits = numberOf(metric[`${kind}_cache_hit_fraction`]);
  const source = String(metric[`${kind}_bytes_from_device_source`] ?? "");
  if (device === null) return `not known (${source})`;
  const place = kind === "save_checkpoint" ? "left in" : "from";
  return `${bytesText(device)} of ${bytesText(requested)} requested, ` +
    `${fixedText(hits === null ? null : 100 * hits, 1)} % ${place} memory` +
    (source === "" ? "" : ` (${source})`);
}

function numberOf(value: MetricValue | undefined): number | null {
  return typeof value === "number" ? value : null;
}

function latencyOf(value: MetricValue | undefined): LatencyUs | null {
  return typeof value === "object" && value !== null && "p50" in value
    ? value
    : null;
}
